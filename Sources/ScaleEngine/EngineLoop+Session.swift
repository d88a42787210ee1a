import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleWire

/// What a session decides is done here, and what the environment says is brought to it.
extension EngineLoop {
    mutating func perform(_ action: Episode.Action, _ session: Int) {
        switch action {
        case .none: break
        case .request: request(session)
        case .think: think(session)
        case .gate: arrive(session)
        case .close: sayGoodbye(session)
        case .finish: finish(session)
        }
    }

    private mutating func request(_ session: Int) {
        let link = Int(linkOf[session])
        let now = since()
        guard link >= 0 else { return acquire(session, at: now) }
        let resetting = sessions[session].state == .resetting
        deadlines[session] = now + (resetting ? spec.timeouts.reset : spec.timeouts.step)
        sessions[session].sent(at: now)
        let step = Int(sessions[session].stepsDone) + 1
        let number = number(of: session)
        if !resetting, let due = recordedTime(session, step: step), now - due > CellRecord.lateStart { recorder.lateSteps += 1 }
        let wait = waits?[session: number, step: step] ?? script.wait
        let target = Int(links[link].target)
        links[link].hasHeard = false
        // Bytes of a factory are valid until its next call, and sending may make one: so they go out first of all.
        switch (script.mode, resetting) {
        case (.ws, true): send(link, requests.resetFrame(session: number))
        case (.ws, false): send(link, requests.stepFrame(step: step, session: number, wait: wait))
        case (.http, true): send(link, requests.reset(target, session: number))
        case (.http, false): send(link, requests.step(target, step: step, session: number, wait: wait))
        }
    }

    /// A session's number in the cell.
    private func number(of session: Int) -> Int { session * spec.threads + index }

    /// When the trace has a step sent, since the cell began; nil where it does not say.
    private func recordedTime(_ session: Int, step: Int) -> Nanoseconds? {
        guard isTimed, let trace = spec.trace else { return nil }
        return sessions[session].intended + trace.time(session: number(of: session), step: step)
    }

    /// What a session is to do.
    private func script(of session: Int) -> Script {
        guard isTraced, let trace = spec.trace else { return script }
        var own = script
        own.steps = min(script.steps, trace.steps(of: number(of: session)))
        return own
    }

    /// No deadline runs while the policy thinks: the server owes nothing.
    private mutating func think(_ session: Int) {
        deadlines[session] = Nanoseconds(.max)
        let step = Int(sessions[session].stepsDone) + 1
        // A recorded step that is due already goes out at once.
        let recorded = recordedTime(session, step: step).map { max(.zero, $0 - sessions[session].phaseBegan) }
        let span = recorded ?? thoughts?[session: number(of: session), step: step] ?? .zero
        let due = min(sessions[session].think(for: span), script.until)
        thinking.push(UInt64(session), at: origin + due)
    }

    private mutating func sayGoodbye(_ session: Int) {
        if sessions[session].isDoneAtReset { recorder.note(.doneAtReset) }
        deadlines[session] = since() + spec.timeouts.close
        depart(session)
        send(Int(linkOf[session]), requests.closeFrame())
    }

    private mutating func finish(_ session: Int) {
        deadlines[session] = Nanoseconds(.max)
        depart(session)
        if let failure = sessions[session].failure {
            recorder.failed += 1
            // Who says goodbye has left the batch before.
            if failure.phase != .close { recorder.lost(round: Int(sessions[session].stepsDone) + 1, at: failure.at) }
        } else {
            recorder.succeeded += 1
        }
        live -= 1
        ended = max(ended, sessions[session].end)
        let link = Int(linkOf[session])
        if link >= 0 { release(link, keep: false) }
    }

    /// The answer to the request to upgrade.
    mutating func upgraded(_ link: Int, _ bytes: inout UnsafeMutableRawBufferPointer) {
        let session = Int(links[link].session)
        switch links[link].http.next(&bytes) {
        case .needsMore: return
        case .upgrade(let head):
            if let refusal = WebSocketHandshake.check(head, nonce: links[link].nonce) {
                return refuseUpgrade(link, refusal)
            }
            if isLate(session, arrival) { return fail(link, .timeout) }
            links[link].state = .ready
            let generation = links[link].generation
            perform(sessions[session].connected(at: arrival), session)
            if links[link].generation == generation { frames(link, &bytes, unasked: true) }
        case .message(let message): refuseUpgrade(link, .status(message.head.status), body: message.body)
        case .violation(let violation): fail(link, .badHandshake, ProtocolBreach(violation))
        }
    }

    mutating func refuseUpgrade(_ link: Int, _ refusal: WebSocketHandshake.Refusal, body: UnsafeRawBufferPointer? = nil) {
        guard case .status(let status) = refusal else {
            return fail(link, .badHandshake, code: ProtocolBreach(refusal)?.rawValue)
        }
        fail(link, Self.isGateway(status) ? .gateway : .httpStatus, code: Int32(clamping: status), words: body)
    }

    /// What a proxy answers for a server that is not there.
    private static func isGateway(_ status: Int) -> Bool { (502...504).contains(status) || status == 524 }

    /// - Parameter unasked: these bytes came before the request that is out was sent.
    mutating func frames(_ link: Int, _ bytes: inout UnsafeMutableRawBufferPointer, unasked: Bool) {
        let generation = links[link].generation
        var unasked = unasked
        while links[link].generation == generation {
            let session = Int(links[link].session)
            switch links[link].webSocket.next(&bytes) {
            case .needsMore: return
            case .message(let opcode, let message):
                guard let action = take(message, opcode, session, unasked: unasked) else { break }
                perform(action, session)
                unasked = true
            case .ping(let payload):
                if isBackedUp(link) { break }
                // The next step must not wait until the peer has acknowledged the pong.
                links[link].socket.setNoDelay()
                send(link, requests.control(.pong, payload))
            case .pong: break
            case .close(let code, let reason): peerClosed(link, session, code: code, reason: reason)
            case .violation(let violation):
                guard let breach = ProtocolBreach(violation) else {
                    return fail(link, .messageTooLarge, code: Int32(violation.replyCode))
                }
                fail(link, .protocolViolation, breach)
            }
        }
    }

    private mutating func peerClosed(_ link: Int, _ session: Int, code: UInt16?, reason: UnsafeRawBufferPointer) {
        guard sessions[session].state == .closing else {
            return lose(session, code: code.map(Int32.init), reason: reason)
        }
        // The closing handshake: answer, and leave the first FIN to the server, which so keeps the TIME_WAIT.
        if links[link].closeSeen { return }
        links[link].closeSeen = true
        sessions[session].partedAt(arrival)
        deadlines[session] = min(deadlines[session], since() + Limits.lastFIN)
        let echo: [UInt8] = [UInt8(1000 >> 8), UInt8(1000 & 255)]
        send(link, echo.withUnsafeBytes { requests.control(.close, $0) })
    }

    /// In tenths of a second, so that ends of one cause read alike.
    private static func closedIdle(_ idle: Nanoseconds) -> String {
        let tenths = (idle.rawValue + 50_000_000) / 100_000_000
        return "closed while idle after \(tenths / 10).\(tenths % 10) s"
    }

    /// The server has closed the connection of a session that is not at its end.
    /// - Parameter code: of its close frame, or the `errno`.
    mutating func lose(_ session: Int, code: Int32? = nil, reason: UnsafeRawBufferPointer? = nil) {
        let idle = sessions[session].idleTime(at: arrival)
        let action = sessions[session].peerClosed(code: code, at: arrival)
        if let failure = sessions[session].failure {
            let said = reason.flatMap(OpenEnvComplaint.sentence)
            let told = [idle.map(Self.closedIdle), said].compactMap(\.self)
            if !told.isEmpty { recorder.said(told.joined(separator: ": "), to: failure) }
        }
        perform(action, session)
    }

    mutating func responses(_ link: Int, _ bytes: inout UnsafeMutableRawBufferPointer) {
        let generation = links[link].generation
        while links[link].generation == generation {
            switch links[link].http.next(&bytes) {
            case .needsMore: return
            case .message(let message): answered(link, message, isAlone: bytes.isEmpty)
            case .upgrade: fail(link, .protocolViolation, .unaskedUpgrade)
            case .violation(.bodyTooLarge): fail(link, .messageTooLarge)
            case .violation(let violation): fail(link, .protocolViolation, ProtocolBreach(violation))
            }
        }
    }

    /// A whole HTTP response. The connection is let go before the session goes on, so that the next call of this or
    /// another session finds it free.
    /// - Parameter isAlone: nothing came behind it. What did was not asked for, and must not be taken for the answer
    ///   to the next request (RFC 9112 section 9.2).
    mutating func answered(_ link: Int, _ message: HTTPMessage, isAlone: Bool) {
        let session = Int(links[link].session)
        // A second answer to one request breaks the connection, whoever holds it.
        guard session >= 0 else { return forget(link) }
        let status = message.head.status
        if sessions[session].isIdle {
            // A server that gives up an idle connection may say so (RFC 9110 section 15.5.9).
            return status == 408 ? release(link, keep: false) : fail(link, .protocolViolation, .unaskedResponse)
        }
        if status != 200 {
            // Said of the time before the request, which crossed it.
            links[link].hasHeard = status != 408
            if resend(link) { return }
            return fail(link, Self.kind(status: status), code: Int32(clamping: status), words: message.body)
        }
        let action = take(message.body, session)
        let mayStay = isAlone && !links[link].isEnding && sessions[session].failure == nil
        links[link].hasServed = true
        let keep = message.keepAlive && mayStay && spec.httpConnections != .perRequest
        if !keep || pool.size != nil { release(link, keep: keep) }
        perform(action, session)
    }

    private static func kind(status: Int) -> FailureKind {
        switch status {
        case 422: .validation
        case 500: .execution
        case _ where isGateway(status): .gateway
        default: .httpStatus
        }
    }

    mutating func judge(
        _ answer: OpenEnvAnswer, _ session: Int, at arrival: Nanoseconds, unasked: Bool
    ) -> Episode.Action {
        let began = sessions[session].phaseBegan
        // What is read late in a turn may answer what was sent earlier in it.
        let now = max(arrival, began)
        if isLate(session, now) { return sessions[session].fail(.timeout, at: now) }
        switch answer {
        case .observation(let observation):
            if unasked && sessions[session].state != .closing { return sessions[session].fail(.unaskedAnswer, at: now) }
            let before = sessions[session].stepsDone
            let action = sessions[session].answered(observed(observation, session), at: now, script: script(of: session))
            if sessions[session].stepsDone > before { recorder.step(from: began, to: now, round: Int(before) + 1) }
            return action
        case .failedCall:
            let isAsked = !unasked && (sessions[session].state == .resetting || sessions[session].state == .stepping)
            return isAsked ? sessions[session].fail(.execution, at: now) : sessions[session].fail(.unaskedAnswer, at: now)
        case .error(let code, _, let active, let cap):
            if sessions[session].state == .closing { return .none }
            if code == .capacityReached { recorder.refused(by: cap, active: active) }
            return sessions[session].fail(Self.kind(code), at: now)
        case .state, .other: return sessions[session].state == .closing ? .none : sessions[session].fail(.wrongType, at: now)
        case .malformed(let flaw):
            return sessions[session].state == .closing ? .none : sessions[session].fail(ProtocolBreach(flaw), at: now)
        }
    }

    private mutating func observed(_ seen: OpenEnvObservation, _ session: Int) -> Observed {
        var observed = Observed()
        if let waited = seen.waitedSeconds { observed.waited = .seconds(waited) }
        observed.stepCount = seen.stepCount
        observed.done = seen.done
        if let waits, sessions[session].state == .stepping {
            observed.asked = waits[session: number(of: session), step: Int(sessions[session].stepsDone) + 1]
        }
        if let pid = seen.pid { observed.pid = Int32(truncatingIfNeeded: pid) }
        if let hash = seen.sessionHash { observed.hash = SessionHash(hash) }
        if let host = seen.hostURL, !host.isEmpty { observed.host = recorder.host(host, hint: sessions[session].host) }
        return observed
    }

    /// Deadlines are looked at from time to time; an answer in between must not slip through.
    func isLate(_ session: Int, _ now: Nanoseconds) -> Bool {
        now > deadlines[session] && sessions[session].state != .closing
    }

    private static func kind(_ code: OpenEnvErrorCode) -> FailureKind {
        switch code {
        case .capacityReached: .capacityReached
        case .invalidJSON, .unknownType, .validation: .validation
        case .factory: .factory
        case .session: .session
        case .execution, .other: .execution
        }
    }
}
