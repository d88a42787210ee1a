/// What a frame carries, RFC 6455 section 5.2.
public enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
}

/// What the peer did that RFC 6455 forbids, or that exceeds the receiver's limit.
public enum WebSocketViolation: UInt8, Error, Sendable, CaseIterable {
    /// RSV1 to RSV3 without an extension (5.2).
    case reservedBits
    /// An opcode of 3 to 7 or 11 to 15 (5.2).
    case unknownOpcode
    /// A server's frame is masked (5.1).
    case masked
    /// A client's frame is not masked (5.1).
    case unmasked
    /// A control frame of more than 125 bytes (5.5).
    case controlTooLong
    /// A control frame without FIN (5.5).
    case controlFragmented
    /// A continuation without a message to continue (5.4).
    case continuationUnexpected
    /// A new message inside a fragmented one (5.4).
    case continuationExpected
    /// A client's frame gives its length in more bytes than it needs (5.2); a server's may.
    case lengthNotMinimal
    /// A 64-bit length with its top bit set (5.2).
    case lengthTooLarge
    /// More than the receiver's own limit.
    case messageTooLarge
    /// A text message or close reason that is not UTF-8 (8.1).
    case invalidUTF8
    /// A close frame with half a code (5.5.1).
    case closePayload
    /// A close code that may not be sent (7.4).
    case closeCode

    /// The code of the close frame to answer with (7.4.1).
    public var replyCode: UInt16 {
        switch self {
        case .invalidUTF8: 1007
        case .messageTooLarge: 1009
        default: 1002
        }
    }
}

/// What a ``WebSocketReceiver`` found. Buffers are valid until its next call, and no longer than the input itself.
public enum WebSocketEvent {
    case needsMore
    /// A whole message, `.text` (valid UTF-8) or `.binary`.
    case message(WebSocketOpcode, UnsafeRawBufferPointer)
    case ping(UnsafeRawBufferPointer)
    case pong(UnsafeRawBufferPointer)
    /// The peer closes; no event follows, further bytes are dropped (1.4).
    case close(code: UInt16?, reason: UnsafeRawBufferPointer)
    /// The stream cannot be read any further; the same event follows every later call.
    case violation(WebSocketViolation)
}

/// Codes a close frame carries.
public enum WebSocketCloseCode {
    /// Whether a peer may send `code`: RFC 6455 section 7.4 with the registered codes 1012 to 1014, and the ranges
    /// for libraries and applications.
    public static func isValid(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
