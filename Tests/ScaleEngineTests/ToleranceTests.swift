import ScaleAnalysis
import ScaleCore
import ScaleTestKit
import ScaleWire
import Testing

@testable import ScaleEngine

extension LoopbackTests {
    /// What is unusual and fails nobody is counted; what a server says of a call that failed is kept.
    @Suite struct ToleranceTests {
        private static let good = Wire.observation
        private static let binary = Wire.frame(.binary, Array(Wire.observationText.utf8))
        private static let nan = Wire.text(#"{"type":"observation","data":{"observation":{"x":[NaN,-Infinity]}}}"#)
        private static let long = [0x81, 126, 0, UInt8(Wire.observationText.utf8.count)] + Array(Wire.observationText.utf8)

        static let odd: [(name: String, reset: [UInt8], step: [UInt8], counts: [Oddity: Int])] = [
            ("nothing", good, good, [:]), ("binary answers", binary, binary, [.binaryMessage: 2]),
            ("numbers that are not finite, counted by the message", good, nan, [.nonFiniteNumber: 1]),
            ("long lengths", long, long, [.longLength: 2]),
            ("a ping with a long length", [0x89, 126, 0, 0] + good, good, [.longLength: 1]),
            ("progress", good, Wire.progress + Wire.progress + good, [.unaskedMessage: 2]),
            ("progress behind an answer", good + Wire.progress, good, [.unaskedMessage: 1]),
        ]

        @Test(arguments: odd.indices) func isCounted(_ index: Int) async throws {
            let row = Self.odd[index]
            var farewell = Course.farewell
            if row.reset.first == 0x89 { farewell.insert(.frame, at: 0) }
            let script = Course.opened + [.frame, .send(row.reset), .frame, .send(row.step)] + farewell
            let (outcome, _) = try await PeerCase(row.name, [script], .success).check(sessions: 3)
            #expect(outcome.recording.oddities == row.counts.mapValues { $0 * 3 }, "\(row.name)")
            #expect(outcome.recording.texts.isEmpty)
        }

        @Test func nonFiniteNumbersAreCountedOverHTTPToo() async throws {
            let answer = Wire.response(200, #"{"observation":{"x":NaN},"reward":NaN}"#)
            let script: [Act] = [.request, .send(answer), .request, .send(answer), .untilEnd]
            let (outcome, _) = try await PeerCase("NaN", [script], .success, mode: .http).check(sessions: 3)
            #expect(outcome.recording.oddities == [.nonFiniteNumber: 6])
        }

        /// A greeting that comes with the 101 is no answer to the reset, which waits for its own.
        @Test func aGreetingIsPassedOver() async throws {
            let hello = Wire.text(#"{"type":"connected","data":{"session_id":"s1"}}"#)
            let script: [Act] =
                [.request, .upgrade(then: hello), .frame, .send(Wire.observation), .frame, .send(Wire.observation)] + Course.farewell
            let (outcome, _) = try await PeerCase("hello", [script], .success).check(sessions: 3)
            #expect(outcome.recording.oddities == [.unaskedMessage: 3])
        }

        static let told: [(peer: PeerCase, text: String)] = [
            (PeerCase("tool", [Course.stepAnswered(Wire.toolError)], .failure(.execution, .step)), "timeout: took 30 s"),
            (
                PeerCase(
                    "JSON-RPC",
                    [Course.stepAnswered(Wire.text(#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}"#))],
                    .failure(.execution, .step)), "-32601: Method not found"
            ),
            (PeerCase("error frame", [Course.resetAnswered(Wire.error("FACTORY_ERROR"))], .failure(.factory, .reset)), "told so"),
            (
                PeerCase(
                    "HTTP 200",
                    [[.request, .send(Wire.answer), .request, .send(Wire.response(200, #"{"error":"no episode"}"#)), .untilEnd]],
                    .failure(.execution, .step), mode: .http), "no episode"
            ),
        ]

        @Test(arguments: told.indices) func whatItSaidIsKept(_ index: Int) async throws {
            let (peer, text) = Self.told[index]
            let (outcome, _) = try await peer.check(sessions: 3)
            #expect(outcome.recording.texts.map(\.text) == [text] && outcome.recording.texts.map(\.count) == [3], "\(peer.name)")
        }

        @Test func textsAreCutToWhatIsKept() { #expect(OpenEnvComplaint.longest == ServerText.longest) }
    }
}
