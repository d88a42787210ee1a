import ScaleCore
import ScaleEngine
import Synchronization

/// How a user's Ctrl-C reaches a run: the first asks it to stop after what it is doing, the second to hurry.
public final class StopControl: Sendable {
    private struct State {
        var requests = 0
        var board: ProgressBoard?
    }

    private let state = Mutex(State())

    public init() {}

    /// Ends the running cell; its sessions are dropped, everything is torn down.
    public func requestStop() {
        state.withLock {
            $0.requests += 1
            $0.board?.requestStop()
        }
    }

    public var isStopRequested: Bool { state.withLock { $0.requests > 0 } }

    /// Whether it was asked more than once: nothing is waited for any more.
    public var isHurried: Bool { state.withLock { $0.requests > 1 } }

    func watch(_ board: ProgressBoard?) {
        state.withLock {
            $0.board = board
            if $0.requests > 0 { board?.requestStop() }
        }
    }

    func check() throws(ScaleError) {
        if isStopRequested { throw ScaleError(.interrupted, "the run was stopped") }
    }
}
