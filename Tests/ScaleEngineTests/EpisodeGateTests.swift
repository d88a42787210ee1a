import ScaleCore
import Testing

@testable import ScaleEngine

/// What a session does at the gate, when its time is up and when its episode is done, in the session state machine.
@Suite struct EpisodeGateTests {
    typealias Fact = @Sendable (inout Episode, Script) -> Episode.Action

    static func at(_ milliseconds: Int64) -> Nanoseconds { .milliseconds(milliseconds) }

    static func answer(_ milliseconds: Int64, step: Int = 0, done: Bool = false) -> Fact {
        { episode, script in
            var seen = EpisodeTests.seen(step: step)
            seen.done = done
            return episode.answered(seen, at: at(milliseconds), script: script)
        }
    }

    static func release(_ milliseconds: Int64) -> Fact { { episode, _ in episode.released(at: at(milliseconds)) } }
    static func thought(_ milliseconds: Int64) -> Fact { { $0.thought(script: $1, at: at(milliseconds)) } }
    static func think(_ milliseconds: Int64) -> Fact {
        {
            _ = $1
            _ = $0.think(for: at(milliseconds))
            return .none
        }
    }

    /// A script and, from its reset on, what happens to a session and what it does about it.
    struct Course: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var script: Script
        var facts: [(fact: Fact, action: Episode.Action, state: Episode.State)]
    }

    static func script(_ gate: Script.Gate, steps: Int32 = .max, thinks: Bool = false, until: Int64? = nil) -> Script {
        var script = Script(mode: .ws, steps: steps, wait: .zero, isBenchmark: true, thinks: thinks)
        script.gate = gate
        script.startsOver = gate == .once
        if let until { script.until = at(until) }
        return script
    }

    static let courses: [Course] = [
        Course(
            testDescription: "held: one gate, then step after step until the time is up", script: script(.once, until: 30),
            facts: [
                (answer(2), .gate, .gated), (release(3), .request, .stepping), (answer(12, step: 1), .request, .stepping),
                (answer(29, step: 2), .request, .stepping), (answer(31, step: 3), .close, .closing),
            ]),
        Course(
            testDescription: "held: a think that lasts beyond the end is cut", script: script(.once, thinks: true, until: 30),
            facts: [
                (answer(2), .think, .thinking), (think(4), .none, .thinking), (thought(6), .gate, .gated),
                (release(7), .request, .stepping), (answer(12, step: 1), .think, .thinking), (think(100), .none, .thinking),
                (thought(30), .close, .closing),
            ]),
        Course(
            testDescription: "held: a done episode is reset and goes on without a gate", script: script(.once, until: 30),
            facts: [
                (answer(2), .gate, .gated), (release(3), .request, .stepping),
                (answer(12, step: 1, done: true), .request, .resetting), (answer(14), .request, .stepping),
                (answer(16, step: 1), .request, .stepping), (answer(32, step: 2, done: true), .close, .closing),
            ]),
        Course(
            testDescription: "lock-step: a gate before every step", script: script(.everyStep, steps: 2),
            facts: [
                (answer(2), .gate, .gated), (release(3), .request, .stepping), (answer(5, step: 1), .gate, .gated),
                (release(6), .request, .stepping), (answer(9, step: 2), .close, .closing), (release(10), .none, .closing),
            ]),
        Course(
            testDescription: "lock-step: thinks on the way to the gate", script: script(.everyStep, steps: 1, thinks: true),
            facts: [
                (answer(2), .think, .thinking), (release(3), .none, .thinking), (thought(9), .gate, .gated),
                (release(10), .request, .stepping), (answer(12, step: 1), .close, .closing),
            ]),
        Course(
            testDescription: "lock-step: done leaves", script: script(.everyStep, steps: 9),
            facts: [
                (answer(2), .gate, .gated), (release(3), .request, .stepping),
                (answer(9, step: 1, done: true), .close, .closing),
            ]),
        Course(
            testDescription: "an answer at the gate was not asked for", script: script(.everyStep, steps: 2),
            facts: [(answer(2), .gate, .gated), (answer(3, step: 1), .finish, .over), (release(4), .none, .over)]),
        Course(
            testDescription: "the peer goes away at the gate", script: script(.once),
            facts: [(answer(2), .gate, .gated), ({ e, _ in e.peerClosed(code: nil, at: at(3)) }, .finish, .over)]),
    ]

    @Test(arguments: courses) func goesByTheScript(_ course: Course) {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: Self.at(1))
        for (place, (fact, action, state)) in course.facts.enumerated() {
            #expect(fact(&episode, course.script) == action, "fact \(place + 1)")
            #expect(episode.state == state, "fact \(place + 1)")
            #expect(episode.isIdle == (state == .gated || state == .thinking))
        }
    }

    @Test func aCutThinkIsNoThinkTime() {
        let course = Self.courses[1]
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: Self.at(1))
        for (fact, _, _) in course.facts { _ = fact(&episode, course.script) }
        let record = episode.record(session: 0)
        #expect(record.think == Self.at(4) && record.stepsDone == 1)
        // From the decision at 6 ms to the release.
        #expect(record.gated == Self.at(1))
    }

    @Test func theFirstResetIsTheSessions() {
        let course = Self.courses[2]
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: Self.at(1))
        episode.sent(at: Self.at(1))
        for (fact, _, _) in course.facts { _ = fact(&episode, course.script) }
        let record = episode.record(session: 0)
        #expect(record.reset == Self.at(1) && record.resetAt == Self.at(2) && record.stepsDone == 3)
    }

    /// Whether a session at the gate of round 1 is still waited for.
    @Test func atTheGateUntilItsRoundIsOpen() {
        var episode = Episode(intended: .zero)
        episode.dial(at: .zero)
        _ = episode.connected(at: Self.at(1))
        #expect(!episode.isAtGate(openTo: 0))
        _ = Self.answer(2)(&episode, Self.script(.everyStep, steps: 2))
        #expect(episode.isAtGate(openTo: 0) && !episode.isAtGate(openTo: 1))
        // A failure does not change where it stood.
        _ = episode.fail(.closedMidSession, at: Self.at(3))
        #expect(episode.isAtGate(openTo: 0))
        let (first, second) = (episode.departs(), episode.departs())
        #expect(first && !second)
    }
}
