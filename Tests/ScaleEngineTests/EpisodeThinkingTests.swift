import ScaleCore
import Testing

@testable import ScaleEngine

/// The policy's time and the end of an episode, in the session state machine.
@Suite struct EpisodeThinkingTests {
    static let thinking = Script(mode: .ws, steps: 2, wait: .zero, isBenchmark: true, thinks: true)

    func at(_ milliseconds: Int64) -> Nanoseconds { .milliseconds(milliseconds) }

    /// Reset and answered at 2 ms.
    func afterReset(_ script: Script) -> Episode {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: at(1))
        _ = episode.answered(EpisodeTests.seen(), at: at(2), script: script)
        return episode
    }

    @Test func thinksBeforeEveryStepAndNotAfterTheLast() {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: at(1))
        #expect(episode.answered(EpisodeTests.seen(), at: at(2), script: Self.thinking) == .think)
        #expect(episode.state == .thinking && episode.phase == .step)
        #expect(episode.think(for: at(10)) == at(12))
        #expect(episode.thought(script: Self.thinking, at: at(12)) == .request)
        #expect(episode.state == .stepping)
        episode.sent(at: at(13))
        #expect(episode.answered(EpisodeTests.seen(step: 1), at: at(15), script: Self.thinking) == .think)
        #expect(episode.think(for: at(20)) == at(35))
        #expect(episode.thought(script: Self.thinking, at: at(35)) == .request)
        episode.sent(at: at(35))
        #expect(episode.answered(EpisodeTests.seen(step: 2), at: at(38), script: Self.thinking) == .close)
        _ = episode.peerClosed(code: 1000, at: at(39))

        let record = episode.record(session: 0)
        #expect(record.succeeded && record.stepsDone == 2)
        #expect(record.steps == at(2 + 3))
        // As it was meant: that the first step went out a millisecond late is not the policy's.
        #expect(record.think == at(30))
        #expect(record.total == at(38))
    }

    struct Fact: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var happens: @Sendable (inout Episode) -> Episode.Action
        var failure: SessionFailure
    }

    static let noon = Nanoseconds.milliseconds(9)

    @Test(arguments: [
        Fact(
            testDescription: "an answer nobody asked for",
            happens: { $0.answered(EpisodeTests.seen(step: 1), at: noon, script: thinking) },
            failure: SessionFailure(kind: .protocolViolation, phase: .step, code: ProtocolBreach.unaskedAnswer.rawValue, at: noon)),
        Fact(
            testDescription: "the peer closes", happens: { $0.peerClosed(code: 1001, at: noon) },
            failure: SessionFailure(kind: .closedIdle, phase: .step, code: 1001, at: noon)),
        Fact(
            testDescription: "the peer resets", happens: { $0.peerClosed(code: 104, at: noon) },
            failure: SessionFailure(kind: .closedIdle, phase: .step, code: 104, at: noon)),
    ])
    func whatEndsAThinkingSession(_ fact: Fact) {
        var episode = afterReset(Self.thinking)
        _ = episode.think(for: at(100))
        #expect(fact.happens(&episode) == .finish)
        #expect(episode.failure == fact.failure)
        // Its timer is still to come.
        #expect(episode.thought(script: Self.thinking, at: at(200)) == .none)
        #expect(episode.state == .over)
    }

    @Test func withoutThinkTimeThereIsNone() {
        let episode = afterReset(Script(mode: .ws, steps: 1, wait: .zero, isBenchmark: true))
        #expect(episode.state == .stepping)
        #expect(episode.record(session: 0).think == nil)
    }

    struct Done: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mode = Mode.ws
        var ignores = false
        var thinks = false
        var action: Episode.Action
    }

    /// The first of three steps is answered with `done`.
    @Test(arguments: [
        Done(testDescription: "ends the episode", action: .close),
        Done(testDescription: "ends the episode of a policy that thinks", thinks: true, action: .close),
        Done(testDescription: "is ignored", ignores: true, action: .request),
        Done(testDescription: "is ignored, after a think", ignores: true, thinks: true, action: .think),
        Done(testDescription: "means nothing over HTTP", mode: .http, action: .request),
    ])
    func done(_ done: Done) {
        let script = Script(
            mode: done.mode, steps: 3, wait: .zero, isBenchmark: false, thinks: done.thinks, ignoresDone: done.ignores)
        var episode = afterReset(script)
        _ = episode.thought(script: script, at: at(3))
        #expect(episode.answered(Observed(done: true), at: at(5), script: script) == done.action)
        guard done.action == .close else { return }
        _ = episode.peerClosed(code: 1000, at: at(6))
        let record = episode.record(session: 0)
        #expect(record.succeeded && record.stepsDone == 1 && record.total == at(5))
    }

    @Test func aDrawnWaitIsWhatTheAnswerIsHeldAgainst() {
        let script = Script(mode: .ws, steps: 2, wait: .seconds(1), isBenchmark: true)
        var episode = afterReset(script)
        var short = EpisodeTests.seen(waited: 0.1, step: 1)
        short.asked = .seconds(0.1)
        #expect(episode.answered(short, at: at(200), script: script) == .request)
        var shorter = EpisodeTests.seen(waited: 1.8, step: 2)
        shorter.asked = .seconds(2)
        #expect(episode.answered(shorter, at: at(300), script: script) == .finish)
        #expect(episode.failure?.kind == .protocolViolation)
    }
}
