import ScaleCore
import ScaleWire

/// What becomes of a connection after it has looked at its bytes.
enum Outlook: Hashable {
    /// It reads on.
    case open
    /// The step under way is to be answered (``Connection/answer(waited:_:_:)``) after this long.
    case wait(Nanoseconds)
    /// The step is still under way.
    case waiting
    /// Everything is said; the peer is to close. What it still sends is read, lest the kernel take back what was said.
    case closing
    /// Nothing is left but to send what was written and to close.
    case closed
    /// As ``closed``, and the peer is told by a reset.
    case severed
}

/// One client's connection: bytes in, requests to its environment, replies out, strictly one after the other. It knows
/// no socket and no clock.
struct Connection: ~Copyable {
    enum Mode {
        case http
        case webSocket
        /// This end has sent its close frame and awaits the other's.
        case closing
        /// All that still comes is read over.
        case draining
        case over
        /// As ``over``, by a reset.
        case severed
    }

    /// A reply that waits for its time.
    struct Pending {
        var reply: SimulatedEnvironment.Reply
        var session: SessionID
        /// Nil over a WebSocket.
        var keepAlive: Bool?
        /// What is sent in its place.
        var fault: FaultPlan.AnswerFault?
        /// Where, when faults are asked for.
        var place: FaultPlan.Place?
    }

    var mode = Mode.http
    var pending: Pending?
    /// Of the WebSocket's session, as long as it has its slot.
    var environment: SimulatedEnvironment?
    /// The environment's number in its worker, and its resets and steps so far: counted when faults are asked for.
    var ordinal: UInt64 = 0
    var turns: UInt64 = 0
    var requests = HTTPReceiver(role: .server, maxBodyBytes: Worker.maxMessageBytes)
    var frames = WebSocketReceiver(role: .server, maxMessageBytes: Worker.maxMessageBytes)
    /// What came behind the request that is being answered.
    private var held = ByteQueue()

    /// Whether it makes sense to read more. While a step is under way only control frames are taken, and what stands
    /// behind a further request stays where it is.
    var wantsInput: Bool {
        guard pending != nil else { return true }
        guard mode == .webSocket else { return false }
        return held.isEmpty || held.bytes[0] & 8 != 0
    }

    /// Whether the end of what the peer sends is the end of the connection: an HTTP client may still read its answer.
    var endsWithPeer: Bool { mode != .http || pending == nil }

    /// Takes bytes, which it may change.
    mutating func receive(
        _ input: UnsafeMutableRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook {
        if held.isEmpty {
            var rest = input
            let outlook = run(&rest, &worker, &out)
            if !rest.isEmpty { held.append(UnsafeRawBufferPointer(rest)) }
            return outlook
        }
        held.append(UnsafeRawBufferPointer(input))
        return runHeld(&worker, &out)
    }

    /// Answers the step that was under way, and goes on with what has come since.
    /// - Parameter waited: how long it was under way.
    mutating func answer(waited: Nanoseconds, _ worker: inout Worker, _ out: inout ByteQueue) -> Outlook {
        guard let pending else { return .open }
        self.pending = nil
        write(pending, waited: waited, &worker, &out)
        return runHeld(&worker, &out)
    }

    /// The server stops: WebSockets are told so (RFC 6455 section 7.4.1, "going away").
    mutating func stop(_ worker: inout Worker, _ out: inout ByteQueue) -> Outlook {
        pending = nil
        switch mode {
        case .webSocket: close(1001, &worker, &out)
        case .http: mode = .over
        case .closing, .draining, .over, .severed: break
        }
        return runHeld(&worker, &out)
    }

    /// Frees the session's slot, if it has one; whatever ends the session calls this first.
    mutating func endSession(_ worker: inout Worker) {
        if environment != nil { worker.admission.release() }
        environment = nil
        pending = nil
    }

    // MARK: Reading

    private mutating func runHeld(_ worker: inout Worker, _ out: inout ByteQueue) -> Outlook {
        var rest = held.bytes
        let count = rest.count
        let outlook = run(&rest, &worker, &out)
        held.removeFirst(count - rest.count)
        return outlook
    }

    private mutating func run(
        _ input: inout UnsafeMutableRawBufferPointer, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook {
        while true {
            let outlook: Outlook?
            switch mode {
            case .http where pending != nil: outlook = .waiting
            case .http: outlook = takeHTTP(&input, &worker, &out)
            case .webSocket where pending != nil: outlook = takeControl(&input, &worker, &out)
            case .webSocket: outlook = takeMessage(&input, &worker, &out)
            case .closing: outlook = awaitClose(&input)
            case .draining:
                input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                outlook = .closing
            case .over:
                input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                outlook = .closed
            case .severed:
                input = UnsafeMutableRawBufferPointer(start: nil, count: 0)
                outlook = .severed
            }
            if let outlook { return outlook }
        }
    }

    // MARK: Replying

    /// Lets the environment of a WebSocket's session respond; nil when the reply is written already.
    mutating func respond(
        to request: SimulatedEnvironment.Request, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        guard worker.disturbance == nil else { return respondDisturbed(to: request, &worker, &out) }
        guard let turn = environment?.respond(to: request), let session = environment?.session else { return .closed }
        return take(turn, Pending(reply: turn.reply, session: session, keepAlive: nil), &worker, &out)
    }

    /// Lets an environment made for one HTTP call respond; nil when the reply is written already.
    mutating func respondOnce(
        to request: SimulatedEnvironment.Request, keepAlive: Bool, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        var environment = worker.admission.makeEnvironment()
        guard worker.disturbance == nil else {
            let place = FaultPlan.Place(session: worker.admission.ordinal, turn: request.isStep ? 1 : 0)
            guard let response = worker.disturbance?.respond(&environment, to: request, at: place) else { return .closed }
            let reply = Pending(
                reply: response.turn.reply, session: environment.session, keepAlive: keepAlive, fault: response.fault,
                place: place)
            return take(response.turn, reply, &worker, &out)
        }
        let turn = environment.respond(to: request)
        return take(
            turn, Pending(reply: turn.reply, session: environment.session, keepAlive: keepAlive), &worker, &out)
    }

    mutating func take(
        _ turn: SimulatedEnvironment.Turn, _ reply: Pending, _ worker: inout Worker, _ out: inout ByteQueue
    ) -> Outlook? {
        if turn.delay > .zero {
            pending = reply
            return .wait(turn.delay)
        }
        write(reply, waited: .zero, &worker, &out)
        return nil
    }

    mutating func write(
        _ pending: Pending, waited: Nanoseconds, _ worker: inout Worker, _ out: inout ByteQueue
    ) {
        if let fault = pending.fault { return write(fault, pending, waited: waited, &worker, &out) }
        if let keepAlive = pending.keepAlive {
            writeHTTP(pending, keepAlive: keepAlive, waited: waited, worker, &out)
            if !keepAlive { mode = .draining }
        } else {
            writeMessage(pending, waited: waited, worker, &out)
        }
    }
}
