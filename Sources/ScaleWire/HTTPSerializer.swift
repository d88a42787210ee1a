/// Writes HTTP/1.1 messages (RFC 9112).
public enum HTTPSerializer {
    /// Whether a field can be sent as it is: a proper name, and a value without control characters (RFC 9110
    /// section 5.5).
    public static func isField(name: String, value: String) -> Bool {
        !name.isEmpty && name.utf8.allSatisfy(\.isTokenCharacter) && value.utf8.allSatisfy(isValueByte)
    }

    private static func isValueByte(_ byte: UInt8) -> Bool { byte >= 0x20 && byte != 0x7F || byte == 0x09 }

    /// A whole request; made once and sent often.
    /// - Parameters:
    ///   - method: and `target` must be free of blanks and control characters.
    ///   - headers: after Host. Control characters in values become spaces (RFC 9110 section 5.5), so that no value can
    ///     begin a line of its own; fields without a proper name are left out. Check with ``isField(name:value:)`` first.
    ///   - body: with its Content-Length; nil for none.
    public static func request(
        method: String, target: String, host: String, headers: [(String, String)], body: [UInt8]?
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        append(word: method, to: &bytes)
        bytes.append(0x20)
        append(word: target, to: &bytes)
        bytes += " HTTP/1.1\r\n".utf8
        append("Host", host, to: &bytes)
        for (name, value) in headers { append(name, value, to: &bytes) }
        if let body { append("Content-Length", String(body.count), to: &bytes) }
        bytes += "\r\n".utf8
        return bytes + (body ?? [])
    }

    /// A whole response; made once and sent often. Content-Length is added.
    public static func response(status: Int, headers: [(String, String)], body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes += "HTTP/1.1 \(status) \(reason(status))\r\n".utf8
        for (name, value) in headers { append(name, value, to: &bytes) }
        append("Content-Length", String(body.count), to: &bytes)
        bytes += "\r\n".utf8
        return bytes + body
    }

    private static func append(word: String, to bytes: inout [UInt8]) {
        bytes += word.utf8.lazy.filter { $0 > 0x20 && $0 < 0x7F }
    }

    private static func append(_ name: String, _ value: String, to bytes: inout [UInt8]) {
        guard isField(name: name, value: "") else { return }
        bytes += name.utf8
        bytes += ": ".utf8
        bytes += value.utf8.lazy.map { isValueByte($0) ? $0 : 0x20 }
        bytes += "\r\n".utf8
    }

    /// Room for every response of ``writeResponse(status:contentType:keepAlive:body:to:)``.
    public static func responseSize(contentType: StaticString, body: Int) -> Int {
        // Start line with the longest reason, the three fields' names, 20 digits, a close and the line ends.
        160 + contentType.utf8CodeUnitCount + body
    }

    /// Writes a whole response and returns its size.
    /// - Parameters:
    ///   - keepAlive: false adds `Connection: close`.
    ///   - target: at least ``responseSize(contentType:body:)`` bytes that do not overlap the body.
    @discardableResult
    public static func writeResponse(
        status: Int, contentType: StaticString = "application/json", keepAlive: Bool, body: UnsafeRawBufferPointer,
        to target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let size = responseSize(contentType: contentType, body: body.count)
        guard var writer = ByteWriter(target, size: size) else { return 0 }
        if status == 200 {
            writer.write("HTTP/1.1 200 OK\r\nContent-Type: ")
        } else {
            writer.write("HTTP/1.1 ")
            writer.write(min(max(status, 100), 999))
            writer.write(UInt8(0x20))
            writer.write(reason(status))
            writer.write("\r\nContent-Type: ")
        }
        writer.write(contentType)
        writer.write("\r\nContent-Length: ")
        writer.write(body.count)
        if keepAlive { writer.write("\r\n\r\n") } else { writer.write("\r\nConnection: close\r\n\r\n") }
        writer.write(body)
        return writer.count
    }

    /// The phrase of a status in RFC 9110 section 15 or RFC 6585; empty for others.
    public static func reason(_ status: Int) -> StaticString {
        switch status {
        case 100: "Continue"
        case 101: "Switching Protocols"
        case 200: "OK"
        case 204: "No Content"
        case 301: "Moved Permanently"
        case 302: "Found"
        case 304: "Not Modified"
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 413: "Content Too Large"
        case 422: "Unprocessable Content"
        case 426: "Upgrade Required"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 500: "Internal Server Error"
        case 501: "Not Implemented"
        case 502: "Bad Gateway"
        case 503: "Service Unavailable"
        case 504: "Gateway Timeout"
        case 505: "HTTP Version Not Supported"
        default: ""
        }
    }
}
