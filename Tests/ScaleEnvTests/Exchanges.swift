import ScaleWire

@testable import ScaleEnv

extension Exchange {
    static let webSocket: [Exchange] = [
        Exchange(
            "reset, two steps, state",
            [
                Client.upgrade, Client.reset(), Client.step("0"), Client.step("0"), Client.text(#"{"type":"state"}"#),
            ],
            [
                .upgraded, message(0), message(1, reward: "1.0"), message(2, reward: "1.0"),
                .text(#"{"type":"state","data":{"episode_id":"\#(SessionID(ordinal: 1).text)-1","step_count":2}}"#),
            ]),
        Exchange(
            "a reset starts over in the same session",
            [
                Client.upgrade, Client.reset(), Client.step("0"), Client.reset(#"{"seed":1,"episode_id":"e\"1"}"#), Client.step("0"),
                Client.text(#"{"type":"state"}"#),
            ],
            [
                .upgraded, message(0), message(1, reward: "1.0"), message(0), message(1, reward: "1.0"),
                .text(#"{"type":"state","data":{"episode_id":"e\"1","step_count":1}}"#),
            ]),
        Exchange("a reset without data", [Client.upgrade, Client.text(#"{"type":"reset"}"#)], [.upgraded, message(0)]),
        Exchange(
            "steps that wait, sent at once", [Client.upgrade, Client.step("1"), Client.step("3"), Client.step("0")],
            [
                .upgraded, message(1, waited: "1.001", reward: "0.5"), message(2, waited: "3.001", reward: "0.25"),
                message(3, reward: "1.0"),
            ]),
        Exchange(
            "state before reset", [Client.upgrade, Client.text(#"{"type":"state"}"#)],
            [
                .upgraded, .text(#"{"type":"state","data":{"episode_id":null,"step_count":0}}"#),
            ]),
        Exchange(
            "a message in fragments",
            [
                Client.upgrade, Client.frame(.text, Array(#"{"type":"#.utf8), final: false), Client.frame(.ping, [0x70]),
                Client.frame(.continuation, Array(#""reset"}"#.utf8)),
            ], [.upgraded, .pong("p"), message(0)]),
        Exchange("close", [Client.upgrade, Client.text(#"{"type":"close"}"#)], [.upgraded, .close(1000)], .closing),
        Exchange(
            "close, and the client's answer", [Client.upgrade, Client.text(#"{"type":"close"}"#), Client.close(1000)],
            [
                .upgraded, .close(1000),
            ], .closed),
        Exchange("the client's close frame is echoed", [Client.upgrade, Client.close(4321)], [.upgraded, .close(4321)], .closed),
        Exchange("a close frame without a code", [Client.upgrade, Client.close(nil)], [.upgraded, .close(nil)], .closed),
        Exchange(
            "text that is no JSON", [Client.upgrade, Client.text("hello"), Client.reset()],
            [
                .upgraded, error("INVALID_JSON", "Input is not JSON"), message(0),
            ]),
        Exchange(
            "an unknown type", [Client.upgrade, Client.text(#"{"type":"jump"}"#), Client.reset()],
            [
                .upgraded, error("UNKNOWN_TYPE", "Unknown message type"), message(0),
            ]),
        Exchange(
            "a step without data", [Client.upgrade, Client.text(#"{"type":"step"}"#), Client.reset()],
            [
                .upgraded, invalid("missing", "data", "Field required"), message(0),
            ]),
        Exchange(
            "a key too many", [Client.upgrade, Client.text(#"{"type":"state","request_id":"r"}"#)],
            [
                .upgraded, invalid("extra_forbidden", "request_id", "Extra inputs are not permitted"),
            ]),
        Exchange(
            "a wrong action", [Client.upgrade, Client.step("-1"), Client.step(#""1""#)],
            [
                .upgraded, invalid("greater_than_equal", "wait_seconds", "Input should be greater than or equal to 0"),
                invalid("float_type", "wait_seconds", "Input should be a number"),
            ]),
        Exchange(
            "an action of another environment", [Client.upgrade, Client.text(#"{"type":"step","data":{"move":1}}"#)],
            [
                .upgraded, invalid("extra_forbidden", "move", "Extra inputs are not permitted"),
            ]),
        Exchange(
            "a wait without end", [Client.upgrade, Client.step("1e300"), Client.step("0")],
            [
                .upgraded, error("EXECUTION_ERROR", "wait_seconds is longer than a clock can count"), message(1, reward: "1.0"),
            ]),
        Exchange(
            "JSON that is no object", [Client.upgrade, Client.text("[1]")],
            [
                .upgraded, error("SESSION_ERROR", "Input should be an object"), .close(1000),
            ], .closing),
        Exchange(
            "a binary frame", [Client.upgrade, Client.frame(.binary, [1, 2, 3])],
            [
                .upgraded, error("SESSION_ERROR", "Messages are text frames, this one is binary"), .close(1000),
            ], .closing),
        Exchange(
            "a session to attach to", [Client.upgrade("/ws?a=b&session_id=s")],
            [
                .upgraded, error("SESSION_ERROR", "Unknown session_id: this environment has no sessions to attach to"), .close(1000),
            ], .closing),
        Exchange(
            "a tool call", [Client.upgrade, Client.text(#"{"type":"mcp","data":{"jsonrpc":"2.0","id":7,"method":"tools/list"}}"#)],
            [
                .upgraded,
                .text(
                    #"{"type":"mcp","data":{"jsonrpc":"2.0","id":7,"error":{"code":-32601,"message":"Method not found: this environment has no tools"}}}"#
                ),
            ]),
        Exchange("an unmasked frame", [Client.upgrade, [0x81, 0x02, 0x7B, 0x7D]], [.upgraded, .close(1002)], .closing),
        Exchange("text that is no UTF-8", [Client.upgrade, Client.frame(.text, [0xFF])], [.upgraded, .close(1007)], .closing),
        Exchange(
            "no slot", [Client.upgrade, Client.reset(), Client.close(1000)],
            [
                .upgraded,
                error(
                    "CAPACITY_REACHED", "Server at capacity: 0/0 sessions active. Cannot accept new connections.",
                    #","active_sessions":0,"max_sessions":0"#),
                .close(1000),
            ], .closed, limit: 0),
    ]

    static let http: [Exchange] = [
        Exchange(
            "health, on a connection that stays", [Client.request("GET", "/health"), Client.request("GET", "/health?x=1")],
            [
                .http(200, #"{"status":"healthy"}"#), .http(200, #"{"status":"healthy"}"#),
            ]),
        Exchange(
            "health, and close", [Client.request("GET", "/health", fields: "Connection: close\r\n")],
            [
                .http(200, #"{"status":"healthy"}"#)
            ], .closing),
        Exchange(
            "each call has an environment of its own",
            [
                Client.request("POST", "/reset", #"{"seed":1}"#), Client.request("POST", "/step", #"{"action":{"wait_seconds":0}}"#),
                Client.request("GET", "/state"),
            ],
            [
                body(0, session: 1), body(1, reward: "1.0", session: 2), .http(200, #"{"episode_id":null,"step_count":0}"#),
            ]),
        Exchange(
            "steps that wait, sent at once",
            [
                Client.request("POST", "/step", #"{"action":{"wait_seconds":1},"timeout_s":30,"request_id":"r"}"#),
                Client.request("POST", "/step", #"{"action":{"wait_seconds":3}}"#, fields: "Connection: close\r\n"),
            ],
            [
                body(1, waited: "1.001", reward: "0.5", session: 1), body(1, waited: "3.001", reward: "0.25", session: 2),
            ], .closing),
        Exchange(
            "a chunked body",
            [
                Array("POST /step HTTP/1.1\r\nHost: e\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"act\r\n8\r\nion\":{}}\r\n0\r\n\r\n".utf8)
            ], [body(1, reward: "1.0", session: 1)]),
        Exchange(
            "wrong bodies",
            [
                Client.request("POST", "/step", "{"), Client.request("POST", "/step", "{}"),
                Client.request("POST", "/reset", #"{"seed":-1}"#),
                Client.request("POST", "/step", #"{"action":{"wait_seconds":"x"}}"#),
            ],
            [
                .http(422, #"{"detail":[{"type":"json_invalid","loc":["body"],"msg":"Input is not JSON"}]}"#),
                .http(422, #"{"detail":[{"type":"missing","loc":["body","action"],"msg":"Field required"}]}"#),
                .http(
                    422,
                    #"{"detail":[{"type":"greater_than_equal","loc":["body","seed"],"msg":"Input should be greater than or equal to 0"}]}"#),
                .http(422, #"{"detail":[{"type":"float_type","loc":["body","wait_seconds"],"msg":"Input should be a number"}]}"#),
            ]),
        Exchange(
            "a wait without end", [Client.request("POST", "/step", #"{"action":{"wait_seconds":1e300}}"#)],
            [
                .http(500, "Internal Server Error")
            ]),
        Exchange(
            "unknown paths and wrong methods",
            [
                Client.request("GET", "/nothing"), Client.request("GET", "/ws"), Client.request("GET", "/step"),
                Client.request("DELETE", "/health"),
            ],
            [
                .http(404, #"{"detail":"Not Found"}"#), .http(404, #"{"detail":"Not Found"}"#),
                .http(405, #"{"detail":"Method Not Allowed"}"#), .http(405, #"{"detail":"Method Not Allowed"}"#),
            ]),
        Exchange(
            "tools",
            [
                Client.request("POST", "/mcp", #"{"jsonrpc":"2.0","id":"a","method":"tools/list"}"#), Client.request("POST", "/mcp", "{}"),
                Client.request("POST", "/mcp", "{"),
            ],
            [
                .http(
                    200, #"{"jsonrpc":"2.0","id":"a","error":{"code":-32601,"message":"Method not found: this environment has no tools"}}"#),
                .http(200, #"{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"Invalid request"}}"#),
                .http(200, #"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}"#),
            ]),
        Exchange("not HTTP", [Array("hello\r\n\r\n".utf8)], [.http(400, "Invalid HTTP request received.")], .closing),
        Exchange("a WebSocket elsewhere", [Client.upgrade("/elsewhere")], [.http(403, "")], .closing),
        Exchange("another WebSocket version", [Client.upgrade("/ws", version: "12")], [.http(426, "")], .closing),
    ]

    private static func invalid(_ type: String, _ field: String, _ message: String) -> Said {
        error("VALIDATION_ERROR", "Invalid message", #","errors":[{"type":"\#(type)","loc":["\#(field)"],"msg":"\#(message)"}]"#)
    }
}
