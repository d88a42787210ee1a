import ScaleCore
import ScaleWire

/// Proper frames that say what OpenEnv does not.
extension Hostile {
    static let messages: [PeerCase] = contents + answersOutOfTurn + errors

    private static let contents: [PeerCase] =
        [
            ("an empty message", ""), ("no JSON", "hello"), ("JSON that breaks off", #"{"type":"observation","data":{"#),
            ("JSON with something behind it", Wire.observationText + "x"), ("an array", "[1, 2]"), ("a string", #""observation""#),
            ("a number", "1"), ("null", "null"), ("true", "true"), ("an object that says nothing", "{}"),
            ("a mark of byte order before the JSON", "\u{FEFF}" + Wire.observationText),
            ("not-a-number", #"{"type":"observation","data":{"observation":{"x":NaN}}}"#),
            ("brackets without end", String(repeating: "[", count: 100_000)),
            ("objects without end", String(repeating: #"{"data":"#, count: 100_000)),
            ("an observation without data", #"{"type":"observation"}"#),
            ("an observation without one", #"{"type":"observation","data":{}}"#),
            ("an observation that is an array", #"{"type":"observation","data":{"observation":[]}}"#),
            ("data that are an array", #"{"type":"observation","data":[]}"#),
            ("no type", #"{"data":{"observation":{},"reward":null,"done":false}}"#),
            ("a type that is a number", #"{"type":1,"data":{"observation":{}}}"#),
            ("an unknown type", #"{"type":"observations","data":{"observation":{}}}"#),
            ("a state", #"{"type":"state","data":{"episode_id":"e","step_count":0}}"#),
            ("an HTTP result", Wire.result),
        ].flatMap { (name: String, text: String) in answers(name, Wire.text(text), .protocolViolation) }
        + answers("binary instead of text", Wire.frame(.binary, ascii(Wire.observationText)), .protocolViolation)
        + answers("an HTTP response", Wire.answer, .protocolViolation, 1002)

    /// Behind the right answer to the last step stands the goodbye, so what comes then fails the session as it closes.
    private static let answersOutOfTurn: [PeerCase] = [
        ws(
            "an answer before the request", [.request, .upgrade(then: Wire.observation), .untilEnd],
            .failure(.protocolViolation, .reset)),
        ws(
            "two answers to the reset", Course.resetAnswered(Wire.observation + Wire.observation),
            .failure(.protocolViolation, .step)),
        ws(
            "two answers to a step", Course.stepAnswered(Wire.observation + Wire.observation), .failure(.protocolViolation, .step),
            steps: 2),
        ws(
            "two answers to the last step", Course.stepAnswered(Wire.observation + Wire.observation),
            .failure(.protocolViolation, .close)),
        ws(
            "a second answer to the last step, when the goodbye has come",
            Course.wasStepped + [.send(Wire.observation + Wire.close(1000)), .untilEnd], .failure(.protocolViolation, .close)),
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
