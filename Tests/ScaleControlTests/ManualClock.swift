import ScaleControl
import ScaleCore
import Synchronization

/// A clock that a sleep moves at once: waits of minutes take no time, and are recorded.
final class ManualClock: ControlClock {
    private let state = Mutex<(now: Int64, sleeps: [Nanoseconds])>((0, []))

    var now: MonotonicTime { MonotonicTime(nanoseconds: state.withLock { $0.now }) }
    var sleeps: [Nanoseconds] { state.withLock { $0.sleeps } }

    func advance(_ span: Nanoseconds) { state.withLock { $0.now += span.rawValue } }

    func sleep(_ span: Nanoseconds) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        state.withLock {
            $0.now += span.rawValue
            $0.sleeps.append(span)
        }
    }
}
