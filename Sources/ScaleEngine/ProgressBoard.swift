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
public final class ProgressBoard: Sendable {
    final class Loop: Sendable {
        let started = Atomic<Int>(0)
        let connecting = Atomic<Int>(0)
        let resetting = Atomic<Int>(0)
        let stepping = Atomic<Int>(0)
        let thinking = Atomic<Int>(0)
        let succeeded = Atomic<Int>(0)
        let failed = Atomic<Int>(0)
    }

    let loops: [Loop]
    private let stop = Atomic<Bool>(false)
    private let ready = Atomic<Int>(0)
    private let release = Atomic<Int64>(0)
    /// See ``GateWord``.
    private let gateWord = Atomic<Int>(0)
    private let gateOpenedAt = Atomic<Int64>(0)

    public init(threads: Int) {
        loops = (0..<max(1, threads)).map { _ in Loop() }
    }

    /// Asks every loop to drop what it does.
    public func requestStop() { stop.store(true, ordering: .relaxed) }

    public var isStopRequested: Bool { stop.load(ordering: .relaxed) }

    public func snapshot() -> CellProgress {
        loops.reduce(into: CellProgress()) { sum, loop in
            sum.started += loop.started.load(ordering: .relaxed)
            sum.connecting += loop.connecting.load(ordering: .relaxed)
            sum.resetting += loop.resetting.load(ordering: .relaxed)
            sum.stepping += loop.stepping.load(ordering: .relaxed)
            sum.thinking += loop.thinking.load(ordering: .relaxed)
            sum.succeeded += loop.succeeded.load(ordering: .relaxed)
            sum.failed += loop.failed.load(ordering: .relaxed)
        }
    }

    func publish(
        loop: Int, started: Int, connecting: Int, resetting: Int, stepping: Int, thinking: Int, succeeded: Int,
        failed: Int
    ) {
        let counts = loops[loop]
        counts.started.store(started, ordering: .relaxed)
        counts.connecting.store(connecting, ordering: .relaxed)
        counts.resetting.store(resetting, ordering: .relaxed)
        counts.stepping.store(stepping, ordering: .relaxed)
        counts.thinking.store(thinking, ordering: .relaxed)
        counts.succeeded.store(succeeded, ordering: .relaxed)
        counts.failed.store(failed, ordering: .relaxed)
    }

    /// Blocks until every loop has come this far; the last one's clock reading is the release of the cell for all.
    func awaitRelease(now: () -> MonotonicTime) -> MonotonicTime {
        if ready.add(1, ordering: .acquiringAndReleasing).newValue == loops.count {
            release.store(now().nanoseconds, ordering: .releasing)
        }
        while true {
            let value = release.load(ordering: .acquiring)
            if value != 0 { return MonotonicTime(nanoseconds: value) }
            // A loop that could not be made asks all to stop and never comes here.
            if isStopRequested { return now() }
            ReactorThread.yield()
        }
    }
}

/// The gate of a cell: its parties are loops, each of which comes once a round. Two plain words, so that loops of
/// several processes can share it.
extension ProgressBoard {
    /// A loop whose sessions pass the gate says so before the release of the cell.
    func joinGate() { _ = gateWord.add(GateWord.party, ordering: .acquiringAndReleasing) }

    /// The round that is open, 0 before the first, and since when. The time is that of this round for whoever has yet
    /// to pass it, since no later one can open before.
    var gate: (round: Int, openedAt: MonotonicTime) {
        let word = GateWord(rawValue: gateWord.load(ordering: .acquiring))
        return (word.round, MonotonicTime(nanoseconds: gateOpenedAt.load(ordering: .relaxed)))
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
        var old = gateWord.load(ordering: .acquiring)
        while true {
            var word = GateWord(rawValue: old)
            change(&word)
            if word.parties > 0 && word.arrived == word.parties {
                word.arrived = 0
                word.round += 1
                // Written first, so that whoever sees the round sees its time. No two loops can be the last one of a
                // round: each has an arrival or a leave of its own to make.
                gateOpenedAt.store(now.nanoseconds, ordering: .relaxed)
            }
            let (isDone, seen) = gateWord.compareExchange(
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
