import ScaleCore
import Testing

@testable import ScaleEngine

/// The session state machine, without a socket or a clock: facts in, actions out.
@Suite struct EpisodeTests {
    static let script = Script(mode: .ws, steps: 2, wait: .seconds(1), isBenchmark: true)

    static func seen(waited: Double = 0, step: Int = 0, hash: String = "abcdef012345") -> Observed {
        Observed(waited: .seconds(waited), stepCount: step, pid: 7, hash: SessionHash(hash), host: 0)
    }

    func at(_ milliseconds: Int64) -> Nanoseconds { .milliseconds(milliseconds) }

    @Test func wholeEpisode() {
        var episode = Episode(intended: .zero)
        episode.dial(at: at(5))
        #expect(episode.phase == .connect)
        #expect(episode.connected(at: at(15)) == .request)
        episode.sent(at: at(16))
        #expect(episode.answered(Self.seen(), at: at(20), script: Self.script) == .request)
        episode.sent(at: at(21))
        #expect(episode.answered(Self.seen(waited: 1, step: 1), at: at(1022), script: Self.script) == .request)
        episode.sent(at: at(1023))
        #expect(episode.answered(Self.seen(waited: 1, step: 2), at: at(2025), script: Self.script) == .close)
        #expect(episode.phase == .close)
        #expect(episode.peerClosed(code: 1000, at: at(2030)) == .finish)

        let record = episode.record(session: 3)
        #expect(record.succeeded)
        #expect(record.start == at(5) && record.lag == at(5))
        #expect(record.connect == at(10))
        #expect(record.reset == at(4))
        #expect(record.steps == at(1001 + 1002))
        #expect(record.total == at(2020))
        #expect(record.waited == .seconds(2))
        #expect(record.stepsDone == 2 && record.pid == 7 && record.hash?.text == "abcdef012345")
        #expect(record.queue == nil && record.failure == nil)
    }

    @Test func httpSessionEndsWithItsLastAnswer() {
        let script = Script(mode: .http, steps: 1, wait: .zero, isBenchmark: true)
        var episode = Episode(intended: .zero)
        episode.dial(at: at(0))
        _ = episode.connected(at: at(1))
        #expect(episode.answered(Self.seen(), at: at(2), script: script) == .request)
        // Every call builds an environment of its own: another hash and a step count of 1 are in order.
        #expect(episode.answered(Self.seen(step: 1, hash: "other0000000"), at: at(3), script: script) == .finish)
        #expect(episode.record(session: 0).succeeded)
    }

    @Test func queueTimeIsItsOwnPhaseAndAddsUpOverCalls() {
        let script = Script(mode: .http, steps: 1, wait: .zero, isBenchmark: false)
        var episode = Episode(intended: .zero)
        episode.enqueue(at: at(0))
        #expect(episode.phase == .queue)
        #expect(episode.adopted(at: at(10)) == .request)
        #expect(episode.answered(Observed(), at: at(12), script: script) == .request)
        episode.enqueue(at: at(12))
        #expect(episode.adopted(at: at(15)) == .request)
        #expect(episode.answered(Observed(), at: at(20), script: script) == .finish)
        let record = episode.record(session: 0)
        #expect(record.queue == at(13))
        #expect(record.connect == nil)
        #expect(record.total == at(20))
    }

    struct Broken: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var observed: Observed
        var afterReset: Bool
        var isolation: IsolationBreak?
        var breach: ProtocolBreach?
        var code: Int32? { isolation?.rawValue ?? breach?.rawValue }
    }

    @Test(arguments: [
        Broken(testDescription: "waited too little", observed: seen(waited: 0.9, step: 1), afterReset: true, breach: .waitedTooLittle),
        Broken(testDescription: "step count jumps", observed: seen(waited: 1, step: 2), afterReset: true, isolation: .stepCountJumped),
        Broken(testDescription: "step count stays", observed: seen(waited: 1, step: 0), afterReset: true, isolation: .stepCountJumped),
        Broken(testDescription: "hash changes", observed: seen(waited: 1, step: 1, hash: "zzz"), afterReset: true, isolation: .hashChanged),
        Broken(testDescription: "step count is not 0 after reset", observed: seen(step: 1), afterReset: false, isolation: .stepCountJumped),
        Broken(testDescription: "says nothing", observed: Observed(), afterReset: true, breach: .noStepCount),
        Broken(
            testDescription: "does not say how long it waited", observed: Observed(stepCount: 1, hash: SessionHash("abcdef012345")),
            afterReset: true, breach: .noWaitedSeconds),
        Broken(
            testDescription: "has no step count", observed: Observed(waited: .seconds(1), hash: SessionHash("abcdef012345")),
            afterReset: true, breach: .noStepCount),
        Broken(
            testDescription: "has no hash", observed: Observed(waited: .seconds(1), stepCount: 1), afterReset: true,
            breach: .noSessionHash),
        Broken(
            testDescription: "has no hash after reset", observed: Observed(waited: .zero, stepCount: 0), afterReset: false,
            breach: .noSessionHash),
    ])
    func brokenPromisesOfTheBenchmarkEnvironment(_ broken: Broken) {
        var episode = Self.resetting()
        if broken.afterReset { _ = episode.answered(Self.seen(), at: at(2), script: Self.script) }
        #expect(episode.answered(broken.observed, at: at(1003), script: Self.script) == .finish)
        #expect(episode.failure?.kind == .protocolViolation)
        #expect(episode.failure?.phase == (broken.afterReset ? .step : .reset))
        #expect(episode.failure?.code == broken.code)
        #expect(episode.record(session: 0).total == nil)
        // The same answers are no failure where another environment was asked for.
        var other = Self.resetting()
        let lenient = Script(mode: .ws, steps: 2, wait: .seconds(1), isBenchmark: false)
        if broken.afterReset { _ = other.answered(Self.seen(), at: at(2), script: lenient) }
        #expect(other.answered(broken.observed, at: at(1003), script: lenient) == .request)
    }

    /// What the environment says of its wait is held against our own clock.
    @Test(arguments: [(949, false), (950, true), (1000, true)] as [(Int64, Bool)])
    func aWaitThatDidNotPassIsNoSuccess(_ milliseconds: Int64, _ holds: Bool) {
        var episode = Self.resetting()
        _ = episode.answered(Self.seen(), at: at(2), script: Self.script)
        episode.sent(at: at(10))
        let action = episode.answered(Self.seen(waited: 1, step: 1), at: at(10 + milliseconds), script: Self.script)
        #expect(action == (holds ? .request : .finish))
        #expect(episode.failure?.breach == (holds ? nil : .answeredTooSoon))
    }

    /// The goodbye is answered: that the peer takes its time with the last FIN is nobody's latency.
    @Test func aSessionEndsWithTheClosingHandshake() {
        var episode = Self.resetting()
        let script = Script(mode: .ws, steps: 1, wait: .zero, isBenchmark: false)
        _ = episode.answered(Observed(), at: at(2), script: script)
        _ = episode.answered(Observed(), at: at(3), script: script)
        #expect(episode.isOpen)
        episode.partedAt(at(5))
        #expect(!episode.isOpen)
        #expect(episode.peerClosed(code: nil, at: at(900)) == .finish)
        #expect(episode.record(session: 0).endedAt == at(5))
    }

    static func resetting() -> Episode {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: .milliseconds(1))
        return episode
    }

    @Test func answersNobodyAskedFor() {
        var early = Episode(intended: .zero)
        early.dial(at: .zero)
        #expect(early.answered(Self.seen(), at: at(1), script: Self.script) == .finish)
        #expect(early.failure?.breach == .unaskedAnswer)

        var late = Self.resetting()
        let script = Script(mode: .ws, steps: 1, wait: .zero, isBenchmark: true)
        _ = late.answered(Self.seen(), at: at(2), script: script)
        #expect(late.answered(Self.seen(step: 1), at: at(3), script: script) == .close)
        #expect(late.answered(Self.seen(step: 2), at: at(4), script: script) == .finish)
        #expect(late.failure?.breach == .unaskedAnswer && late.failure?.phase == .close)
        #expect(late.answered(Self.seen(step: 3), at: at(5), script: script) == .none)
    }

    struct Ending: CustomTestStringConvertible, Sendable {
        var state: Episode.State
        var code: Int32?
        var kind: FailureKind?
        var phase: Phase?
        var testDescription: String { "\(state), close code \(code.map(String.init) ?? "none")" }
    }

    @Test(arguments: [
        Ending(state: .connecting, code: nil, kind: .badHandshake, phase: .connect),
        Ending(state: .resetting, code: 1000, kind: .closedMidSession, phase: .reset),
        Ending(state: .resetting, code: 1009, kind: .messageTooLarge, phase: .reset),
        Ending(state: .stepping, code: 1011, kind: .closedMidSession, phase: .step),
        Ending(state: .stepping, code: nil, kind: .closedMidSession, phase: .step),
        Ending(state: .closing, code: nil, kind: nil, phase: nil),
    ])
    func peerCloses(_ ending: Ending) {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        if ending.state != .connecting { _ = episode.connected(at: at(1)) }
        let script = Script(mode: .ws, steps: 1, wait: .zero, isBenchmark: false)
        if ending.state == .stepping || ending.state == .closing { _ = episode.answered(Observed(), at: at(2), script: script) }
        if ending.state == .closing { _ = episode.answered(Observed(), at: at(3), script: script) }
        #expect(episode.state == ending.state)
        #expect(episode.peerClosed(code: ending.code, at: at(9)) == .finish)
        #expect(episode.failure?.kind == ending.kind)
        #expect(episode.failure?.phase == ending.phase)
        #expect(episode.failure?.code == (ending.kind == nil ? nil : ending.code))
        #expect(episode.state == .over)
        #expect(episode.peerClosed(code: nil, at: at(10)) == .none)
        #expect(episode.fail(.timeout, at: at(10)) == .none)
    }

    @Test func failureBeforeItsFirstSocketStillHasAStart() {
        var episode = Episode(intended: at(3))
        #expect(episode.fail(.fdLimit, code: 24, at: at(4)) == .finish)
        let record = episode.record(session: 0)
        #expect(record.start == at(4))
        #expect(record.failure == SessionFailure(kind: .fdLimit, phase: .connect, code: 24, at: at(4)))
    }

    /// What was asked for is sent once more, and what its first try took stays in its phase.
    @Test func aCallThatIsSentAgainCountsFromItsFirstTry() {
        let script = Script(mode: .http, steps: 1, wait: .zero, isBenchmark: false)
        var episode = Episode(intended: .zero)
        episode.dial(at: at(0))
        _ = episode.connected(at: at(1))
        episode.sent(at: at(2))
        let isFirst = episode.retries(at: at(7))
        episode.dial(at: at(7))
        #expect(episode.connected(at: at(9)) == .request)
        let isSecond = episode.retries(at: at(9))
        #expect(isFirst && !isSecond)
        episode.sent(at: at(10))
        #expect(episode.answered(Observed(), at: at(11), script: script) == .request)
        // The next call has a second try of its own.
        episode.sent(at: at(12))
        let isFirstOfNext = episode.retries(at: at(13))
        #expect(isFirstOfNext)
        let record = episode.record(session: 0)
        #expect(record.reset == at(5 + 1) && record.connect == at(1 + 2))
    }

    @Test(arguments: [Pacing.free, .hold(duration: .seconds(1))])
    func anEpisodeThatIsDoneAtItsResetIsOver(pacing: Pacing) {
        var script = Script(mode: .ws, steps: 2, wait: .zero, isBenchmark: false)
        if pacing != .free { (script.gate, script.steps, script.startsOver) = (.once, .max, true) }
        var episode = Episode(intended: .zero)
        episode.dial(at: at(0))
        _ = episode.connected(at: at(1))
        episode.sent(at: at(2))
        #expect(episode.answered(Observed(done: true), at: at(5), script: script) == .close)
        #expect(episode.peerClosed(code: 1000, at: at(6)) == .finish)
        let record = episode.record(session: 0)
        #expect(record.succeeded && record.stepsDone == 0 && record.total == at(5))
        #expect(episode.isDoneAtReset)
    }

    @Test func doneAtTheResetIsNotLookedAtOverHTTPAndWhereItIsIgnored() {
        for (mode, ignores) in [(Mode.http, false), (.ws, true)] {
            let script = Script(mode: mode, steps: 1, wait: .zero, isBenchmark: false, ignoresDone: ignores)
            var episode = Episode(intended: .zero)
            episode.dial(at: at(0))
            _ = episode.connected(at: at(1))
            #expect(episode.answered(Observed(done: true), at: at(5), script: script) == .request)
        }
    }

    /// While nothing is asked an end of the connection is a failure of its own, with the code of the close frame.
    @Test func anEndWhileIdleIsToldAsThat() {
        let script = Script(mode: .ws, steps: 2, wait: .zero, isBenchmark: false, thinks: true)
        var episode = Episode(intended: .zero)
        episode.dial(at: at(0))
        _ = episode.connected(at: at(1))
        episode.sent(at: at(2))
        #expect(episode.answered(Observed(), at: at(5), script: script) == .think)
        #expect(episode.idleTime(at: at(1005)) == .seconds(1))
        #expect(episode.peerClosed(code: 1001, at: at(1005)) == .finish)
        #expect(episode.failure == SessionFailure(kind: .closedIdle, phase: .step, code: 1001, at: at(1005)))
    }
}
