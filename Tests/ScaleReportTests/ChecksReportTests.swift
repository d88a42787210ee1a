import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Contradictions in the report") struct ChecksReportTests {
    private func cell(_ sessions: Int, rep: Int, _ checks: [CheckViolation]) -> CellRecord {
        var cell = Fixture.cell(sessions, rep: rep, succeeded: sessions, total: .milliseconds(1_100))
        cell.checks = checks
        return cell
    }

    private func snapshot(_ cells: [CellRecord]) -> RunSnapshot {
        Fixture.snapshot(cells, plan: Plan(modes: [.ws], sessions: [64, 128], waits: [.seconds(1)], reps: 2))
    }

    private static let below = CheckViolation(.wait, "P99 total 410 ms is below the wait of 1 s")
    private static let reached = CheckViolation(.concurrencyReached, "peak open 3 is below 90 % of N = 128")

    @Test func aBrokenCheckIsANoticeOnce() {
        let given = snapshot([
            cell(64, rep: 1, [Self.below]), cell(64, rep: 2, []), cell(128, rep: 1, [Self.reached]), cell(128, rep: 2, []),
        ])
        let notices = Fixture.notices(given)
        #expect(
            notices.contains(
                "N = 64: inconsistent in 1 of 2 repetitions (`below-wait`): P99 total 410 ms is below the wait of 1 s."))
        // At the max batch another notice says it.
        #expect(!notices.contains { $0.contains("concurrency-not-reached") })
    }

    @Test func jsonHasTheChecksOfACellAndOfTheRun() {
        let cells = [1, 5, 10].map { wait in
            var cell = Fixture.cell(2_048, wait: .seconds(wait), succeeded: 2_048, total: .seconds(wait) + .seconds(20))
            cell.sessionsPerSecond = 100
            return cell
        }
        let given = snapshot(cells)
        let sentence =
            "independent-of-wait: ws, N = 2,048: sessions/s 100, 100, 100 at waits of 1, 5, 10 s: connect-limited, "
            + "not step-limited"
        #expect(RunJSON.line(given, db: "x").contains("\"checks\":[\"\(sentence)\"],"))
        #expect(Fixture.notices(given).contains { $0.contains("connect-limited, not step-limited.") })
        let line = CellJSON.line(cell(64, rep: 1, [Self.below]), run: given.run, deployment: nil)
        #expect(line.contains("\"checks\":[\"below-wait: P99 total 410 ms is below the wait of 1 s\"],"))
    }
}
