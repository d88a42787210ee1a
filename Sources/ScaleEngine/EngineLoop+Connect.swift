import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleWire

/// Opening, handing over and letting go of connections.
extension EngineLoop {
    mutating func open(_ session: Int, at now: Nanoseconds) {
        sessions[session].begin(at: now)
        acquire(session, at: now)
    }

    /// Gets a session a connection: its own, one of the pool, or a place in the queue.
    mutating func acquire(_ session: Int, at now: Nanoseconds) {
        guard pool.size != nil else { return dial(session, for: session, at: now) }
        if let link = pool.idle.popLast() {
            adopt(Int(link), for: session, at: now)
        } else if let link = pool.free.popLast() {
            dial(Int(link), for: session, at: now)
        } else {
            sessions[session].enqueue(at: now)
            deadlines[session] = now + spec.timeouts.connect
            pool.wait(session)
        }
    }

    private mutating func adopt(_ link: Int, for session: Int, at now: Nanoseconds) {
        links[link].session = Int32(session)
        linkOf[session] = Int32(link)
        perform(sessions[session].adopted(at: now), session)
    }

    mutating func dial(_ link: Int, for session: Int, at now: Nanoseconds) {
        sessions[session].dial(at: now)
        deadlines[session] = now + spec.timeouts.connect
        let target = spec.targets[Int(links[link].target)]
        let descriptor = Socket.open(for: target.address)
        guard descriptor >= 0 else {
            if pool.size != nil { pool.free.append(Int32(link)) }
            return perform(sessions[session].fail(Self.kind(connecting: -descriptor), code: -descriptor, at: since()), session)
        }
        recorder.socketOpened()
        links[link].begin(Socket(descriptor: descriptor), for: Int32(session))
        linkOf[session] = Int32(link)
        var code: Int32 = 0
        if !target.sources.isEmpty {
            // Connections to one target are those with every targets-th number.
            let turn = (link * spec.threads + index) / spec.targets.count
            code = links[link].socket.setSource(target.sources[turn % target.sources.count])
            if code < 0 { return refuse(link, -code) }
        }
        code = links[link].socket.connect(to: target.address)
        if code < 0 && code != -Errno.inProgress { return refuse(link, -code) }
        if target.endpoint.secure, let problem = secure(link, target.endpoint.host) { return fail(link, problem.0, code: problem.1) }
        greet(link)
    }

    /// Says the first words of a connection, or finds out that it is not open yet, and has it watched.
    ///
    /// On loopback the handshake is over when connect() returns: sending finds out without waiting to be told. A plain
    /// WebSocket connection sends its request to upgrade, whatever else begins otherwise sends nothing.
    private mutating func greet(_ link: Int) {
        let isPlain = script.mode == .ws && links[link].tls == nil
        var words = UnsafeRawBufferPointer(start: nil, count: 0)
        if isPlain { (words, links[link].nonce) = requests.upgrade(Int(links[link].target)) }
        let sent = links[link].socket.send(words)
        if sent < 0 && sent != -Int(Errno.wouldBlock) { return refuse(link, Int32(-sent)) }
        var interest: Readiness = [.readable, .peerClosed, .edge]
        if sent < words.count { interest.insert(.writable) }
        do {
            try reactor.add(links[link].socket.descriptor, interest, token: links[link].token(index: link))
        } catch {
            return fail(link, .internal, code: error.code)
        }
        if sent < 0 { return }
        if !isPlain { return established(link, at: since()) }
        links[link].state = .upgrading
        if sent < words.count { hold(link, UnsafeRawBufferPointer(rebasing: words[sent...])) }
    }

    private mutating func secure(_ link: Int, _ host: String) -> (FailureKind, Int32?)? {
        guard let context = spec.tls else { return (.internal, nil) }
        do {
            links[link].tls = try TLSClient(context: context, serverName: host)
            return nil
        } catch {
            return (.tls, nil)
        }
    }

    /// TCP stands.
    mutating func established(_ link: Int, at now: Nanoseconds) {
        if links[link].tls != nil {
            // OpenSSL says things of its own, and what follows them must not wait until the peer acknowledges them.
            links[link].socket.setNoDelay()
            links[link].state = .securing
            handshake(link)
        } else {
            begin(link, at: now)
        }
    }

    /// The byte stream stands, TLS included.
    mutating func begin(_ link: Int, at now: Nanoseconds) {
        let session = Int(links[link].session)
        if script.mode == .http {
            if isLate(session, now) { return fail(link, .timeout) }
            links[link].state = .ready
            return perform(sessions[session].connected(at: now), session)
        }
        links[link].state = .upgrading
        let (bytes, nonce) = requests.upgrade(Int(links[link].target))
        links[link].nonce = nonce
        send(link, bytes)
    }

    /// Frees a connection that has answered and may be used again.
    mutating func release(_ link: Int, keep: Bool) {
        let session = Int(links[link].session)
        links[link].session = -1
        linkOf[session] = -1
        if !keep { hangUp(link) }
        guard pool.size != nil else { return }
        if keep { pool.idle.append(Int32(link)) } else { pool.free.append(Int32(link)) }
        serveQueue()
    }

    /// Gives what is free to those who wait longest. A session that fails at once frees its connection again, so this
    /// would call itself once per waiting session: the outermost call does the work.
    private mutating func serveQueue() {
        if pool.isServing { return }
        pool.isServing = true
        defer { pool.isServing = false }
        while !pool.idle.isEmpty || !pool.free.isEmpty, let session = pool.nextWaiting() {
            if sessions[session].state == .queued { acquire(session, at: since()) }
        }
    }

    /// Closes a socket; its storage is free for the next.
    mutating func hangUp(_ link: Int) {
        if links[link].socket.isOpen {
            links[link].socket.close()
            recorder.socketClosed()
            recorder.note(.longLength, times: links[link].webSocket.longLengths)
        }
        links[link].socket = .none
        links[link].state = .free
        links[link].generation &+= 1
        links[link].tls = nil
    }

    /// A connect that the kernel or the peer refused.
    mutating func refuse(_ link: Int, _ code: Int32) {
        fail(link, Self.kind(connecting: code), code: code)
    }

    /// Ends the session that a broken connection served.
    /// - Parameter words: what the server said to it.
    mutating func fail(_ link: Int, _ kind: FailureKind, code: Int32? = nil, words: UnsafeRawBufferPointer? = nil) {
        let session = Int(links[link].session)
        guard session >= 0 else { return forget(link) }
        let action = sessions[session].fail(kind, code: code, at: since())
        if let words { heard(words, session) }
        perform(action, session)
    }

    /// Keeps what a server said to a session that has failed; called before its connection, and the words with it, is let
    /// go.
    mutating func heard(_ words: UnsafeRawBufferPointer, _ session: Int) {
        guard let failure = sessions[session].failure, let text = OpenEnvComplaint.sentence(words) else { return }
        recorder.said(text, to: failure)
    }

    /// Sends a request once more, on another connection, where the server closed the one it went out on before the first
    /// byte of an answer and had answered there before: such an end crosses the request, and the server never saw it
    /// (RFC 9112 section 9.3.1).
    /// - Returns: whether it does.
    mutating func resend(_ link: Int) -> Bool {
        let session = Int(links[link].session)
        guard script.mode == .http, links[link].hasServed, !links[link].hasHeard, sessions[session].retries(at: since()) else {
            return false
        }
        recorder.note(.resentRequest)
        hangUp(link)
        dial(link, for: session, at: since())
        return true
    }

    /// What an `errno` of socket() or connect() means.
    static func kind(connecting code: Int32) -> FailureKind {
        switch code {
        case Errno.tooManyFiles, Errno.tooManyFilesInSystem: .fdLimit
        case Errno.addressNotAvailable, Errno.addressInUse: .portExhausted
        case Errno.connectionRefused: .refused
        case Errno.connectionReset, Errno.connectionAborted, Errno.brokenPipe: .reset
        case Errno.timedOut: .timeout
        case Errno.networkUnreachable, Errno.hostUnreachable: .unreachable
        default: .internal
        }
    }
}
