import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTestKit
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// What servers do over a WebSocket, and what is made of it.
    @Suite struct WebSocketPeerTests {
        static let opened = Course.opened
        static let wasReset = Course.wasReset
        static let farewell = Course.farewell
        static let good = Course.good

        static let successes: [PeerCase] = [
            PeerCase("a whole episode", [good], .success),
            PeerCase(
                "the head of the 101 byte by byte",
                [
                    [.request, .trickledUpgrade, .frame, .send(Wire.observation), .frame, .send(Wire.observation)]
                        + farewell
                ],
                .success),
            PeerCase(
                "frames byte by byte",
                [
                    opened + [
                        .frame, .trickle(Wire.observation), .frame, .trickle(Wire.observation), .frame,
                        .trickle(Wire.close(1000)), .frame,
                    ]
                ],
                .success),
            PeerCase(
                "a long answer, byte by byte in its 16-bit length",
                [
                    opened + [
                        .frame, .trickle(Wire.text(Wire.observationText + String(repeating: " ", count: 200))), .frame,
                        .send(Wire.observation),
                    ] + farewell
                ],
                .success),
            PeerCase(
                "an answer of many reads",
                [
                    opened + [
                        .frame, .send(Wire.text(Wire.observationText + String(repeating: " ", count: 300_000))), .frame,
                        .send(Wire.observation),
                    ] + farewell
                ],
                .success),
            PeerCase(
                "no code in the close frame",
                [wasReset + [.send(Wire.observation), .frame, .send(Wire.close(nil)), .untilEnd]], .success,
                silentIn: .close),
            PeerCase(
                "TCP is never closed after the close frames",
                [wasReset + [.send(Wire.observation), .frame, .send(Wire.close(1000)), .frame, .untilEnd]], .success),
            PeerCase(
                "FIN without a close frame after the goodbye", [wasReset + [.send(Wire.observation), .frame, .close]],
                .success),
            PeerCase("RST after the goodbye", [wasReset + [.send(Wire.observation), .frame, .reset]], .success),
            PeerCase(
                "FIN right behind the last answer", [wasReset + [.send(Wire.observation), .halfClose, .frame]], .success
            ),
            PeerCase(
                "a late error after the goodbye",
                [
                    wasReset + [.send(Wire.observation), .frame, .send(Wire.error("EXECUTION_ERROR") + Wire.close(1000)), .frame]
                ], .success),
        ]

        @Test(arguments: successes) func succeeds(_ peer: PeerCase) async throws {
            let (outcome, log) = try await peer.check()
            #expect(log.surprises.isEmpty)
            #expect(outcome.recording.stepsInWindow == 1)
            #expect(
                log.frames.map(\.payload).prefix(3) == [
                    #"{"type":"reset","data":{}}"#, #"{"type":"step","data":{"step": 1}}"#, #"{"type":"close"}"#,
                ])
        }

        static let errors: [PeerCase] =
            [
                ("CAPACITY_REACHED", .capacityReached), ("VALIDATION_ERROR", .validation),
                ("INVALID_JSON", .validation),
                ("UNKNOWN_TYPE", .validation), ("EXECUTION_ERROR", .execution), ("FACTORY_ERROR", .factory),
                ("SESSION_ERROR", .session), ("SOMETHING_NEW", .execution),
            ].map { (code: String, kind: FailureKind) in
                PeerCase(code, [Course.resetAnswered(Wire.error(code))], .failure(kind, .reset))
            }

        @Test(arguments: errors) func namesWhatTheEnvironmentSays(_ peer: PeerCase) async throws {
            let (outcome, _) = try await peer.check()
            #expect(outcome.recording.texts.map(\.text) == ["told so"])
            #expect(outcome.recording.reportedSessionCap == nil)
        }

        static let full = Wire.error("CAPACITY_REACHED", max: 3)
        static let refusals: [PeerCase] = [
            PeerCase(
                "behind the 101, with FIN", [[.request, .upgrade(then: full + Wire.close(1000)), .close]],
                .failure(.capacityReached, .reset)),
            PeerCase(
                "behind the 101, with RST", [[.request, .upgrade(then: full + Wire.close(1000)), .reset]],
                .failure(.capacityReached, .reset)),
            PeerCase(
                "after the 101, with RST", [[.request, .upgrade(), .send(full + Wire.close(1000)), .reset]],
                .failure(.capacityReached, .reset)),
            PeerCase(
                // An RST would discard what the kernel has not sent yet of so many small segments.
                "byte by byte, with FIN", [[.request, .upgrade(), .trickle(full), .halfClose, .untilEnd]],
                .failure(.capacityReached, .reset)),
            PeerCase(
                "as the answer to the reset", [opened + [.frame, .send(full + Wire.close(1000)), .close]],
                .failure(.capacityReached, .reset)),
        ]

        /// Whether the reset could still be sent or not: what the server said last is what counts.
        @Test(arguments: refusals) func hearsTheRefusalWhateverBecomesOfItsRequest(_ peer: PeerCase) async throws {
            for _ in 0..<20 {
                let (outcome, _) = try await peer.check()
                #expect(outcome.recording.reportedSessionCap == 3)
            }
        }

        @Test func answersPingsBetweenFragmentsAndInMidStep() async throws {
            let (first, second) = (Wire.observationText.prefix(30), Wire.observationText.dropFirst(30))
            let fragments =
                Wire.text(String(first), final: false) + Wire.frame(.ping, Array("one".utf8))
                + Wire.frame(.continuation, Array(second.utf8))
            let script: [Act] =
                Self.opened + [
                    .frame, .send(fragments), .frame, .frame, .send(Wire.frame(.ping, Array("two".utf8))), .frame,
                ]
                + [.send(Wire.frame(.pong, []) + Wire.observation)] + Self.farewell
            let (_, log) = try await PeerCase("pings", [script], .success).check()
            #expect(log.surprises.isEmpty)
            #expect(log.frames.filter { $0.opcode == .pong }.map(\.payload) == ["one", "two"])
        }

        @Test func nobodyListens() async throws {
            let bound = try Socket.bound(to: SocketAddress.resolve(host: "127.0.0.1", port: 0)[0], shared: false)
            defer { bound.close() }
            let address = try bound.localAddress()
            let endpoint = Endpoint(secure: false, host: "127.0.0.1", port: address.port)
            let target = LoadTarget(endpoint: endpoint, address: address)
            for mode in Mode.allCases {
                let outcome = try await run(spec(target, cell(mode, sessions: 40)))
                #expect(outcome.recording.sessions.allSatisfy { Ending($0) == .failure(.refused, .connect, 111) })
                #expect(try heldConnections(to: address.port) == 0)
            }
        }

        @Test func aServerThatKeepsTheConnectionOpenCostsLittleTime() async throws {
            let script: [Act] =
                Self.wasReset + [.send(Wire.observation), .frame, .send(Wire.close(1000)), .frame, .untilEnd]
            let (outcome, _) = try await PeerCase("open", [script], .success).check()
            #expect(outcome.recording.wall < .seconds(30))
        }
    }
}
