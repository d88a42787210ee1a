import ScaleAnalysis
import ScaleCore
import Testing

@Suite struct CeilingTests {
    private static let calibration = CalibrationRecord(
        key: CalibrationKey(host: "0123456789abcdef", mode: .ws, sessions: 64, threads: 1, processes: 1),
        measuredAt: WallTime(microseconds: 0), version: "1", sessionsPerSecond: 1_000, stepsPerSecond: 40_000,
        cpuPerSession: .zero, bytesPerSession: nil,
        floor: LatencyFloor(connectP50: .zero, connectP99: .zero, stepP50: .zero, stepP99: .zero, totalP50: .zero, totalP99: .zero))

    private static func cell(_ sessions: Double?, _ steps: Double?, stepsEach: Int) -> CellRecord {
        CellRecord(
            key: CellKey(mode: .ws, sessions: 64, wait: .zero, steps: stepsEach, rep: 1), startedAt: WallTime(microseconds: 0),
            wall: .seconds(1), succeeded: 64, failed: 0, failures: [], latencies: [:], sessionsPerSecond: sessions,
            stepsPerSecond: steps, effectiveConcurrency: nil, peakOpen: 64, uniquePids: 1, uniqueSessions: 64, uniqueHosts: 1,
            generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1), server: nil, verdict: Verdict(.none, evidence: ""),
            reportedSessionCap: nil)
    }

    /// Steps that a session takes once are no rate, and 0 stands for as many as the time allows.
    @Test(
        arguments: [
            (500.0, 4_000.0, 2, 0.5), (10.0, 30_000.0, 2, 0.75), (10.0, 30_000.0, 0, 0.75), (10.0, 30_000.0, 1, 0.01),
            (2_000.0, nil, 2, 2.0), (nil, nil, 2, 0.0),
        ] as [(Double?, Double?, Int, Double)])
    func theBusierOfBothRatesCounts(sessions: Double?, steps: Double?, each: Int, fraction: Double) {
        #expect(Ceiling.fraction(of: Self.cell(sessions, steps, stepsEach: each), to: Self.calibration) == fraction)
    }
}
