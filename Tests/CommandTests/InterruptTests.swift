import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// Runs that end before their grid does: what was finished is kept, and nothing is left running.
@Suite("A run that is cut short", .serialized, .patience(minutes: 6))
struct InterruptTests {
    /// Two short cells, and then two that nobody would wait for.
    static let grid = [
        "--requests-grid", "2", "--wait-grid", "0.05,60", "--reps", "2", "--json", "--db", "run.sqlite", "--workers", "2",
    ]

    @Test(arguments: [(2, 1), (15, 1), (1, 1), (2, 2), (15, 2)] as [(Int32, Int)])
    func aSignalKeepsFinishedCellsAndStopsEverything(signal: Int32, times: Int) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid + ["-o", "out"], in: place) { running in
                try await running.outputLines(2)
                for _ in 0..<times { running.signal(signal) }
            }
            #expect(ended.status == 130, "\(ended.said)")
            #expect(place.processes.isEmpty)
            #expect(ended.sentences.count == 1, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.key.rep) == [1, 2])
            #expect(results.run.status == "interrupted")
            #expect(try place.storedRuns().map(\.status) == [.interrupted])
            #expect(try place.storedRuns().map(\.cells) == [2])
            try place.expectStored(results.cells, run: results.run.runId)
            // A second signal asks not to wait for the report; whether it comes in time is not ours to say.
            if times == 1 { #expect(try place.text(of: "out/report.md").contains("interrupted")) }
        }
    }

    /// Where there is no cell yet, there is no run either.
    @Test(arguments: [2, 15, 1] as [Int32])
    func aSignalBeforeTheFirstCellIsHeardAtOnce(signal: Int32) async throws {
        try await Workplace.with { place in
            let mute = try StandIn(.mute)
            defer { mute.stop() }
            let words = ["--url", "http://127.0.0.1:\(mute.port)", "-n", "1", "--timeout", "86400", "--db", "run.sqlite"]
            let ended = try await Program.run(words, in: place) { running in
                // The first connection only asks whether anybody is there; the second is the session ahead of the grid.
                while mute.connections < 2, !Task.isCancelled { await Task.yield() }
                running.signal(signal)
            }
            #expect(ended.status == 130, "\(ended.said)")
            #expect(try place.storedRuns().isEmpty)
        }
    }

    @Test func aKillLosesNothingThatWasFinishedAndLeavesNoServer() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid, in: place) { running in
                try await running.outputLines(2)
                #expect(place.processes.contains { $0.isServer && !$0.isWorker })
                #expect(place.processes.count { $0.isWorker } == 2)
                running.signal(9)
            }
            #expect(ended.status == -9)
            #expect(await place.isDeserted(), "\(place.processes)")
            #expect(try await place.sql("PRAGMA integrity_check") == ["ok"])
            #expect(try await place.sql("PRAGMA foreign_key_check") == [])
            let run = try #require(try place.storedRuns().first)
            #expect(run.status == .running && run.cells == 2)
            let lines = try ended.output.map(Results.cell)
            #expect(lines.count == 2)
            try place.expectStored(lines, run: run.uuid)
        }
    }

    @Test(arguments: [2, 9] as [Int32])
    func resumingMeasuresOnlyWhatIsMissing(signal: Int32) async throws {
        try await Workplace.with { place in
            let words = ["--requests-grid", "1,2", "--wait-grid", "0.05,2", "--reps", "1", "--json", "--db", "run.sqlite"]
            let first = try await Program.run(words, in: place) { running in
                try await running.outputLines(1)
                running.signal(signal)
            }
            let before = try first.output.filter { $0.contains(#""type":"cell""#) }.map(Results.cell)
            #expect(before.map(\.waitSeconds) == [0.05])
            #expect(await place.isDeserted())
            let again = try await Program.run(words + ["--resume"], in: place)
            try #require(again.isMeasured, "\(again.said)")
            let results = try Results(again.output)
            #expect(results.cells.map { [Double($0.numRequests), $0.waitSeconds] } == [[1, 2], [2, 0.05], [2, 2]])
            let runs = try place.storedRuns()
            #expect(runs.map(\.uuid) == [results.run.runId])
            #expect(runs.map(\.status) == [.finished])
            #expect(runs.map(\.cells) == [4])
            try place.expectStored(before + results.cells, run: results.run.runId)
            #expect(Set(results.run.maxBatch.map(\.waitSeconds)) == [0.05, 2])
        }
    }

    /// Two processes in one run would measure against each other.
    @Test func aRunThatIsStillMeasuredIsNotJoined() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid, in: place) { running in
                try await running.outputLines(2)
                let second = try await Program.run(Self.grid + ["--resume"], in: place)
                #expect(second.status == 2, "\(second.said)")
                #expect(second.sentences.count == 1)
                #expect(second.said.contains("--resume: process \(running.pid) of this host still measures the run"))
                running.signal(2)
            }
            #expect(ended.status == 130, "\(ended.said)")
            #expect(try place.storedRuns().map(\.cells) == [2])
        }
    }

    /// Without `--resume` nothing is joined, and with it nothing that was finished is measured twice.
    @Test func aFinishedRunIsNotResumed() async throws {
        try await Workplace.with { place in
            let words = ["-n", "1", "-w", "0", "--json", "--db", "run.sqlite"]
            for (more, runs) in [([], 1), ([], 2), (["--resume"], 3)] as [([String], Int)] {
                let ended = try await Program.run(words + more, in: place)
                #expect(ended.isMeasured, "\(ended.said)")
                #expect(try place.storedRuns().count == runs)
            }
        }
    }

    @Test(arguments: [false, true])
    func aServerThatDiesEndsTheRun(onlyAWorker: Bool) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid, in: place) { running in
                try await running.outputLines(2)
                let victim = try #require(place.processes.first { $0.isServer && $0.isWorker == onlyAWorker })
                kill(victim.pid, 9)
            }
            #expect(ended.status == 5, "\(ended.said)")
            // Workers whose supervisor was killed have nobody left who could wait for their end.
            #expect(await place.isDeserted(), "\(place.processes)")
            #expect(ended.sentences.count == 1, "\(ended.said)")
            #expect(ended.errors.last?.hasPrefix("scalebench: ") == true, "more than one line: \(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.prefix(2).map(\.successRate) == [1, 1])
            #expect(results.run.status == "failed")
            #expect(try place.storedRuns().map(\.status) == [.failed])
            try place.expectStored(results.cells, run: results.run.runId)
        }
    }
}
