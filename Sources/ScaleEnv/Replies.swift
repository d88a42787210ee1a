import ScaleWire

/// Whole frames and responses at the end of what is to be sent.
extension ByteQueue {
    /// A text frame.
    /// - Parameters:
    ///   - size: the largest payload.
    ///   - write: puts the payload into the memory it is given and answers its size.
    mutating func appendText(size: Int, _ write: (UnsafeMutableRawBufferPointer) -> Int) {
        let room = reserve(size + 10)
        guard let start = room.baseAddress else { return }
        // Most payloads have a header of four bytes; the others are moved.
        let payload = write(UnsafeMutableRawBufferPointer(start: start + 4, count: room.count - 4))
        let header = WebSocketFrame.headerSize(payload: payload, masked: false)
        if header != 4 { (start + header).copyMemory(from: start + 4, byteCount: payload) }
        WebSocketFrame.writeHeader(.text, payload: payload, mask: nil, to: room)
        commit(header + payload)
    }

    /// - Parameter code: nil for a close frame without one.
    mutating func appendClose(_ code: UInt16?) {
        withUnsafeBytes(of: code?.bigEndian ?? 0) { bytes in
            appendControl(.close, UnsafeRawBufferPointer(rebasing: bytes[..<(code == nil ? 0 : 2)]))
        }
    }

    mutating func appendControl(_ opcode: WebSocketOpcode, _ payload: UnsafeRawBufferPointer) {
        let room = reserve(WebSocketFrame.size(payload: payload.count, masked: false))
        commit(WebSocketFrame.write(opcode, payload: payload, mask: nil, to: room))
    }

    mutating func appendError(_ code: OpenEnvErrorCode, _ message: String) {
        JSONText.escape(message).withUnsafeBytes { text in
            appendText(size: OpenEnvWriter.errorSize(message: text)) {
                OpenEnvWriter.writeError(code, message: text, to: $0)
            }
        }
    }

    mutating func appendResponse(
        _ status: Int, _ body: UnsafeRawBufferPointer, contentType: StaticString = "application/json", keepAlive: Bool
    ) {
        let room = reserve(HTTPSerializer.responseSize(contentType: contentType, body: body.count))
        commit(
            HTTPSerializer.writeResponse(
                status: status, contentType: contentType, keepAlive: keepAlive, body: body, to: room))
    }

    mutating func appendResponse(
        _ status: Int, _ body: StaticString, contentType: StaticString = "application/json", keepAlive: Bool
    ) {
        let bytes = UnsafeRawBufferPointer(start: body.utf8Start, count: body.utf8CodeUnitCount)
        appendResponse(status, bytes, contentType: contentType, keepAlive: keepAlive)
    }

    /// A response whose body is made on the way.
    /// - Parameters:
    ///   - size: the largest body.
    ///   - write: puts the body into the memory it is given and answers its size.
    mutating func appendResponse(
        _ status: Int, size: Int, keepAlive: Bool, _ write: (UnsafeMutableRawBufferPointer) -> Int
    ) {
        withUnsafeTemporaryAllocation(byteCount: size, alignment: 1) { room in
            let body = UnsafeRawBufferPointer(rebasing: room[..<write(room)])
            appendResponse(status, body, keepAlive: keepAlive)
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Whether the bytes are exactly those of `text`.
    func matches(_ text: StaticString) -> Bool {
        count == text.utf8CodeUnitCount && starts(with: UnsafeRawBufferPointer(start: text.utf8Start, count: count))
    }

    /// Before and after the first question mark; no query where there is none.
    func splitAtQuery() -> (path: UnsafeRawBufferPointer, query: UnsafeRawBufferPointer) {
        let mark = firstIndex(of: UInt8(ascii: "?")) ?? count
        return (
            UnsafeRawBufferPointer(rebasing: self[..<mark]),
            UnsafeRawBufferPointer(rebasing: self[Swift.min(mark + 1, count)...])
        )
    }
}
