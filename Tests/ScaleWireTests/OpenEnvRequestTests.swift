import ScaleWire
import Testing

/// A request in few words.
private func summary(_ request: OpenEnvRequest) -> String {
    func shown(_ value: JSONValue?) -> String { value.map { text(owned($0.bytes)) } ?? "-" }
    return switch request {
    case .reset(let seed, let data): "reset " + (seed.map(String.init) ?? "-") + " " + shown(data)
    case .step(let data): "step " + shown(data)
    case .state: "state"
    case .mcp(let data): "mcp " + shown(data)
    case .close: "close"
    case .rejected(let rejection): summary(rejection)
    }
}

private func summary(_ rejection: OpenEnvRejection) -> String {
    "\(rejection.code) \(rejection.problem)" + (rejection.field.map { " " + text(owned($0)) } ?? "")
}

private typealias Row = Example<String, String>

@Suite struct OpenEnvRequestTests {
    private static let webSocket: [Row] = [
        Row("reset", #"{"type":"reset"}"#, "reset - -"),
        Row("reset with a seed", #"{"type":"reset","data":{"seed":1}}"#, #"reset 1 {"seed":1}"#),
        Row(
            "reset with other keys", #"{"type":"reset","data":{"seed":"x","level":2}}"#,
            #"reset - {"seed":"x","level":2}"#),
        Row("reset with null", #"{"type":"reset","data":null}"#, "validation notAnObject data"),
        Row("step", #"{"type":"step","data":{"wait_seconds":1.0}}"#, #"step {"wait_seconds":1.0}"#),
        Row("step, data first", #"{"data":{},"type":"step"}"#, "step {}"),
        Row("step without data", #"{"type":"step"}"#, "validation missing data"),
        Row("step with a list", #"{"type":"step","data":[]}"#, "validation notAnObject data"),
        Row("state", #"{"type":"state"}"#, "state"),
        Row("state with data", #"{"type":"state","data":{}}"#, "validation extraForbidden data"),
        Row("close", #"{"type":"close"}"#, "close"),
        Row("close with data", #"{"type":"close","data":{}}"#, "validation extraForbidden data"),
        Row(
            "mcp", #"{"type":"mcp","data":{"jsonrpc":"2.0","id":7,"method":"tools/list"}}"#,
            #"mcp {"jsonrpc":"2.0","id":7,"method":"tools/list"}"#),
        Row("mcp without data", #"{"type":"mcp"}"#, "validation missing data"),
        Row("another key", #"{"type":"step","data":{},"request_id":"r"}"#, "validation extraForbidden request_id"),
        Row("another key with reset", #"{"type":"reset","timeout_s":1}"#, "validation extraForbidden timeout_s"),
        Row("an unknown type", #"{"type":"render"}"#, "unknownType unknownType"),
        Row("an unknown type with another key", #"{"type":"render","x":1}"#, "unknownType unknownType"),
        Row("no type", #"{"data":{}}"#, "unknownType unknownType"),
        Row("a type that is no text", #"{"type":1}"#, "unknownType unknownType"),
        Row("an empty object", "{}", "unknownType unknownType"),
        Row("a list", "[]", "session notAnObject"),
        Row("a number", " 1 ", "session notAnObject"),
        Row("not JSON", "reset", "invalidJSON notJSON"),
        Row("nothing", "", "invalidJSON notJSON"),
        Row("cut", #"{"type":"reset""#, "invalidJSON notJSON"),
        Row("something behind", #"{"type":"reset"}}"#, "invalidJSON notJSON"),
    ]

    @Test(arguments: webSocket) private func fromWebSocket(_ row: Row) {
        #expect(withExactBytes(bytes(row.input)) { summary(.parse(webSocket: $0)) } == row.output)
    }

    private static let resets: [Row] = [
        Row("no body", "", "reset - -"),
        Row("a blank body", "  ", "reset - -"),
        Row("an empty object", "{}", "reset - {}"),
        Row("a seed", #"{"seed":0,"episode_id":"e1","x":[]}"#, #"reset 0 {"seed":0,"episode_id":"e1","x":[]}"#),
        Row("nulls", #"{"seed":null,"episode_id":null}"#, #"reset - {"seed":null,"episode_id":null}"#),
        Row("a negative seed", #"{"seed":-1}"#, "validation negative seed"),
        Row("a seed that is none", #"{"seed":"1"}"#, "validation notAnInteger seed"),
        Row("an id that is none", #"{"episode_id":1}"#, "validation notAString episode_id"),
        Row("a long id", #"{"episode_id":"\#(String(repeating: "ä", count: 256))"}"#, "validation tooLong episode_id"),
        Row("a list", "[]", "validation notAnObject"),
        Row("not JSON", "{", "invalidJSON notJSON"),
    ]

    @Test(arguments: resets) private func fromResetBody(_ row: Row) {
        #expect(withExactBytes(bytes(row.input)) { summary(.parse(httpReset: $0)) } == row.output)
    }

    @Test func anIdOf255CharactersIsShortEnough() {
        let body = bytes(#"{"episode_id":"\#(String(repeating: "ä", count: 255))"}"#)
        #expect(withExactBytes(body) { summary(.parse(httpReset: $0)) }.hasPrefix("reset"))
    }

    private static let steps: [Row] = [
        Row("an action", #"{"action":{"wait_seconds":1}}"#, #"step {"wait_seconds":1}"#),
        Row("everything", #"{"action":{},"timeout_s":30,"request_id":"r","x":1}"#, "step {}"),
        Row("nulls", #"{"action":{},"timeout_s":null,"request_id":null}"#, "step {}"),
        Row("no action", #"{"timeout_s":30}"#, "validation missing action"),
        Row("an action that is none", #"{"action":1}"#, "validation notAnObject action"),
        Row("a timeout of 0", #"{"action":{},"timeout_s":0}"#, "validation notPositive timeout_s"),
        Row("a timeout that is none", #"{"action":{},"timeout_s":"1"}"#, "validation notANumber timeout_s"),
        Row("an id that is none", #"{"action":{},"request_id":1}"#, "validation notAString request_id"),
        Row("a list", "[]", "validation notAnObject"),
        Row("no body", "", "invalidJSON notJSON"),
    ]

    @Test(arguments: steps) private func fromStepBody(_ row: Row) {
        #expect(withExactBytes(bytes(row.input)) { summary(.parse(httpStep: $0)) } == row.output)
    }

    private static let actions: [Row] = [
        Row("a wait", #"{"wait_seconds":1.5}"#, "1.5"),
        Row("an integer", #"{"wait_seconds":2}"#, "2.0"),
        Row("no wait", "{}", "0.0"),
        Row("metadata", #"{"metadata":{"a":1},"wait_seconds":0}"#, "0.0"),
        Row("a negative wait", #"{"wait_seconds":-0.1}"#, "validation negative wait_seconds"),
        Row("a wait that is none", #"{"wait_seconds":"1"}"#, "validation notANumber wait_seconds"),
        Row("a wait beyond numbers", #"{"wait_seconds":1e999}"#, "validation notANumber wait_seconds"),
        Row("null", #"{"wait_seconds":null}"#, "validation notANumber wait_seconds"),
        Row("metadata that is none", #"{"metadata":1}"#, "validation notAnObject metadata"),
        Row("another field", #"{"wait_seconds":1,"message":"hi"}"#, "validation extraForbidden message"),
    ]

    @Test(arguments: actions) private func benchmarkActions(_ row: Row) {
        withExactBytes(bytes(row.input)) { text in
            guard let value = JSONValue.parse(text) else {
                Issue.record("not JSON")
                return
            }
            switch BenchmarkAction.parse(value) {
            case .action(let action): #expect("\(action.waitSeconds)" == row.output)
            case .rejected(let rejection): #expect(summary(rejection) == row.output)
            }
        }
    }
}
