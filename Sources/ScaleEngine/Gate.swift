import ScaleCore
import ScaleReactor

/// One loop's sessions at the gate of the cell: those that wait in the order they came, and how many of the loop's
/// sessions the others still wait for. It holds a place for each session of the loop and never allocates again.
///
/// The gate of the whole cell stands on the ``ProgressBoard``; its parties are the loops, and each comes to it once a
/// round, when all of its own sessions are here.
struct Gate: ~Copyable {
    private let places: UnsafeMutablePointer<Int32>
    private let capacity: Int
    /// Counts of all that ever came, were let through, and left their place: a ring over ``places``.
    private var came = 0
    private var mayPass = 0
    private var passed = 0
    /// Sessions of this loop that are still in the batch.
    private(set) var parties: Int
    /// Of these, how many wait at the closed gate.
    private(set) var waiting = 0
    /// The round that was let through last, from 1.
    private(set) var round = 0
    /// Whether the board knows that all are here.
    var hasArrived = false

    /// - Parameter sessions: how many of this loop pass the gate; 0 where there is none.
    init(sessions: Int) {
        parties = sessions
        capacity = max(1, sessions)
        places = .allocate(capacity: capacity)
    }

    deinit { places.deallocate() }

    /// All of the loop's sessions that are still in the batch are here.
    var isFull: Bool { waiting > 0 && waiting == parties }

    /// Some were let through and have not gone on yet.
    var isPassing: Bool { passed < mayPass }

    /// A session takes its place. It has at most one, since it leaves it before it can come again.
    mutating func arrive(_ session: Int) {
        places[came % capacity] = Int32(truncatingIfNeeded: session)
        came += 1
        waiting += 1
    }

    /// A session leaves the batch.
    /// - Parameter waited: it stood at the closed gate. Its place stays until the gate opens.
    mutating func depart(waited: Bool) {
        parties -= 1
        if waited { waiting -= 1 }
    }

    mutating func open(_ round: Int) {
        self.round = round
        mayPass = came
        waiting = 0
        hasArrived = false
    }

    /// The next that was let through; nil when all of them have gone on.
    mutating func next() -> Int? {
        guard passed < mayPass else { return nil }
        defer { passed += 1 }
        return Int(places[passed % capacity])
    }
}

extension EngineLoop {
    /// A session waits for the others; no deadline runs.
    mutating func arrive(_ session: Int) {
        deadlines[session] = Nanoseconds(.max)
        gate.arrive(session)
    }

    /// The others wait for this session no longer: it says goodbye, or it failed.
    mutating func depart(_ session: Int) {
        guard script.gate != .none, sessions[session].departs() else { return }
        gate.depart(waited: sessions[session].isAtGate(openTo: gate.round))
        if gate.parties == 0 { board.leaveGate(arrivedIn: gate.hasArrived ? gate.round : nil, at: MonotonicClock.now()) }
    }

    /// Comes to the board's gate when all of this loop's sessions have, and sends on those that it let through.
    mutating func passGate() {
        if gate.isFull {
            if !gate.hasArrived {
                gate.hasArrived = true
                board.arriveAtGate(at: MonotonicClock.now())
            }
            let (round, openedAt) = board.gate
            if round > gate.round { openGate(round, at: openedAt - origin) }
        }
        for _ in 0..<Limits.opensPerTurn {
            guard let session = gate.next() else { return }
            // Of a session that failed meanwhile the episode wants nothing more.
            perform(sessions[session].released(at: since()), session)
        }
    }

    private mutating func openGate(_ round: Int, at released: Nanoseconds) {
        gate.open(round)
        switch spec.pacing {
        case .free: break
        case .hold(let duration):
            script.until = released + duration
            recorder.hold(from: released, until: released + duration)
        case .lockstep: recorder.beginRound(at: released)
        }
    }
}
