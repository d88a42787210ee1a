import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTestKit
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// Load shapes, think time, drawn waits and episodes that end early, on real sockets.
    @Suite struct WorkloadTests {
        struct Load: Sendable, CustomTestStringConvertible {
            var mode = Mode.ws
            var connections = ConnectionPolicy.perSession
            var shape = LoadShape.burst
            var think: SpanDistribution?
            var waits: SpanDistribution?
            var threads = 1
            var steps = 1
            var testDescription: String {
                "\(mode) \(connections) \(shape) think \(think.map(\.description) ?? "none") waits "
                    + "\(waits.map(\.description) ?? "none") on \(threads)"
            }
        }

        static let sessions = 12

        func recording(_ load: Load) async throws -> CellRecording {
            try await EnvironmentTests.serving { target in
                try await run(
                    LoadSpec(
                        key: cell(load.mode, sessions: Self.sessions, steps: load.steps), targets: [target],
                        shape: load.shape, think: load.think, waitSpread: load.waits, timeouts: .all(.seconds(60)),
                        httpConnections: load.connections, action: .benchmark(wait: load.waits == nil ? .zero : nil),
                        threads: load.threads, seed: 5))
            }.recording
        }

        static let span = Nanoseconds.milliseconds(300)
        static let shapes: [LoadShape] = [
            .ramp(over: span), .open(rate: 40, arrivals: .even), .open(rate: 40, arrivals: .poisson),
        ]
        static let paced = shapes.flatMap { [Load(shape: $0), Load(shape: $0, threads: 3)] }

        /// The schedule is by the session's number in the cell, whichever loop has it.
        @Test(arguments: paced) func startsFollowTheShape(_ load: Load) async throws {
            let recording = try await recording(load)
            let schedule = StartSchedule(load.shape, sessions: Self.sessions, seed: 5)
            #expect(recording.sessions.map(\.intendedStart) == (0..<Self.sessions).map { schedule[$0] })
            #expect(recording.sessions.allSatisfy { $0.succeeded && $0.lag.map { $0 >= .zero } == true })
            #expect(recording.wall >= schedule[Self.sessions - 1])
        }

        static let thinking: [Load] = [SpanDistribution.fixed(span: .milliseconds(40)), .uniform(from: .zero, to: .milliseconds(80))]
            .flatMap { think in
                [
                    Load(think: think, threads: 2, steps: 3), Load(mode: .http, think: think, steps: 3),
                    Load(mode: .http, connections: .perRequest, think: think, steps: 2),
                    Load(mode: .http, connections: .pool(3), think: think, steps: 2),
                ]
            }

        @Test(arguments: thinking) func thinkTimeIsKeptApart(_ load: Load) async throws {
            let recording = try await recording(load)
            let think = DrawnSpans(try #require(load.think), for: .think, seed: 5)
            for session in recording.sessions {
                #expect(Ending(session) == .success && Int(session.stepsDone) == load.steps)
                let meant = think.sum(session: session.session, steps: load.steps)
                #expect(session.think == meant)
                let (total, steps) = (try #require(session.total), try #require(session.steps))
                #expect(total >= meant + steps)
            }
            let cell = CellSummary.finish(recording, context: LimiterContext()).record
            let overhead = try #require(cell.latencies[.overhead]?.max), total = try #require(cell.latencies[.total]?.max)
            #expect(overhead < total)
        }

        /// The deadline of a step does not run while its policy thinks.
        @Test func thinkingLongerThanTheStepTimeout() async throws {
            let outcome = try await EnvironmentTests.serving { target in
                var spec = try spec(target, cell(.ws, sessions: 3), timeouts: .all(.seconds(60)))
                (spec.timeouts.step, spec.timeouts.reset) = (.milliseconds(150), .milliseconds(150))
                spec.think = .fixed(span: .milliseconds(400))
                return try await run(spec)
            }
            #expect(outcome.recording.sessions.allSatisfy { $0.think == .milliseconds(400) })
            #expect(outcome.recording.sessions.allSatisfy { $0.failure?.kind != .timeout })
        }

        static let drawn: [Load] = [Mode.ws, .http].flatMap { mode in
            [SpanDistribution.uniform(from: .milliseconds(5), to: .milliseconds(40)), .lognormal(mean: .milliseconds(20), sigma: 0.5)]
                .map { Load(mode: mode, waits: $0, threads: 2, steps: 3) }
        }

        @Test(arguments: drawn) func everyStepAsksForItsOwnWait(_ load: Load) async throws {
            let recording = try await recording(load)
            let waits = DrawnSpans(try #require(load.waits), for: .wait, seed: 5)
            #expect(recording.drawnWaits == waits)
            for session in recording.sessions {
                #expect(Ending(session) == .success)
                let asked = waits.sum(session: session.session, steps: load.steps)
                let (waited, steps) = (try #require(session.waited), try #require(session.steps))
                #expect(waited.seconds >= 0.95 * asked.seconds && steps >= waited)
            }
        }

        static let done = Wire.text(Wire.observationText.replacing("\"done\":false", with: "\"done\":true"))
        static let opening = WebSocketPeerTests.wasReset + [.send(done)]

        @Test func anEpisodeThatIsDoneIsASuccess() async throws {
            let peer = PeerCase("done after one of three", [Self.opening + WebSocketPeerTests.farewell], .success, steps: 3)
            let (outcome, log) = try await peer.check()
            #expect(outcome.recording.sessions.first?.stepsDone == 1)
            #expect(outcome.recording.stepsInWindow == 1)
            #expect(log.frames.count { $0.payload.hasPrefix(#"{"type":"step""#) } == 1)
            #expect(log.surprises.isEmpty)
        }

        @Test func doneIsIgnoredWhenAsked() async throws {
            let script = Self.opening + [.frame, .send(Self.done)] + WebSocketPeerTests.farewell
            let (outcome, log) = try await ScriptedPeer.following([script]) { target in
                var spec = try spec(target, cell(.ws, steps: 2))
                spec.ignoresDone = true
                return try await run(spec)
            }
            let session = try #require(outcome.recording.sessions.first)
            #expect(session.succeeded && session.stepsDone == 2)
            #expect(log.surprises.isEmpty)
        }

        /// A server may close an idle connection while the policy thinks: over HTTP the next call takes another.
        @Test(arguments: [
            [Act.close], [.reset], [.send(Wire.response(408, close: true)), .close], [.halfClose, .untilEnd],
        ])
        func anIdleConnectionMayGo(_ ending: [Act]) async throws {
            let scripts: [[Act]] = [[.request, .send(Wire.answer)] + ending, [.request, .send(Wire.answer), .untilEnd]]
            let (outcome, log) = try await ScriptedPeer.following(scripts) { target in
                var spec = try spec(target, cell(.http))
                spec.think = .fixed(span: .milliseconds(200))
                let outcome = try await run(spec)
                #expect(try heldConnections(to: target.address.port) == 0)
                return outcome
            }
            let session = try #require(outcome.recording.sessions.first)
            #expect(Ending(session) == .success, "\(Ending(session))")
            #expect(log.connections == 2)
        }

        /// Over a WebSocket the environment goes with its connection.
        @Test(arguments: [
            ([Act.close], Ending.failure(.closedIdle, .step)),
            ([.send(Wire.close(1001)), .untilEnd], .failure(.closedIdle, .step, 1001)),
            ([.send(Wire.observation), .untilEnd], .violation(.step, .unaskedAnswer)),
            ([.send(Wire.toolError), .untilEnd], .violation(.step, .unaskedAnswer)),
        ])
        func whatAnEnvironmentSaysWhileThePolicyThinks(_ acts: [Act], _ ending: Ending) async throws {
            let script = WebSocketPeerTests.opened + [.frame, .send(Wire.observation)] + acts
            let (outcome, _) = try await ScriptedPeer.following([script]) { target in
                var spec = try spec(target, cell(.ws))
                spec.think = .fixed(span: .seconds(20))
                return try await run(spec)
            }
            #expect(Ending(try #require(outcome.recording.sessions.first)) == ending)
            #expect(outcome.recording.wall < .seconds(20))
            let isIdle = outcome.recording.sessions.first?.failure?.kind == .closedIdle
            #expect(outcome.recording.texts.map { $0.text.hasPrefix("closed while idle after ") } == (isIdle ? [true] : []))
        }
    }
}
