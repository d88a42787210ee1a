import ScaleWire
import Testing

/// An answer in few words.
private func summary(_ answer: OpenEnvAnswer) -> String {
    func shown<T>(_ value: T?) -> String { value.map { "\($0)" } ?? "-" }
    func shown(_ value: UnsafeRawBufferPointer?) -> String { value.map { text(owned($0)) } ?? "-" }
    switch answer {
    case .observation(let o):
        let words = [shown(o.waitedSeconds), shown(o.pid), shown(o.sessionHash), shown(o.hostURL), shown(o.stepCount)]
        return words.joined(separator: " ") + " reward " + shown(o.reward) + (o.done ? " done" : "")
    case .error(let code, let message, let active, let max):
        return "error \(code) " + [shown(message), shown(active), shown(max)].joined(separator: " ")
    case .failedCall: return "failed call"
    case .state: return "state"
    case .other(let hasObservation): return hasObservation ? "other with an observation" : "other"
    case .malformed(let flaw): return "\(flaw)"
    }
}

private typealias Row = Example<String, String>

@Suite struct OpenEnvAnswerTests {
    private static let benchmark =
        #"{"metadata":{},"waited_seconds":1.5,"pid":7,"session_hash":"3cd6be9e52c0","host_url":"h:8000","step_count":3}"#

    private static let webSocket: [Row] = [
        Row(
            "a benchmark observation",
            #"{"type":"observation","data":{"observation":\#(benchmark),"reward":null,"done":false}}"#,
            "1.5 7 3cd6be9e52c0 h:8000 3 reward -"),
        Row(
            "reward and done",
            #"{"type":"observation","data":{"observation":\#(benchmark),"reward":-0.5,"done":true}}"#,
            "1.5 7 3cd6be9e52c0 h:8000 3 reward -0.5 done"),
        Row(
            "type last", #"{"data":{"done":true,"observation":\#(benchmark)},"type":"observation"}"#,
            "1.5 7 3cd6be9e52c0 h:8000 3 reward - done"),
        Row(
            "blanks", " { \"type\" : \"observation\" , \"data\" : { \"observation\" : { \"pid\" : 1 } } } ",
            "- 1 - - - reward -"),
        Row(
            "another environment",
            #"{"type":"observation","data":{"observation":{"text":"hi","board":[[0]]},"reward":1,"done":false,"metadata":{"a":1}}}"#,
            "- - - - - reward 1.0"),
        Row(
            "other types are absent",
            #"{"type":"observation","data":{"observation":{"waited_seconds":"1","pid":1.5,"session_hash":5,"host_url":null,"#
                + #""step_count":true},"reward":"x","done":"y"}}"#,
            "- - - - - reward -"),
        Row("an escaped type", #"{"type":"observ\u0061tion","data":{"observation":{}}}"#, "- - - - - reward -"),
        Row(
            "the last of repeated members",
            #"{"type":"state","type":"observation","data":{"observation":{"pid":1}},"data":{"observation":{"pid":2,"pid":3}}}"#,
            "- 3 - - - reward -"),
        Row(
            "the last of repeated observations",
            #"{"type":"observation","data":{"done":true,"observation":{"pid":1},"observation":{"step_count":2}}}"#,
            "- - - - 2 reward - done"),
        Row(
            "names at another level", #"{"type":"observation","pid":9,"data":{"pid":9,"observation":{"x":{"pid":9}}}}"#,
            "- - - - - reward -"),
        Row("no data", #"{"type":"observation"}"#, "noObservation"),
        Row("data that is null", #"{"type":"observation","data":null}"#, "noObservation"),
        Row("no observation", #"{"type":"observation","data":{"reward":1}}"#, "noObservation"),
        Row("an observation that is none", #"{"type":"observation","data":{"observation":[]}}"#, "noObservation"),
        Row(
            "capacity",
            #"{"type":"error","data":{"message":"Server at capacity: 2/2 sessions active. Cannot accept new connections.","#
                + #""code":"CAPACITY_REACHED","active_sessions":2,"max_sessions":2}}"#,
            "error capacityReached Server at capacity: 2/2 sessions active. Cannot accept new connections. 2 2"),
        Row(
            "invalid JSON", #"{"type":"error","data":{"message":"m","code":"INVALID_JSON"}}"#,
            "error invalidJSON m - -"),
        Row(
            "unknown type", #"{"type":"error","data":{"message":"m","code":"UNKNOWN_TYPE"}}"#,
            "error unknownType m - -"),
        Row(
            "validation",
            #"{"type":"error","data":{"message":"Invalid message","code":"VALIDATION_ERROR","#
                + #""errors":[{"type":"missing","loc":["data"]}]}}"#,
            "error validation Invalid message - -"),
        Row("execution", #"{"type":"error","data":{"message":"m","code":"EXECUTION_ERROR"}}"#, "error execution m - -"),
        Row(
            "factory", #"{"type":"error","data":{"message":"m","code":"FACTORY_ERROR","factory_name":"f"}}"#,
            "error factory m - -"),
        Row("session", #"{"type":"error","data":{"message":"m","code":"SESSION_ERROR"}}"#, "error session m - -"),
        Row("an unknown code", #"{"type":"error","data":{"message":"m","code":"NEW"}}"#, "error other m - -"),
        Row("an error without data", #"{"type":"error"}"#, "error other - - -"),
        Row("state", #"{"type":"state","data":{"episode_id":"e","step_count":1}}"#, "state"),
        Row("mcp", #"{"type":"mcp","data":{"jsonrpc":"2.0","id":7,"result":{}}}"#, "other"),
        Row("another type with an observation", #"{"type":"result","data":{"observation":{}}}"#, "other with an observation"),
        Row("no type", #"{"data":{"observation":{}}}"#, "noType"),
        Row("a type that is no text", #"{"type":1}"#, "noType"),
        Row("an empty object", "{}", "noType"),
        Row("an array", "[]", "notAnObject"),
        Row("a text", #""observation""#, "notAnObject"),
        Row("nothing", "", "notJSON"),
        Row("cut", #"{"type":"observation","data":{"observation":\#(benchmark),"reward":null,"done":fal"#, "notJSON"),
        Row("something behind", #"{"type":"state","data":{}}x"#, "notJSON"),
        Row("something behind an array", "[]]", "notJSON"),
        Row(
            "Python's NaN",
            #"{"type":"observation","data":{"observation":{"waited_seconds":NaN,"pid":-Infinity,"step_count":1},"#
                + #""reward":Infinity,"done":false}}"#,
            "- - - - 1 reward -"),
        Row("what Python does not read either", #"{"type":"observation","data":{"observation":{"x":-NaN}}}"#, "notJSON"),
        Row(
            "wrong deep inside",
            #"{"type":"observation","data":{"observation":{"x":[1,]},"reward":null,"done":false}}"#, "notJSON"),
        Row(
            "too deep",
            #"{"type":"observation","data":{"observation":{"x":"# + String(repeating: "[", count: 126)
                + String(repeating: "]", count: 126) + "}}}",
            "tooDeep"),
        Row("arrays too deep", String(repeating: "[", count: 129) + String(repeating: "]", count: 129), "tooDeep"),
        Row("arrays without end", String(repeating: "[", count: 100_000), "tooDeep"),
        Row("objects without end", String(repeating: #"{"data":"#, count: 100_000), "tooDeep"),
    ]

    @Test(arguments: webSocket) private func fromWebSocket(_ row: Row) {
        #expect(withExactBytes(bytes(row.input)) { summary(.parse(webSocket: $0)) } == row.output)
    }

    private static let http: [Row] = [
        Row(
            "a benchmark observation", #"{"observation":\#(benchmark),"reward":1.0,"done":false,"metadata":null}"#,
            "1.5 7 3cd6be9e52c0 h:8000 3 reward 1.0"),
        Row("only an observation", #"{"observation":{}}"#, "- - - - - reward -"),
        Row("no observation", #"{"detail":"Not Found"}"#, "noObservation"),
        Row("an observation that is none", #"{"observation":1}"#, "noObservation"),
        Row("not an object", "[1]", "notAnObject"),
        Row("not JSON", "Internal Server Error", "notJSON"),
        Row("nothing", "", "notJSON"),
        Row("something behind", #"{"observation":{}} ,"#, "notJSON"),
        Row("too deep", #"{"observation":"# + String(repeating: "[", count: 128), "tooDeep"),
        Row("Python's NaN", #"{"observation":{"x":NaN},"reward":-Infinity}"#, "- - - - - reward -"),
        Row("an error in place of an observation", #"{"error":"No active episode. Call /reset first."}"#, "failed call"),
        Row("a tool's error", #"{"observation":{"tool_name":"t","error":{"error_type":"timeout","message":"m"}}}"#, "failed call"),
        Row("an error of JSON-RPC", #"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"m"}}"#, "failed call"),
        Row("no error", #"{"observation":{"error":null},"error":""}"#, "- - - - - reward -"),
    ]

    @Test(arguments: http) private func fromHTTP(_ row: Row) {
        #expect(withExactBytes(bytes(row.input)) { summary(.parse(http: $0)) } == row.output)
    }

    /// No text that is cut short passes for an answer.
    @Test func everyCutIsMalformed() {
        let whole = bytes(#"{"type":"observation","data":{"observation":\#(Self.benchmark),"reward":null,"done":false}}"#)
        for length in 0..<whole.count {
            #expect(withExactBytes(Array(whole.prefix(length))) { summary(.parse(webSocket: $0)) } == "notJSON")
        }
    }

    @Test(arguments: [
        ("null", false), ("false", false), ("0", false), ("0.0", false), (#""""#, false), ("[]", false), ("{}", false), ("{ }", false),
        ("true", true), ("1", true), (#""no such tool""#, true), ("[0]", true), (#"{"error_type":"timeout"}"#, true),
        (#"{"code":-32000,"message":"m"}"#, true), ("NaN", true),
    ])
    private func anErrorThatSaysSomethingFailsTheCall(_ error: String, _ fails: Bool) {
        for (message, otherwise) in [
            (#"{"type":"observation","data":{"observation":{"tool_name":"t","result":null,"error":\#(error)}}}"#, "- - - - - reward -"),
            (#"{"type":"observation","data":{"error":\#(error),"observation":{}}}"#, "- - - - - reward -"),
            (#"{"error":\#(error),"type":"observation","data":{"observation":{}}}"#, "- - - - - reward -"),
            (#"{"type":"mcp","data":{"jsonrpc":"2.0","id":1,"error":\#(error)}}"#, "other"),
            (#"{"jsonrpc":"2.0","id":1,"error":\#(error)}"#, "noType"),
        ] {
            let wanted = fails ? "failed call" : otherwise
            #expect(withExactBytes(bytes(message)) { summary(.parse(webSocket: $0)) } == wanted, "\(message)")
        }
    }

    @Test func theLastOfRepeatedErrorsCounts() {
        let message = #"{"type":"observation","data":{"observation":{"error":"a"},"observation":{"error":"a","error":null}}}"#
        #expect(withExactBytes(bytes(message)) { summary(.parse(webSocket: $0)) } == "- - - - - reward -")
    }

    @Test(arguments: [("NaN", true), ("Infinity", true), ("-Infinity", true), ("1", false), (#""NaN""#, false)])
    func numbersThatAreNotFiniteAreSeen(_ number: String, _ wanted: Bool) {
        for message in [
            #"{"type":"observation","data":{"observation":{"x":\#(number)}}}"#, #"{"type":"observation","x":[\#(number)],"data":{}}"#,
        ] {
            var seen = false
            withExactBytes(bytes(message)) { _ = OpenEnvAnswer.parse(webSocket: $0, hasNonFinite: &seen) }
            #expect(seen == wanted, "\(message)")
        }
        var seen = false
        withExactBytes(bytes(#"{"observation":{"x":\#(number)}}"#)) { _ = OpenEnvAnswer.parse(http: $0, hasNonFinite: &seen) }
        #expect(seen == wanted)
    }

    @Test func everyCodeHasItsText() {
        let texts = OpenEnvErrorCode.allCases.map { "\($0.text)" }
        #expect(Set(texts).count == texts.count)
        for code in OpenEnvErrorCode.allCases {
            let frame = bytes(#"{"type":"error","data":{"code":"\#(code.text)"}}"#)
            #expect(withExactBytes(frame) { summary(.parse(webSocket: $0)) } == "error \(code) - - -")
        }
    }
}
