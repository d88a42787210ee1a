import Foundation
import ScaleTestKit
import Testing

/// Killed at any moment and started again, an experiment ends with the cells of one that was left alone.
@Suite("A killed experiment", .patience(minutes: 5), .serialized) struct ExperimentResumeTests {
    static let file = """
        name: killed
        infrastructures:
          - {name: one, provider: local}
          - {name: two, provider: "local:workers=2"}
        batch_sizes: [2, 4, 8]
        waits: [20ms, 60ms]
        reps: 2

        """
    static let words = ["experiment", "run", "killed.yaml", "--db", "run.sqlite", "--no-calibrate", "--json"]
    /// What tells cells apart, without what happens to differ between runs.
    static let cells = """
        SELECT infra, mode, requests, wait_ns, steps, rep FROM cells JOIN deployments ON deployments.id = deployment_id
        ORDER BY infra, mode, requests, wait_ns, steps, rep
        """

    @Test func fiveKillsChangeNothing() async throws {
        try await Workplace.with { place in
            try place.write(Self.file, to: "killed.yaml")
            var random = SystemRandomNumberGenerator()
            for _ in 0..<5 {
                let (lines, pause) = (Int.random(in: 0...4, using: &random), Int.random(in: 0...150, using: &random))
                let ended = try await Program.run(Self.words, in: place) { running in
                    try await running.outputLines(lines)
                    // Not in place of a readiness: the moment is to be any.
                    try await Task.sleep(for: .milliseconds(pause))
                    running.signal(SIGKILL)
                }
                try #require(ended.status == -SIGKILL, "after \(lines) cells and \(pause) ms: \(ended.said)")
                // What it had launched ends with it.
                try #require(await place.isDeserted(), "after \(lines) cells and \(pause) ms")
            }
            let last = try await Program.run(Self.words, in: place)
            try #require(last.isMeasured, "\(last.said)")
            #expect(try await place.sql("SELECT status, count(*) FROM runs GROUP BY status") == ["finished|1"])
            let killed = try await place.sql(Self.cells)
            #expect(killed.count == 24)

            let whole = try await Program.run(Self.words.map { $0 == "run.sqlite" ? "whole.sqlite" : $0 }, in: place)
            try #require(whole.isMeasured, "\(whole.said)")
            #expect(try await place.sql(Self.cells, database: "whole.sqlite") == killed)
            // The tables, which a kill may have cut off from the database, are whole as well.
            #expect(try place.text(of: "killed/summary.csv").split(separator: "\n").count == 25)
        }
    }
}
