import ScaleCore
import Testing

@testable import ScaleAnalysis

private func ms(_ value: Int64) -> Nanoseconds { .milliseconds(value) }

/// What sessions that wait for each other come to.
@Suite struct WorkloadSummaryTests {
    static func round(_ released: Int64, _ steps: [(from: Int64, to: Int64)], lost: Int64? = nil) -> LockstepRound {
        var round = LockstepRound(released: ms(released))
        for (from, to) in steps { round.answered(from: ms(from), to: ms(to)) }
        if let lost { round.lost(at: ms(lost)) }
        return round
    }

    /// 10 and 30 ms in step of 31; then one of 20 ms in a round that a failure drew out to 100 ms.
    static let rounds = [round(100, [(100, 110), (101, 131)]), round(131, [(131, 151)], lost: 231)]

    @Test func aRound() {
        #expect(Self.rounds.map(\.makespan) == [ms(31), ms(100)])
        #expect(Self.rounds.map(\.straggling) == [ms(11), ms(80)])
        let idle = LockstepRound.idleShare(Self.rounds) ?? -1
        #expect((idle - (1 - 60.0 / (2 * 31 + 100))).magnitude < 1e-12)
        #expect(LockstepRound.idleShare([]) == nil && Self.round(5, [], lost: 9).straggling == nil)
    }

    @Test func roundsOfSeveralLoopsAreOne() {
        let first = [Self.round(100, [(100, 110)]), Self.round(131, [], lost: 231)]
        let second = [Self.round(100, [(101, 131)]), Self.round(131, [(131, 151)])]
        #expect(LockstepRound.merged([first, second]) == Self.rounds)
        // One loop's sessions may all be gone before the last round.
        #expect(LockstepRound.merged([[first[0]], second]) == [Self.rounds[0], second[1]])
        #expect(LockstepRound.merged([[], []]).isEmpty)
    }

    struct Window: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var spans: [(Int64, Int64?)]
        var mean: Double
        var least: Int
    }

    /// From 100 to 200 ms of a cell that ends after 300.
    @Test(arguments: [
        Window(testDescription: "all are held", spans: [(10, 205), (100, 200), (5, nil)], mean: 3, least: 3),
        Window(testDescription: "none", spans: [], mean: 0, least: 0),
        Window(testDescription: "outside", spans: [(10, 100), (200, 250)], mean: 0, least: 0),
        Window(testDescription: "one fails half-way", spans: [(10, 205), (10, 150)], mean: 1.5, least: 1),
        Window(testDescription: "one goes as another comes", spans: [(10, 150), (150, 250)], mean: 1, least: 0),
        Window(testDescription: "one comes late", spans: [(10, 250), (175, 250)], mean: 1.25, least: 1),
    ])
    func openOverAWindow(_ window: Window) {
        let sessions = window.spans.map { span in
            var session = SessionRecord(session: 0, intendedStart: .zero)
            session.resetAt = ms(span.0)
            session.endedAt = span.1.map(ms)
            return session
        }
        let (mean, least) = OpenSessions(sessions, cellEnd: ms(300)).over(from: ms(100), to: ms(200))
        #expect((mean - window.mean).magnitude < 1e-9 && least == window.least)
    }

    static func recording(_ pacing: Pacing, window: CellRecording.StepWindow?) -> CellRecording {
        var session = SessionRecord(session: 0, intendedStart: .zero)
        session.start = .zero
        session.resetAt = ms(40)
        session.lastStepAt = ms(210)
        session.endedAt = ms(211)
        session.total = ms(210)
        session.gated = ms(60)
        session.stepsDone = 3
        return CellRecording(
            key: CellKey(mode: .ws, sessions: 1, wait: ms(20), steps: 0, rep: 1), startedAt: WallTime(microseconds: 7),
            wall: ms(211), sessions: [session], hosts: [], steps: LatencyHistogram(), stepWindow: window, stepsInWindow: 2,
            stepTime: ms(90), pacing: pacing, rounds: pacing == .lockstep ? rounds : [], lateSteps: 4,
            generator: GeneratorUse(cpu: .zero, peakRSSBytes: 1, threads: 1))
    }

    @Test func aHeldCell() {
        let window = CellRecording.StepWindow(first: ms(100), last: ms(200))
        let record = CellSummary.finish(Self.recording(.hold(duration: ms(100)), window: window), context: LimiterContext()).record
        #expect(record.hold == HoldSummary(duration: ms(100), meanOpen: 1, leastOpen: 1))
        #expect(record.stepsPerSecond == 20 && ((record.effectiveConcurrency ?? 0) - 0.9).magnitude < 1e-9)
        // 210 − 3 × 20 − 60 at the gate.
        #expect(record.latencies[.overhead]?.max == ms(90))
        #expect(record.lockstep == nil && record.lateSteps == 4)
        let never = CellSummary.finish(Self.recording(.hold(duration: ms(100)), window: nil), context: LimiterContext()).record
        #expect(never.hold == nil && never.stepsPerSecond == nil)
    }

    @Test func aCellInLockstep() {
        let record = CellSummary.finish(Self.recording(.lockstep, window: nil), context: LimiterContext()).record
        #expect(record.lockstep?.rounds == 2 && record.hold == nil)
        #expect(record.latencies[.makespan]?.max == ms(100) && record.latencies[.makespan]?.count == 2)
        #expect(record.latencies[.straggler]?.min == ms(11) && record.latencies[.straggler]?.max == ms(80))
    }

    @Test func heldCellsHaveNoLatencyLimit() {
        #expect(Capacity.latencyLimit(wait: ms(10), steps: 0) == nil)
    }
}
