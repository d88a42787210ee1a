import ScaleCore
import ScaleReactor
import Synchronization

/// Ctrl-C and SIGTERM as a call. ``block()`` must come before the process has a second thread.
enum SignalWatch {
    private static let descriptor = Mutex<Int32>(-1)

    static func block() {
        descriptor.withLock { $0 = (try? Signals.descriptor()) ?? -1 }
    }

    /// Calls `onSignal` with 1, 2, … for each signal that comes, on a thread that lives as long as the process.
    static func start(_ onSignal: @escaping @Sendable (Int) -> Void) {
        let watched = descriptor.withLock { $0 }
        guard watched >= 0 else { return }
        Task.detached {
            await ReactorThread.run {
                do {
                    var reactor = try Reactor(capacity: 1)
                    try reactor.add(watched, .readable, token: 0)
                    var count = 0
                    while true {
                        _ = try reactor.wait(until: .never)
                        while Signals.read(watched) != nil {
                            count += 1
                            onSignal(count)
                        }
                    }
                } catch {
                    // Without a watch the grid runs to its end; nothing else depends on it.
                }
            }
        }
    }
}
