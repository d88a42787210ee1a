import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// `search`, and the repetitions that `run` adds.
@Suite("A search from end to end", .serialized, .patience(minutes: 5))
struct SearchTests {
    static let refusals = [
        Refusal(["search", "--within", "0"], "--within", "'0'", "5%"),
        Refusal(["search", "--within", "101%"], "--within", "'101%'", "5%"),
        Refusal(["search", "--within", "near"], "--within", "'near'", "0.05"),
        Refusal(["search", "--start", "0"], "--start", "'0'"),
        Refusal(["search", "--start", "128", "--up-to", "64"], "--up-to 64", "--start 128", "larger"),
        Refusal(["search", "--up-to", "5000000"], "--up-to 5000000", "descriptors"),
        Refusal(["search", "--max-reps", "0"], "--max-reps", "'0'"),
        Refusal(["search", "--budget", "0"], "--budget", "'0'"),
        Refusal(["search", "--budget", "soon"], "--budget", "'soon'", "500ms"),
        Refusal(["search", "--budget-sessions", "0"], "--budget-sessions", "'0'"),
        Refusal(["search", "--budget-sessions", "63"], "--budget-sessions 63", "--start 64"),
        Refusal(["search", "--requests", "64"], "--requests"),
        Refusal(["search", "--requests-grid", "64,128"], "--requests-grid"),
        Refusal(["search", "--reps", "3"], "--reps"),
        Refusal(["search", "--processes", "60"], "--processes 60", "59 sessions"),
        Refusal(["search", "--wait", "200"], "--wait", "200", "--timeout"),
        Refusal(["--reps", "some"], "--reps", "'some'", "auto"),
        Refusal(["--max-reps", "3"], "--max-reps", "--reps auto"),
        Refusal(["--reps", "auto", "--max-reps", "0"], "--max-reps", "'0'"),
        Refusal(["--within", "5%"], "--within"),
    ]

    @Test(arguments: refusals)
    func badInputIsRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    static let flags = "--start --up-to --within --max-reps --budget --budget-sessions --resume --seed --wait --json --db --no-calibrate"

    @Test func helpNamesEveryFlag() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["search", "--help"], in: place)
            let words = Set(ended.output.flatMap { $0.split { " ,".contains($0) } }.map(String.init))
            #expect(Self.flags.split(separator: " ").map(String.init).filter { !words.contains($0) } == [])
        }
    }

    static let search = "search --start 16 --max-reps 4 --within 25% --max-concurrent-envs 40 -w 0.3 --no-calibrate --json --db run.sqlite"

    @Test func theBracketIsPrintedAndResumedFromTheStore() async throws {
        try await Workplace.with { place in
            let words = Self.search.split(separator: " ").map(String.init)
            let part = try await Program.run(words + ["--budget-sessions", "80"], in: place)
            try #require(part.isMeasured, "\(part.said)")
            #expect(part.errors.contains { $0.contains("the budget of 80 sessions") && $0.contains("--resume") }, "\(part.said)")
            let early = try Results(part.output)
            let whole = try await Program.run(words + ["--resume"], in: place)
            try #require(whole.isMeasured, "\(whole.said)")
            let late = try Results(whole.output)
            #expect(late.run.runId == early.run.runId && late.run.status == "finished")
            let keys = (early.cells + late.cells).map(\.key)
            #expect(Set(keys).count == keys.count && keys.first?.sessions == 16)
            #expect(try place.storedRuns().map(\.cells) == [keys.count])
            #expect(whole.errors.contains { $0.hasPrefix("ws, wait 0.3 s: ") }, "\(whole.said)")
            // On a machine that is busy with other tests the generator may rightly end the search.
            if (early.cells + late.cells).allSatisfy(\.valid) {
                let bracket = try #require(late.run.maxBatch.first)
                #expect(bracket.lastPass ?? 0 <= 42 && bracket.firstFail ?? .max > 42, "\(whole.said)")
            }
            let report = try await Program.run(["report", "--db", "run.sqlite"], in: place).output.joined(separator: "\n")
            #expect(report.contains("searched from 16"))
        }
    }

    @Test func repetitionsAreAddedUntilAnNIsDecided() async throws {
        try await Workplace.with { place in
            let words = "--requests-grid 20,60 -w 0.1 --reps auto --max-reps 4 --no-calibrate --json --db run.sqlite"
            let ended = try await Program.run(words.split(separator: " ").map(String.init), in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let cells = try Results(ended.output).cells
            if cells.allSatisfy({ $0.valid && $0.successRate == 1 }) {
                #expect(cells.map(\.numRequests) == [20, 60, 20, 20], "\(ended.said)")
                #expect(cells.map(\.repetition) == [1, 1, 2, 3])
            }
        }
    }
}
