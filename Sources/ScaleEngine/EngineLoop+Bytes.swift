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
        if links[link].state == .connecting {
            let code = links[link].socket.takeError()
            if code < 0 { return refuse(link, -code) }
            guard event.readiness.contains(.writable) else { return }
            established(link, at: arrival)
        } else if event.readiness.contains(.writable) {
            flush(link)
        }
        if !event.readiness.isDisjoint(with: [.readable, .peerClosed, .hangup, .error]) {
            drain(link, generation, untilEnd: !event.readiness.isDisjoint(with: [.peerClosed, .hangup, .error]))
        }
    }

    /// Reads until there is nothing left. A short read says so by itself, unless the peer has finished too: its end
    /// then stands behind the data and would not be announced again.
    private mutating func drain(_ link: Int, _ generation: UInt32, untilEnd: Bool) {
        while links[link].generation == generation {
            let count = links[link].socket.receive(into: input)
            if count > 0 {
                deliver(link, UnsafeMutableRawBufferPointer(rebasing: input[..<count]))
                if count < input.count && !untilEnd { return }
            } else if count == 0 {
                return peerFinished(link)
            } else if count == -Int(Errno.wouldBlock) {
                return
            } else if count != -Int(Errno.interrupted) {
                return broken(link, Int32(-count))
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
            case .failed(let fault): return fail(link, .tls, code: fault.verifyCode)
            }
        }
    }

    mutating func handshake(_ link: Int) {
        switch links[link].tls?.handshake() {
        case .done:
            flush(link)
            begin(link, at: arrival)
        case .failed(let fault):
            flush(link)
            fail(link, .tls, code: fault.verifyCode)
        case .wantsMore, nil: flush(link)
        }
    }

    /// Plain bytes of the peer.
    private mutating func take(_ link: Int, _ bytes: UnsafeMutableRawBufferPointer) {
        var rest = bytes
        switch (links[link].state, script.mode) {
        case (.upgrading, _): upgraded(link, &rest)
        case (.ready, .ws), (.dead, .ws): frames(link, &rest)
        case (.ready, .http), (.dead, .http): responses(link, &rest)
        case (.free, _), (.connecting, _), (.securing, _): break
        }
    }

    mutating func send(_ link: Int, _ bytes: UnsafeRawBufferPointer) {
        if links[link].state == .dead { return }
        if links[link].tls != nil {
            if let fault = links[link].tls?.write(bytes) { return fail(link, .tls, code: fault.verifyCode) }
            return flush(link)
        }
        guard links[link].unsent.isEmpty else { return links[link].unsent.append(contentsOf: bytes) }
        let sent = links[link].socket.send(bytes)
        if sent == bytes.count { return }
        if sent < 0 && sent != -Int(Errno.wouldBlock) { return broken(link, Int32(-sent)) }
        links[link].unsent = Array(bytes[max(0, sent)...])
        watchWritable(link)
    }

    /// Sends what the socket did not take before.
    private mutating func flush(_ link: Int) {
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
            watchWritable(link)
        } else if sent < 0 {
            broken(link, Int32(-sent))
        }
    }

    private mutating func watchWritable(_ link: Int) {
        do {
            try reactor.modify(
                links[link].socket.descriptor, [.readable, .writable, .peerClosed, .edge], token: links[link].token(index: link))
        } catch {
            fail(link, .internal, code: error.code)
        }
    }

    /// The connection is gone. What the peer said before it went still counts: a refusal for want of capacity is
    /// such a last word.
    private mutating func broken(_ link: Int, _ code: Int32) {
        let generation = links[link].generation
        if links[link].state == .dead || links[link].state == .connecting || links[link].tls != nil {
            return lost(link, code)
        }
        let wasUpgrading = links[link].state == .upgrading
        if !wasUpgrading {
            links[link].state = .dead
            drain(link, generation, untilEnd: true)
        }
        if links[link].generation == generation { lost(link, code) }
    }

    private mutating func lost(_ link: Int, _ code: Int32) {
        let session = Int(links[link].session)
        guard session >= 0 else { return forget(link) }
        let now = since()
        switch sessions[session].state {
        case .closing: perform(sessions[session].peerClosed(code: nil, at: now), session)
        case .connecting: perform(sessions[session].fail(Self.kind(connecting: code), code: code, at: now), session)
        default: perform(sessions[session].fail(.closedMidSession, code: code, at: now), session)
        }
    }

    /// The peer sends nothing more.
    private mutating func peerFinished(_ link: Int) {
        let generation = links[link].generation
        if script.mode == .http, let message = links[link].http.finish() { answered(link, message) }
        guard links[link].generation == generation else { return }
        let session = Int(links[link].session)
        guard session >= 0 else { return forget(link) }
        perform(sessions[session].peerClosed(code: nil, at: arrival), session)
    }

    /// An idle connection of the pool was closed by the peer.
    mutating func forget(_ link: Int) {
        hangUp(link)
        guard pool.size != nil, let place = pool.idle.firstIndex(of: Int32(link)) else { return }
        pool.idle.remove(at: place)
        pool.free.append(Int32(link))
    }
}
