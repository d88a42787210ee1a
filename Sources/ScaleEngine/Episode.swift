import ScaleCore

/// The course of one session as a state machine: facts with their times in, what to do next out. It knows no socket
/// and reads no clock; all times are nanoseconds since the cell began.
struct Episode {
    private(set) var state = State.pending
    private(set) var stepsDone: Int32 = 0
    private(set) var failure: SessionFailure?
    private(set) var hash: SessionHash?
    private(set) var host: Int32 = -1
    private(set) var pid: Int32 = -1
    private(set) var waited = Nanoseconds.zero
    private(set) var reportsWait = false
    let intended: Nanoseconds
    private var start: Int64 = -1
    private var phaseStart: Int64 = 0
    private var queue: Int64 = -1
    private var connect: Int64 = -1
    private var reset: Int64 = -1
    private var think: Int64 = -1
    /// The think that is under way.
    private var thinkNow: Int64 = 0
    /// Steps of the episodes before the present one.
    private var earlierSteps: Int32 = 0
    private var isAtGate = false
    private var gateStart: Int64 = 0
    private var gated: Int64 = -1
    private var hasPassedGate = false
    private var hasDeparted = false
    /// The request that is out was sent before, on a connection that had been closed meanwhile.
    private var hasRetried = false
    /// What its first try took.
    private var firstTry: Int64 = 0
    /// The answer to a reset said that the episode is done.
    private(set) var isDoneAtReset = false
    private(set) var stepTime = Nanoseconds.zero
    private var resetAt: Int64 = -1
    private var lastStepAt: Int64 = -1
    private var endedAt: Int64 = -1
    private var hasParted = false

    init(intended: Nanoseconds) { self.intended = intended }

    var isPastReset: Bool { resetAt >= 0 }
    /// Open, and nothing is asked of the environment.
    var isIdle: Bool { state == .thinking || state == .gated }
    /// Past reset and not over.
    var isOpen: Bool { isPastReset && state != .over && !hasParted }
    var end: Nanoseconds { Nanoseconds(endedAt) }

    /// Since when the present phase runs.
    var phaseBegan: Nanoseconds { Nanoseconds(phaseStart) }

    /// What a failure now would be charged to.
    var phase: Phase {
        switch state {
        case .pending, .connecting: .connect
        case .queued: .queue
        case .resetting: .reset
        case .stepping, .thinking, .gated: .step
        case .closing, .over: .close
        }
    }

    mutating func begin(at now: Nanoseconds) {
        if start < 0 { start = now.rawValue }
    }

    /// No connection is free.
    mutating func enqueue(at now: Nanoseconds) {
        begin(at: now)
        state = .queued
        phaseStart = now.rawValue
    }

    private mutating func leaveQueue(at now: Nanoseconds) {
        if state == .queued { queue = max(queue, 0) + now.rawValue - phaseStart }
    }

    mutating func dial(at now: Nanoseconds) {
        begin(at: now)
        leaveQueue(at: now)
        state = .connecting
        phaseStart = now.rawValue
    }

    /// The connection it dialled is open: TLS and upgrade included.
    mutating func connected(at now: Nanoseconds) -> Action {
        guard state == .connecting else { return .none }
        connect = max(connect, 0) + now.rawValue - phaseStart
        state = isPastReset ? .stepping : .resetting
        return .request
    }

    /// It was given a connection that was open already.
    mutating func adopted(at now: Nanoseconds) -> Action {
        begin(at: now)
        leaveQueue(at: now)
        state = isPastReset ? .stepping : .resetting
        return .request
    }

    /// The request is on its way: the phase's clock starts here, less what a try before it took.
    mutating func sent(at now: Nanoseconds) {
        phaseStart = now.rawValue - firstTry
        firstTry = 0
    }

    /// The connection was closed before the first byte of an answer: whether the request may go out on another one. Once:
    /// a server that closes twice has refused it.
    mutating func retries(at now: Nanoseconds) -> Bool {
        guard state == .resetting || state == .stepping, !hasRetried else { return false }
        hasRetried = true
        firstTry = now.rawValue - phaseStart
        return true
    }

    /// How long nothing was asked of the environment; nil while something is.
    func idleTime(at now: Nanoseconds) -> Nanoseconds? {
        switch state {
        case .thinking: Nanoseconds(now.rawValue - phaseStart)
        case .gated: Nanoseconds(now.rawValue - gateStart)
        default: nil
        }
    }

    /// The environment answered the request with an observation.
    mutating func answered(_ seen: Observed, at now: Nanoseconds, script: Script) -> Action {
        var isDone = false
        hasRetried = false
        switch state {
        case .resetting:
            if let problem = note(seen, script: script, asked: .zero, step: 0) { return fail(problem, at: now) }
            earlierSteps = stepsDone
            if !isPastReset {
                reset = now.rawValue - phaseStart
                resetAt = now.rawValue
            }
            isDoneAtReset = seen.done && script.mode == .ws && !script.ignoresDone
            // Started over it would be done again, as often as the server answers.
            if isDoneAtReset { return leave(script, at: now) }
        case .stepping:
            let asked = seen.asked ?? script.wait
            let took = Nanoseconds(now.rawValue - phaseStart)
            if script.isBenchmark && took.seconds < Self.least * asked.seconds { return fail(.answeredTooSoon, at: now) }
            if let problem = note(seen, script: script, asked: asked, step: Int(stepsDone - earlierSteps) + 1) {
                return fail(problem, at: now)
            }
            stepTime += Nanoseconds(now.rawValue - phaseStart)
            stepsDone += 1
            lastStepAt = now.rawValue
            // Over HTTP every call is an environment of its own: there is no episode to be done.
            isDone = seen.done && script.mode == .ws && !script.ignoresDone
        case .pending, .queued, .connecting, .thinking, .gated, .closing:
            // Behind the goodbye it is a second one to the last step.
            return fail(.unaskedAnswer, at: now)
        case .over: return .none
        }
        guard stepsDone < script.steps, now < script.until, !isDone || script.startsOver else { return leave(script, at: now) }
        phaseStart = now.rawValue
        if isDone {
            state = .resetting
            return .request
        }
        if script.thinks {
            state = .thinking
            return .think
        }
        return goOn(script, at: now)
    }

    /// To the gate where there is one, or on to the next step.
    private mutating func goOn(_ script: Script, at now: Nanoseconds) -> Action {
        let isGated = script.gate == .everyStep || script.gate == .once && !hasPassedGate
        isAtGate = isGated
        gateStart = now.rawValue
        state = isGated ? .gated : .stepping
        return isGated ? .gate : .request
    }

    /// It has done what it was to do.
    private mutating func leave(_ script: Script, at now: Nanoseconds) -> Action {
        state = script.mode == .ws ? .closing : .over
        phaseStart = now.rawValue
        endedAt = now.rawValue
        return script.mode == .ws ? .close : .finish
    }

    /// The policy takes this long from the answer on.
    /// - Returns: when it has decided.
    mutating func think(for span: Nanoseconds) -> Nanoseconds {
        think = max(think, 0) + span.rawValue
        thinkNow = span.rawValue
        return phaseBegan + span
    }

    /// The policy has decided, or is out of time: what no step came of is no think time.
    mutating func thought(script: Script, at now: Nanoseconds) -> Action {
        guard state == .thinking else { return .none }
        if now < script.until { return goOn(script, at: now) }
        think -= thinkNow
        return leave(script, at: now)
    }

    /// The gate is open.
    mutating func released(at now: Nanoseconds) -> Action {
        guard state == .gated else { return .none }
        gated = max(gated, 0) + now.rawValue - gateStart
        hasPassedGate = true
        isAtGate = false
        state = .stepping
        return .request
    }

    /// Whether it waits, or waited when it failed, for a gate that has let through so many rounds.
    func isAtGate(openTo round: Int) -> Bool { isAtGate && stepsDone >= round }

    /// Takes it out of what the others wait for; true the first time.
    mutating func departs() -> Bool {
        defer { hasDeparted = true }
        return !hasDeparted
    }

    /// The share of a wait that must really have passed: timers and clocks of two processes may differ a little.
    static let least = 0.95

    /// A promise of the benchmark environment that an answer does not keep.
    private enum BrokenPromise {
        case isolation(IsolationBreak)
        /// It does not say what it must, or did not wait.
        case breach(ProtocolBreach)
    }

    /// Keeps what the answer says of the session, and names what breaks the benchmark environment's promises: it says
    /// that it waited at least ``least`` of what was asked, counts its steps by one and keeps its hash. Over HTTP every
    /// call is an environment of its own, so only the wait can be held against it.
    private mutating func note(
        _ seen: Observed, script: Script, asked: Nanoseconds, step: Int
    ) -> BrokenPromise? {
        if let reported = seen.waited {
            waited += reported
            reportsWait = true
        }
        if script.isBenchmark {
            if script.mode == .ws {
                guard let count = seen.stepCount else { return .breach(.noStepCount) }
                guard let new = seen.hash else { return .breach(.noSessionHash) }
                if new != hash ?? new { return .isolation(.hashChanged) }
                if count != step { return .isolation(.stepCountJumped) }
            }
            guard let reported = seen.waited else { return .breach(.noWaitedSeconds) }
            if reported.seconds < Self.least * asked.seconds { return .breach(.waitedTooLittle) }
        }
        if let new = seen.hash { hash = new }
        if let new = seen.pid { pid = new }
        if let new = seen.host { host = new }
        return nil
    }

    private mutating func fail(_ broken: BrokenPromise, at now: Nanoseconds) -> Action {
        switch broken {
        case .isolation(let how): fail(.protocolViolation, code: how.rawValue, at: now)
        case .breach(let what): fail(what, at: now)
        }
    }

    /// The peer has answered the goodbye: what is left of the connection is not the session's time any more.
    mutating func partedAt(_ now: Nanoseconds) {
        hasParted = true
        endedAt = now.rawValue
    }

    /// The peer finished, with a WebSocket close code if it sent one.
    mutating func peerClosed(code: Int32?, at now: Nanoseconds) -> Action {
        switch state {
        case .closing:
            state = .over
            if !hasParted { endedAt = now.rawValue }
            return .finish
        case .over, .pending, .queued: return .none
        case .connecting: return fail(.badHandshake, code: code, at: now)
        case .thinking, .gated: return fail(.closedIdle, code: code, at: now)
        case .resetting, .stepping:
            return fail(code == 1009 ? .messageTooLarge : .closedMidSession, code: code, at: now)
        }
    }

    mutating func fail(_ kind: FailureKind, code: Int32? = nil, at now: Nanoseconds) -> Action {
        if state == .over { return .none }
        begin(at: now)
        failure = SessionFailure(kind: kind, phase: phase, code: code, at: now)
        state = .over
        endedAt = now.rawValue
        return .finish
    }

    mutating func fail(_ breach: ProtocolBreach, at now: Nanoseconds) -> Action {
        fail(.protocolViolation, code: breach.rawValue, at: now)
    }

    /// The value that leaves the loop.
    func record(session: Int) -> SessionRecord {
        func span(_ value: Int64) -> Nanoseconds? { value < 0 ? nil : Nanoseconds(value) }
        var record = SessionRecord(session: session, intendedStart: intended)
        record.start = span(start)
        record.queue = span(queue)
        record.connect = span(connect)
        record.reset = span(reset)
        record.steps = stepsDone > 0 ? stepTime : nil
        record.resetAt = span(resetAt)
        record.lastStepAt = span(lastStepAt)
        record.endedAt = span(endedAt)
        let workEnded = lastStepAt < 0 && isDoneAtReset ? resetAt : lastStepAt
        record.total = failure == nil && workEnded >= 0 && state == .over ? Nanoseconds(workEnded - start) : nil
        record.waited = reportsWait ? waited : nil
        record.think = span(think)
        record.gated = span(gated)
        record.stepsDone = stepsDone
        record.failure = failure
        record.host = host < 0 ? nil : host
        record.pid = pid < 0 ? nil : pid
        record.hash = hash
        return record
    }
}
