import ScaleCore
import ScaleEngine
import ScaleReactor
import ScaleWire

/// One thing a scripted peer does with a connection, after the one before is done.
enum Act: Sendable {
    /// Reads a whole HTTP request, an upgrade included.
    case request
    /// Reads a whole frame of the client.
    case frame
    case send([UInt8])
    /// Sends the bytes one at a time, with a pause that lets the other end read each.
    case trickle([UInt8])
    /// Answers the upgrade with the right accept key, and sends more behind it in the same write.
    case upgrade(then: [UInt8] = [])
    /// The same, one byte at a time.
    case trickledUpgrade
    /// Sends over and over until the client ends the connection.
    case flood([UInt8])
    /// Sends no more.
    case halfClose
    /// Ends the connection: unread bytes turn the FIN into an RST, as in any server.
    case close
    /// Ends it with an RST.
    case reset
    /// Reads until the client ends the connection.
    case untilEnd
}

/// What a peer has seen.
struct PeerLog: Sendable {
    var connections = 0
    var requests: [String] = []
    var frames: [(opcode: WebSocketOpcode, payload: String)] = []
    /// What did not go by the script; empty when all did.
    var surprises: [String] = []
}

/// A server that follows a script, on a thread and a port of its own: one connection after the other, the n-th by
/// the n-th script and all further ones by the last.
struct ScriptedPeer: ~Copyable {
    private let listener: Socket
    private let stop: WakeUp
    private let scripts: [[Act]]
    private let tls: TLSIdentity?
    private var log = PeerLog()
    private var accepting: Reactor

    /// Runs a peer while `body` runs.
    /// - Parameter tls: what it shows a client that it speaks TLS with.
    static func following<Value: Sendable>(
        _ scripts: [[Act]], tls: TLSIdentity? = nil, isolation: isolated (any Actor)? = #isolation,
        _ body: (LoadTarget) async throws -> Value
    ) async throws -> (Value, PeerLog) {
        let address = try SocketAddress.resolve(host: "127.0.0.1", port: 0)[0]
        let listener = try Socket.bound(to: address, shared: false)
        try listener.listen()
        let bound = try listener.localAddress()
        let stop = try WakeUp()
        async let log = ReactorThread.run {
            do {
                var peer = try ScriptedPeer(listener: listener, stop: stop, scripts: scripts, tls: tls)
                return try peer.serve()
            } catch {
                return PeerLog(surprises: ["\(error)"])
            }
        }
        let result: Result<Value, any Error>
        do {
            let endpoint = Endpoint(secure: tls != nil, host: "127.0.0.1", port: bound.port)
            result = .success(try await body(LoadTarget(endpoint: endpoint, address: bound)))
        } catch { result = .failure(error) }
        stop.ring()
        let seen = await log
        listener.close()
        stop.close()
        return (try result.get(), seen)
    }

    private init(listener: Socket, stop: WakeUp, scripts: [[Act]], tls: TLSIdentity?) throws(SystemFault) {
        self.tls = tls
        self.listener = listener
        self.stop = stop
        self.scripts = scripts
        let reactor = try Reactor(capacity: 4)
        try reactor.add(listener.descriptor, .readable, token: 1)
        try reactor.add(stop.descriptor, .readable, token: 0)
        accepting = reactor
    }

    private mutating func serve() throws(SystemFault) -> PeerLog {
        while true {
            let count = try accepting.wait(until: .never)
            for number in 0..<count where accepting.event(number).token == 0 { return log }
            let descriptor = listener.accept()
            guard descriptor >= 0 else { continue }
            let script = scripts[min(log.connections, scripts.count - 1)]
            log.connections += 1
            var connection = try PeerConnection(Socket(descriptor: descriptor), stop: stop, tls)
            for act in script {
                if let surprise = try connection.perform(act, &log) {
                    log.surprises.append(surprise)
                    break
                }
            }
        }
    }
}

/// One accepted connection of a scripted peer; closed when it goes away.
private struct PeerConnection: ~Copyable {
    private var socket: Socket
    private var reactor: Reactor
    private let tls: TLSEnd?
    private var unread: [UInt8] = []
    private var key: [UInt8] = []

    init(_ socket: Socket, stop: WakeUp, _ identity: TLSIdentity?) throws(SystemFault) {
        self.socket = socket
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
        case .send(let bytes): return send(bytes)
        case .trickle(let bytes): return try trickle(bytes)
        case .upgrade(let more): return send(acceptance() + more)
        case .trickledUpgrade: return try trickle(acceptance())
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

    private func send(_ bytes: [UInt8]) -> String? {
        let sent = bytes.withUnsafeBytes { tls?.send($0) ?? socket.send($0) }
        return sent == bytes.count ? nil : "sent \(sent) of \(bytes.count) bytes"
    }

    private mutating func trickle(_ bytes: [UInt8]) throws(SystemFault) -> String? {
        for byte in bytes {
            if let surprise = send([byte]) { return surprise }
            var pause = try Reactor(capacity: 1)
            _ = try pause.wait(until: MonotonicClock.now() + .microseconds(50))
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

    private func acceptance() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: WebSocketHandshake.responseSize) { bytes, count in
            key.withUnsafeBytes {
                count = WebSocketHandshake.writeResponse(forKey: $0, to: UnsafeMutableRawBufferPointer(bytes))
            }
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
