import ScaleAnalysis
import ScaleCore
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// What servers do over HTTP, and what is made of it.
    @Suite struct HTTPPeerTests {
        static func answering(_ first: [UInt8], then: [UInt8]...) -> [Act] {
            ([first] + then).flatMap { [.request, .send($0)] } + [.untilEnd]
        }

        static func http(
            _ name: String, _ scripts: [[Act]], _ ending: Ending, _ connections: ConnectionPolicy = .perSession,
            silentIn: Phase? = nil
        ) -> PeerCase {
            PeerCase(name, scripts, ending, mode: .http, connections: connections, silentIn: silentIn)
        }

        /// With the connections that the session takes.
        static let successes: [(PeerCase, Int)] = [
            (http("one connection", [answering(Wire.answer, then: Wire.answer)], .success), 1),
            (http("one of a pool", [answering(Wire.answer, then: Wire.answer)], .success, .pool(1)), 1),
            (http("a fresh one for each call", [answering(Wire.answer)], .success, .perRequest), 2),
            (http("chunked answers", [answering(Wire.chunkedAnswer, then: Wire.chunkedAnswer)], .success), 1),
            (
                http(
                    "answers byte by byte",
                    [[.request, .trickle(Wire.answer), .request, .trickle(Wire.chunkedAnswer), .untilEnd]], .success), 1
            ),
            (http("Connection: close", [[.request, .send(Wire.closingAnswer), .untilEnd]], .success), 2),
            (
                http(
                    "Connection: close in a pool", [[.request, .send(Wire.closingAnswer), .untilEnd]], .success,
                    .pool(1)), 2
            ),
            (
                http(
                    "answers that end with the connection", [[.request, .send(Wire.endlessAnswer), .close]], .success),
                2
            ),
            (http("the same in a pool", [[.request, .send(Wire.endlessAnswer), .close]], .success, .pool(1)), 2),
            (
                http(
                    "an answer nobody asked for behind the right one", [answering(Wire.answer + Wire.answer)], .success),
                2
            ),
            (http("the same in a pool", [answering(Wire.answer + Wire.answer)], .success, .pool(1)), 2),
            (
                http(
                    "100 Continue first",
                    [answering(Array("HTTP/1.1 100 Continue\r\n\r\n".utf8) + Wire.answer, then: Wire.answer)], .success),
                1
            ),
        ]

        @Test(arguments: successes) func succeeds(_ peer: PeerCase, connections: Int) async throws {
            let (outcome, log) = try await peer.check()
            #expect(log.connections == connections)
            #expect(log.requests == ["POST /reset", "POST /step"])
            #expect(outcome.recording.stepsSucceeded == 1)
        }

        static let failures: [PeerCase] =
            [
                (422, .validation), (500, .execution), (502, .gateway), (503, .gateway), (524, .gateway),
                (404, .httpStatus),
                (429, .httpStatus),
            ].map { (status: Int, kind: FailureKind) in
                http(
                    "\(status) in the step", [answering(Wire.answer, then: Wire.response(status, "no"))],
                    .failure(kind, .step, Int32(status)))
            } + [
                http(
                    "a 503 to the reset that ends with the connection",
                    [[.request, .send(Array("HTTP/1.0 503 S\r\n\r\n".utf8)), .close]], .failure(.gateway, .reset, 503)),
                http("no JSON", [answering(Wire.response(200, "hello"))], .failure(.protocolViolation, .reset)),
                http("no HTTP", [answering(Array("what?\r\n".utf8))], .failure(.protocolViolation, .reset)),
                http(
                    "an upgrade nobody asked for",
                    [answering(Array("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n".utf8))],
                    .failure(.protocolViolation, .reset)),
                http(
                    "a body above the limit",
                    [answering(Array("HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n".utf8))],
                    .failure(.messageTooLarge, .reset)),
                http("FIN instead of an answer", [[.request, .close]], .failure(.closedMidSession, .reset)),
                http(
                    "FIN in the middle of an answer", [[.request, .send(Array(Wire.answer.dropLast())), .close]],
                    .failure(.closedMidSession, .reset)),
                http(
                    "RST in mid-step", [[.request, .send(Wire.answer), .request, .reset]],
                    .failure(.closedMidSession, .step, 104)),
                http("silence in the reset", [[.untilEnd]], .failure(.timeout, .reset), silentIn: .reset),
                http(
                    "silence in the step", [[.request, .send(Wire.answer), .untilEnd]], .failure(.timeout, .step),
                    silentIn: .step),
            ]

        @Test(arguments: failures) func namesTheFailure(_ peer: PeerCase) async throws { try await peer.check() }

        @Test func keepsWhatTheServerSaidFirst() async throws {
            let peer = Self.http(
                "422", [Self.answering(Wire.response(422, #"{"detail":"bad"}"#))], .failure(.validation, .reset, 422))
            let (outcome, _) = try await peer.check()
            #expect(outcome.firstMessage == "bad")
        }

        /// The server ends the connection behind its answer without a word: the next call opens another.
        @Test(arguments: [ConnectionPolicy.perSession, .pool(1)])
        func reconnectsWhereTheServerEndedAKeptConnection(_ connections: ConnectionPolicy) async throws {
            let ended: [Act] = [.request, .send(Wire.answer), .halfClose, .untilEnd]
            // Whether the end is seen before the next call is sent is for the kernel to say.
            let peer = PeerCase(
                "ended", [ended], .success, .failure(.closedMidSession, .step), mode: .http, connections: connections)
            let (outcome, log) = try await peer.check()
            if outcome.recording.sessions[0].succeeded { #expect(log.connections == 2) }
        }

        /// Sessions of a pool take the connection that another one broke: nothing of its bytes is left in it.
        @Test func aPooledConnectionIsAsGoodAsNewAfterAViolation() async throws {
            let scripts: [[Act]] = [
                [.request, .send(Array("what?\r\n".utf8)), .untilEnd],
                [.request, .send(Array(Wire.answer.dropLast(5))), .close],
                Self.answering(Wire.answer, then: Wire.answer, Wire.answer, Wire.answer),
            ]
            let peer = PeerCase(
                "violation", scripts, .failure(.protocolViolation, .reset), mode: .http, connections: .pool(1))
            let (outcome, _) = try await peer.check(sessions: 4)
            let endings = outcome.recording.sessions.map { Ending($0) }
            #expect(endings.filter { $0 == .success }.count == 2)
            #expect(endings.contains(.failure(.closedMidSession, .reset)))
        }
    }
}
