import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// The way from a command line to numbers that are printed and stored.
@Suite("A grid from end to end", .serialized, .patience(minutes: 6))
struct GridTests {
    static let cellKeys = """
        type mode url num_requests batch_size wait_seconds repetition timestamp hardware successful failed error_rate \
        total_wall_time connect_p50 connect_p95 connect_p99 reset_p50 reset_p95 reset_p99 step_p50 step_p95 step_p99 \
        total_min total_max total_avg total_p50 total_p90 total_p95 total_p99 requests_per_second effective_concurrency \
        unique_pids unique_sessions unique_hosts steps success_rate steps_per_second peak_open_sessions overhead_p99 \
        verdict valid failures generator
        """

    struct Grid: Sendable, CustomTestStringConvertible {
        var words: String
        var cells: [CellKey]
        var testDescription: String { words }

        /// Cells in the order of the design: by mode, N, wait and repetition.
        init(_ words: String, modes: [Mode] = [.ws], sessions: [Int], waits: [Double], steps: Int = 1, reps: Int = 1) {
            self.words = words
            cells = modes.flatMap { mode in
                sessions.flatMap { count in
                    waits.flatMap { wait in
                        (1...reps).map { CellKey(mode: mode, sessions: count, wait: .seconds(wait), steps: steps, rep: $0) }
                    }
                }
            }
        }
    }

    static let square = "--requests-grid 1,8 --wait-grid 0.05,0.1 --reps 2"
    static let grids = [
        Grid("run \(square) --mode ws", sessions: [1, 8], waits: [0.05, 0.1], reps: 2),
        Grid("\(square) --mode http", modes: [.http], sessions: [1, 8], waits: [0.05, 0.1], reps: 2),
        Grid("\(square) --compare", modes: [.ws, .http], sessions: [1, 8], waits: [0.05, 0.1], reps: 2),
        Grid("--batch-size-grid 4,2 --wait 0.05 -m ws --seed 7 --threads 1", sessions: [4, 2], waits: [0.05]),
        Grid("-n 4 -w 0.05 --steps 3 -t 30 --no-preflight --no-calibrate", sessions: [4], waits: [0.05], steps: 3),
        Grid("--batch-size 4 --wait 0 --mode http --steps 3", modes: [.http], sessions: [4], waits: [0], steps: 3),
        Grid("-n 6 -w 0.05 -m http --http-connections per-request", modes: [.http], sessions: [6], waits: [0.05]),
        Grid("-n 6 -w 0.05 -m http --http-connections pool:4", modes: [.http], sessions: [6], waits: [0.05]),
        Grid("-n 6 -w 0.05 --workers 2 --max-concurrent-envs 40", sessions: [6], waits: [0.05]),
        Grid("-n 6 -w 0.05 --provider local:workers=2,max-concurrent-envs=40", sessions: [6], waits: [0.05]),
        Grid("-n 8 -w 0.02 --ramp 300ms --steps 2 --think 0.05", sessions: [8], waits: [0.02], steps: 2),
        Grid("-n 8 -w 0.02 --rate 40/s --think lognormal:0.02,0.5", sessions: [8], waits: [0.02]),
        Grid("--requests-grid 4,8 -w 0.02 --rate 2400/min --arrivals even -m http", modes: [.http], sessions: [4, 8], waits: [0.02]),
        Grid("-n 8 --wait uniform:10ms-30ms --steps 3 --ignore-done", sessions: [8], waits: [0.02], steps: 3),
        Grid(#"-n 2 -w 0.05 --action {"wait_seconds":{{wait}}}"#, sessions: [2], waits: [0.05]),
        Grid(#"-n 2 --action {"wait_seconds":0.02}"#, sessions: [2], waits: [0]),
    ]

    @Test(arguments: grids)
    func everyCellIsPrintedAndStored(grid: Grid) async throws {
        try await Workplace.with { place in
            let words = grid.words.split(separator: " ").map(String.init)
            let ended = try await Program.run(words + ["--json", "--db", "run.sqlite"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.key) == grid.cells)
            #expect(results.cells.allSatisfy { $0.successRate == 1 && $0.failures.isEmpty })
            #expect(results.cells.allSatisfy { $0.valid == ($0.verdict != "generator" && $0.verdict != "client-limit") })
            #expect((ended.status == 4) == !results.cells.contains(where: \.valid))
            #expect(results.run.db == "run.sqlite")
            #expect(results.run.status == "finished")
            let keys = Set(Self.cellKeys.split(separator: " ").map(String.init))
            for line in ended.output.dropLast() { #expect(keys.subtracting(try Results.keys(line)) == []) }
            let runs = try place.storedRuns()
            #expect(runs.map(\.uuid) == [results.run.runId])
            #expect(runs.map(\.status) == [.finished])
            #expect(runs.map(\.cells) == [grid.cells.count])
            try place.expectStored(results.cells, run: results.run.runId)
            #expect(place.processes.isEmpty)
            #expect(ended.sentences.isEmpty == (ended.status == 0))
        }
    }

    /// Nobody asked for it, so it is not taken off.
    @Test(arguments: ["run", "search --start 59 --up-to 59"]) func whatAnActionWaitsByItselfIsOverhead(command: String) async throws {
        try await Workplace.with { place in
            let words = command.split(separator: " ").map(String.init) + ["--action", #"{"wait_seconds": 0.05}"#]
            let ended = try await Program.run(words + ["--json", "--no-calibrate", "--db", "run.sqlite", "-o", "out"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            let snapshot = try RunReader(path: place.file("run.sqlite")).snapshot(.uuid(results.run.runId))
            #expect(snapshot.run.plan.waits == [.zero] && !snapshot.cells.isEmpty)
            for cell in snapshot.cells {
                #expect(cell.record.key.wait == .zero)
                let overhead = try #require(cell.record.latencies[.overhead])
                #expect(overhead.p50 >= .milliseconds(50) && overhead.p50 == cell.record.latencies[.total]?.p50)
            }
            let report = try String(contentsOfFile: place.file("out/report.md"), encoding: .utf8)
            #expect(report.contains("ws, own action") && !report.contains("ws, wait") && !report.contains("is overhead"))
        }
    }

    /// One way to read the file does not prove what another program finds in it.
    @Test func outsideReadersFindTheDocumentedColumns() async throws {
        try await Workplace.with { place in
            let words = ["-n", "3", "-w", "0.05", "--steps", "2", "--json", "--db", "run.sqlite"]
            let ended = try await Program.run(words, in: place)
            let results = try Results(ended.output)
            let rows = try await place.sql(
                """
                SELECT r.uuid, c.mode, c.requests, c.wait_seconds, c.steps, c.rep, s.session, s.steps_done, s.failure_kind,
                    s.start_ns >= s.intended_start_ns, s.steps_ns >= 95000000, s.total_ns >= s.connect_ns + s.steps_ns
                FROM sessions s JOIN cells c ON c.id = s.cell_id JOIN runs r ON r.id = c.run_id
                JOIN deployments d ON d.id = c.deployment_id ORDER BY s.session
                """)
            #expect(rows == (0..<3).map { "\(results.run.runId)|ws|3|0.05|2|1|\($0)|2||1|1|1" })
        }
    }

    @Test func withoutJSONTheVerdictIsForPeople() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["-n", "2", "-w", "0.05", "--reps", "2", "-v"], in: place)
            #expect(ended.isMeasured, "\(ended.said)")
            #expect(ended.output.contains { $0.contains("wait 0.05 s") })
            #expect(ended.output.contains { $0.contains("results/scalebench.sqlite") })
            #expect(ended.errors.contains { $0.hasPrefix("[2/2] ws N=2 wait=0.05s rep=2: 2/2") })
            #expect(ended.errors.contains { $0.contains("P99") && $0.contains("reset") })
            #expect(try place.storedRuns("results/scalebench.sqlite").count == 1)
        }
    }

    @Test func manyHostsAreSpreadOverAndCounted() async throws {
        try await Workplace.with { place in
            try await Serve.with(workers: 2, in: place) { url in
                let words = ["-n", "32", "-w", "0.05", "--json"]
                let one = try await Program.run(
                    ["--url", url, "--db", "one.sqlite", "--hardware", "my-box"] + words, in: place)
                let alone = try #require(try Results(one.output).cells.first, "\(one.said)")
                #expect(alone.url == url && alone.hardware == "my-box")
                #expect(alone.successRate == 1 && alone.uniqueSessions == 32)
                try place.expectStored([alone], run: try Results(one.output).run.runId, database: "one.sqlite")
                try await Serve.with(in: place) { second in
                    let two = try await Program.run(
                        ["--urls", "\(url),\(second)", "--expected-hosts", "2", "--require-hosts"] + words, in: place)
                    let both = try #require(try Results(two.output).cells.first, "\(two.said)")
                    #expect(both.successRate == 1 && both.uniqueHosts == 2)
                    #expect(both.url == "\(url) \(second)")
                }
            }
        }
    }

    @Test func tooFewHostsEndTheRunWhenTheyAreRequired() async throws {
        try await Workplace.with { place in
            try await Serve.with(in: place) { url in
                let words = ["--url", url, "-n", "2", "-w", "0.05", "--json", "--db", "run.sqlite", "--expected-hosts", "2"]
                let warned = try await Program.run(words, in: place)
                #expect(warned.isMeasured, "\(warned.said)")
                #expect(warned.errors.contains { $0.hasPrefix("warning: ") && $0.contains("--expected-hosts") })
                #expect(try place.storedRuns().count == 1)
                let refused = try await Program.run(words + ["--require-hosts"], in: place)
                #expect(refused.status == 5)
                #expect(refused.sentences.count == 1)
                #expect(try place.storedRuns().count == 1)
            }
        }
    }
}
