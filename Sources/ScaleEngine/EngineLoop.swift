import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTLS
import ScaleWire

/// One loop's share of a cell: its sessions and connections in flat storage, one epoll instance, one read buffer.
///
/// It is made, run and torn down on one thread. Nothing is allocated per message; decisions are ``Episode``'s, this
/// only carries them out.
struct EngineLoop: ~Copyable {
    let spec: LoadSpec
    /// Changes once at most: when the time of held sessions is known.
    var script: Script
    /// Which loop of ``LoadSpec/threads`` this is: it has the sessions `index`, `index + threads`, …
    let index: Int
    let board: ProgressBoard
    var reactor: Reactor
    var requests: RequestFactory
    var recorder = LoopRecorder()
    let sessions: UnsafeMutablePointer<Episode>
    let sessionCount: Int
    /// When the present phase of each session must be over, since the cell began.
    let deadlines: UnsafeMutablePointer<Nanoseconds>
    /// The connection each session holds, -1 for none.
    let linkOf: UnsafeMutablePointer<Int32>
    private(set) var links: UnsafeMutablePointer<Link>
    private(set) var linkCount: Int
    var pool: LinkPool
    let input: UnsafeMutableRawBufferPointer
    let plain: UnsafeMutableRawBufferPointer
    /// The release of the cell: what all times count from.
    var origin = MonotonicTime(nanoseconds: 0)
    /// Sessions whose policy thinks, by when it will have decided.
    var thinking: TimerHeap
    let thoughts: DrawnSpans?
    let waits: DrawnSpans?
    /// Of the trace, looked at once a message: whether there is one, and whether its times are followed.
    let isTraced: Bool
    let isTimed: Bool
    var gate: Gate
    /// The sessions in the order of their starts; empty where that is the order of their numbers.
    private let openings: [Int32]
    var nextToOpen = 0
    var live = 0
    var ended = Nanoseconds.zero
    private var nextHousekeeping = Nanoseconds.zero
    private var nextSample = Nanoseconds.zero
    private var cpuAtRelease = Nanoseconds.zero
    private var starvedAtRelease: Nanoseconds?
    private let housekeeping: Nanoseconds

    init(spec: LoadSpec, schedule: StartSchedule, index: Int, board: ProgressBoard) throws(SystemFault) {
        reactor = try Reactor()
        self.spec = spec
        self.index = index
        self.board = board
        script = spec.script
        requests = RequestFactory(
            targets: spec.targets, action: spec.action, trace: spec.trace,
            seed: spec.seed &+ UInt64(index) &* 0x9E37_79B9)
        sessionCount = LoadSpec.share(of: spec.key.sessions, loop: index, of: spec.threads)
        sessions = .allocate(capacity: sessionCount)
        deadlines = .allocate(capacity: sessionCount)
        linkOf = .allocate(capacity: sessionCount)
        for local in 0..<sessionCount {
            let intended = schedule[local * spec.threads + index]
            (sessions + local).initialize(to: Episode(intended: intended))
        }
        thoughts = spec.think.map { DrawnSpans($0, for: .think, seed: spec.seed) }
        waits = spec.drawnWaits
        isTraced = spec.trace != nil
        isTimed = spec.trace?.timing == .original
        thinking = TimerHeap(capacity: script.thinks ? sessionCount : 1)
        gate = Gate(sessions: script.gate == .none ? 0 : sessionCount)
        openings = schedule.isGiven ? Self.openings(spec, index, sessionCount, schedule) : []
        deadlines.initialize(repeating: Nanoseconds(.max), count: sessionCount)
        linkOf.initialize(repeating: -1, count: sessionCount)
        pool = LinkPool(spec: spec, loop: index, sessions: sessionCount)
        linkCount = pool.size ?? sessionCount
        links = .allocate(capacity: linkCount)
        for local in 0..<linkCount {
            let target = Int32((local * spec.threads + index) % spec.targets.count)
            (links + local).initialize(to: Link(target: target))
        }
        input = .allocate(byteCount: Limits.readBuffer, alignment: 64)
        plain = .allocate(byteCount: spec.tls == nil ? 1 : Limits.readBuffer, alignment: 64)
        let timeouts = [spec.timeouts.connect, spec.timeouts.reset, spec.timeouts.step, spec.timeouts.close]
        let shortest = timeouts.min() ?? Limits.housekeeping
        housekeeping = min(Limits.housekeeping, max(.milliseconds(1), Nanoseconds(shortest.rawValue / 20)))
    }

    private static func openings(_ spec: LoadSpec, _ index: Int, _ count: Int, _ schedule: StartSchedule) -> [Int32] {
        (0..<Int32(count)).sorted { a, b in
            let (first, second) = (schedule[Int(a) * spec.threads + index], schedule[Int(b) * spec.threads + index])
            return first == second ? a < b : first < second
        }
    }

    /// The session that starts as the one of this place, from 0.
    private func opening(_ place: Int) -> Int { openings.isEmpty ? place : Int(openings[place]) }

    deinit {
        Self.free(links, linkCount)
        sessions.deallocate()
        deadlines.deallocate()
        linkOf.deallocate()
        input.deallocate()
        plain.deallocate()
    }

    /// Runs until every session is over or someone asked to stop.
    consuming func run() throws(SystemFault) -> LoopResult {
        if gate.parties > 0 { board.joinGate() }
        origin = board.awaitRelease(now: MonotonicClock.now)
        cpuAtRelease = HostClock.threadCPU()
        starvedAtRelease = HostClock.threadStarved()
        var aborted = false
        while nextToOpen < sessionCount || live > 0 {
            openDue()
            resumeDue()
            passGate()
            let now = MonotonicClock.now()
            if now - origin >= nextHousekeeping {
                keepHouse(at: now - origin)
                aborted = board.isStopRequested
                if aborted { break }
                if board.isEndRequested { terminate(at: now - origin) }
            }
            let count = try reactor.wait(until: wakeTime())
            recorder.heart.beat(at: arrival)
            for event in 0..<count { handle(reactor.event(event)) }
        }
        recorder.heart.beat(at: since())
        nextSample = .zero
        keepHouse(at: since())
        return result(aborted: aborted)
    }

    /// Now, since the cell began.
    func since() -> Nanoseconds { MonotonicClock.now() - origin }

    /// When the events in hand arrived, since the cell began: what the loop does with one event is not charged to
    /// the next.
    var arrival: Nanoseconds { reactor.now - origin }

    private func wakeTime() -> MonotonicTime {
        if gate.isPassing { return reactor.now }
        let chores = min(nextHousekeeping, recorder.heart.next)
        var own = nextToOpen < sessionCount ? min(sessions[opening(nextToOpen)].intended, chores) : chores
        // Only where other loops have sessions on their way: alone, this one has opened the gate.
        if gate.isFull { own = min(own, since() + Limits.gateWatch) }
        return min(origin + own, thinking.next)
    }

    /// Sends the steps whose policy has decided.
    private mutating func resumeDue() {
        var resumed = 0
        while !thinking.isEmpty, resumed < Limits.thoughtsPerTurn, let token = thinking.pop(dueAt: MonotonicClock.now()) {
            // Of a session that failed meanwhile the episode wants nothing more.
            perform(sessions[Int(token)].thought(script: script, at: since()), Int(token))
            resumed += 1
        }
    }

    private mutating func openDue() {
        var opened = 0
        while nextToOpen < sessionCount, opened < Limits.opensPerTurn {
            let now = since()
            let session = opening(nextToOpen)
            if sessions[session].intended > now { return }
            nextToOpen += 1
            opened += 1
            live += 1
            open(session, at: now)
        }
    }

    /// Fails what is overdue, and leaves the counts for whoever watches.
    private mutating func keepHouse(at now: Nanoseconds) {
        nextHousekeeping = now + housekeeping
        var connecting = 0
        var resetting = 0
        var stepping = 0
        var open = 0
        var thinking = 0
        for place in 0..<nextToOpen {
            let session = opening(place)
            if deadlines[session] <= now { overdue(session, at: now) }
            if sessions[session].isOpen { open += 1 }
            switch sessions[session].state {
            case .queued, .connecting: connecting += 1
            case .resetting: resetting += 1
            case .stepping: stepping += 1
            case .thinking, .gated: thinking += 1
            case .pending, .closing, .over: break
            }
        }
        board.publish(
            loop: index, started: nextToOpen, connecting: connecting, resetting: resetting, stepping: stepping,
            thinking: thinking, succeeded: recorder.succeeded, failed: recorder.failed)
        if now >= nextSample {
            nextSample = now + Limits.sampling
            recorder.sample(at: now, open: open, started: nextToOpen, cpu: HostClock.threadCPU() - cpuAtRelease)
        }
    }

    /// The servers are gone: what is not over fails, and what has not begun never does.
    private mutating func terminate(at now: Nanoseconds) {
        live += sessionCount - nextToOpen
        nextToOpen = sessionCount
        for session in 0..<sessionCount { perform(sessions[session].fail(.providerTerminated, at: now), session) }
    }

    private mutating func overdue(_ session: Int, at now: Nanoseconds) {
        let link = linkOf[session]
        if sessions[session].state == .closing, link >= 0, links[Int(link)].closeSeen {
            perform(sessions[session].peerClosed(code: nil, at: now), session)
        } else {
            perform(sessions[session].fail(.timeout, at: now), session)
        }
    }

    private static func free(_ links: UnsafeMutablePointer<Link>, _ count: Int) {
        for local in 0..<count where links[local].socket.isOpen { links[local].socket.close() }
        links.deinitialize(count: count)
        links.deallocate()
    }

    private consuming func result(aborted: Bool) -> LoopResult {
        // The records take the room of the connections, not more beside it.
        Self.free(links, linkCount)
        links = .allocate(capacity: 0)
        linkCount = 0
        var records: [SessionRecord] = []
        records.reserveCapacity(sessionCount)
        for local in 0..<sessionCount { records.append(sessions[local].record(session: local * spec.threads + index)) }
        return LoopResult(
            sessions: records, steps: recorder.steps, lags: recorder.heart.lags, stepsInWindow: recorder.stepsInWindow,
            stepTime: recorder.stepTime, window: recorder.window, rounds: recorder.rounds, lateSteps: recorder.lateSteps,
            samples: recorder.samples, hosts: recorder.hosts.map { String(decoding: $0, as: UTF8.self) },
            reportedCap: recorder.reportedCap, reportedActive: recorder.reportedActive, texts: recorder.texts,
            oddities: recorder.oddities,
            cpu: HostClock.threadCPU() - cpuAtRelease,
            starved: starvedAtRelease.flatMap { before in HostClock.threadStarved().map { $0 - before } },
            peakSockets: recorder.peakSockets, ended: ended, aborted: aborted)
    }
}
