import ScaleAnalysis
import ScaleCore
import ScaleEnv
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// Sessions that wait for each other, on real sockets.
    @Suite struct PacingTests {
        struct Load: Sendable, CustomTestStringConvertible {
            var mode = Mode.ws
            var threads = 1
            var think: SpanDistribution?
            var shape = LoadShape.burst
            var connections = ConnectionPolicy.perSession
            var testDescription: String { "\(mode) \(connections) on \(threads), \(shape), think \(think?.description ?? "none")" }
        }

        static let sessions = 24
        static let fifth = Nanoseconds.milliseconds(200)

        func recording(
            _ load: Load, _ pacing: Pacing, steps: Int, wait: Nanoseconds = .milliseconds(5), spread: SpanDistribution? = nil,
            faults: String...
        ) async throws -> CellRecording {
            let configuration = EnvironmentConfiguration(port: 0, faults: try FaultPlan(faults, seed: 3, source: "--fault"))
            return try await EnvironmentServer.serving(configuration) { port in
                let endpoint = Endpoint(secure: false, host: "127.0.0.1", port: port)
                let target = LoadTarget(endpoint: endpoint, address: try SocketAddress.resolve(host: "127.0.0.1", port: port)[0])
                return try await run(
                    LoadSpec(
                        key: cell(load.mode, sessions: Self.sessions, wait: wait, steps: steps), targets: [target],
                        shape: load.shape, pacing: pacing, think: load.think, waitSpread: spread, timeouts: .all(.seconds(60)),
                        httpConnections: load.connections, action: .benchmark(wait: spread == nil ? wait : nil),
                        threads: load.threads, seed: 5))
            }.recording
        }

        static let held = [
            Load(), Load(threads: 3), Load(mode: .http, threads: 3), Load(threads: 3, shape: .ramp(over: .milliseconds(120))),
            Load(threads: 2, think: .uniform(from: .zero, to: .milliseconds(30))),
            Load(threads: 2, think: .fixed(span: .seconds(1))),
        ]

        @Test(arguments: held) func holdHolds(_ load: Load) async throws {
            let recording = try await recording(load, .hold(duration: Self.fifth), steps: 0)
            let window = try #require(recording.stepWindow)
            #expect(window.length == Self.fifth)
            for session in recording.sessions {
                #expect(Ending(session) == .success && session.stepsDone >= 1)
                // All were open before the release and stayed until the end.
                let (opened, ended, last) = (
                    try #require(session.resetAt), try #require(session.endedAt), try #require(session.lastStepAt)
                )
                #expect(opened <= window.first && ended > window.last)
                if load.think == nil { #expect(last > window.last) }
            }
            let done = recording.sessions.reduce(0) { $0 + Int($1.stepsDone) }
            #expect(recording.steps.count == done)
            // A session without think time has one step that the end of the window cuts, and that counts by its part inside.
            if load.think == nil {
                #expect(recording.stepsInWindow > Double(done - Self.sessions) && recording.stepsInWindow < Double(done))
            }
            #expect(recording.stepTime <= Self.fifth * Self.sessions && recording.stepTime > .zero)
            #expect(recording.pacing == .hold(duration: Self.fifth))
        }

        static let inStep = [
            Load(), Load(threads: 3), Load(mode: .http), Load(mode: .http, threads: 3, connections: .pool(30)),
            Load(mode: .http, connections: .perRequest), Load(threads: 3, think: .uniform(from: .zero, to: .milliseconds(10))),
        ]

        @Test(arguments: inStep) func nobodyRunsAhead(_ load: Load) async throws {
            let steps = 5
            let spread = SpanDistribution.uniform(from: .milliseconds(1), to: .milliseconds(30))
            let recording = try await recording(load, .lockstep, steps: steps, spread: spread)
            #expect(recording.sessions.allSatisfy { Ending($0) == .success && Int($0.stepsDone) == steps })
            #expect(recording.rounds.map(\.sessions) == Array(repeating: Self.sessions, count: steps))
            let waits = DrawnSpans(spread, for: .wait, seed: 5)
            for (index, round) in recording.rounds.enumerated() {
                if index > 0 { #expect(round.released >= recording.rounds[index - 1].ended) }
                // The slowest is known before: its wait is the round's, and what comes on top ends before the next.
                let drawn = (0..<Self.sessions).map { waits[session: $0, step: index + 1] }
                #expect(round.makespan >= (drawn.max() ?? .zero))
                let mean = drawn.reduce(0) { $0 + $1.seconds } / Double(Self.sessions)
                #expect(round.stepTime.seconds / Double(Self.sessions) >= mean)
                #expect(try #require(round.straggling) >= .zero)
            }
            let idle = try #require(LockstepRound.idleShare(recording.rounds))
            #expect(idle > 0 && idle < 1)
            #expect(try #require(recording.rounds.last).ended <= recording.wall)
            let (total, rounds) = (recording.stepTime, recording.rounds.reduce(Nanoseconds.zero) { $0 + $1.stepTime })
            #expect(total == rounds)
        }

        /// One step in ten takes 150 ms longer: of each round with one the makespan is that, and the mean far less.
        @Test func aPlantedStraggler() async throws {
            let recording = try await recording(Load(threads: 2), .lockstep, steps: 10, faults: "slow-step=150ms@10%")
            let slow = recording.rounds.filter { $0.makespan >= .milliseconds(150) }
            #expect(slow.count >= 5)
            // Of a round in which a busy machine holds up everybody, the mean is as high.
            #expect(slow.contains { ($0.straggling ?? .zero) >= .milliseconds(40) })
        }

        /// Sessions whose connection is dropped leave; the others go on without them.
        @Test(arguments: [1, 3]) func aFailureBlocksNobody(_ threads: Int) async throws {
            let recording = try await recording(Load(threads: threads), .lockstep, steps: 12, faults: "drop=4%")
            let failed = recording.sessions.count { $0.failure != nil }
            #expect(failed > 0 && failed < Self.sessions)
            #expect(recording.sessions.allSatisfy { $0.failure != nil || $0.stepsDone == 12 })
            let answered = recording.rounds.map(\.sessions)
            #expect(answered.count == 12 && answered == answered.sorted(by: >))
            #expect(answered.last == Self.sessions - failed)
        }

        @Test(arguments: [1, 3]) func whoFailsBeforeTheReleaseIsNotWaitedFor(_ threads: Int) async throws {
            let recording = try await recording(
                Load(threads: threads), .hold(duration: Self.fifth), steps: 0, faults: "reset-error=30%")
            let failed = recording.sessions.filter { $0.failure != nil }
            #expect(!failed.isEmpty && failed.count < Self.sessions)
            #expect(failed.allSatisfy { $0.failure?.phase == .reset })
            #expect(recording.stepWindow?.length == Self.fifth)
        }

        @Test func whoNeverWasReleasedHasNoWindow() async throws {
            let recording = try await recording(Load(threads: 2), .hold(duration: Self.fifth), steps: 0, faults: "reset-error=100%")
            #expect(recording.stepWindow == nil && recording.stepsInWindow == 0)
        }
    }
}
