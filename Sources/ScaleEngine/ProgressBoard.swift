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
