import ScaleAnalysis
import ScaleCore
import ScaleEnv
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// Whole cells against the bundled environment, on a thread of this process.
    @Suite struct EnvironmentTests {
        struct Shape: Sendable, CustomTestStringConvertible {
            var mode: Mode
            var connections: ConnectionPolicy
            var sessions = 24
            var threads: Int
            var steps: Int
            var testDescription: String { "\(mode) \(connections) \(threads) threads \(steps) steps" }
        }

        static let shapes: [Shape] = [1, 2].flatMap { threads in
            [1, 3].flatMap { steps in
                [
                    (Mode.ws, ConnectionPolicy.perSession), (.http, .perSession), (.http, .perRequest),
                    (.http, .pool(5)), (.http, .pool(64)),
                ]
                .map { Shape(mode: $0, connections: $1, threads: threads, steps: steps) }
            }
        }

        static func serving<Value: Sendable>(
            cap: Int? = nil, isolation: isolated (any Actor)? = #isolation, _ body: (LoadTarget) async throws -> Value
        ) async throws -> Value {
            let configuration = EnvironmentConfiguration(port: 0, maxConcurrentEnvs: cap)
            return try await EnvironmentServer.serving(configuration) { port in
                let endpoint = Endpoint(secure: false, host: "127.0.0.1", port: port)
                return try await body(
                    LoadTarget(endpoint: endpoint, address: SocketAddress.resolve(host: "127.0.0.1", port: port)[0]))
            }
        }

        func recording(_ shape: Shape, wait: Nanoseconds = .zero, cap: Int? = nil) async throws -> CellRecording {
            let outcome = try await Self.serving(cap: cap) { target in
                let key = cell(shape.mode, sessions: shape.sessions, wait: wait, steps: shape.steps)
                let outcome = try await run(
                    LoadSpec(
                        key: key, targets: [target], timeouts: .all(.seconds(60)), httpConnections: shape.connections,
                        action: .benchmark(wait: wait), threads: shape.threads))
                #expect(try heldConnections(to: target.address.port) == 0)
                return outcome
            }
            return outcome.recording
        }

        @Test(arguments: shapes) func everySessionSucceeds(_ shape: Shape) async throws {
            let recording = try await recording(shape, wait: .milliseconds(2))
            let steps = shape.sessions * shape.steps
            #expect(recording.sessions.map(\.session) == Array(0..<shape.sessions))
            #expect(recording.sessions.allSatisfy { Ending($0) == .success && $0.succeeded })
            #expect(recording.sessions.allSatisfy { Int($0.stepsDone) == shape.steps })
            #expect(recording.stepsInWindow == Double(steps) && recording.steps.summary?.count == steps)
            #expect(recording.hosts.count == 1 && recording.hosts[0].hasPrefix("127.0.0.1:"))
            #expect(recording.sessions.allSatisfy { $0.host == 0 && $0.pid == ThisProcess.pid && $0.hash != nil })
            let hashes = Set(recording.sessions.compactMap { $0.hash })
            #expect(hashes.count == shape.sessions)
            #expect(recording.generator.threads == shape.threads)
            #expect(recording.samples.last?.succeeded == shape.sessions)
        }

        @Test(arguments: shapes) func timesAddUp(_ shape: Shape) async throws {
            let wait = Nanoseconds.milliseconds(2)
            let recording = try await recording(shape, wait: wait)
            for session in recording.sessions {
                let total = try #require(session.total)
                let start = try #require(session.start)
                let reset = try #require(session.reset)
                let steps = try #require(session.steps)
                #expect(try #require(session.lag) >= .zero)
                #expect(reset > .zero && steps >= wait * shape.steps)
                #expect(total >= (session.connect ?? .zero) + (session.queue ?? .zero) + reset + steps)
                #expect(try #require(session.lastStepAt) == start + total)
                #expect(try #require(session.endedAt) >= start + total)
                #expect(try #require(session.resetAt) < start + total)
                #expect(try #require(session.waited) >= wait * shape.steps)
                #expect(try #require(session.endedAt) <= recording.wall)
            }
            let sum = recording.sessions.reduce(Nanoseconds.zero) { $0 + ($1.steps ?? .zero) }
            #expect(recording.stepTime == sum)
            let window = try #require(recording.stepWindow)
            #expect(window.first >= .zero && window.last <= recording.wall)
        }

        @Test(arguments: shapes) func phasesAreThoseOfTheConnections(_ shape: Shape) async throws {
            let recording = try await recording(shape, wait: .milliseconds(1))
            let connected = recording.sessions.count { $0.connect != nil }
            let queued = recording.sessions.count { $0.queue != nil }
            switch shape.connections {
            case .perSession, .perRequest:
                #expect(connected == shape.sessions && queued == 0)
            case .pool(let size):
                // Who gets an open connection has not connected; who finds none has queued, most of all at first.
                #expect(connected <= min(size, shape.sessions))
                #expect(queued == 0 || size < shape.sessions)
                #expect(size >= shape.sessions || queued >= shape.sessions - size)
            }
        }

        @Test func aPoolMakesNoMoreConnectionsThanItHas() async throws {
            let shape = Shape(mode: .http, connections: .pool(3), threads: 1, steps: 2)
            let recording = try await recording(shape)
            #expect(recording.sessions.count { $0.connect != nil } == 3)
            #expect(recording.sessions.count { $0.queue != nil } >= shape.sessions - 3)
        }

        @Test func aFullServerIsSaidToBeFull() async throws {
            let shape = Shape(mode: .ws, connections: .perSession, threads: 2, steps: 1)
            // Long enough for the last session to come while the first ten are still there.
            let recording = try await recording(shape, wait: .seconds(2), cap: 10)
            let endings = recording.sessions.map { Ending($0) }
            #expect(endings.count { $0 == .success } == 10)
            #expect(endings.count { $0 == .failure(.capacityReached, .reset) } == 14)
            #expect(recording.reportedSessionCap == 10)
        }

        /// The placeholders of an action are those of the step and of the session, across threads.
        @Test func everySessionHasItsOwnNumber() async throws {
            let sent: [Act] = [
                .request, .upgrade(), .frame, .send(Wire.observation), .frame, .send(Wire.observation), .frame,
                .send(Wire.observation), .frame, .close,
            ]
            let (_, log) = try await ScriptedPeer.following([sent]) { target in
                var spec = try spec(target, cell(.ws, sessions: 7, steps: 2))
                spec.threads = 3
                spec.action = try ActionTemplate(#"{"s": {{session}}, "n": {{step}}}"#, wait: .zero)
                return try await run(spec)
            }
            let steps = log.frames.map(\.payload).filter { $0.contains("\"step\"") }
            let wanted = (0..<7).flatMap { session in
                [1, 2].map { "{\"type\":\"step\",\"data\":{\"s\": \(session), \"n\": \($0)}}" }
            }
            #expect(steps.sorted() == wanted.sorted())
        }

        @Test func refusesWhatTheEnvironmentRefuses() async throws {
            let endings = try await Self.serving { target in
                var spec = try spec(target, cell(.ws))
                spec.action = try ActionTemplate(#"{"wait_seconds": "long"}"#, wait: .zero)
                let socket = try await run(spec)
                spec.key.mode = .http
                let call = try await run(spec)
                #expect(call.recording.texts.count == 1 && socket.recording.texts.count == 1)
                return [socket, call].map { Ending($0.recording.sessions[0]) }
            }
            #expect(endings == [.failure(.validation, .step), .failure(.validation, .step, 422)])
        }
    }
}
