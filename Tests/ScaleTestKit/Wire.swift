import ScaleWire

/// Bytes that servers send, right and wrong.
package enum Wire {
    package static func frame(_ opcode: WebSocketOpcode, _ payload: [UInt8], final: Bool = true, mask: UInt32? = nil) -> [UInt8] {
        let size = WebSocketFrame.size(payload: payload.count, masked: mask != nil)
        return [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            payload.withUnsafeBytes {
                count = WebSocketFrame.write(
                    opcode, final: final, payload: $0, mask: mask, to: UnsafeMutableRawBufferPointer(bytes))
            }
        }
    }

    package static func text(_ message: String, final: Bool = true) -> [UInt8] {
        frame(.text, Array(message.utf8), final: final)
    }

    /// A close frame with its code, or with none.
    package static func close(_ code: UInt16?) -> [UInt8] {
        frame(.close, code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? [])
    }

    package static let observationText =
        #"{"type":"observation","data":{"observation":{"step_count":0},"reward":null,"done":false}}"#
    package static let observation = text(observationText)

    /// Nothing that OpenEnv knows.
    package static let progress = text(#"{"type":"progress","data":{"pct":50}}"#)

    /// What OpenEnv answers a tool call with that failed.
    package static let toolError = text(
        #"{"type":"observation","data":{"observation":{"tool_name":"run","result":null,"#
            + #""error":{"error_type":"timeout","message":"took 30 s"}},"reward":null,"done":false}}"#)

    /// An answer of the benchmark environment.
    package static func benchmark(hash: String, step: Int) -> [UInt8] {
        let seen = #"{"waited_seconds":0.0,"pid":1,"session_hash":"\#(hash)","step_count":\#(step)}"#
        return text(#"{"type":"observation","data":{"observation":\#(seen),"reward":1.0,"done":false}}"#)
    }

    package static func error(_ code: String, max: Int? = nil) -> [UInt8] {
        let counts = max.map { ",\"active_sessions\":\($0),\"max_sessions\":\($0)" } ?? ""
        return text("{\"type\":\"error\",\"data\":{\"message\":\"told so\",\"code\":\"\(code)\"\(counts)}}")
    }

    package static func response(_ status: Int, _ body: String = "", close: Bool = false) -> [UInt8] {
        HTTPSerializer.response(status: status, headers: close ? [("Connection", "close")] : [], body: Array(body.utf8))
    }

    package static let result = #"{"observation":{"metadata":{}},"reward":null,"done":false,"metadata":null}"#
    package static let answer = response(200, result)
    package static let closingAnswer = response(200, result, close: true)
    /// Ends with the connection.
    package static let endlessAnswer = Array("HTTP/1.1 200 OK\r\n\r\n\(result)".utf8)

    /// In chunks of one byte.
    package static let chunkedAnswer = Array(
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + result.map { "1\r\n\($0)\r\n" }.joined()
            + "0\r\n\r\n").utf8)
}
