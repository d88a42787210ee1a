import ScaleControl
import ScaleCore
import Synchronization

/// A clock that a sleep moves at once: waits of minutes take no time, and are recorded.
package final class ManualClock: ControlClock {
    private let state = Mutex<(now: Int64, sleeps: [Nanoseconds])>((0, []))

    package init() {}

    package var now: MonotonicTime { MonotonicTime(nanoseconds: state.withLock { $0.now }) }
    package var sleeps: [Nanoseconds] { state.withLock { $0.sleeps } }

    package func advance(_ span: Nanoseconds) { state.withLock { $0.now += span.rawValue } }

    package func sleep(_ span: Nanoseconds) async throws(CancellationError) {
        if Task.isCancelled { throw CancellationError() }
        state.withLock {
            $0.now += span.rawValue
            $0.sleeps.append(span)
        }
    }
}
