import ScaleAnalysis
import ScaleCore
import ScaleTestKit
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
            #expect(outcome.recording.stepsInWindow == 1)
        }

        @Test func keepsWhatTheServerSaidFirst() async throws {
            let peer = Self.http(
                "422", [Self.answering(Wire.response(422, #"{"detail":"bad"}"#))], .failure(.validation, .reset, 422))
            let (outcome, _) = try await peer.check()
            #expect(outcome.recording.texts.map(\.text) == ["bad"])
        }

        /// The server ends the connection behind its answer without a word: the next call opens another.
        @Test(arguments: [ConnectionPolicy.perSession, .pool(1)])
        func reconnectsWhereTheServerEndedAKeptConnection(_ connections: ConnectionPolicy) async throws {
            let ended: [Act] = [.request, .send(Wire.answer), .halfClose, .untilEnd]
            let peer = PeerCase("ended", [ended], .success, mode: .http, connections: connections)
            let (_, log) = try await peer.check()
            #expect(log.connections == 2)
        }

        /// The end crosses the next call, which is sent again, once, and only where no byte of an answer had come.
        @Test(arguments: [
            (http("closed in between", [[.request, .send(Wire.answer), .request, .close], answering(Wire.answer)], .success), 1),
            (http("reset in between", [[.request, .send(Wire.answer), .request, .reset], answering(Wire.answer)], .success), 1),
            (
                http(
                    "closed in between in a pool", [[.request, .send(Wire.answer), .request, .close], answering(Wire.answer)], .success,
                    .pool(1)), 1
            ),
            (
                http(
                    "408 in between",
                    [[.request, .send(Wire.answer), .request, .send(Wire.response(408, "")), .close], answering(Wire.answer)], .success), 1
            ),
            (
                http(
                    "closed twice", [[.request, .send(Wire.answer), .request, .close], [.request, .close]],
                    .failure(.closedMidSession, .step)), 1
            ),
            (http("closed on a fresh connection", [[.request, .close]], .failure(.closedMidSession, .reset)), 0),
            (
                http(
                    "closed in the middle of the answer",
                    [[.request, .send(Wire.answer), .request, .send(Array(Wire.answer.prefix(20))), .close], answering(Wire.answer)],
                    .failure(.closedMidSession, .step)), 0
            ),
        ])
        func asksAgainWhereTheEndCrossedTheCall(_ peer: PeerCase, again: Int) async throws {
            let (outcome, _) = try await peer.check()
            #expect(outcome.recording.oddities[.resentRequest, default: 0] == again)
        }

        /// Sessions of a pool take the connection that another one broke: nothing of its bytes is left in it.
        @Test func aPooledConnectionIsAsGoodAsNewAfterAViolation() async throws {
            let scripts: [[Act]] = [
                [.request, .send(Array("what?\r\n".utf8)), .untilEnd],
                [.request, .send(Array(Wire.answer.dropLast(5))), .close],
                Self.answering(Wire.answer, then: Wire.answer, Wire.answer, Wire.answer),
            ]
            let peer = PeerCase(
                "violation", scripts, .violation(.reset, .badStartLine), mode: .http, connections: .pool(1))
            let (outcome, _) = try await peer.check(sessions: 4)
            let endings = outcome.recording.sessions.map { Ending($0) }
            #expect(endings.filter { $0 == .success }.count == 2)
            #expect(endings.contains(.failure(.closedMidSession, .reset)))
        }
    }
}
