import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleReactor
import Synchronization

/// Asks the provider while a cell is measured whether its servers live, and ends the cell when they do not: nobody waits
/// for the deadlines of sessions that cannot be answered any more.
final class LifeWatch: Sendable {
    private struct State {
        /// When the servers were known to live last, and the time before.
        var lastAlive: MonotonicTime
        var aliveBefore: MonotonicTime
        var hasEnded = false
    }

    private let deployment: any Deployment
    private let begun = MonotonicClock.now()
    private let state: Mutex<State>
    private let watching: Mutex<Task<Void, Never>?> = Mutex(nil)

    init(_ deployment: any Deployment, _ board: ProgressBoard) {
        self.deployment = deployment
        state = Mutex(State(lastAlive: begun, aliveBefore: begun))
        let task = Task { [self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(500))
                if Task.isCancelled { return }
                guard await look() else { continue }
                board.requestEnd()
                return
            }
        }
        watching.withLock { $0 = task }
    }

    func cancel() { watching.withLock { $0?.cancel() } }

    /// Whether they have ended.
    private func look() async -> Bool {
        let asked = MonotonicClock.now()
        let hasEnded = await deployment.health().terminal != nil
        return state.withLock { state in
            if hasEnded { state.hasEnded = true }
            if !state.hasEnded {
                state.aliveBefore = state.lastAlive
                state.lastAlive = asked
            }
            return state.hasEnded
        }
    }

    /// Looks once more, and where sessions were lost a few times: a server that ends takes its connections along first, and
    /// is known to have ended a little later.
    /// - Returns: until when they lived for sure, since before the cell was released; nil where they still live.
    func finish(hasLost: Bool) async -> Nanoseconds? {
        cancel()
        await watching.withLock { $0 }?.value
        for attempt in 0..<(hasLost ? 15 : 1) {
            if attempt > 0 { try? await Task.sleep(for: .milliseconds(20)) }
            if state.withLock({ $0.hasEnded }) { break }
            if await look() { break }
        }
        return state.withLock { $0.hasEnded ? max(.zero, $0.aliveBefore - begun - .milliseconds(100)) : nil }
    }
}
