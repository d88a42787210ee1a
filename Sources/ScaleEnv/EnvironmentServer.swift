import ScaleCore
import ScaleReactor

/// One worker: a listening socket and all its connections on one thread, driven by one reactor. A waiting step is a
/// timer, so no session holds up another. Handling a message allocates nothing.
///
/// It belongs to the thread that runs it.
public struct EnvironmentServer: ~Copyable {
    public let port: UInt16
    private var reactor: Reactor
    private var timers = TimerHeap(capacity: 1024)
    private var listener: Socket
    private var table = ConnectionTable()
    private var worker: Worker
    /// What is being read; whatever must outlive a turn is kept by its connection.
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 64)
    /// What is being written, emptied after each connection.
    private var output = ByteQueue()
    /// There may be more connections to accept.
    private var mayAccept = false
    /// Accepting waits: until a descriptor is free, or at the start, until the stall that was asked for is over.
    private var isHeldUp = false
    private let stall: Nanoseconds
    private var isStopping = false
    private let patience: Nanoseconds

    private enum Token {
        static let listener = UInt64.max
        static let retry = UInt64.max - 1
    }

    /// Connections accepted in one turn, so that a burst of new ones does not keep the others waiting.
    private static let acceptBatch = 256
    /// How often one connection is read in one turn.
    private static let readRounds = 16
    /// How long stopping may take at most.
    private static let stopping = Nanoseconds.seconds(2)

    /// Binds and listens.
    /// - Throws: usage for a host that is none, infrastructure for a port that is taken or may not be used.
    public init(_ configuration: EnvironmentConfiguration) throws(ScaleError) {
        try self.init(configuration, listener: Listener.bind(configuration))
    }

    /// Listens on a socket bound before.
    init(_ configuration: EnvironmentConfiguration, listener: Socket) throws(ScaleError) {
        reactor = try Self.listen(on: listener, configuration)
        port = listener.localPort
        self.listener = listener
        patience = configuration.patience
        stall = configuration.faults.stallAccept
        worker = Worker(
            limit: configuration.maxConcurrentEnvs, seed: UInt64.random(in: 0...UInt64.max), pid: ThisProcess.pid,
            hostURL: configuration.hostURL(port: port), disturbance: Disturbance(configuration))
    }

    private static func listen(
        on listener: Socket, _ configuration: EnvironmentConfiguration
    ) throws(ScaleError) -> Reactor {
        do throws(SystemFault) {
            // Accepted sockets inherit it (tcp(7)).
            listener.setNoDelay()
            try listener.listen()
            let reactor = try Reactor(capacity: 512)
            try reactor.add(listener.descriptor, [.readable, .edge], token: Token.listener)
            return reactor
        } catch {
            listener.close()
            throw Listener.fault(error, configuration)
        }
    }

    deinit {
        input.deallocate()
        if listener.isOpen { listener.close() }
    }

    /// Serves until one of the sources says to stop: then nothing more is accepted, every session is told
    /// (close code 1001), and connections that do not end within 2 s are cut.
    /// - Throws: infrastructure when the kernel refuses to be asked for events.
    public mutating func run(until stops: [StopSource]) throws(ScaleError) {
        try StopSource.watch(stops, in: reactor)
        if stall > .zero {
            isHeldUp = true
            timers.push(Token.retry, at: MonotonicClock.now() + stall)
        }
        do throws(SystemFault) {
            while !isStopping { try turn(until: timers.next, stops) }
            stop()
            let limit = MonotonicClock.now() + min(Self.stopping, patience)
            while table.open > 0, MonotonicClock.now() < limit { try turn(until: min(limit, timers.next), []) }
        } catch {
            throw ScaleError(.infrastructure, "the event loop failed", cause: error.description)
        }
        for index in 0..<table.used where table[index].pointee.stage != .free { drop(index) }
    }

    private mutating func turn(until deadline: MonotonicTime, _ stops: [StopSource]) throws(SystemFault) {
        let count = try reactor.wait(until: mayAccept ? MonotonicTime(nanoseconds: 0) : deadline)
        while let token = timers.pop(dueAt: reactor.now) { fire(token) }
        for number in 0..<count {
            let event = reactor.event(number)
            if let index = table.index(event.token) {
                handle(index, event.readiness)
            } else if event.token == Token.listener {
                mayAccept = true
            } else if StopSource.hasCome(event.token, of: stops) {
                isStopping = true
            }
        }
        if mayAccept { accept() }
    }

    // MARK: Accepting

    private mutating func accept() {
        guard listener.isOpen, !isHeldUp else {
            mayAccept = false
            return
        }
        for _ in 0..<Self.acceptBatch {
            let descriptor = listener.accept()
            switch descriptor {
            case 0...: admit(Socket(descriptor: descriptor))
            case -Errno.interrupted, -Errno.connectionAborted: continue
            case -Errno.wouldBlock:
                mayAccept = false
                return
            default:
                // No descriptor or no memory: the connections wait in the queue until one ends, here or elsewhere.
                isHeldUp = true
                mayAccept = false
                timers.push(Token.retry, at: reactor.now + .milliseconds(100))
                return
            }
        }
    }

    private mutating func admit(_ socket: Socket) {
        let index = table.insert(socket)
        do throws(SystemFault) {
            try reactor.add(socket.descriptor, [.readable, .peerClosed, .edge], token: table.token(index))
        } catch {
            drop(index)
        }
    }

    // MARK: One connection

    private mutating func fire(_ token: UInt64) {
        if token == Token.retry {
            mayAccept = isHeldUp || mayAccept
            isHeldUp = false
        }
        guard let index = table.index(token) else { return }
        let slot = table[index]
        guard slot.pointee.due <= reactor.now else { return }
        if slot.pointee.stage == .lingering { return drop(index) }
        slot.pointee.due = .never
        let waited = MonotonicClock.now() - slot.pointee.began
        let outlook = slot.pointee.connection.answer(waited: waited, &worker, &output)
        if settle(index, outlook) { read(index, peerClosed: false) }
    }

    private mutating func handle(_ index: Int, _ readiness: Readiness) {
        if !readiness.isDisjoint(with: [.error, .hangup]) { return drop(index) }
        if readiness.contains(.writable), !drain(index) { return }
        read(index, peerClosed: readiness.contains(.peerClosed))
    }

    /// Reads and handles what has come, until there is no more or something has to be waited for.
    private mutating func read(_ index: Int, peerClosed: Bool) {
        let slot = table[index]
        var rounds = 0
        while slot.pointee.backlog.isEmpty {
            rounds += 1
            if rounds > Self.readRounds {
                // The others first: asking anew has what is left reported again.
                return watch(index)
            }
            guard slot.pointee.connection.wantsInput else {
                if peerClosed, slot.pointee.connection.endsWithPeer { drop(index) }
                return
            }
            let count = slot.pointee.socket.receive(into: input)
            if count <= 0 {
                if count == -Int(Errno.interrupted) { continue }
                if count != -Int(Errno.wouldBlock) { drop(index) }
                return
            }
            let bytes = UnsafeMutableRawBufferPointer(rebasing: input[..<count])
            let outlook = slot.pointee.connection.receive(bytes, &worker, &output)
            guard settle(index, outlook) else { return }
            // A short read has emptied the socket; only the peer's end, if it was announced, is still to come.
            if count < input.count, !peerClosed { return }
        }
    }

    /// Sends what was written and does what the connection is to do; false when it is gone.
    private mutating func settle(_ index: Int, _ outlook: Outlook) -> Bool {
        let slot = table[index]
        if !output.isEmpty {
            guard send(index) else { return false }
        }
        switch outlook {
        case .open, .waiting: return true
        case .wait(let delay):
            slot.pointee.began = MonotonicClock.now()
            slot.pointee.due = slot.pointee.began + delay
            timers.push(table.token(index), at: slot.pointee.due)
            return true
        case .closing, .closed, .severed:
            if slot.pointee.backlog.isEmpty { return leave(index, outlook) }
            slot.pointee.afterwards = outlook
            return true
        }
    }

    /// Sends the output, and keeps what the socket does not take; false when the connection is gone.
    private mutating func send(_ index: Int) -> Bool {
        defer { output.removeAll() }
        let slot = table[index]
        var rest = UnsafeRawBufferPointer(output.bytes)
        if slot.pointee.backlog.isEmpty {
            let sent = slot.pointee.socket.send(rest)
            if sent == rest.count { return true }
            if sent < 0, sent != -Int(Errno.wouldBlock), sent != -Int(Errno.interrupted) {
                drop(index)
                return false
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[max(0, sent)...])
            watch(index, writable: true)
        }
        slot.pointee.backlog.append(rest)
        return true
    }

    private mutating func watch(_ index: Int, writable: Bool = false) {
        let interest: Readiness = writable ? [.readable, .writable, .peerClosed, .edge] : [.readable, .peerClosed, .edge]
        // It can only fail for a descriptor that is not watched.
        try? reactor.modify(table[index].pointee.socket.descriptor, interest, token: table.token(index))
    }

    /// Sends on with the backlog; false when some is left or the connection is gone.
    private mutating func drain(_ index: Int) -> Bool {
        let slot = table[index]
        while !slot.pointee.backlog.isEmpty {
            let sent = slot.pointee.socket.send(UnsafeRawBufferPointer(slot.pointee.backlog.bytes))
            if sent < 0 {
                if sent == -Int(Errno.interrupted) { continue }
                if sent != -Int(Errno.wouldBlock) { drop(index) }
                return false
            }
            slot.pointee.backlog.removeFirst(sent)
        }
        watch(index)
        guard let afterwards = slot.pointee.afterwards else { return true }
        slot.pointee.afterwards = nil
        return leave(index, afterwards)
    }

    /// Everything is sent: closes, or gives the peer time to; false when the connection is gone.
    private mutating func leave(_ index: Int, _ outlook: Outlook) -> Bool {
        let slot = table[index]
        if outlook == .closed || outlook == .severed {
            if outlook == .severed { slot.pointee.socket.resetOnClose() }
            drop(index)
            return false
        }
        guard slot.pointee.stage == .open else { return true }
        slot.pointee.stage = .lingering
        slot.pointee.due = MonotonicClock.now() + patience
        timers.push(table.token(index), at: slot.pointee.due)
        // A WebSocket's peer answers with its own close frame first; HTTP has no other sign than the end.
        if slot.pointee.connection.mode == .draining { slot.pointee.socket.shutdownWrite() }
        return true
    }

    /// Closes at once.
    private mutating func drop(_ index: Int) {
        let slot = table[index]
        slot.pointee.connection.endSession(&worker)
        slot.pointee.socket.close()
        table.remove(index)
        if isHeldUp {
            isHeldUp = false
            mayAccept = true
        }
    }

    // MARK: Stopping

    private mutating func stop() {
        listener.close()
        listener = .none
        mayAccept = false
        for index in 0..<table.used where table[index].pointee.stage == .open {
            let outlook = table[index].pointee.connection.stop(&worker, &output)
            _ = settle(index, outlook)
        }
    }
}
