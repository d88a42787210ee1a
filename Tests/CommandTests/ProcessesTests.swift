import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// Load from several processes of the program.
@Suite("A cell of several generator processes", .serialized, .patience(minutes: 5))
struct ProcessesTests {
    static func words(_ more: String...) -> [String] { ["--processes", "3", "--json", "--db", "run.sqlite"] + more }

    @Test(arguments: ["ws", "http"], [1, 2]) func itsStoredCellIsWhole(mode: String, threads: Int) async throws {
        try await Workplace.with { place in
            let words = Self.words(
                "-m", mode, "-n", "100", "-w", "0.05", "--steps", "2", "--workers", "2", "--threads", "\(threads)")
            let ended = try await Program.run(words, in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.successful) == [100])
            // The server gives every session a hash of its own.
            if mode == "ws" { #expect(results.cells.map(\.uniqueSessions) == [100]) }
            try place.expectStored(results.cells, run: results.run.runId)
            #expect(
                try await place.sql("SELECT count(*), count(DISTINCT session), min(session), max(session) FROM sessions") == [
                    "100|100|0|99"
                ])
            #expect(try await place.sql("SELECT sum(steps_done), count(DISTINCT start_ns) > 1 FROM sessions") == ["200|1"])
            #expect(try await place.sql("SELECT generator_processes FROM cells") == ["3"])
            // What it is held against was made by as many.
            #expect(try await place.sql("SELECT processes, threads, requests FROM calibrations") == ["3|\(threads)|100"])
            let snapshot = try RunReader(path: place.database).snapshot(.latest)
            #expect(snapshot.cells.map(\.record.generator?.threads) == [3 * threads])
            #expect(snapshot.cells.map { $0.record.latencies[.step]?.count } == [200])
            #expect(place.processes.isEmpty)
        }
    }

    static let workloads = [
        ("-n 30 -w 0.01 --hold --duration 300ms", "hold_least_open, succeeded", "30|30"),
        ("-n 30 -w 0.01 --lockstep --steps 4", "lockstep_rounds, makespan_count, succeeded", "4|4|30"),
        ("-n 30 --trace two.jsonl", "steps, step_count, succeeded", "2|45|30"),
    ]

    /// Sessions of different processes wait for each other, and all replay one file.
    @Test(arguments: workloads) func workloadsSpanProcesses(words: String, columns: String, values: String) async throws {
        try await Workplace.with { place in
            let step = #"{"action": {"wait_seconds": 0}}"#
            try place.write(#"{"steps": [\#(step), \#(step)]}"# + "\n" + #"{"steps": [\#(step)]}"# + "\n", to: "two.jsonl")
            let ended = try await Program.run(Self.words() + words.split(separator: " ").map(String.init), in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(try await place.sql("SELECT \(columns) FROM cells") == [values], "\(ended.said)")
            #expect(place.processes.isEmpty)
        }
    }

    /// What no process could do alone: each may have 256 descriptors, the workers of the server too.
    @Test func severalProcessesHoldWhatOneCannot() async throws {
        try await Workplace.with { place in
            let words = ["-n", "400", "-w", "1", "--workers", "3", "--json", "--db", "run.sqlite"]
            let alone = try await Program.run(words, in: place, shell: "ulimit -n 256")
            #expect(alone.status == 2 && alone.sentences.first?.contains("use --processes 3,") == true, "\(alone.said)")
            let ended = try await Program.run(words + ["--processes", "3"], in: place, shell: "ulimit -n 256")
            try #require(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.successRate) == [1])
            #expect(results.cells.map(\.peakOpenSessions) == [400])
        }
    }

    /// A short cell, and then one that nobody would wait for.
    static let grid = words("-n", "30", "--wait-grid", "0.05,80000", "--timeout", "86400", "--workers", "2")

    /// Waits until both of the processes beside the first one make the load of the second cell.
    static func generators(of running: Running, in place: Workplace) async throws -> [Int32] {
        try await running.outputLines(1)
        let before = Set(place.generators)
        while Set(place.generators).subtracting(before).count < 2, !place.processes.isEmpty { await Task.yield() }
        return Array(Set(place.generators).subtracting(before))
    }

    @Test(arguments: [2, 15, 9] as [Int32]) func nobodyOutlivesTheRun(signal: Int32) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid, in: place) { running in
                let generators = try await Self.generators(of: running, in: place)
                #expect(generators.count == 2)
                running.signal(signal)
            }
            #expect(ended.status == (signal == 9 ? -9 : 130), "\(ended.said)")
            #expect(await place.isDeserted(), "\(place.processes)")
            #expect(try place.storedRuns().map(\.cells) == [1])
        }
    }

    @Test(arguments: [9, 15] as [Int32]) func aProcessThatIsKilledEndsTheRun(signal: Int32) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.grid, in: place) { running in
                let generators = try await Self.generators(of: running, in: place)
                kill(try #require(generators.first), signal)
            }
            #expect(ended.status == 5, "\(ended.said)")
            let sentence = try #require(ended.sentences.first, "\(ended.said)")
            #expect(ended.sentences.count == 1 && sentence.contains("generator process ") && sentence.contains(" of 3 "))
            #expect(sentence.contains("signal \(signal)"), "\(sentence)")
            #expect(place.processes.isEmpty)
            #expect(try place.storedRuns().map(\.cells) == [1])
            #expect(try place.storedRuns().map(\.status) == [.failed])
        }
    }

    @Test(arguments: [
        Refusal(["--processes", "0"], "--processes", "'0'", "1 to 64"),
        Refusal(["--processes", "65"], "--processes", "'65'", "1 to 64"),
        Refusal(["--processes", "two"], "--processes", "'two'"),
        Refusal(["-n", "3", "--processes", "4"], "--processes 4", "--requests 3", "fewer"),
        Refusal(
            ["-m", "http", "--http-connections", "pool:2", "--processes", "3"], "--processes 3", "--http-connections pool:2"),
    ])
    func whatCannotBeSharedIsRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    @Test func theHiddenCommandIsNoCommandOfAUser() async throws {
        try await Workplace.with { place in
            let help = try await Program.run(["--help"], in: place)
            #expect(!help.output.contains { $0.contains("generate ") })
            let ended = try await Program.run(["generate"], in: place)
            #expect(ended.status == 2 && ended.sentences.count == 1 && ended.output.isEmpty, "\(ended.said)")
        }
    }
}

extension Workplace {
    fileprivate var generators: [Int32] { processes.filter { $0.words.dropFirst().first == "generate" }.map(\.pid) }
}
