import ScaleWire

/// JSON-RPC 2.0 answers of an environment without tools (MCP): whatever method is called, there is none.
enum ToolProtocol {
    private enum Refusal {
        case parseError, invalidRequest, methodNotFound

        var text: StaticString {
            switch self {
            case .parseError: #""error":{"code":-32700,"message":"Parse error"}}"#
            case .invalidRequest: #""error":{"code":-32600,"message":"Invalid request"}}"#
            case .methodNotFound: #""error":{"code":-32601,"message":"Method not found: this environment has no tools"}}"#
            }
        }
    }

    /// Room for any answer to this request.
    static func size(of request: JSONValue?) -> Int { 160 + (request?.bytes.count ?? 0) }

    /// Writes the frame that answers a WebSocket's `mcp` message and returns its size; 32 bytes more than ``size(of:)``.
    static func writeFrame(refusing request: JSONValue, to target: UnsafeMutableRawBufferPointer) -> Int {
        var text = Text(target)
        text.write(#"{"type":"mcp","data":"#)
        write(refusing: request, to: &text)
        text.write("}")
        return text.count
    }

    /// Writes the answer to the body of `POST /mcp`, nil where that is no JSON, and returns its size.
    static func write(refusing request: JSONValue?, to target: UnsafeMutableRawBufferPointer) -> Int {
        var text = Text(target)
        write(refusing: request, to: &text)
        return text.count
    }

    private static func write(refusing request: JSONValue?, to text: inout Text) {
        // Section 5 of JSON-RPC 2.0: the request's id, or null where none can be made out.
        let id = request?.member("id").flatMap { $0.kind == .string || $0.kind == .number ? $0 : nil }
        text.write(#"{"jsonrpc":"2.0","id":"#)
        if let id { text.write(id.bytes) } else { text.write("null") }
        text.write(",")
        text.write(refusal(of: request).text)
    }

    private static func refusal(of request: JSONValue?) -> Refusal {
        guard let request else { return .parseError }
        let isCall = request.member("jsonrpc")?.equals("2.0") == true && request.member("method")?.kind == .string
        return isCall ? .methodNotFound : .invalidRequest
    }

    private struct Text {
        private let target: UnsafeMutableRawBufferPointer
        private(set) var count = 0

        init(_ target: UnsafeMutableRawBufferPointer) { self.target = target }

        mutating func write(_ bytes: UnsafeRawBufferPointer) {
            UnsafeMutableRawBufferPointer(rebasing: target[count...]).copyMemory(from: bytes)
            count += bytes.count
        }

        mutating func write(_ text: StaticString) {
            write(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }
}
