import ScaleCore
import ScaleWire

/// Proper frames that say what OpenEnv does not.
extension Hostile {
    static let messages: [PeerCase] = contents + tolerated + failedCalls + answersOutOfTurn + errors

    private static let contents: [PeerCase] =
        [
            ("an empty message", "", .notJSON), ("no JSON", "hello", .notJSON),
            ("JSON that breaks off", #"{"type":"observation","data":{"#, .notJSON),
            ("JSON with something behind it", Wire.observationText + "x", .notJSON), ("an array", "[1, 2]", .notAnObject),
            ("a string", #""observation""#, .notAnObject), ("a number", "1", .notAnObject), ("null", "null", .notAnObject),
            ("true", "true", .notAnObject), ("an object that says nothing", "{}", .noType),
            ("a mark of byte order before the JSON", "\u{FEFF}" + Wire.observationText, .notJSON),
            ("a negative not-a-number", #"{"type":"observation","data":{"observation":{"x":-NaN}}}"#, .notJSON),
            ("brackets without end", String(repeating: "[", count: 100_000), .nestedTooDeep),
            ("objects without end", String(repeating: #"{"data":"#, count: 100_000), .nestedTooDeep),
            ("an observation without data", #"{"type":"observation"}"#, .noObservation),
            ("an observation without one", #"{"type":"observation","data":{}}"#, .noObservation),
            ("an observation that is an array", #"{"type":"observation","data":{"observation":[]}}"#, .noObservation),
            ("data that are an array", #"{"type":"observation","data":[]}"#, .noObservation),
            ("no type", #"{"data":{"observation":{},"reward":null,"done":false}}"#, .noType),
            ("a type that is a number", #"{"type":1,"data":{"observation":{}}}"#, .noType),
            ("an observation of an unknown type", #"{"type":"observations","data":{"observation":{}}}"#, .wrongType),
            ("a state", #"{"type":"state","data":{"episode_id":"e","step_count":0}}"#, .wrongType),
            ("an HTTP result", Wire.result, .noType),
        ].flatMap { (name: String, text: String, breach: ProtocolBreach) in answers(name, Wire.text(text), breach) }
        + answers("a binary message that is no JSON", Wire.frame(.binary, [0x80, 4, 0x95]), .binaryNotJSON)
        + answers("binary JSON that is no object", Wire.frame(.binary, ascii("[1]")), .notAnObject)
        + answers("an HTTP response", Wire.answer, .reservedBits)

    /// What the official client takes is taken here too.
    private static let tolerated: [PeerCase] = [
        fine("binary instead of text", Wire.frame(.binary, ascii(Wire.observationText))),
        fine("binary with a mark of byte order", Wire.frame(.binary, [0xEF, 0xBB, 0xBF] + ascii(Wire.observationText))),
        fine("not-a-number", Wire.text(#"{"type":"observation","data":{"observation":{"x":NaN},"reward":-Infinity}}"#)),
        fine("an answer behind messages of unknown types", Wire.progress + Wire.progress + Wire.observation),
        fine("a message of an unknown type behind the answer", Wire.observation + Wire.progress),
        fine("a field that says there is no error", Wire.text(#"{"type":"observation","data":{"observation":{"error":null}}}"#)),
        ws(
            "a greeting behind the 101",
            [.request, .upgrade(then: Wire.text(#"{"type":"connected","data":{"session_id":"s1"}}"#)), .frame, .send(Wire.observation)]
                + [.frame, .send(Wire.observation)] + Course.farewell, .success),
        ws(
            "only messages of unknown types in the step",
            Course.wasReset + [.drip(Wire.progress, every: .milliseconds(1)), .untilEnd], .failure(.timeout, .step), silentIn: .step),
    ]

    /// A call that failed is a failed session, whatever it was sent as.
    private static let failedCalls: [PeerCase] =
        answers("a tool's error", Wire.toolError, .execution)
        + answers("an error of JSON-RPC", Wire.text(#"{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}}"#), .execution)
        + answers(
            "an observation beside an error", Wire.text(#"{"type":"observation","error":"no","data":{"observation":{}}}"#), .execution)
        + [
            ws(
                "a tool's error before the request", [.request, .upgrade(then: Wire.toolError), .untilEnd],
                .violation(.reset, .unaskedAnswer)),
            ws(
                "a tool's error behind the answer to the last step", Course.stepAnswered(Wire.observation + Wire.toolError),
                .violation(.close, .unaskedAnswer)),
        ]

    /// Behind the right answer to the last step stands the goodbye, so what comes then fails the session as it closes.
    private static let answersOutOfTurn: [PeerCase] = [
        ws(
            "an answer before the request", [.request, .upgrade(then: Wire.observation), .untilEnd],
            .violation(.reset, .unaskedAnswer)),
        ws(
            "two answers to the reset", Course.resetAnswered(Wire.observation + Wire.observation),
            .violation(.step, .unaskedAnswer)),
        ws(
            "two answers to a step", Course.stepAnswered(Wire.observation + Wire.observation), .violation(.step, .unaskedAnswer),
            steps: 2),
        ws(
            "two answers to the last step", Course.stepAnswered(Wire.observation + Wire.observation),
            .violation(.close, .unaskedAnswer)),
        ws(
            "a second answer to the last step, when the goodbye has come",
            Course.wasStepped + [.send(Wire.observation + Wire.close(1000)), .untilEnd], .violation(.close, .unaskedAnswer)),
        ws(
            "an error behind the answer to the reset", Course.resetAnswered(Wire.observation + Wire.error("EXECUTION_ERROR")),
            .failure(.execution, .step)),
    ]

    private static let errors: [PeerCase] =
        answers("an error without a code", Wire.text(#"{"type":"error","data":{"message":"no"}}"#), .execution)
        + answers("an error without data", Wire.text(#"{"type":"error"}"#), .execution)
        + answers(
            "CAPACITY_REACHED with absurd counts",
            Wire.text(
                #"{"type":"error","data":{"message":1,"code":"CAPACITY_REACHED","active_sessions":-1,"max_sessions":1e999}}"#),
            .capacityReached)
}
