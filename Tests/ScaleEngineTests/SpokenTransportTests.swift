import ScaleCore
import ScaleReactor
import ScaleTestKit
import Testing

@testable import ScaleEngine

@Suite("What a port speaks") struct SpokenTransportTests {
    static let alert: [UInt8] = [0x15, 3, 3, 0, 2, 2, 40]

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// Of each connection, the last of all further ones.
        var scripts: [[Act]]
        var identity: TestIdentity?
        var spoken: SpokenTransport?
    }

    static let cases = [
        Case(
            testDescription: "plain HTTP that answers any bytes", scripts: [[.anything, .send(Wire.response(400)), .untilEnd]],
            spoken: .plain),
        Case(
            testDescription: "plain HTTP that closes on a greeting of TLS",
            scripts: [[.anything, .close], [.request, .send(Wire.response(200)), .untilEnd]], spoken: .plain),
        Case(testDescription: "TLS", scripts: [[.request]], identity: .good, spoken: .tls),
        Case(testDescription: "a TLS alert", scripts: [[.anything, .raw(alert), .untilEnd]], spoken: .tls),
        Case(
            testDescription: "TLS that answers plain HTTP in plain HTTP",
            scripts: [[.anything, .raw(alert), .untilEnd], [.request, .send(Wire.response(400)), .untilEnd]], spoken: .tls),
        Case(
            testDescription: "another protocol", scripts: [[.anything, .send(Array("SSH-2.0-OpenSSH_9.6\r\n".utf8)), .untilEnd]],
            spoken: nil
        ),
        Case(testDescription: "nothing", scripts: [[.anything, .close]], spoken: nil),
    ]

    @Test(arguments: cases, [true, false]) func isHeard(each: Case, isSecure: Bool) async throws {
        let (spoken, _) = try await ScriptedPeer.serving(each.scripts, tls: each.identity) { place in
            var endpoint = place.endpoint
            endpoint.secure = isSecure
            // Long: only a peer that is silent is waited for, and none is.
            return await SpokenTransport.heard(at: LoadTarget(endpoint: endpoint, address: place.address), timeout: .seconds(60))
        }
        #expect(spoken == each.spoken)
    }

    @Test func nobodyHearsASilentPort() async throws {
        let (spoken, _) = try await ScriptedPeer.serving([[.untilEnd]]) { place in
            await SpokenTransport.heard(at: LoadTarget(endpoint: place.endpoint, address: place.address), timeout: .milliseconds(20))
        }
        #expect(spoken == nil)
    }
}
