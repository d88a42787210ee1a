import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// What servers do over a WebSocket, and what is made of it.
    @Suite struct WebSocketPeerTests {
        static let opened: [Act] = [.request, .upgrade()]
        static let wasReset: [Act] = opened + [.frame, .send(Wire.observation), .frame]
        static let farewell: [Act] = [.frame, .send(Wire.close(1000)), .frame, .close]
        static let good: [Act] = wasReset + [.send(Wire.observation)] + farewell

        /// A script whose reset is answered by these bytes.
        static func resetAnswered(_ bytes: [UInt8]) -> [Act] { opened + [.frame, .send(bytes), .untilEnd] }
        static func stepAnswered(_ bytes: [UInt8]) -> [Act] { wasReset + [.send(bytes), .untilEnd] }

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
                "a late answer after the goodbye",
                [
                    wasReset + [
                        .send(Wire.observation), .frame,
                        .send(Wire.observation + Wire.error("EXECUTION_ERROR") + Wire.close(1000)), .frame,
                    ]
                ], .success),
        ]

        @Test(arguments: successes) func succeeds(_ peer: PeerCase) async throws {
            let (outcome, log) = try await peer.check()
            #expect(log.surprises.isEmpty)
            #expect(outcome.recording.stepsSucceeded == 1)
            #expect(
                log.frames.map(\.payload).prefix(3) == [
                    #"{"type":"reset","data":{}}"#, #"{"type":"step","data":{"step": 1}}"#, #"{"type":"close"}"#,
                ])
        }

        static let upgrades: [PeerCase] =
            [
                (200, .httpStatus), (301, .httpStatus), (401, .httpStatus), (403, .httpStatus), (404, .httpStatus),
                (429, .httpStatus), (502, .gateway), (503, .gateway), (504, .gateway),
            ].map { (status: Int, kind: FailureKind) in
                PeerCase(
                    "\(status) instead of 101", [[.request, .send(Wire.response(status, "no")), .untilEnd]],
                    .failure(kind, .connect, Int32(status)))
            } + [
                PeerCase(
                    "a 502 that ends with the connection",
                    [[.request, .send(Array("HTTP/1.0 502 Bad Gateway\r\n\r\nno".utf8)), .close]],
                    .failure(.gateway, .connect, 502)),
                PeerCase(
                    "a wrong accept key",
                    [
                        [
                            .request,
                            .send(
                                Array(
                                    "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
                                        .utf8)), .untilEnd,
                        ]
                    ], .failure(.badHandshake, .connect)),
                PeerCase(
                    "a 101 without Upgrade",
                    [[.request, .send(Array("HTTP/1.1 101 S\r\nConnection: Upgrade\r\n\r\n".utf8)), .untilEnd]],
                    .failure(.badHandshake, .connect)),
                PeerCase(
                    "no HTTP at all", [[.request, .send(Array("SSH-2.0-OpenSSH_9.6\r\n".utf8)), .untilEnd]],
                    .failure(.badHandshake, .connect)),
                PeerCase("silence after accept", [[.untilEnd]], .failure(.timeout, .connect), silentIn: .connect),
                PeerCase(
                    "half a head, then silence", [[.request, .send(Array("HTTP/1.1 101 Sw".utf8)), .untilEnd]],
                    .failure(.timeout, .connect), silentIn: .connect),
                // Which of the two the kernel reports depends on whether the request was there before the close.
                PeerCase(
                    "closed at once", [[.close]], .failure(.badHandshake, .connect), .failure(.reset, .connect, 104),
                    .failure(.reset, .connect, 32)),
                PeerCase("FIN after the request", [[.request, .close]], .failure(.badHandshake, .connect)),
                PeerCase("RST after the request", [[.request, .reset]], .failure(.reset, .connect, 104)),
            ]

        @Test(arguments: upgrades) func refusesTheUpgrade(_ peer: PeerCase) async throws { try await peer.check() }

        static let violation = Ending.failure(.protocolViolation, .reset, 1002)
        static let violations: [PeerCase] = [
            PeerCase(
                "a masked frame", [resetAnswered(Wire.frame(.text, Array(Wire.observationText.utf8), mask: 7))],
                violation),
            PeerCase("reserved bits", [resetAnswered([0xC1, 0])], violation),
            PeerCase("an unknown opcode", [resetAnswered([0x83, 0])], violation),
            PeerCase(
                "a 64-bit length with its top bit set",
                [resetAnswered([0x81, 127] + [UInt8](repeating: 0xFF, count: 8))], violation),
            PeerCase(
                "a length above the limit", [resetAnswered([0x81, 127, 0, 0, 1, 0, 0, 0, 0, 0])],
                .failure(.messageTooLarge, .reset, 1009)),
            PeerCase(
                "invalid UTF-8", [resetAnswered(Wire.frame(.text, [0x22, 0xC3, 0x28, 0x22]))],
                .failure(.protocolViolation, .reset, 1007)),
            PeerCase(
                "a binary message", [resetAnswered(Wire.frame(.binary, Array(Wire.observationText.utf8)))],
                .failure(.protocolViolation, .reset)),
            PeerCase("no JSON", [resetAnswered(Wire.text("hello"))], .failure(.protocolViolation, .reset)),
            PeerCase(
                "JSON that is no object", [resetAnswered(Wire.text("[1, 2]"))], .failure(.protocolViolation, .reset)),
            PeerCase(
                "an observation without one", [resetAnswered(Wire.text(#"{"type":"observation","data":{}}"#))],
                .failure(.protocolViolation, .reset)),
            PeerCase(
                "another kind of answer", [resetAnswered(Wire.text(#"{"type":"state","data":{}}"#))],
                .failure(.protocolViolation, .reset)),
            PeerCase(
                "an answer before the request", [[.request, .upgrade(then: Wire.observation), .untilEnd]],
                .failure(.protocolViolation, .reset)),
            PeerCase(
                "two answers to one request", [resetAnswered(Wire.observation + Wire.observation)],
                .failure(.protocolViolation, .step)),
        ]

        @Test(arguments: violations) func namesWhatBreaksTheProtocol(_ peer: PeerCase) async throws {
            try await peer.check()
        }

        static let endings: [PeerCase] = [
            PeerCase(
                "close 1000 before the answer", [resetAnswered(Wire.close(1000))],
                .failure(.closedMidSession, .reset, 1000)),
            PeerCase(
                "close 1011 in mid-step", [stepAnswered(Wire.close(1011))], .failure(.closedMidSession, .step, 1011)),
            PeerCase("close 1009", [stepAnswered(Wire.close(1009))], .failure(.messageTooLarge, .step, 1009)),
            PeerCase("close without a code", [resetAnswered(Wire.close(nil))], .failure(.closedMidSession, .reset)),
            PeerCase("FIN in mid-reset", [opened + [.frame, .close]], .failure(.closedMidSession, .reset)),
            PeerCase(
                "FIN behind half a frame", [opened + [.frame, .send(Array(Wire.observation.dropLast())), .close]],
                .failure(.closedMidSession, .reset)),
            PeerCase(
                "half-close after the answer to the reset",
                [opened + [.frame, .send(Wire.observation), .halfClose, .untilEnd]], .failure(.closedMidSession, .step)),
            PeerCase("RST in mid-step", [wasReset + [.reset]], .failure(.closedMidSession, .step, 104)),
            PeerCase("silence in the reset", [opened + [.untilEnd]], .failure(.timeout, .reset), silentIn: .reset),
            PeerCase("silence in the step", [wasReset + [.untilEnd]], .failure(.timeout, .step), silentIn: .step),
            PeerCase(
                "silence in the close", [wasReset + [.send(Wire.observation), .untilEnd]], .failure(.timeout, .close),
                silentIn: .close),
            PeerCase(
                "pings without end", [opened + [.flood(Wire.frame(.ping, Array(repeating: 65, count: 125)))]],
                .failure(.timeout, .reset), silentIn: .reset),
        ]

        @Test(arguments: endings) func tellsHowASessionWasCutShort(_ peer: PeerCase) async throws {
            try await peer.check()
        }

        static let errors: [PeerCase] =
            [
                ("CAPACITY_REACHED", .capacityReached), ("VALIDATION_ERROR", .validation),
                ("INVALID_JSON", .validation),
                ("UNKNOWN_TYPE", .validation), ("EXECUTION_ERROR", .execution), ("FACTORY_ERROR", .factory),
                ("SESSION_ERROR", .session), ("SOMETHING_NEW", .execution),
            ].map { (code: String, kind: FailureKind) in
                PeerCase(code, [resetAnswered(Wire.error(code))], .failure(kind, .reset))
            }

        @Test(arguments: errors) func namesWhatTheEnvironmentSays(_ peer: PeerCase) async throws {
            let (outcome, _) = try await peer.check()
            #expect(outcome.firstMessage == "told so")
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
