/// Reads a head line by line as it arrives and remembers where it is and what it has learned. All positions count
/// from the first byte of the head, so that the bytes may move between two calls.
struct HTTPHeadScan {
    enum Outcome {
        case incomplete
        case complete
        case violation(HTTPViolation)
    }

    /// The bytes of the head including the empty line; known once it is complete.
    private(set) var end = 0
    private(set) var status = 0
    private(set) var isHTTP10 = false
    private(set) var contentLength: Int?
    private(set) var isChunked = false
    private(set) var wantsWebSocket = false
    private var connectionClose = false
    private var connectionKeepAlive = false
    private var hosts = 0
    private var methodStart = 0
    private var methodEnd = 0
    private var targetEnd = 0
    private var fieldsStart = 0
    private var lineStart = 0
    private var scanned = 0

    /// RFC 9112 section 9.3.
    var keepAlive: Bool { connectionClose ? false : !isHTTP10 || connectionKeepAlive }

    func view(_ base: UnsafeRawPointer) -> HTTPHead {
        HTTPHead(
            status: status,
            method: UnsafeRawBufferPointer(start: base + methodStart, count: methodEnd - methodStart),
            target: UnsafeRawBufferPointer(
                start: base + min(methodEnd + 1, targetEnd), count: max(0, targetEnd - methodEnd - 1)),
            isHTTP10: isHTTP10,
            fields: UnsafeRawBufferPointer(start: base + fieldsStart, count: end - 2 - fieldsStart))
    }

    /// - Parameter count: all bytes of the head so far, those of earlier calls included.
    mutating func scan(_ base: UnsafeRawPointer, _ count: Int, _ role: WireRole) -> Outcome {
        if fieldsStart == 0, count > 0, let violation = judgePrefix(base, count, role) { return .violation(violation) }
        while let lineFeed = HTTPLine.end(base, scanned, count) {
            scanned = lineFeed + 1
            guard lineFeed > lineStart, base.byte(lineFeed - 1) == 0x0D else {
                return .violation(fieldsStart == 0 ? .badStartLine : .badHeader)
            }
            let length = lineFeed - 1 - lineStart
            let line = base + lineStart
            let start = lineStart
            lineStart = scanned
            if fieldsStart > 0 {
                if length == 0 {
                    end = scanned
                    if let violation = judgeWhole(role) { return .violation(violation) }
                    return .complete
                }
                if let violation = readField(line, length) { return .violation(violation) }
                continue
            }
            // One empty line before a request is forgiven (RFC 9112 section 2.2).
            if length == 0, role == .server, start == 0 { continue }
            let violation = role == .server ? readRequestLine(line, length, start) : readStatusLine(line, length)
            if let violation { return .violation(violation) }
            fieldsStart = scanned
        }
        scanned = count
        return .incomplete
    }

    /// A peer that speaks another protocol is told from its first bytes: it may never send a line end.
    private func judgePrefix(_ base: UnsafeRawPointer, _ count: Int, _ role: WireRole) -> HTTPViolation? {
        if role == .server {
            let first = base.byte(0)
            return first.isTokenCharacter || first == 0x0D ? nil : .badStartLine
        }
        let prefix: StaticString = "HTTP/1."
        for index in 0..<min(count, prefix.utf8CodeUnitCount) where base.byte(index) != prefix.utf8Start[index] {
            return index < 5 ? .badStartLine : .badVersion
        }
        return nil
    }

    private func judgeWhole(_ role: WireRole) -> HTTPViolation? {
        if isChunked, contentLength != nil || isHTTP10 { return .badTransferEncoding }
        if role == .server, hosts > 1 || (hosts == 0 && !isHTTP10) { return .badHost }
        return nil
    }

    /// `HTTP/1.x SP 3DIGIT [SP reason]` (RFC 9112 section 4); the space before an absent reason may be missing.
    private mutating func readStatusLine(_ line: UnsafeRawPointer, _ length: Int) -> HTTPViolation? {
        guard length >= 12 else { return .badStartLine }
        if let violation = readVersion(line) { return violation }
        let digits = (line.byte(9), line.byte(10), line.byte(11))
        guard line.byte(8) == 0x20, digits.0.isDigit, digits.0 != 0x30, digits.1.isDigit, digits.2.isDigit,
            length == 12 || line.byte(12) == 0x20, HTTPLine.isText(line + 12, length - 12)
        else { return .badStartLine }
        status = Int(digits.0 - 0x30) * 100 + Int(digits.1 - 0x30) * 10 + Int(digits.2 - 0x30)
        return nil
    }

    /// `method SP target SP HTTP/1.x` (RFC 9112 section 3), with exactly these spaces.
    private mutating func readRequestLine(_ line: UnsafeRawPointer, _ length: Int, _ start: Int) -> HTTPViolation? {
        var at = 0
        while at < length, line.byte(at).isTokenCharacter { at += 1 }
        guard at > 0, at < length, line.byte(at) == 0x20 else { return .badStartLine }
        let method = at
        at += 1
        while at < length, line.byte(at) > 0x20, line.byte(at) < 0x7F { at += 1 }
        guard at > method + 1, at + 9 == length, line.byte(at) == 0x20 else { return .badStartLine }
        if let violation = readVersion(line + (at + 1)) { return violation }
        methodStart = start
        methodEnd = start + method
        targetEnd = start + at
        return nil
    }

    private mutating func readVersion(_ text: UnsafeRawPointer) -> HTTPViolation? {
        let name = UnsafeRawBufferPointer(start: text, count: 5)
        guard name.equals("HTTP/"), text.byte(5).isDigit, text.byte(6) == UInt8(ascii: "."), text.byte(7).isDigit else {
            return .badStartLine
        }
        guard text.byte(5) == UInt8(ascii: "1"), text.byte(7) <= UInt8(ascii: "1") else { return .badVersion }
        isHTTP10 = text.byte(7) == UInt8(ascii: "0")
        return nil
    }

    private mutating func readField(_ line: UnsafeRawPointer, _ length: Int) -> HTTPViolation? {
        var colon = 0
        while colon < length, line.byte(colon).isTokenCharacter { colon += 1 }
        guard colon > 0, colon < length, line.byte(colon) == UInt8(ascii: ":"),
            HTTPLine.isText(line + (colon + 1), length - colon - 1)
        else { return .badHeader }
        let name = UnsafeRawBufferPointer(start: line, count: colon)
        let value = UnsafeRawBufferPointer(start: line + (colon + 1), count: length - colon - 1)
        switch colon {
        case 4: if name.equalsIgnoringCase("host") { hosts += 1 }
        case 7: if name.equalsIgnoringCase("upgrade"), value.listContains("websocket") { wantsWebSocket = true }
        case 10:
            guard name.equalsIgnoringCase("connection") else { break }
            if value.listContains("close") { connectionClose = true }
            if value.listContains("keep-alive") { connectionKeepAlive = true }
        case 14: if name.equalsIgnoringCase("content-length") { return readLength(value.trimmed) }
        case 17:
            guard name.equalsIgnoringCase("transfer-encoding") else { break }
            if isChunked || !value.trimmed.equalsIgnoringCase("chunked") { return .badTransferEncoding }
            isChunked = true
        default: break
        }
        return nil
    }

    private mutating func readLength(_ digits: UnsafeRawBufferPointer) -> HTTPViolation? {
        guard contentLength == nil, digits.count > 0 else { return .badLength }
        var length = 0
        for digit in digits {
            guard digit.isDigit else { return .badLength }
            let (tens, overflow) = length.multipliedReportingOverflow(by: 10)
            let (sum, carry) = tens.addingReportingOverflow(Int(digit - 0x30))
            if overflow || carry { return .badLength }
            length = sum
        }
        contentLength = length
        return nil
    }
}
