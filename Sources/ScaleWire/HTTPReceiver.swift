/// Bytes of one connection in, whole HTTP/1.1 messages out (RFC 9112).
///
/// A message that is whole in the input is delivered where it stands; otherwise it is kept, in memory that grows with
/// what arrives and is given back after delivery. Strict where leniency would let two readers disagree: lines end in
/// CRLF (a bare line feed is refused), folded lines are refused, a body has one length. A client's receiver skips interim
/// responses (1xx) and expects none to a HEAD request. A request with `Expect: 100-continue` is delivered when its body
/// is whole, so a server answers it without an interim response. One receiver belongs to one thread.
public struct HTTPReceiver: ~Copyable {
    private let role: WireRole
    private let maxHeadBytes: Int
    private let maxBodyBytes: Int
    /// The head of a message that is not whole yet, and behind it what has come of its body.
    private var store = ByteStore()
    private var head = HTTPHeadScan()
    private var chunks = HTTPChunks()
    private var phase = Phase.head
    /// The last event points into ``store``, which is given back at the next call.
    private var isLent = false

    private enum Phase {
        case head
        case length(Int)
        case chunked
        /// The body ends with the connection.
        case untilClose
        case failed(HTTPViolation)
    }

    /// - Parameters:
    ///   - role: of the end that receives: a server reads requests, a client responses.
    ///   - maxHeadBytes: the longest head; also of all chunk extensions and trailers of one message.
    ///   - maxBodyBytes: the longest body, its coding taken off.
    public init(role: WireRole, maxHeadBytes: Int = 65_536, maxBodyBytes: Int) {
        self.role = role
        self.maxHeadBytes = maxHeadBytes
        // Half the range, so that head and body together can be counted.
        self.maxBodyBytes = min(maxBodyBytes, .max / 2)
    }

    /// Whether part of a message has arrived and the rest has not.
    public var isMidMessage: Bool {
        switch phase {
        case .head: !store.isEmpty && !isLent
        case .length, .chunked, .untilClose: true
        case .failed: false
        }
    }

    /// Takes bytes from the front of `input`, advancing it, and says what they mean; chunked bodies are joined in place.
    /// After ``HTTPEvent/needsMore`` the input is empty: an incomplete rest has been kept.
    public mutating func next(_ input: inout UnsafeMutableRawBufferPointer) -> HTTPEvent {
        if isLent { reset() }
        if case .failed(let violation) = phase {
            input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return .violation(violation)
        }
        var inPlace: UnsafeRawPointer?
        while case .head = phase {
            if let event = readHead(&input, &inPlace) { return event }
        }
        switch phase {
        case .length(let length): return readLength(length, inPlace, &input)
        case .chunked: return readChunks(inPlace, &input)
        case .untilClose: return readUntilClose(inPlace, &input)
        case .head, .failed: return .needsMore
        }
    }

    /// Client: the peer closed the connection. A body that lasts until then is complete; nil when nothing was under
    /// way or a message was cut short. The message is valid until the next call.
    public mutating func finish() -> HTTPMessage? {
        guard case .untilClose = phase, let base = store.base else {
            if isLent { reset() }
            return nil
        }
        phase = .head
        isLent = true
        let bodyStart = head.end
        let body = UnsafeRawBufferPointer(start: base + bodyStart, count: store.count - bodyStart)
        return HTTPMessage(head: head.view(UnsafeRawPointer(base)), body: body, keepAlive: false)
    }

    private mutating func reset() {
        store.release()
        head = HTTPHeadScan()
        chunks = HTTPChunks()
        isLent = false
    }

    private mutating func fail(
        _ violation: HTTPViolation, _ input: inout UnsafeMutableRawBufferPointer
    ) -> HTTPEvent {
        reset()
        phase = .failed(violation)
        input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        return .violation(violation)
    }

    // MARK: Head

    /// Reads on in the head; nil when it is complete, ``phase`` then says what follows and `inPlace` where the head
    /// lies if not in ``store``.
    private mutating func readHead(
        _ input: inout UnsafeMutableRawBufferPointer, _ inPlace: inout UnsafeRawPointer?
    ) -> HTTPEvent? {
        guard let start = input.baseAddress, input.count > 0 else { return .needsMore }
        let kept = store.count
        if kept > 0 { store.append(UnsafeRawPointer(start), min(input.count, maxHeadBytes - kept)) }
        guard let base = kept > 0 ? store.base : start else { return .needsMore }
        let count = kept > 0 ? store.count : min(input.count, maxHeadBytes)
        switch head.scan(UnsafeRawPointer(base), count, role) {
        case .violation(let violation): return fail(violation, &input)
        case .incomplete:
            if count >= maxHeadBytes { return fail(.headTooLarge, &input) }
            if kept == 0 { store.append(UnsafeRawPointer(start), count) }
            input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return .needsMore
        case .complete: break
        }
        let used = head.end - kept
        input = UnsafeMutableRawBufferPointer(start: start + used, count: input.count - used)
        store.truncate(to: head.end)
        inPlace = kept > 0 ? nil : UnsafeRawPointer(start)
        return beginBody(inPlace, &input)
    }

    /// How the body is delimited, RFC 9112 section 6.3; an event when it is too long, or for an upgrade.
    private mutating func beginBody(
        _ inPlace: UnsafeRawPointer?, _ input: inout UnsafeMutableRawBufferPointer
    ) -> HTTPEvent? {
        if role == .client {
            switch head.status {
            case 101: return upgrade(inPlace)
            case 100...199:
                reset()
                return nil
            case 204, 304:
                phase = .length(0)
                return nil
            default: break
            }
        }
        if head.isChunked {
            phase = .chunked
        } else if let length = head.contentLength {
            if length > maxBodyBytes { return fail(.bodyTooLarge, &input) }
            phase = .length(length)
        } else {
            phase = role == .client ? .untilClose : .length(0)
        }
        if role == .server, head.wantsWebSocket, !head.isHTTP10, case .length(0) = phase { return upgrade(inPlace) }
        return nil
    }

    private mutating func upgrade(_ inPlace: UnsafeRawPointer?) -> HTTPEvent {
        guard let base = inPlace ?? store.base.map({ UnsafeRawPointer($0) }) else { return .needsMore }
        phase = .head
        isLent = true
        return .upgrade(head.view(base))
    }

    // MARK: Body

    /// Moves a head that was read where it stood into ``store``, since its body is not whole.
    private mutating func keepHead(_ inPlace: UnsafeRawPointer?, expecting body: Int) {
        guard let inPlace else { return }
        let (whole, overflow) = head.end.addingReportingOverflow(body)
        store.append(inPlace, head.end, expected: overflow ? .max : whole)
    }

    private mutating func deliver(_ inPlace: UnsafeRawPointer?, _ body: UnsafeRawBufferPointer) -> HTTPEvent {
        guard let base = inPlace ?? store.base.map({ UnsafeRawPointer($0) }) else { return .needsMore }
        phase = .head
        isLent = true
        return .message(HTTPMessage(head: head.view(base), body: body, keepAlive: head.keepAlive))
    }

    private mutating func deliverKept() -> HTTPEvent {
        guard let base = store.base else { return .needsMore }
        let body = UnsafeRawBufferPointer(start: base + head.end, count: store.count - head.end)
        return deliver(nil, body)
    }

    private mutating func readLength(
        _ length: Int, _ inPlace: UnsafeRawPointer?, _ input: inout UnsafeMutableRawBufferPointer
    ) -> HTTPEvent {
        let kept = inPlace == nil ? store.count - head.end : 0
        if kept == 0, input.count >= length {
            let body = UnsafeRawBufferPointer(start: input.baseAddress, count: length)
            input = UnsafeMutableRawBufferPointer(rebasing: input[length...])
            return deliver(inPlace, body)
        }
        keepHead(inPlace, expecting: length)
        keep(&input, min(length - kept, input.count), expected: head.end + length)
        return store.count == head.end + length ? deliverKept() : .needsMore
    }

    private mutating func readChunks(
        _ inPlace: UnsafeRawPointer?, _ input: inout UnsafeMutableRawBufferPointer
    ) -> HTTPEvent {
        guard let start = input.baseAddress, input.count > 0 else {
            keepHead(inPlace, expecting: 0)
            return .needsMore
        }
        let progress = chunks.decode(start, input.count, maxBody: maxBodyBytes, maxOverhead: maxHeadBytes)
        if let violation = progress.violation { return fail(violation, &input) }
        let rest = UnsafeMutableRawBufferPointer(start: start + progress.consumed, count: input.count - progress.consumed)
        let kept = inPlace == nil ? store.count - head.end : 0
        input = rest
        if progress.isComplete, kept == 0 {
            return deliver(inPlace, UnsafeRawBufferPointer(start: start, count: progress.produced))
        }
        keepHead(inPlace, expecting: maxBodyBytes)
        store.append(UnsafeRawPointer(start), progress.produced)
        return progress.isComplete ? deliverKept() : .needsMore
    }

    private mutating func readUntilClose(
        _ inPlace: UnsafeRawPointer?, _ input: inout UnsafeMutableRawBufferPointer
    ) -> HTTPEvent {
        keepHead(inPlace, expecting: maxBodyBytes)
        if store.count - head.end + input.count > maxBodyBytes { return fail(.bodyTooLarge, &input) }
        keep(&input, input.count)
        return .needsMore
    }

    private mutating func keep(
        _ input: inout UnsafeMutableRawBufferPointer, _ length: Int, expected: Int = .max
    ) {
        guard length > 0, let start = input.baseAddress else { return }
        store.append(UnsafeRawPointer(start), length, expected: expected)
        input = UnsafeMutableRawBufferPointer(start: start + length, count: input.count - length)
    }
}
