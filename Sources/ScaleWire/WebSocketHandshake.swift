/// The sixteen random bytes of one handshake (RFC 6455 section 4.1).
public struct WebSocketNonce: Sendable, Equatable {
    private let high: UInt64
    private let low: UInt64

    /// - Parameters: two random words; the generator must choose new ones for each connection.
    public init(_ high: UInt64, _ low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The text of a Sec-WebSocket-Key.
    public static let keySize = 24

    /// Writes the 24 characters of the Sec-WebSocket-Key and returns their number.
    @discardableResult
    public func writeKey(to target: UnsafeMutableRawBufferPointer) -> Int {
        withUnsafeTemporaryAllocation(byteCount: 16, alignment: 8) { bytes in
            bytes.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
            bytes.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
            return Base64.encode(UnsafeRawBufferPointer(bytes), to: target)
        }
    }

    /// Whether a Sec-WebSocket-Accept answers this nonce. The value's surrounding blanks are off already.
    public func accepts(_ accept: UnsafeRawBufferPointer) -> Bool {
        guard accept.count == WebSocketHandshake.acceptSize, let given = accept.baseAddress else { return false }
        let size = Self.keySize + WebSocketHandshake.acceptSize
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { bytes in
            let key = UnsafeMutableRawBufferPointer(rebasing: bytes[..<Self.keySize])
            let wanted = UnsafeMutableRawBufferPointer(rebasing: bytes[Self.keySize...])
            writeKey(to: key)
            WebSocketHandshake.writeAccept(forKey: UnsafeRawBufferPointer(key), to: wanted)
            for index in 0..<WebSocketHandshake.acceptSize where wanted[index] != given.byte(index) { return false }
            return true
        }
    }
}

/// The opening handshake, RFC 6455 section 4, without extensions and subprotocols.
public enum WebSocketHandshake {
    /// The text of a Sec-WebSocket-Accept.
    public static let acceptSize = 28

    private static let suffix: StaticString = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

    /// Writes the 28 characters of the Sec-WebSocket-Accept for a valid key and returns their number (section 4.2.2).
    @discardableResult
    public static func writeAccept(
        forKey key: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        precondition(key.count == WebSocketNonce.keySize, "a key has 24 characters")
        return withUnsafeTemporaryAllocation(byteCount: 80, alignment: 8) { bytes in
            guard let start = bytes.baseAddress, let base = key.baseAddress else { return 0 }
            let length = WebSocketNonce.keySize + suffix.utf8CodeUnitCount
            start.copyMemory(from: base, byteCount: WebSocketNonce.keySize)
            (start + WebSocketNonce.keySize).copyMemory(from: suffix.utf8Start, byteCount: suffix.utf8CodeUnitCount)
            SHA1.digest(UnsafeRawBufferPointer(start: start, count: length), to: start + length)
            return Base64.encode(UnsafeRawBufferPointer(start: start + length, count: SHA1.digestSize), to: target)
        }
    }

    /// Whether a Sec-WebSocket-Key is the base64 of sixteen bytes (section 4.2.1): 22 letters, of which the last
    /// carries four bits of zeros, and two paddings.
    public static func isValidKey(_ key: UnsafeRawBufferPointer) -> Bool {
        guard key.count == WebSocketNonce.keySize, let base = key.baseAddress else { return false }
        for index in 0..<22 where Base64.value(base.byte(index)) == 64 { return false }
        return Base64.value(base.byte(21)) & 15 == 0 && base.byte(22) == UInt8(ascii: "=")
            && base.byte(23) == UInt8(ascii: "=")
    }

    /// Why a server's answer opens no WebSocket (section 4.1).
    public enum Refusal: Error, Sendable, Equatable {
        /// Not 101.
        case status(Int)
        case missingUpgrade
        case missingConnection
        case wrongAccept
        case unexpectedExtension
        case unexpectedSubprotocol
    }

    /// Client: judges a complete response head; nil when the WebSocket is open.
    public static func check(_ head: HTTPHead, nonce: WebSocketNonce) -> Refusal? {
        if head.status != 101 { return .status(head.status) }
        guard let upgrade = head.value("upgrade"), upgrade.equalsIgnoringCase("websocket") else { return .missingUpgrade }
        if !head.contains("connection", token: "upgrade") { return .missingConnection }
        guard let accept = head.value("sec-websocket-accept"), head.count("sec-websocket-accept") == 1,
            nonce.accepts(accept)
        else { return .wrongAccept }
        if let extensions = head.value("sec-websocket-extensions"), extensions.count > 0 { return .unexpectedExtension }
        if head.value("sec-websocket-protocol") != nil { return .unexpectedSubprotocol }
        return nil
    }

    /// What a request head asks for.
    public enum Request {
        /// A proper opening handshake with its key.
        case open(key: UnsafeRawBufferPointer)
        /// Answer with this status: 400, or 426 for another version (then with `Sec-WebSocket-Version: 13`).
        case refuse(status: Int)
        /// It does not ask for a WebSocket.
        case none
    }

    /// Server: judges a request head (section 4.2.1).
    public static func request(in head: HTTPHead) -> Request {
        guard head.contains("upgrade", token: "websocket") else { return .none }
        guard head.method.equals("GET"), !head.isHTTP10, head.contains("connection", token: "upgrade") else {
            return .refuse(status: 400)
        }
        guard let version = head.value("sec-websocket-version") else { return .refuse(status: 400) }
        guard version.equals("13") else { return .refuse(status: 426) }
        guard let key = head.value("sec-websocket-key"), head.count("sec-websocket-key") == 1, isValidKey(key) else {
            return .refuse(status: 400)
        }
        return .open(key: key)
    }

    /// The bytes of the 101 response.
    public static let responseSize = head101.utf8CodeUnitCount + acceptSize + 4

    private static let head101: StaticString =
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "

    /// Server: writes the whole 101 response and returns its size, ``responseSize``.
    @discardableResult
    public static func writeResponse(
        forKey key: UnsafeRawBufferPointer, to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        guard var writer = ByteWriter(target, size: responseSize) else { return 0 }
        writer.write(head101)
        let rest = UnsafeMutableRawBufferPointer(rebasing: target[writer.count...])
        let accept = writeAccept(forKey: key, to: rest)
        rest.storeBytes(of: 0x0D, toByteOffset: accept, as: UInt8.self)
        rest.storeBytes(of: 0x0A, toByteOffset: accept + 1, as: UInt8.self)
        rest.storeBytes(of: 0x0D, toByteOffset: accept + 2, as: UInt8.self)
        rest.storeBytes(of: 0x0A, toByteOffset: accept + 3, as: UInt8.self)
        return responseSize
    }
}

/// A client's opening request, made once; each connection puts its own key in.
public struct WebSocketUpgradeRequest: Sendable {
    private let bytes: [UInt8]
    private let keyOffset: Int

    /// - Parameters:
    ///   - target: path and query, e.g. `/ws`.
    ///   - host: name and port as the Host field carries them.
    ///   - headers: further fields, such as Authorization.
    public init(target: String, host: String, headers: [(String, String)] = []) {
        let own = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Version", "13"),
            ("Sec-WebSocket-Key", String(repeating: "=", count: WebSocketNonce.keySize)),
        ]
        bytes = HTTPSerializer.request(method: "GET", target: target, host: host, headers: headers + own, body: nil)
        // The key is the last field, in front of two line ends.
        keyOffset = bytes.count - 4 - WebSocketNonce.keySize
    }

    public var size: Int { bytes.count }

    /// Writes the request with the nonce's key and returns its size, for which `target` must have room.
    @discardableResult
    public func write(_ nonce: WebSocketNonce, to target: UnsafeMutableRawBufferPointer) -> Int {
        precondition(target.count >= bytes.count, "target smaller than the request")
        target.copyBytes(from: bytes)
        nonce.writeKey(to: UnsafeMutableRawBufferPointer(rebasing: target[keyOffset...]))
        return bytes.count
    }
}
