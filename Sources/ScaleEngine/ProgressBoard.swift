import ScaleCore
import ScaleReactor
import Synchronization

/// How far a cell is: sums over its loops at about one moment.
public struct CellProgress: Sendable, Hashable {
    public var started = 0
    public var connecting = 0
    public var resetting = 0
    public var stepping = 0
    public var thinking = 0
    public var succeeded = 0
    public var failed = 0

    public init() {}

    public var ended: Int { succeeded + failed }
}

/// Where loops leave their counts for whoever watches, and where a watcher asks them to stop. The loops write a few
/// times a second; nothing on a session's path touches it.
///
/// It is a fixed layout of atomics, so that the loops of several processes can share one: `CLOCK_MONOTONIC` is one clock
/// for all processes of a host, hence one release holds for all of them.
// Unchecked: the pointers are never changed, and what they point to is atomics alone.
public final class ProgressBoard: @unchecked Sendable {
    /// What all loops of a cell have in common. A field that is added here is shared too: memory starts as zeros, and
    /// only whoever makes the board initializes it.
    struct Common: ~Copyable {
        let stop = Atomic<Bool>(false)
        let end = Atomic<Bool>(false)
        let ready = Atomic<Int>(0)
        let release = Atomic<Int64>(0)
        /// See ``GateWord``.
        let gateWord = Atomic<Int>(0)
        let gateOpenedAt = Atomic<Int64>(0)
    }

    struct Loop: ~Copyable {
        let started = Atomic<Int>(0)
        let connecting = Atomic<Int>(0)
        let resetting = Atomic<Int>(0)
        let stepping = Atomic<Int>(0)
        let thinking = Atomic<Int>(0)
        let succeeded = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
    }

    private let common: UnsafeMutablePointer<Common>
    private let loops: UnsafeMutablePointer<Loop>
    /// Loops of all processes.
    private let count: Int
    /// Holds the mapping; nil for the loops of this process alone.
    private let memory: SharedMemory?
    /// What a child inherits to join; nil where nothing is shared.
    public let descriptor: Int32?
    private let base: UnsafeMutableRawPointer

    /// For the loops of this process.
    public init(threads: Int) {
        count = max(1, threads)
        memory = nil
        descriptor = nil
        base = .allocate(byteCount: Self.size(loops: count), alignment: Self.alignment)
        (common, loops) = Self.place(in: base, loops: count)
        clear()
    }

    /// For loops of this process and of children that inherit ``descriptor``.
    /// - Parameter threads: of all of them.
    public init(sharedBy threads: Int) throws(SystemFault) {
        count = max(1, threads)
        let memory = try SharedMemory(size: Self.size(loops: count))
        base = memory.base
        self.descriptor = memory.descriptor
        self.memory = consume memory
        (common, loops) = Self.place(in: base, loops: count)
        clear()
    }

    /// The board of a parent.
    /// - Parameter threads: as many as it was made for.
    public init(inherited descriptor: Int32, sharedBy threads: Int) throws(SystemFault) {
        count = max(1, threads)
        let memory = try SharedMemory(inherited: descriptor, size: Self.size(loops: count))
        base = memory.base
        self.descriptor = memory.descriptor
        self.memory = consume memory
        (common, loops) = Self.place(in: base, loops: count)
    }

    deinit { if !isShared { base.deallocate() } }

    private var isShared: Bool { descriptor != nil }

    /// A cache line.
    private static let alignment = 64
    private static let head = (MemoryLayout<Common>.size + alignment - 1) / alignment * alignment

    private static func size(loops: Int) -> Int { head + loops * MemoryLayout<Loop>.stride }

    private static func place(
        in base: UnsafeMutableRawPointer, loops: Int
    ) -> (UnsafeMutablePointer<Common>, UnsafeMutablePointer<Loop>) {
        (base.bindMemory(to: Common.self, capacity: 1), (base + head).bindMemory(to: Loop.self, capacity: loops))
    }

    private func clear() {
        common.initialize(to: Common())
        for index in 0..<count { (loops + index).initialize(to: Loop()) }
    }

    /// Asks every loop to drop what it does.
    public func requestStop() { common.pointee.stop.store(true, ordering: .relaxed) }

    /// Says that the servers are gone: every session that is not over fails with `provider_terminated`, and the cell ends.
    public func requestEnd() { common.pointee.end.store(true, ordering: .relaxed) }

    var isEndRequested: Bool { common.pointee.end.load(ordering: .relaxed) }

    public var isStopRequested: Bool { common.pointee.stop.load(ordering: .relaxed) }

    public func snapshot() -> CellProgress {
        var sum = CellProgress()
        for index in 0..<count {
            sum.started += loops[index].started.load(ordering: .relaxed)
            sum.connecting += loops[index].connecting.load(ordering: .relaxed)
            sum.resetting += loops[index].resetting.load(ordering: .relaxed)
            sum.stepping += loops[index].stepping.load(ordering: .relaxed)
            sum.thinking += loops[index].thinking.load(ordering: .relaxed)
            sum.succeeded += loops[index].succeeded.load(ordering: .relaxed)
            sum.failed += loops[index].failed.load(ordering: .relaxed)
        }
        return sum
    }

    func publish(
        loop: Int, started: Int, connecting: Int, resetting: Int, stepping: Int, thinking: Int, succeeded: Int,
        failed: Int
    ) {
        let counts = loops + loop
        counts.pointee.started.store(started, ordering: .relaxed)
        counts.pointee.connecting.store(connecting, ordering: .relaxed)
        counts.pointee.resetting.store(resetting, ordering: .relaxed)
        counts.pointee.stepping.store(stepping, ordering: .relaxed)
        counts.pointee.thinking.store(thinking, ordering: .relaxed)
        counts.pointee.succeeded.store(succeeded, ordering: .relaxed)
        counts.pointee.failed.store(failed, ordering: .relaxed)
    }

    /// Between processes the release lies this far ahead of the last arrival: whoever slept meanwhile is awake by then.
    private static let lead = Nanoseconds.milliseconds(5)
    /// A process takes a while to start; loops that poll for it would keep the processor from it.
    private static let nap = Nanoseconds.milliseconds(1)

    /// Blocks until every loop has come this far; the last one's clock reading is the release of the cell for all.
    func awaitRelease(now: () -> MonotonicTime) -> MonotonicTime {
        if common.pointee.ready.add(1, ordering: .acquiringAndReleasing).newValue == count {
            let release = now() + (isShared ? Self.lead : .zero)
            common.pointee.release.store(release.nanoseconds, ordering: .releasing)
        }
        while true {
            let value = common.pointee.release.load(ordering: .acquiring)
            if value != 0, MonotonicTime(nanoseconds: value) <= now() { return MonotonicTime(nanoseconds: value) }
            // A loop that could not be made asks all to stop and never comes here.
            if isStopRequested { return now() }
            if isShared, value == 0 { ReactorThread.sleep(for: Self.nap) } else { ReactorThread.yield() }
        }
    }
}

/// The gate of a cell: its parties are loops, each of which comes once a round. Two plain words, so that loops of
/// several processes can share it.
extension ProgressBoard {
    /// A loop whose sessions pass the gate says so before the release of the cell.
    func joinGate() { _ = common.pointee.gateWord.add(GateWord.party, ordering: .acquiringAndReleasing) }

    /// The round that is open, 0 before the first, and since when. The time is that of this round for whoever has yet
    /// to pass it, since no later one can open before.
    var gate: (round: Int, openedAt: MonotonicTime) {
        let word = GateWord(rawValue: common.pointee.gateWord.load(ordering: .acquiring))
        return (word.round, MonotonicTime(nanoseconds: common.pointee.gateOpenedAt.load(ordering: .relaxed)))
    }

    /// A loop is there; the last one opens the gate.
    func arriveAtGate(at now: MonotonicTime) { changeGate(at: now) { $0.arrived += 1 } }

    /// A loop has no sessions left that would come.
    /// - Parameter round: the round that was open when it arrived for the next one; nil when it has not arrived. A
    ///   gate that has opened since counts it no longer.
    func leaveGate(arrivedIn round: Int?, at now: MonotonicTime) {
        changeGate(at: now) {
            $0.parties -= 1
            if $0.round == round { $0.arrived -= 1 }
        }
    }

    private func changeGate(at now: MonotonicTime, _ change: (inout GateWord) -> Void) {
        var old = common.pointee.gateWord.load(ordering: .acquiring)
        while true {
            var word = GateWord(rawValue: old)
            change(&word)
            if word.parties > 0 && word.arrived == word.parties {
                word.arrived = 0
                word.round += 1
                // Written first, so that whoever sees the round sees its time. No two loops can be the last one of a
                // round: each has an arrival or a leave of its own to make.
                common.pointee.gateOpenedAt.store(now.nanoseconds, ordering: .relaxed)
            }
            let (isDone, seen) = common.pointee.gateWord.compareExchange(
                expected: old, desired: word.rawValue, ordering: .acquiringAndReleasing)
            if isDone { return }
            old = seen
        }
    }
}

/// The state of a gate in one word: how many have arrived, how many there are, and the open round.
private struct GateWord {
    /// More loops than a host has threads for.
    private static let field = 16
    private static let mask = 1 << field - 1

    var arrived: Int
    var parties: Int
    /// At most the 10,000,000 steps that can be asked for.
    var round: Int

    static let party = 1 << field

    init(rawValue: Int) {
        arrived = rawValue & Self.mask
        parties = rawValue >> Self.field & Self.mask
        round = rawValue >> (2 * Self.field)
    }

    var rawValue: Int { round << (2 * Self.field) | parties << Self.field | arrived }
}
