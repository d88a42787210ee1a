import ScaleCore
import ScaleReactor

/// A place for one connection at a time in the server's table.
struct ConnectionSlot: ~Copyable {
    enum Stage {
        case free
        case open
        /// Everything is sent; the peer has until ``due`` to close.
        case lingering
    }

    var socket = Socket.none
    var stage = Stage.free
    var connection = Connection()
    /// What the socket did not take yet.
    var backlog = ByteQueue()
    /// What to do once the backlog is sent; nil while nothing but reading on.
    var afterwards: Outlook?
    /// When the step under way is to be answered, or lingering ends.
    var due = MonotonicTime.never
    /// When the step under way began.
    var began = MonotonicTime.never
    /// Told apart from those who had the place before: events and timers carry it.
    let generation: UInt32

    init(generation: UInt32) { self.generation = generation }

    init(socket: Socket, generation: UInt32) {
        self.socket = socket
        self.generation = generation
        stage = .open
    }
}

/// The server's connections in one block of memory, found by index. A place that is given back is the next to be taken.
struct ConnectionTable: ~Copyable {
    private var slots: UnsafeMutablePointer<ConnectionSlot>
    private var capacity: Int
    private var free: [UInt32] = []
    /// Places that have been used so far; all of them are initialized.
    private(set) var used = 0

    init(capacity: Int = 64) {
        self.capacity = capacity
        slots = .allocate(capacity: capacity)
    }

    deinit {
        slots.deinitialize(count: used)
        slots.deallocate()
    }

    var open: Int { used - free.count }

    /// Valid until the next ``insert(_:)``.
    subscript(index: Int) -> UnsafeMutablePointer<ConnectionSlot> { slots + index }

    mutating func insert(_ socket: Socket) -> Int {
        if let index = free.popLast() {
            let place = slots + Int(index)
            let generation = place.pointee.generation
            place.pointee = ConnectionSlot(socket: socket, generation: generation)
            return Int(index)
        }
        if used == capacity {
            let larger = UnsafeMutablePointer<ConnectionSlot>.allocate(capacity: capacity * 2)
            larger.moveInitialize(from: slots, count: used)
            slots.deallocate()
            slots = larger
            capacity *= 2
        }
        (slots + used).initialize(to: ConnectionSlot(socket: socket, generation: 0))
        used += 1
        return used - 1
    }

    mutating func remove(_ index: Int) {
        let place = slots + index
        let generation = place.pointee.generation &+ 1
        place.pointee = ConnectionSlot(generation: generation)
        free.append(UInt32(truncatingIfNeeded: index))
    }

    /// What events and timers of the place's connection carry.
    func token(_ index: Int) -> UInt64 { UInt64(slots[index].generation) << 32 | UInt64(index) }

    /// The place a token is about; nil when that connection is gone.
    func index(_ token: UInt64) -> Int? {
        let index = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
        guard index < used, slots[index].stage != .free, slots[index].generation == UInt32(token >> 32) else { return nil }
        return index
    }
}
