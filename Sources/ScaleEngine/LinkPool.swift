import ScaleCore

/// Connections that belong to no session: those of an HTTP pool, and the sessions that wait for one.
struct LinkPool {
    /// How many connections the loop may hold; nil when each session has its own.
    let size: Int?
    /// Open and unused.
    var idle: [Int32] = []
    /// Without a socket.
    var free: [Int32] = []
    var isServing = false
    private(set) var waiting: SessionQueue

    init(spec: LoadSpec, loop: Int, sessions: Int) {
        guard spec.key.mode == .http, case .pool(let total) = spec.httpConnections else {
            size = nil
            waiting = SessionQueue(capacity: 0)
            return
        }
        let share = max(1, LoadSpec.share(of: total, loop: loop, of: spec.threads))
        size = share
        idle.reserveCapacity(share)
        free = (0..<Int32(share)).reversed()
        waiting = SessionQueue(capacity: sessions)
    }

    mutating func wait(_ session: Int) { waiting.append(Int32(session)) }

    /// Who has waited longest.
    mutating func nextWaiting() -> Int? { waiting.popFirst().map(Int.init) }
}

/// Sessions in the order of their coming, in a ring: its memory is that of the most that ever waited at one time, however
/// many have come and gone.
struct SessionQueue {
    private var places: [Int32]
    private var first = 0
    private(set) var count = 0

    /// - Parameter capacity: how many may wait before it has to grow.
    init(capacity: Int) { places = Array(repeating: -1, count: capacity) }

    var capacity: Int { places.count }

    mutating func append(_ session: Int32) {
        if count == places.count { grow() }
        let place = first + count
        places[place < places.count ? place : place - places.count] = session
        count += 1
    }

    mutating func popFirst() -> Int32? {
        if count == 0 { return nil }
        defer {
            first = first + 1 == places.count ? 0 : first + 1
            count -= 1
        }
        return places[first]
    }

    private mutating func grow() {
        let order = (0..<count).map { places[(first + $0) % places.count] }
        places = order + Array(repeating: -1, count: max(16, count))
        first = 0
    }
}
