import Foundation
import ScaleCore
import ScaleTestKit
import Testing

/// `scalebench compare`.
@Suite("Stored runs against each other", .serialized, .patience(minutes: 2))
struct CompareTests {
    private func compare(_ words: String, in place: Workplace) async throws -> Program.Ended {
        try await Program.run(["compare"] + words.split(separator: " ").map(String.init) + ["--db", "run.sqlite"], in: place)
    }

    /// `a` and `b` in one run, an older run of `b` alone, a run of another host elsewhere.
    private func prepare(_ place: Workplace) throws {
        try MadeRun("11111111", MadeRun.rates(500), infra: "b").store(in: place)
        var both = MadeRun("22222222", MadeRun.rates(1000), infra: "a", day: 2)
        both.infras.append(("b", MadeRun.rates(700)))
        try both.store(in: place)
        var other = MadeRun("33333333", MadeRun.rates(2000), infra: "c", day: 3)
        other.host?.cores = 64
        try other.store(in: place, database: "other.sqlite")
    }

    private func row(_ metric: String, _ ended: Program.Ended) -> String {
        ended.output.first { $0.contains("`\(metric)`") } ?? ""
    }

    @Test(
        "runs, infrastructures and databases are named",
        arguments: [
            ("a b", "-30.0 %", "**worse**"), ("b a", "+42.9 %", "**better**"), ("latest/a 1111", "-50.0 %", "**worse**"),
            ("2222/b run.sqlite#1111", "-28.6 %", "**worse**"), ("run.sqlite/a run.sqlite#2222/b", "-30.0 %", "**worse**"),
            ("a latest/a", "0.0 %", "same"), ("other.sqlite#3333 other.sqlite/c", "0.0 %", "same"),
        ])
    func naming(words: String, change: String, word: String) async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await compare(words, in: place)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.said)")
            #expect(row("steps_per_second", ended).contains(change) && row("steps_per_second", ended).contains("\(word) "), "\(ended.said)")
        }
    }

    @Test("another host is not compared, unless that is forced")
    func incomparable() async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await compare("a b other.sqlite", in: place)
            #expect(ended.status == 4, "\(ended.said)")
            #expect(row("steps_per_second", ended).contains("**worse**") && row("steps_per_second", ended).contains("not comparable"))
            #expect(
                ended.errors == [
                    "scalebench: 'other.sqlite' cannot be compared with 'a': the hosts differ (8 cores and 64 cores); --force compares them all the same"
                ])
            let forced = try await compare("a other.sqlite --force", in: place)
            #expect(forced.status == 0 && row("steps_per_second", forced).contains("+100.0 %"), "\(forced.said)")
            #expect(forced.output.contains { $0.contains("is compared by --force: the hosts differ") })
        }
    }

    @Test("the chosen metrics, as JSON, with a chart")
    func outputs() async throws {
        try await Workplace.with { place in
            try prepare(place)
            let ended = try await compare("a b --metric rps --metric p95 --json -o out", in: place)
            #expect(ended.status == 0 && ended.output.count == 1 && ended.errors.isEmpty, "\(ended.said)")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(ended.output[0].utf8)) as? [String: Any])
            let rows = try #require(object["rows"] as? [[String: Any]])
            #expect(object["schema"] as? String == "scalebench-comparison/1" && rows.map { $0["metric"] as? String } == ["rps", "p95"])
            for name in ["compare.md", "compare.json", "plots/compare.svg"] { #expect(place.files.contains("out/" + name)) }
            #expect(try place.text(of: "out/compare.md").contains("](plots/compare.svg)"))
        }
    }

    @Test(
        "what cannot be compared is said in one sentence",
        arguments: [
            ("a", Int32(2), "nothing to hold it against; name two or more"),
            ("a latest", 2, "'latest' has 2 infrastructures: a, b; name one, like 'latest/a'"),
            ("a nothing", 2, "'nothing' is no run, infrastructure or database; stored in 'run.sqlite' are a, b"),
            ("a ffff", 2, "there is no run 'ffff'"), ("a latest/x", 2, "it has a, b"),
            ("a missing.sqlite", 2, "there is no database at 'missing.sqlite'"),
            ("a b --metric speed", 2, "--metric 'speed' is no metric"), ("a empty.sqlite", 2, "no load in common; a has ws, N 200"),
        ])
    func refused(words: String, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            try prepare(place)
            try MadeRun("44444444", [MadeRun.cell(7)], infra: "d").store(in: place, database: "empty.sqlite")
            let ended = try await compare(words, in: place)
            #expect(ended.status == status && ended.output.isEmpty && ended.errors.count == 1, "\(ended.said)")
            #expect(ended.sentences.first?.contains(said) == true, "\(ended.said)")
        }
    }
}
