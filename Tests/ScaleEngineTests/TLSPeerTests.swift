import ScaleAnalysis
import ScaleCore
import ScaleTLS
import ScaleTestKit
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// The same sessions through TLS.
    @Suite struct TLSPeerTests {
        static let identity = TestIdentity.good
        typealias WebSocket = WebSocketPeerTests
        typealias HTTP = HTTPPeerTests

        static let successes: [(PeerCase, Int)] = [
            (PeerCase("wss", [WebSocket.good], .success), 1),
            (HTTP.http("https", [HTTP.answering(Wire.answer, then: Wire.answer)], .success), 1),
            (
                HTTP.http(
                    "https, a fresh connection for each call", [HTTP.answering(Wire.answer)], .success, .perRequest), 2
            ),
            (HTTP.http("https, a pool", [HTTP.answering(Wire.answer, then: Wire.answer)], .success, .pool(1)), 1),
            (HTTP.http("https, Connection: close", [[.request, .send(Wire.closingAnswer), .untilEnd]], .success), 2),
            (
                HTTP.http(
                    "records of one byte",
                    [[.request, .trickle(Wire.answer), .request, .trickle(Wire.answer), .untilEnd]], .success), 1
            ),
        ]

        @Test(arguments: successes) func succeeds(_ peer: PeerCase, connections: Int) async throws {
            let (outcome, log) = try await peer.check(tls: Self.identity)
            #expect(log.connections == connections && log.surprises.isEmpty)
            #expect(outcome.recording.stepsInWindow == 1)
        }

        static let failures: [PeerCase] = [
            PeerCase("403", [[.request, .send(Wire.response(403)), .untilEnd]], .failure(.httpStatus, .connect, 403)),
            PeerCase(
                "a refusal behind the 101, with FIN",
                [[.request, .upgrade(then: WebSocket.full + Wire.close(1000)), .close]],
                .failure(.capacityReached, .reset)),
            PeerCase(
                "a refusal behind the 101, with RST",
                [[.request, .upgrade(then: WebSocket.full + Wire.close(1000)), .reset]],
                .failure(.capacityReached, .reset)),
            PeerCase("FIN in mid-step", [WebSocket.wasReset + [.close]], .failure(.closedMidSession, .step)),
            PeerCase("RST in mid-step", [WebSocket.wasReset + [.reset]], .failure(.closedMidSession, .step, 104)),
            PeerCase(
                "silence in the step", [WebSocket.wasReset + [.untilEnd]], .failure(.timeout, .step), silentIn: .step),
        ]

        @Test(arguments: failures) func namesTheFailure(_ peer: PeerCase) async throws {
            for _ in 0..<5 { try await peer.check(tls: Self.identity) }
        }
    }
}
