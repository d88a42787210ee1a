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
    let script: Script
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
    var nextToOpen = 0
    var live = 0
    var ended = Nanoseconds.zero
    private var nextHousekeeping = Nanoseconds.zero
    private var nextSample = Nanoseconds.zero
    private var cpuAtRelease = Nanoseconds.zero
    private let housekeeping: Nanoseconds

    init(spec: LoadSpec, schedule: StartSchedule, index: Int, board: ProgressBoard) throws(SystemFault) {
        reactor = try Reactor()
        self.spec = spec
        self.index = index
        self.board = board
        script = Script(
            mode: spec.key.mode, steps: Int32(spec.key.steps), wait: spec.key.wait, isBenchmark: spec.action.isBenchmark,
            thinks: spec.think != nil, ignoresDone: spec.ignoresDone)
        requests = RequestFactory(
            targets: spec.targets, action: spec.action, seed: spec.seed &+ UInt64(index) &* 0x9E37_79B9)
        sessionCount = (spec.key.sessions - index + spec.threads - 1) / spec.threads
        sessions = .allocate(capacity: sessionCount)
        deadlines = .allocate(capacity: sessionCount)
        linkOf = .allocate(capacity: sessionCount)
        for local in 0..<sessionCount {
            let intended = schedule[local * spec.threads + index]
            (sessions + local).initialize(to: Episode(intended: intended))
        }
        thoughts = spec.think.map { DrawnSpans($0, for: .think, seed: spec.seed) }
        waits = spec.drawnWaits
        thinking = TimerHeap(capacity: spec.think == nil ? 1 : sessionCount)
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
        origin = board.awaitRelease(now: MonotonicClock.now)
        cpuAtRelease = HostClock.threadCPU()
        var aborted = false
        var woke = origin
        while nextToOpen < sessionCount || live > 0 {
            openDue()
            resumeDue()
            let now = MonotonicClock.now()
            if now - origin >= nextHousekeeping {
                keepHouse(at: now - origin)
                aborted = board.isStopRequested
                if aborted { break }
            }
            // A turn is all the time away from the sockets: what was ready, what was due to open, and the house.
            recorder.turn(MonotonicClock.now() - woke)
            let count = try reactor.wait(until: wakeTime())
            woke = reactor.now
            for event in 0..<count { handle(reactor.event(event)) }
        }
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
        let own = nextToOpen < sessionCount ? min(sessions[nextToOpen].intended, nextHousekeeping) : nextHousekeeping
        return min(origin + own, thinking.next)
    }

    /// Sends the steps whose policy has decided.
    private mutating func resumeDue() {
        var resumed = 0
        while !thinking.isEmpty, resumed < Limits.thoughtsPerTurn, let token = thinking.pop(dueAt: MonotonicClock.now()) {
            // Of a session that failed meanwhile the episode wants nothing more.
            perform(sessions[Int(token)].thought(), Int(token))
            resumed += 1
        }
    }

    private mutating func openDue() {
        var opened = 0
        while nextToOpen < sessionCount, opened < Limits.opensPerTurn {
            let now = since()
            if sessions[nextToOpen].intended > now { return }
            let session = nextToOpen
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
        for session in 0..<nextToOpen {
            if deadlines[session] <= now { overdue(session, at: now) }
            if sessions[session].isOpen { open += 1 }
            switch sessions[session].state {
            case .queued, .connecting: connecting += 1
            case .resetting: resetting += 1
            case .stepping: stepping += 1
            case .thinking: thinking += 1
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
            sessions: records, steps: recorder.steps, turns: recorder.turns, stepsSucceeded: recorder.stepsSucceeded,
            stepTime: recorder.stepTime, window: recorder.stepsSucceeded > 0 ? recorder.firstStep...recorder.lastStep : nil,
            samples: recorder.samples, hosts: recorder.hosts.map { String(decoding: $0, as: UTF8.self) },
            reportedCap: recorder.reportedCap, firstMessage: recorder.firstMessage,
            cpu: HostClock.threadCPU() - cpuAtRelease, ended: ended, aborted: aborted)
    }
}

/// Connections that belong to no session: those of an HTTP pool, and the sessions that wait for one.
struct LinkPool {
    /// How many connections the loop may hold; nil when each session has its own.
    let size: Int?
    /// Open and unused.
    var idle: [Int32] = []
    /// Without a socket.
    var free: [Int32] = []
    var isServing = false
    private var waiting: [Int32] = []
    private var firstWaiting = 0

    init(spec: LoadSpec, loop: Int, sessions: Int) {
        guard spec.key.mode == .http, case .pool(let total) = spec.httpConnections else {
            size = nil
            return
        }
        let share = max(1, (total - loop + spec.threads - 1) / spec.threads)
        size = share
        idle.reserveCapacity(share)
        free = (0..<Int32(share)).reversed()
        waiting.reserveCapacity(sessions)
    }

    mutating func wait(_ session: Int) { waiting.append(Int32(session)) }

    /// Who has waited longest.
    mutating func nextWaiting() -> Int? {
        guard firstWaiting < waiting.count else { return nil }
        defer {
            firstWaiting += 1
            if firstWaiting == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                firstWaiting = 0
            }
        }
        return Int(waiting[firstWaiting])
    }
}
