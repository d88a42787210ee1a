import Foundation
import ScaleTestKit
import Testing

/// Real runs, and their numbers worked out again from the `sessions` table alone: what is stored, what `--json` says and
/// what the report and the chart of success show must be that, to the last digit.
@Suite("numbers recomputed from the sessions", .serialized, .patience(minutes: 3))
struct RecomputationTests {
    /// N that pass, stay undecided and fail, with refusals and errors among the sessions.
    static let capped = [
        "--provider", "local:workers=1,max-concurrent-envs=150,fault=reset-error=1%", "--requests-grid", "64,128,156,200",
        "--compare", "--wait", "0.1", "--steps", "2", "--reps", "3",
    ]
    /// Some steps are so slow that the latency criterion is not met where the success rate is.
    static let slow = [
        "--provider", "local:workers=1,max-concurrent-envs=150,fault=slow-step=1.5s@0.4%", "--requests-grid", "64,140,180",
        "--wait", "0.1", "--steps", "2", "--reps", "3",
    ]

    @Test func aGridWithEveryOutcomeIsRecomputed() async throws {
        try await Scratch.folder { folder in
            let verdict = try await Recomputation.run(try await MeasuredRun.make(in: folder, Self.capped))
            #expect(verdict.differences.isEmpty)
            #expect(verdict.compared > 2_000)
            let websocket = try #require(verdict.outcomes?["ws"])
            #expect(Set(websocket.values) == ["pass", "undecided", "fail"])
            #expect(verdict.outcomes?["http"]?.count == 4)
            #expect(verdict.tables == ["breakdown": 2, "scaling": 8])
        }
    }

    /// Made once more on purpose: one row that is changed must be found in every place that its numbers went to.
    @Test func oneChangedRowIsFound() async throws {
        try await Scratch.folder { folder in
            let measured = try await MeasuredRun.make(in: folder, Self.slow)
            #expect(try await Recomputation.run(measured).differences.isEmpty)
            for change in Self.changes {
                try await measured.change(change.sql)
                let differences = try await Recomputation.run(measured).differences
                for place in change.places {
                    #expect(differences.contains { $0.contains(place) }, "\(change.sql): \(differences)")
                }
                try await measured.change(change.back)
                #expect(try await Recomputation.run(measured).differences.isEmpty)
            }
        }
    }

    struct Change {
        var sql: String
        var back: String
        var places: [String]
    }

    static let changes: [Change] = {
        let slowest = """
            WHERE cell_id = 1 AND session = (
                SELECT session FROM sessions WHERE cell_id = 1 AND failure_kind IS NULL ORDER BY start_ns + total_ns DESC LIMIT 1)
            """
        let last = """
            WHERE cell_id = 1 AND session = (
                SELECT session FROM sessions WHERE cell_id = 1 AND failure_kind IS NULL ORDER BY ended_at_ns DESC LIMIT 1)
            """
        let one = "WHERE cell_id = 1 AND session = 7"
        return [
            Change(
                sql: "UPDATE sessions SET total_ns = total_ns + 5000000000 \(slowest)",
                back: "UPDATE sessions SET total_ns = total_ns - 5000000000 \(slowest)",
                places: [
                    "cells row 1 total_p99_ns", "cells row 1 overhead_max_ns", "JSON of cell 1 total_p99",
                    "JSON of cell 1 overhead_p99", "N = 64 rep 1 total P99", "N = 64 rep 1 overhead P99",
                ]),
            Change(
                sql: "UPDATE sessions SET ended_at_ns = ended_at_ns * 2 \(last)",
                back: "UPDATE sessions SET ended_at_ns = ended_at_ns / 2 \(last)",
                places: ["cells row 1 sessions_per_second", "JSON of cell 1 requests_per_second", "N = 64 rep 1 sessions/s"]),
            Change(
                sql: "UPDATE sessions SET failure_kind = 'session', failure_phase = 'step', failure_at_ns = 1 \(one)",
                back: "UPDATE sessions SET failure_kind = NULL, failure_phase = NULL, failure_at_ns = NULL \(one)",
                places: [
                    "cells row 1 succeeded", "JSON of cell 1 failures", "N = 64 rep 1 succeeded", "N = 64 rep 1 success:",
                    "chart, ws N = 64 success_percent_lower",
                ]),
        ]
    }()
}
