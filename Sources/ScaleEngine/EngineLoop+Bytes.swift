import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleWire

/// Readiness to bytes, and bytes to the socket, through TLS where there is TLS.
extension EngineLoop {
    mutating func handle(_ event: Reactor.Event) {
        let link = Int(UInt32(truncatingIfNeeded: event.token))
        let generation = UInt32(truncatingIfNeeded: event.token >> 32)
        // The socket this event is about may have gone in this very turn.
        guard links[link].generation == generation, links[link].state != .free else { return }
        if !event.readiness.isDisjoint(with: [.peerClosed, .hangup, .error]) { links[link].isEnding = true }
        if links[link].state == .connecting {
            let code = links[link].socket.takeError()
            if code < 0 { return refuse(link, -code) }
            guard event.readiness.contains(.writable) else { return }
            established(link, at: arrival)
        } else if event.readiness.contains(.writable) {
            flush(link)
        }
        if event.readiness.contains(.readable) || links[link].isEnding || links[link].fault != 0 { drain(link, generation) }
    }

    /// Reads until there is nothing left. A short read says so by itself, unless the peer has finished too: its end
    /// then stands behind the data and would not be announced again.
    private mutating func drain(_ link: Int, _ generation: UInt32) {
        var reads = 0
        while links[link].generation == generation {
            if reads == Limits.readsPerTurn { return watch(link) }
            reads += 1
            let count = links[link].socket.receive(into: input)
            if count > 0 {
                deliver(link, UnsafeMutableRawBufferPointer(rebasing: input[..<count]))
                if count < input.count && !links[link].isEnding && links[link].fault == 0 { return }
            } else if count == 0 {
                return peerFinished(link)
            } else if count == -Int(Errno.wouldBlock) {
                if links[link].fault != 0 { lost(link, links[link].fault) }
                return
            } else if count != -Int(Errno.interrupted) {
                return lost(link, Int32(-count))
            }
        }
    }

    private mutating func deliver(_ link: Int, _ bytes: UnsafeMutableRawBufferPointer) {
        guard links[link].tls != nil else { return take(link, bytes) }
        let generation = links[link].generation
        links[link].tls?.receive(UnsafeRawBufferPointer(bytes))
        if links[link].state == .securing { handshake(link) }
        while links[link].generation == generation, links[link].state != .securing {
            guard let progress = links[link].tls?.read(into: plain) else { return }
            switch progress {
            case .bytes(let count): take(link, UnsafeMutableRawBufferPointer(rebasing: plain[..<count]))
            case .wantsMore: return flush(link)
            case .closed: return peerFinished(link)
            case .failed(let fault): return fail(link, .tls, code: fault.code)
            }
        }
    }

    mutating func handshake(_ link: Int) {
        switch links[link].tls?.handshake() {
        case .done:
            // What it begins with goes out together with the end of the handshake.
            begin(link, at: arrival)
            flush(link)
        case .failed(let fault):
            flush(link)
            fail(link, .tls, code: fault.code)
        case .wantsMore, nil: flush(link)
        }
    }

    /// Plain bytes of the peer.
    private mutating func take(_ link: Int, _ bytes: UnsafeMutableRawBufferPointer) {
        var rest = bytes
        switch (links[link].state, script.mode) {
        case (.upgrading, _): upgraded(link, &rest)
        case (.ready, .ws): frames(link, &rest, unasked: false)
        case (.ready, .http):
            links[link].hasHeard = true
            responses(link, &rest)
        case (.free, _), (.connecting, _), (.securing, _): break
        }
    }

    mutating func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) {
        if links[link].fault != 0 { return }
        if links[link].tls != nil {
            if let fault = links[link].tls?.write(bytes) { return fail(link, .tls, code: fault.code) }
            return flush(link)
        }
        guard links[link].unsent.isEmpty else { return links[link].unsent.append(contentsOf: bytes) }
        let sent = links[link].socket.send(bytes)
        if sent == bytes.count { return }
        if sent < 0 && sent != -Int(Errno.wouldBlock) { return broken(link, Int32(-sent)) }
        hold(link, UnsafeRawBufferPointer(rebasing: bytes[max(0, sent)...]))
        watch(link)
    }

    /// Keeps what the socket would not take. Its end must not wait for the peer to acknowledge its beginning.
    mutating func hold(_ link: Int, _ rest: UnsafeRawBufferPointer) {
        links[link].unsent = Array(rest)
        links[link].socket.setNoDelay()
    }

    /// Whether the socket takes no more: what a peer asks for without reading must not pile up here.
    func isBackedUp(_ link: Int) -> Bool {
        !links[link].unsent.isEmpty || (links[link].tls?.pendingCiphertext ?? 0) > 0
    }

    /// Sends what the socket did not take before.
    private mutating func flush(_ link: Int) {
        if links[link].fault != 0 || links[link].state == .free { return }
        let socket = links[link].socket
        var sent = 0
        if links[link].tls != nil {
            repeat { sent = links[link].tls?.drain { socket.send($0) } ?? 0 } while sent > 0
        } else if !links[link].unsent.isEmpty {
            sent = links[link].unsent.withUnsafeBytes { socket.send($0) }
            if sent > 0 { links[link].unsent.removeFirst(sent) }
            if !links[link].unsent.isEmpty && sent > 0 { sent = -Int(Errno.wouldBlock) }
        }
        if sent == -Int(Errno.wouldBlock) {
            watch(link)
        } else if sent < 0 {
            broken(link, Int32(-sent))
        }
    }

    /// Reports what the socket is ready for now once more, and when it takes bytes again. That can only fail for a
    /// descriptor that is not watched; the deadline then ends the session.
    private mutating func watch(_ link: Int) {
        try? reactor.modify(
            links[link].socket.descriptor, [.readable, .writable, .peerClosed, .edge], token: links[link].token(index: link))
    }

    /// Sending failed. What the peer said before it went still counts, a refusal for want of capacity is such a last
    /// word: so the connection is read to its end first, in a turn of its own, since the read buffer may be in use.
    private mutating func broken(_ link: Int, _ code: Int32) {
        links[link].fault = code
        links[link].unsent = []
        watch(link)
    }

    /// The connection is gone, and everything it brought has been read.
    private mutating func lost(_ link: Int, _ code: Int32) {
        let session = Int(links[link].session)
        guard session >= 0 else { return forget(link) }
        if mayLose(session) { return release(link, keep: false) }
        if resend(link) { return }
        let now = since()
        switch sessions[session].state {
        case .thinking, .gated: lose(session, code: code)
        case .closing: perform(sessions[session].peerClosed(code: nil, at: now), session)
        case .connecting: perform(sessions[session].fail(Self.kind(connecting: code), code: code, at: now), session)
        default: perform(sessions[session].fail(.closedMidSession, code: code, at: now), session)
        }
    }

    /// The peer sends nothing more.
    private mutating func peerFinished(_ link: Int) {
        let generation = links[link].generation
        let isUpgrading = links[link].state == .upgrading
        if isUpgrading || script.mode == .http, let message = links[link].http.finish() {
            if isUpgrading { return refuseUpgrade(link, .status(message.head.status)) }
            answered(link, message, isAlone: true)
        }
        guard links[link].generation == generation else { return }
        if links[link].fault != 0 { return lost(link, links[link].fault) }
        let session = Int(links[link].session)
        guard session >= 0 else { return forget(link) }
        if mayLose(session) { return release(link, keep: false) }
        if links[link].state == .securing { return fail(link, .tls) }
        if resend(link) { return }
        lose(session)
    }

    /// Whether a session does without its connection: over HTTP nothing is on it while the policy thinks or the others
    /// are waited for, and the next call opens another.
    private func mayLose(_ session: Int) -> Bool { script.mode == .http && sessions[session].isIdle }

    /// An idle connection of the pool was closed by the peer.
    mutating func forget(_ link: Int) {
        hangUp(link)
        guard pool.size != nil, let place = pool.idle.firstIndex(of: Int32(link)) else { return }
        pool.idle.remove(at: place)
        pool.free.append(Int32(link))
    }
}

extension TLSFault {
    /// What a session's failure keeps of it.
    fileprivate var code: Int32? { verifyCode == 0 ? nil : verifyCode }
}
