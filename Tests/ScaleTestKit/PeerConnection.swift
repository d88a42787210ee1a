import ScaleCore
import ScaleReactor
import ScaleWire

/// One accepted connection of a scripted peer; closed when it goes away.
struct PeerConnection: ~Copyable {
    private var socket: Socket
    private var reactor: Reactor
    private let stop: WakeUp
    private let tls: TLSEnd?
    private var unread: [UInt8] = []
    private var key: [UInt8] = []

    init(_ socket: Socket, stop: WakeUp, _ identity: TestIdentity?) throws(SystemFault) {
        self.socket = socket
        self.stop = stop
        tls = identity.map { TLSEnd($0, socket) }
        socket.setNoDelay()
        let reactor = try Reactor(capacity: 4)
        try reactor.add(socket.descriptor, [.readable, .peerClosed], token: 1)
        try reactor.add(stop.descriptor, .readable, token: 0)
        self.reactor = reactor
    }

    deinit { if socket.isOpen { socket.close() } }

    /// Nil when the act was done, else what came between.
    mutating func perform(_ act: Act, _ log: inout PeerLog) throws(SystemFault) -> String? {
        switch act {
        case .request: return try takeRequest(&log)
        case .frame: return try takeFrame(&log)
        case .anything: return try takeAnything()
        case .send(let bytes): return try send(bytes)
        case .raw(let bytes):
            let sent = bytes.withUnsafeBytes { socket.send($0) }
            return sent == bytes.count ? nil : "sent \(sent) of \(bytes.count) bytes"
        case .trickle(let bytes): return try trickle(bytes, every: Self.moment)
        case .drip(let bytes, let span): return try trickle(bytes, every: span)
        case .pause(let span): try pause(span)
        case .upgrade(let more): return try send(acceptance + more)
        case .trickledUpgrade: return try trickle(acceptance, every: Self.moment)
        case .cutUpgrade(let count):
            let whole = acceptance
            if let surprise = try send(Array(whole[..<count])) { return surprise }
            try pause(.milliseconds(1))
            return try send(Array(whole[count...]))
        case .head(let text): return try send(Array(text.replacing("{accept}", with: acceptKey).utf8))
        case .flood(let bytes): return try flood(bytes)
        case .halfClose: socket.shutdownWrite()
        case .reset:
            socket.resetOnClose()
            end()
        case .close: end()
        case .untilEnd: while try receive() {}
        }
        return nil
    }

    private mutating func end() {
        socket.close()
        socket = .none
    }

    /// Long enough for the other end to read what was sent so far.
    private static let moment = Nanoseconds.microseconds(50)

    private func pause(_ span: Nanoseconds) throws(SystemFault) {
        var pause = try Reactor(capacity: 1)
        try pause.add(stop.descriptor, .readable, token: 0)
        _ = try pause.wait(until: MonotonicClock.now() + span)
    }

    private func send(_ bytes: [UInt8]) throws(SystemFault) -> String? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { tls?.send($0) ?? socket.send($0) }
            if sent == -Int(Errno.wouldBlock) {
                try pause(Self.moment)
            } else if sent <= 0 {
                return "sent \(bytes.count - rest.count) of \(bytes.count) bytes"
            } else {
                rest = rest.dropFirst(sent)
            }
        }
        return nil
    }

    private func trickle(_ bytes: [UInt8], every span: Nanoseconds) throws(SystemFault) -> String? {
        for byte in bytes {
            if let surprise = try send([byte]) { return surprise }
            try pause(span)
        }
        return nil
    }

    private mutating func flood(_ bytes: [UInt8]) throws(SystemFault) -> String? {
        var rest = bytes[...]
        while true {
            let sent = rest.withUnsafeBytes { socket.send($0) }
            if sent < 0, sent != -Int(Errno.wouldBlock) { return nil }
            // A full socket takes part of a frame.
            if sent > 0 { rest = sent == rest.count ? bytes[...] : rest.dropFirst(sent) }
            // Nothing is read: what the client says piles up at its end.
            if sent < 0 { _ = try reactor.wait(until: MonotonicClock.now() + .microseconds(50)) }
            for number in 0..<(try reactor.wait(until: MonotonicTime(nanoseconds: 0)))
            where reactor.event(number).token == 0 { return nil }
        }
    }

    private var acceptance: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: WebSocketHandshake.responseSize) { bytes, count in
            key.withUnsafeBytes {
                count = WebSocketHandshake.writeResponse(forKey: $0, to: UnsafeMutableRawBufferPointer(bytes))
            }
        }
    }

    private var acceptKey: String {
        String(unsafeUninitializedCapacity: WebSocketHandshake.acceptSize) { bytes in
            key.withUnsafeBytes { WebSocketHandshake.writeAccept(forKey: $0, to: UnsafeMutableRawBufferPointer(bytes)) }
        }
    }

    private mutating func takeAnything() throws(SystemFault) -> String? {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = bytes.withUnsafeMutableBytes { socket.receive(into: $0) }
            if count > 0 { return nil }
            if count != -Int(Errno.wouldBlock) { return "the client ended instead of saying anything" }
            for number in 0..<(try reactor.wait(until: .never)) where reactor.event(number).token == 0 { return nil }
        }
    }

    /// False when the client, or the test, has ended the connection.
    private mutating func receive() throws(SystemFault) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        var isOver = false
        while true {
            let count = bytes.withUnsafeMutableBytes { tls?.receive(into: $0) ?? socket.receive(into: $0) }
            if count > 0 { unread += bytes.prefix(count) }
            if count != -Int(Errno.wouldBlock) { return count > 0 }
            // When the test is over, the client is too, and everything it said is here to be read.
            if isOver { return false }
            for number in 0..<(try reactor.wait(until: .never)) where reactor.event(number).token == 0 { isOver = true }
        }
    }

    private mutating func takeRequest(_ log: inout PeerLog) throws(SystemFault) -> String? {
        var receiver = HTTPReceiver(role: .server, maxBodyBytes: 1 << 20)
        while true {
            var text: String?
            unread.withUnsafeMutableBytes { bytes in
                var rest = bytes
                let head: HTTPHead
                switch receiver.next(&rest) {
                case .message(let message): head = message.head
                case .upgrade(let upgrade): head = upgrade
                case .needsMore, .violation: return
                }
                key = head.value("sec-websocket-key").map(Array.init) ?? []
                text = String(decoding: head.method, as: UTF8.self) + " " + String(decoding: head.target, as: UTF8.self)
            }
            if let text {
                log.requests.append(text)
                unread = []
                return nil
            }
            unread = []
            guard try receive() else { return "the client ended instead of a request" }
        }
    }

    private mutating func takeFrame(_ log: inout PeerLog) throws(SystemFault) -> String? {
        while true {
            if unread.count >= 6, case let size = 6 + Int(unread[1] & 127), unread.count >= size {
                var frame = Array(unread[..<size])
                unread.removeFirst(size)
                let key = frame[2..<6].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
                frame.withUnsafeMutableBytes {
                    WebSocketFrame.mask(UnsafeMutableRawBufferPointer(rebasing: $0[6...]), key: key)
                }
                guard let opcode = WebSocketOpcode(rawValue: frame[0] & 15) else { return "a frame of no known kind" }
                log.frames.append((opcode, String(decoding: frame[6...], as: UTF8.self)))
                return nil
            }
            guard try receive() else { return "the client ended instead of a frame" }
        }
    }
}
