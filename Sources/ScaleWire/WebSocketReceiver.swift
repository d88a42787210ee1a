/// Bytes of one connection in, messages and control frames out: RFC 6455 sections 5 to 8, without extensions.
///
/// A frame that is whole in the input is delivered where it stands. What is not whole is kept in memory of its own,
/// which grows with the bytes that arrive and is given back as soon as they have been delivered. One receiver belongs
/// to one thread.
public struct WebSocketReceiver: ~Copyable {
    private let role: WireRole
    private let maxMessageBytes: Int
    /// The frame that is not whole yet, header included.
    private var frame = ByteStore()
    /// The payloads of the fragments so far.
    private var message = ByteStore()
    /// What the fragments are part of: `.text` or `.binary`, nil outside a fragmented message.
    private var fragmented: WebSocketOpcode?
    private var state = State.open
    /// Frames that gave their length in more bytes than it needs, which Python's `websockets` takes: a client takes them too, a
    /// server refuses the first.
    public private(set) var longLengths = 0

    private enum State {
        case open
        /// The last event points into ``frame`` or ``message``, which is given back at the next call.
        case lentFrame
        case lentMessage
        case closed
        case failed(WebSocketViolation)
    }

    /// - Parameters:
    ///   - role: of the end that receives: a server expects masked frames, a client unmasked ones.
    ///   - maxMessageBytes: the longest message, all fragments together.
    public init(role: WireRole, maxMessageBytes: Int) {
        self.role = role
        // Half the range, so that a frame and its header together can be counted.
        self.maxMessageBytes = min(maxMessageBytes, .max / 2)
    }

    /// Whether part of a frame or of a fragmented message has arrived and the rest has not.
    public var isMidMessage: Bool {
        switch state {
        case .open, .lentMessage: fragmented != nil || !frame.isEmpty
        case .lentFrame: fragmented != nil
        case .closed, .failed: false
        }
    }

    /// Takes bytes from the front of `input`, advancing it, and says what they mean. A server's receiver unmasks in
    /// place. After ``WebSocketEvent/needsMore`` the input is empty: an incomplete rest has been kept.
    public mutating func next(_ input: inout UnsafeMutableRawBufferPointer) -> WebSocketEvent {
        switch state {
        case .open: break
        default: if let event = settle(&input) { return event }
        }
        while true {
            if !frame.isEmpty {
                if let event = nextKept(&input) { return event }
                continue
            }
            guard let start = input.baseAddress, input.count > 0 else { return .needsMore }
            switch readHeader(UnsafeRawPointer(start), input.count) {
            case .violation(let violation): return fail(violation, &input)
            case .short:
                keep(&input, input.count)
                return .needsMore
            case .ready(let header):
                let total = header.size + header.length
                guard input.count >= total else {
                    keep(&input, input.count, expected: total)
                    return .needsMore
                }
                let payload = UnsafeMutableRawBufferPointer(start: start + header.size, count: header.length)
                input = UnsafeMutableRawBufferPointer(start: start + total, count: input.count - total)
                if let event = take(header, payload, &input) { return event }
            }
        }
    }

    /// Gives back what the last event pointed to; an event when the stream is over.
    private mutating func settle(_ input: inout UnsafeMutableRawBufferPointer) -> WebSocketEvent? {
        switch state {
        case .open: return nil
        case .lentFrame: frame.release()
        case .lentMessage: message.release()
        case .closed:
            frame.release()
            message.release()
            input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return .needsMore
        case .failed(let violation):
            input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return .violation(violation)
        }
        state = .open
        return nil
    }

    /// Completes the kept frame from the input; nil when it was a fragment in the middle of a message.
    private mutating func nextKept(_ input: inout UnsafeMutableRawBufferPointer) -> WebSocketEvent? {
        while let start = frame.base {
            switch readHeader(UnsafeRawPointer(start), frame.count) {
            case .violation(let violation): return fail(violation, &input)
            case .short(let size):
                keep(&input, min(size - frame.count, input.count))
                if frame.count < size { return .needsMore }
            case .ready(let header):
                let total = header.size + header.length
                keep(&input, min(total - frame.count, input.count), expected: total)
                guard frame.count == total, let whole = frame.base else { return .needsMore }
                let payload = UnsafeMutableRawBufferPointer(start: whole + header.size, count: header.length)
                guard let event = take(header, payload, &input) else {
                    frame.release()
                    return nil
                }
                switch state {
                case .open: state = .lentFrame
                case .lentMessage: frame.release()
                default: break
                }
                return event
            }
        }
        return nil
    }

    private mutating func keep(
        _ input: inout UnsafeMutableRawBufferPointer, _ length: Int, expected: Int = .max
    ) {
        guard length > 0, let start = input.baseAddress else { return }
        frame.append(UnsafeRawPointer(start), length, expected: expected)
        input = UnsafeMutableRawBufferPointer(start: start + length, count: input.count - length)
    }

    private mutating func fail(
        _ violation: WebSocketViolation, _ input: inout UnsafeMutableRawBufferPointer
    ) -> WebSocketEvent {
        state = .failed(violation)
        frame.release()
        message.release()
        input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        return .violation(violation)
    }

    /// The event of one whole frame; nil for a fragment that does not end its message.
    private mutating func take(
        _ header: Header, _ payload: UnsafeMutableRawBufferPointer, _ input: inout UnsafeMutableRawBufferPointer
    ) -> WebSocketEvent? {
        if header.masked { WebSocketFrame.mask(payload, key: header.key) }
        if header.isLong { longLengths += 1 }
        let bytes = UnsafeRawBufferPointer(payload)
        switch header.opcode {
        case .text, .binary:
            if header.final {
                if header.opcode == .text, !UTF8Text.isValid(bytes) { return fail(.invalidUTF8, &input) }
                return .message(header.opcode, bytes)
            }
            fragmented = header.opcode
            append(bytes)
            return nil
        case .continuation:
            append(bytes)
            guard header.final, let opcode = fragmented else { return nil }
            if opcode == .text, !UTF8Text.isValid(message.bytes) { return fail(.invalidUTF8, &input) }
            fragmented = nil
            state = .lentMessage
            return .message(opcode, message.bytes)
        case .ping: return .ping(bytes)
        case .pong: return .pong(bytes)
        case .close: return close(bytes, &input)
        }
    }

    private mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if let start = bytes.baseAddress { message.append(start, bytes.count) }
    }

    private mutating func close(
        _ payload: UnsafeRawBufferPointer, _ input: inout UnsafeMutableRawBufferPointer
    ) -> WebSocketEvent {
        var code: UInt16?
        var reason = UnsafeRawBufferPointer.nothing
        if payload.count > 0, let start = payload.baseAddress {
            if payload.count == 1 { return fail(.closePayload, &input) }
            let value = UInt16(bigEndian: start.loadUnaligned(as: UInt16.self))
            if !WebSocketCloseCode.isValid(value) { return fail(.closeCode, &input) }
            reason = UnsafeRawBufferPointer(start: start + 2, count: payload.count - 2)
            if !UTF8Text.isValid(reason) { return fail(.invalidUTF8, &input) }
            code = value
        }
        state = .closed
        input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        return .close(code: code, reason: reason)
    }
}

extension WebSocketReceiver {
    private struct Header {
        var opcode: WebSocketOpcode
        var final: Bool
        var masked: Bool
        var key: UInt32
        var size: Int
        var length: Int
        /// The length stands in more bytes than it needs.
        var isLong: Bool
    }

    private enum HeaderOutcome {
        case ready(Header)
        /// So many bytes are needed to read on.
        case short(Int)
        case violation(WebSocketViolation)
    }

    /// Judges a header byte by byte in wire order, so that where the input was cut changes nothing.
    @inline(__always)
    private func readHeader(_ bytes: UnsafeRawPointer, _ count: Int) -> HeaderOutcome {
        if count < 2 { return .short(2) }
        let (first, second) = (bytes.byte(0), bytes.byte(1))
        if first & 0x70 != 0 { return .violation(.reservedBits) }
        guard let opcode = WebSocketOpcode(rawValue: first & 0x0F) else { return .violation(.unknownOpcode) }
        let final = first & 0x80 != 0
        let masked = second & 0x80 != 0
        if masked != (role == .server) { return .violation(masked ? .masked : .unmasked) }
        var length = Int(second & 0x7F)
        let isControl = opcode.rawValue >= 8
        if isControl {
            if !final { return .violation(.controlFragmented) }
            if length > 125, role == .server { return .violation(.controlTooLong) }
        } else if (opcode == .continuation) != (fragmented != nil) {
            return .violation(opcode == .continuation ? .continuationUnexpected : .continuationExpected)
        }
        var size = 2
        var isLong = false
        if length == 126 {
            size = 4
            if count < size { return .short(size) }
            length = Int(UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt16.self)))
            isLong = length < 126
        } else if length == 127 {
            size = 10
            if count < size { return .short(size) }
            let long = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 2, as: UInt64.self))
            if long > UInt64(Int64.max) { return .violation(.lengthTooLarge) }
            isLong = long <= 0xFFFF
            length = Int(truncatingIfNeeded: long)
        }
        if isLong, role == .server { return .violation(.lengthNotMinimal) }
        if isControl, length > 125 { return .violation(.controlTooLong) }
        // A control frame is bounded by its own rule and does not count into the message around it.
        if !isControl, length > maxMessageBytes - message.count { return .violation(.messageTooLarge) }
        guard masked else {
            return .ready(Header(opcode: opcode, final: final, masked: false, key: 0, size: size, length: length, isLong: isLong))
        }
        if count < size + 4 { return .short(size + 4) }
        let key = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: size, as: UInt32.self))
        return .ready(Header(opcode: opcode, final: final, masked: true, key: key, size: size + 4, length: length, isLong: isLong))
    }
}
