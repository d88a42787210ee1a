import ScaleCore
import ScaleReactor

/// Ctrl-C, SIGTERM and the end of the terminal (SIGHUP) as a call.
enum SignalWatch {
    /// Takes these signals over, and calls `onSignal` with 1, 2, … for each that comes, on a thread that lives as long as
    /// the process.
    static func start(_ onSignal: @escaping @Sendable (Int) -> Void) throws(ScaleError) {
        let watched: Int32
        do {
            watched = try Signals.descriptor()
        } catch {
            throw ScaleError(.infrastructure, "Ctrl-C cannot be watched", cause: error.description)
        }
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
