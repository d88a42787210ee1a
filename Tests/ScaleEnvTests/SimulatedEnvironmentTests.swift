import ScaleCore
import Testing

@testable import ScaleEnv

@Suite struct SimulatedEnvironmentTests {
    typealias Reply = SimulatedEnvironment.Reply

    static let session = SessionID(ordinal: 1)

    @Test func stepsAreCountedFromTheReset() {
        var environment = SimulatedEnvironment(session: Self.session)
        let script: [(SimulatedEnvironment.Request, Reply)] = [
            (.state, .state(episode: nil, stepCount: 0)),
            (.reset(episode: nil), .observation(reward: nil, stepCount: 0)),
            (.step(wait: 0), .observation(reward: 1, stepCount: 1)),
            (.step(wait: 0), .observation(reward: 1, stepCount: 2)),
            (.state, .state(episode: Self.session.text + "-1", stepCount: 2)),
            (.reset(episode: "mine"), .observation(reward: nil, stepCount: 0)),
            (.state, .state(episode: "mine", stepCount: 0)),
            (.step(wait: 0), .observation(reward: 1, stepCount: 1)),
            (.reset(episode: nil), .observation(reward: nil, stepCount: 0)),
            (.state, .state(episode: Self.session.text + "-3", stepCount: 0)),
        ]
        for (request, reply) in script {
            let turn = environment.respond(to: request)
            #expect(turn == SimulatedEnvironment.Turn(delay: .zero, reply: reply))
        }
        #expect(environment.session == Self.session)
    }

    @Test func aStepBeforeTheResetIsNoError() {
        var environment = SimulatedEnvironment(session: Self.session)
        #expect(environment.respond(to: .step(wait: 0)).reply == .observation(reward: 1, stepCount: 1))
    }

    @Test(
        "the reply is due after the wait, never before",
        arguments: [
            (0, 0), (1e-12, 1), (0.1, 100_000_000), (0.25, 250_000_000), (1.5, 1_500_000_000), (1e-9, 1),
            (9e9, 9_000_000_000_000_000_000),
        ] as [(Double, Int64)])
    func delay(wait: Double, nanoseconds: Int64) {
        var environment = SimulatedEnvironment(session: Self.session)
        #expect(environment.respond(to: .step(wait: wait)).delay == Nanoseconds(nanoseconds))
    }

    @Test("a wait no clock can count fails and is no step", arguments: [9.3e9, 1e300, .greatestFiniteMagnitude])
    func endlessWait(wait: Double) {
        var environment = SimulatedEnvironment(session: Self.session)
        let turn = environment.respond(to: .step(wait: wait))
        #expect(turn.delay == .zero)
        guard case .failure = turn.reply else {
            Issue.record("\(turn.reply)")
            return
        }
        #expect(environment.respond(to: .step(wait: 0)).reply == .observation(reward: 1, stepCount: 1))
    }

    @Test("the reward falls with the wait", arguments: [(0, 1), (1, 0.5), (3, 0.25), (2, 0.333333333)] as [(Double, Double)])
    func reward(wait: Double, reward: Double) {
        #expect(SimulatedEnvironment.reward(wait) == reward)
    }
}

@Suite struct AdmissionTests {
    @Test func slotsAreTakenAndGivenBack() {
        var admission = Admission(limit: 2, seed: 0)
        #expect((0..<3).map { _ in admission.admit() } == [true, true, false])
        #expect(admission.active == 2)
        admission.release()
        #expect((0..<2).map { _ in admission.admit() } == [true, false])
    }

    @Test func withoutALimitAllAreAdmitted() {
        var admission = Admission(limit: nil, seed: 0)
        let admitted = (0..<10_000).filter { _ in admission.admit() }
        #expect(admitted.count == 10_000)
    }

    @Test("no two sessions share a name", arguments: [0, 12_345, .max - 5_000] as [UInt64])
    func names(seed: UInt64) {
        var admission = Admission(limit: nil, seed: seed)
        let names = Set((0..<20_000).map { _ in admission.makeEnvironment().session.text })
        #expect(names.count == 20_000)
        #expect(names.allSatisfy { $0.utf8.count == 12 && $0.allSatisfy { $0.isHexDigit && !$0.isUppercase } })
    }
}
