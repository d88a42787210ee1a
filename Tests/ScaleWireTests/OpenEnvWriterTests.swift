import ScaleWire
import Testing

@Suite struct OpenEnvWriterTests {
    @Test func writesTheShapesOfTheProtocol() {
        let (hash, host) = (bytes("3cd6be9e52c0"), bytes("h:8000"))
        withExactBytes(hash) { hash in
            withExactBytes(host) { host in
                let observation = OpenEnvObservation(
                    waitedSeconds: 0, pid: 1, sessionHash: hash, hostURL: host, stepCount: 1, done: false, reward: nil)
                let size = OpenEnvWriter.size(of: observation)
                let inner =
                    #"{"metadata":{},"waited_seconds":0.0,"pid":1,"session_hash":"3cd6be9e52c0","#
                    + #""host_url":"h:8000","step_count":1}"#
                let frame = Invariants.written(size) { OpenEnvWriter.writeObservation(observation, .webSocket, to: $0) }
                #expect(text(frame) == #"{"type":"observation","data":{"observation":\#(inner),"reward":null,"done":false}}"#)
                let body = Invariants.written(size) { OpenEnvWriter.writeObservation(observation, .http, to: $0) }
                #expect(text(body) == #"{"observation":\#(inner),"reward":null,"done":false,"metadata":null}"#)
            }
        }
    }

    @Test func writesErrors() {
        let message = bytes("boom")
        let plain = withExactBytes(message) { message in
            Invariants.written(OpenEnvWriter.errorSize(message: message)) {
                OpenEnvWriter.writeError(.execution, message: message, to: $0)
            }
        }
        #expect(text(plain) == #"{"type":"error","data":{"message":"boom","code":"EXECUTION_ERROR"}}"#)
        let full = Invariants.written(OpenEnvWriter.capacityErrorSize) {
            OpenEnvWriter.writeCapacityError(active: 2, max: 2, to: $0)
        }
        let words = "Server at capacity: 2/2 sessions active. Cannot accept new connections."
        let wanted =
            #"{"type":"error","data":{"message":"\#(words)","code":"CAPACITY_REACHED","#
            + #""active_sessions":2,"max_sessions":2}}"#
        #expect(text(full) == wanted)
        let same = withExactBytes(bytes(words)) { message in
            Invariants.written(OpenEnvWriter.errorSize(message: message)) {
                OpenEnvWriter.writeError(.capacityReached, message: message, activeSessions: 2, maxSessions: 2, to: $0)
            }
        }
        #expect(text(same) == wanted)
        let largest = Invariants.written(OpenEnvWriter.capacityErrorSize) {
            OpenEnvWriter.writeCapacityError(active: .min, max: .min, to: $0)
        }
        #expect(ReferenceJSON.accepts(largest))
    }

    @Test func aRejectionNamesTheField() {
        let message = bytes(#"{"type":"step","data":{},"x\"y":1}"#)
        let (frame, body) = withExactBytes(message) { text -> ([UInt8], [UInt8]) in
            guard case .rejected(let rejection) = OpenEnvRequest.parse(webSocket: text) else { return ([], []) }
            let size = OpenEnvWriter.size(of: rejection)
            return (
                Invariants.written(size) { OpenEnvWriter.writeRejection(rejection, .webSocket, to: $0) },
                Invariants.written(size) { OpenEnvWriter.writeRejection(rejection, .http, to: $0) }
            )
        }
        let problem = #""msg":"Extra inputs are not permitted"}]}"#
        #expect(
            text(frame)
                == #"{"type":"error","data":{"message":"Invalid message","code":"VALIDATION_ERROR","#
                + #""errors":[{"type":"extra_forbidden","loc":["x\"y"],"#
                + problem + "}")
        #expect(text(body) == #"{"detail":[{"type":"extra_forbidden","loc":["body","x\"y"],"# + problem)
    }

    /// The longest texts fit what is asked for: the writer checks nothing but that.
    @Test func everyRejectionFits() {
        for code in OpenEnvErrorCode.allCases {
            for problem in OpenEnvRejection.Problem.allCases {
                for message in [bytes("[]"), bytes("{"), bytes(#"{"type":"step","data":{},"xy":1}"#)] {
                    withExactBytes(message) { text in
                        guard case .rejected(var rejection) = OpenEnvRequest.parse(webSocket: text) else {
                            Issue.record("not rejected")
                            return
                        }
                        rejection.code = code
                        rejection.problem = problem
                        for envelope in [OpenEnvWriter.Envelope.webSocket, .http] {
                            let written = Invariants.written(OpenEnvWriter.size(of: rejection)) {
                                OpenEnvWriter.writeRejection(rejection, envelope, to: $0)
                            }
                            #expect(ReferenceJSON.accepts(written))
                        }
                    }
                }
            }
        }
    }

    @Test func writesTheState() {
        let episode = bytes("e")
        let frame = withExactBytes(episode) { episode in
            Invariants.written(OpenEnvWriter.stateSize(episodeID: episode)) {
                OpenEnvWriter.writeState(episodeID: episode, stepCount: 1, .webSocket, to: $0)
            }
        }
        #expect(text(frame) == #"{"type":"state","data":{"episode_id":"e","step_count":1}}"#)
        let body = Invariants.written(OpenEnvWriter.stateSize(episodeID: nil)) {
            OpenEnvWriter.writeState(episodeID: nil, stepCount: .min, .http, to: $0)
        }
        #expect(text(body) == #"{"episode_id":null,"step_count":-9223372036854775808}"#)
    }

    private static func written(_ number: Double) -> String {
        let body = text(
            Invariants.written(512) {
                OpenEnvWriter.writeObservation(OpenEnvObservation(waitedSeconds: number), .http, to: $0)
            })
        let rest = body.dropFirst(#"{"observation":{"metadata":{},"waited_seconds":"#.count)
        return String(rest.prefix { $0 != "," })
    }

    @Test(
        arguments: [
            (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1.5, "-1.5"), (0.1, "0.1"), (1.000344514, "1.000344514"),
            (0.000000001, "0.000000001"),
            (123456.789, "123456.789"), (999_999, "999999.0"), (1_000_000, "1000000.0"),
            (0.30000000000000004, "0.30000000000000004"),
            (1e-10, "1e-10"), (1e300, "1e+300"), (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
        ] as [(Double, String)]) func doubles(_ number: Double, _ wanted: String)
    {
        #expect(Self.written(number) == wanted)
    }

    @Test func doublesAreTheShortestThatReadBack() {
        var generator = SeededGenerator(state: 5)
        for _ in 0..<20_000 {
            let nanoseconds = Double.random(in: 0..<1e15, using: &generator).rounded()
            let any = Double(bitPattern: .random(in: .min ... .max, using: &generator))
            for number in [nanoseconds / 1e9, any, nanoseconds / 1e12] {
                guard number.isFinite else { continue }
                let written = Self.written(number)
                if Double(written)?.bitPattern != number.bitPattern { Issue.record("\(number) was written as \(written)") }
                let digits = { (text: String) in text.filter(\.isNumber).drop { $0 == "0" }.count }
                // Below a thousandth the standard library writes an exponent; its digits count too.
                if !number.description.contains("e"), digits(written) > digits(number.description) {
                    Issue.record("\(number) was written as \(written)")
                }
            }
        }
    }
}
