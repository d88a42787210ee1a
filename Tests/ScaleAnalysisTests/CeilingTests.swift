import ScaleAnalysis
import ScaleCore
import Testing

@Suite struct CeilingTests {
    private static let calibration = CalibrationRecord(
        key: CalibrationKey(host: "0123456789abcdef", mode: .ws, sessions: 64, threads: 1, processes: 1),
        measuredAt: WallTime(microseconds: 0), version: "1", sessionsPerSecond: 1_000, stepsPerSecond: 40_000,
        cpuPerSession: .zero, bytesPerSession: nil,
        floor: LatencyFloor(connectP50: .zero, connectP99: .zero, stepP50: .zero, stepP99: .zero, totalP50: .zero, totalP99: .zero))

    @Test(
        arguments: [
            (500.0, 4_000.0, 0.5), (10.0, 30_000.0, 0.75), (2_000.0, nil, 2.0), (nil, nil, 0.0),
        ] as [(Double?, Double?, Double)])
    func theBusierOfBothRatesCounts(sessions: Double?, steps: Double?, fraction: Double) {
        #expect(Ceiling.fraction(sessionsPerSecond: sessions, stepsPerSecond: steps, of: Self.calibration) == fraction)
    }
}
