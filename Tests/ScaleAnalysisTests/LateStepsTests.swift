import ScaleAnalysis
import ScaleCore
import Testing

/// The loop's lag beside the steps of long sessions.
@Suite struct LateStepsTests {
    private func cell(steps: Int, lag: Nanoseconds, step: (p50: Nanoseconds, p99: Nanoseconds)) -> CellRecord {
        func summary(_ p50: Nanoseconds, _ p99: Nanoseconds) -> LatencySummary {
            LatencySummary(count: 1_000, min: p50, mean: p50, p50: p50, p90: p50, p95: p50, p99: p99, max: p99)
        }
        return CellRecord(
            key: CellKey(mode: .ws, sessions: 50, wait: .milliseconds(20), steps: steps, rep: 1),
            startedAt: WallTime(microseconds: 0), wall: .seconds(6), succeeded: 50, failed: 0, failures: [],
            latencies: [.step: summary(step.p50, step.p99), .totalService: summary(.seconds(6), .seconds(6))],
            sessionsPerSecond: 8, stepsPerSecond: 100, effectiveConcurrency: 50, peakOpen: 50, uniquePids: 1,
            uniqueSessions: 50, uniqueHosts: 1,
            generator: GeneratorUse(cpu: .milliseconds(100), peakRSSBytes: 0, threads: 1, loopLagP99: lag), server: nil,
            verdict: Verdict(.none, evidence: ""), reportedSessionCap: nil)
    }

    @Test(
        arguments: [
            ("a loop away for most of what the slowest steps took", 0, 116, 21, 138, Limiter.generator),
            ("the same with a number of steps", 150, 116, 21, 138, .generator),
            ("one step: the session says it", 1, 116, 21, 138, .none),
            ("late while sessions were opened, not while they stepped", 5, 116, 21, 25, .none),
            ("slow steps of the server's own", 5, 30, 21, 500, .none),
            ("within the scheduler's time slices", 5, 9, 21, 35, .none),
            ("little beside the step", 5, 30, 400, 440, .none),
        ] as [(String, Int, Int64, Int64, Int64, Limiter)])
    func verdict(what: String, steps: Int, lag: Int64, p50: Int64, p99: Int64, limiter: Limiter) {
        let cell = cell(steps: steps, lag: .milliseconds(lag), step: (.milliseconds(p50), .milliseconds(p99)))
        let verdict = LimiterRule.verdict(on: cell)
        #expect(verdict.limiter == limiter, "\(what): \(verdict.evidence)")
        if limiter == .generator { #expect(verdict.evidence.contains("116 ms late at P99, more than half of the 117 ms")) }
    }
}
