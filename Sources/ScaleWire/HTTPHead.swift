/// A view on one request or response head. Valid as long as the event that carried it.
public struct HTTPHead {
    /// 100 to 999 in a response, 0 in a request.
    public var status: Int
    /// Empty in a response.
    public var method: UnsafeRawBufferPointer
    /// Empty in a response; as sent, not decoded.
    public var target: UnsafeRawBufferPointer
    /// Otherwise the message is of version 1.1.
    public var isHTTP10: Bool
    /// The field lines, each with its line end.
    let fields: UnsafeRawBufferPointer

    /// The value of the first field of that name, without the blanks around it; nil when there is none.
    /// - Parameter name: in lower case.
    public func value(_ name: StaticString) -> UnsafeRawBufferPointer? {
        var lines = HTTPFields(fields)
        while let field = lines.next() { if field.name.equalsIgnoringCase(name) { return field.value } }
        return nil
    }

    /// Whether a comma-separated field holds a token, in any of its lines.
    /// - Parameters:
    ///   - name: in lower case.
    ///   - token: in lower case.
    public func contains(_ name: StaticString, token: StaticString) -> Bool {
        var lines = HTTPFields(fields)
        while let field = lines.next() {
            if field.name.equalsIgnoringCase(name), field.value.listContains(token) { return true }
        }
        return false
    }

    /// How many lines carry the field.
    /// - Parameter name: in lower case.
    public func count(_ name: StaticString) -> Int {
        var lines = HTTPFields(fields)
        var count = 0
        while let field = lines.next() { if field.name.equalsIgnoringCase(name) { count += 1 } }
        return count
    }

    /// An iterator over the fields in order.
    public var all: HTTPFields { HTTPFields(fields) }
}

/// Walks the fields of a head that has been judged already.
public struct HTTPFields: IteratorProtocol {
    public struct Field {
        public var name: UnsafeRawBufferPointer
        /// Without the blanks around it.
        public var value: UnsafeRawBufferPointer
    }

    private let bytes: UnsafeRawBufferPointer
    private var at = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    public mutating func next() -> Field? {
        guard at < bytes.count, let base = bytes.baseAddress else { return nil }
        var colon = at
        while colon < bytes.count, base.byte(colon) != UInt8(ascii: ":") { colon += 1 }
        let end = HTTPLine.end(base, colon, bytes.count) ?? bytes.count
        let name = UnsafeRawBufferPointer(start: base + at, count: colon - at)
        // Before the line feed stands a carriage return: the receiver has seen to it.
        let value = UnsafeRawBufferPointer(start: base + min(colon + 1, end), count: max(0, end - colon - 2))
        at = end + 1
        return Field(name: name, value: value.trimmed)
    }
}

/// A whole message with its body.
public struct HTTPMessage {
    public var head: HTTPHead
    /// Without the framing of chunks.
    public var body: UnsafeRawBufferPointer
    /// Whether the connection carries another message after this one (RFC 9112 section 9.3).
    public var keepAlive: Bool
}

/// What a ``HTTPReceiver`` found. Views are valid until its next call, and no longer than the input itself.
public enum HTTPEvent {
    case needsMore
    case message(HTTPMessage)
    /// Client: a response with status 101. Server: a request without a body that asks for `websocket`.
    /// What follows the head stays in the input.
    case upgrade(HTTPHead)
    /// The stream cannot be read any further; the same event follows every later call.
    case violation(HTTPViolation)
}

/// What a peer sent that is not HTTP/1.1, that could be read in two ways, or that exceeds the receiver's limits.
public enum HTTPViolation: UInt8, Error, Sendable, CaseIterable {
    case headTooLarge
    case bodyTooLarge
    /// Not a request line or status line, or not HTTP at all.
    case badStartLine
    /// HTTP, but neither 1.0 nor 1.1.
    case badVersion
    /// A field line without a proper name, with control characters, folded, or ended by a bare line feed.
    case badHeader
    /// A request of version 1.1 without exactly one Host (RFC 9112 section 3.2).
    case badHost
    /// Content-Length that is repeated, a list or not a plain number.
    case badLength
    case badChunk
    /// Anything but one `chunked`, or beside a Content-Length, or in HTTP/1.0 (RFC 9112 section 6.1).
    case badTransferEncoding

    /// The status a server answers with before it closes.
    public var status: Int {
        switch self {
        case .headTooLarge: 431
        case .bodyTooLarge: 413
        case .badVersion: 505
        case .badTransferEncoding: 501
        case .badStartLine, .badHeader, .badHost, .badLength, .badChunk: 400
        }
    }
}

enum HTTPLine {
    /// Where the first line feed at or after `start` stands.
    @inline(__always)
    static func end(_ base: UnsafeRawPointer, _ start: Int, _ count: Int) -> Int? {
        var at = start
        while at + 8 <= count {
            let mask = Word.matches(Word.load(base + at), 0x0A)
            if mask != 0 { return at + Word.firstIndex(mask) }
            at += 8
        }
        while at < count {
            if base.byte(at) == 0x0A { return at }
            at += 1
        }
        return nil
    }

    /// Whether bytes are what a field value or a reason phrase may hold: no control characters but the tab.
    static func isText(_ base: UnsafeRawPointer, _ count: Int) -> Bool {
        var at = 0
        while at + 8 <= count {
            let word = Word.load(base + at)
            if Word.below(word, 0x20) | Word.matches(word, 0x7F) != 0 { break }
            at += 8
        }
        while at < count {
            let byte = base.byte(at)
            if (byte < 0x20 && byte != 0x09) || byte == 0x7F { return false }
            at += 1
        }
        return true
    }
}
