import Testing

@testable import ScaleWire

/// What a person reads when an environment refuses a request.
@Suite struct OpenEnvComplaintTests {
    @Test(
        arguments: [
            (#"{"type":"error","data":{"message":"Server at capacity","code":"CAPACITY_REACHED"}}"#, "Server at capacity"),
            (
                #"{"type":"error","data":{"message":"Invalid message","code":"VALIDATION_ERROR","errors":[{"loc":["message"],"msg":"Field required"}]}}"#,
                "Invalid message (message: Field required)"
            ),
            (
                #"{"detail":[{"type":"missing","loc":["body","action","n",2],"msg":"Field required","input":{}},{"loc":[],"msg":"odd"}]}"#,
                "body.action.n.2: Field required; odd"
            ),
            (#"{"detail":"Not Found"}"#, "Not Found"),
            ("Internal Server Error", "Internal Server Error"),
            ("\nfirst line\nsecond", "first line"),
            (#"{"type":"error","data":{"message":"caf\u00e9","errors":[]}}"#, "café"),
            (#"{"type":"error","data":"bad action"}"#, "bad action"),
            (#"{"type":"error","error":"Tool call failed: no such tool"}"#, "Tool call failed: no such tool"),
            (#"{"error":"No active episode. Call /reset first."}"#, "No active episode. Call /reset first."),
            (
                #"{"type":"observation","data":{"observation":{"tool_name":"run","error":{"error_type":"timeout","message":"took 30 s"}}}}"#,
                "timeout: took 30 s"
            ),
            (#"{"observation":{"error":{"error_type":"invalid_args"}},"reward":NaN}"#, "invalid_args"),
            (#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"Method not found"}}"#, "-32601: Method not found"),
            (#"{"type":"mcp","data":{"jsonrpc":"2.0","id":1,"error":{"message":"no"}}}"#, "no"),
            (#"{"error":["a",1]}"#, #"["a",1]"#), (#"{"observation":{"error":null},"error":"x"}"#, "x"),
            (#"{"type":"error","data":{}}"#, nil), ("{}", nil), ("", nil), (#"{"detail":[1,{"loc":["x"]}]}"#, nil),
        ] as [(String, String?)])
    func sentences(_ answer: String, _ expected: String?) {
        let bytes = Array(answer.utf8)
        #expect(bytes.withUnsafeBytes { OpenEnvComplaint.sentence($0) } == expected)
    }

    @Test(arguments: ["a", "é", "€", "😀"]) func aLongOneIsCutBetweenScalars(_ letter: String) {
        let size = letter.utf8.count
        for lead in 0..<4 {
            let long = String(repeating: "x", count: lead) + String(repeating: letter, count: 201)
            let kept = String(repeating: "x", count: lead) + String(repeating: letter, count: (OpenEnvComplaint.longest - lead) / size)
            for text in [long, #"{"detail":"\#(long)"}"#, #"{"error":"\#(long)"}"#] {
                #expect(Array(text.utf8).withUnsafeBytes { OpenEnvComplaint.sentence($0) } == kept)
            }
        }
        let exact = String(repeating: letter, count: OpenEnvComplaint.longest / size)
        #expect(OpenEnvComplaint.cut(exact) == exact)
    }

    @Test(
        arguments: [
            ("[]", []), ("[1]", ["1"]), (#"[ "a" , {"b":[2]}, [ ] ]"#, [#""a""#, #"{"b":[2]}"#, "[ ]"]),
            ("[1,2,3]", ["1", "2", "3"]), ("{}", nil), ("7", nil),
        ] as [(String, [String]?)])
    func elements(_ text: String, _ expected: [String]?) {
        let bytes = Array(text.utf8)
        let found = bytes.withUnsafeBytes { raw in
            JSONValue.parse(raw)?.elements()?.map { String(decoding: $0.bytes, as: UTF8.self) }
        }
        #expect(found == expected)
    }

    @Test func atMostSoMany() {
        let bytes = Array("[1,2,3]".utf8)
        #expect(bytes.withUnsafeBytes { JSONValue.parse($0)?.elements(limit: 2)?.count } == 2)
    }
}
