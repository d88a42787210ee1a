import CLinux
import ScaleCore
import Synchronization

/// Runs a loop on a thread of its own, off the cooperative pool, which must never block.
public enum ReactorThread {
    /// Type-erased so that a C function pointer can start it.
    private final class Job {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Lets another thread have the processor.
    public static func yield() { clinux_yield() }

    /// Blocks the calling thread.
    public static func sleep(for span: Nanoseconds) { clinux_sleep(span.rawValue) }

    /// Waits for `body`, which runs on a fresh thread, or on the caller's should the system refuse one.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await start(body).value
    }

    /// Starts a fresh thread at once, however busy the cooperative pool is. Should the system refuse one, `body` runs
    /// here and now.
    public static func start<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> RunningThread<Value> {
        let running = RunningThread<Value>()
        let job = Unmanaged.passRetained(Job { running.end(with: body()) })
        let code = clinux_thread_start({ Unmanaged<Job>.fromOpaque($0!).takeRetainedValue().run() }, job.toOpaque())
        if code < 0 { job.takeRetainedValue().run() }
        return running
    }
}

/// What a thread of ``ReactorThread`` will answer. To be awaited once.
public final class RunningThread<Value: Sendable>: Sendable {
    private enum State {
        case running
        case awaited(CheckedContinuation<Value, Never>)
        case ended(Value)
    }

    private let state = Mutex(State.running)

    /// What its body returned, once it has.
    public var value: Value {
        get async {
            await withCheckedContinuation { continuation in
                let ended: Value? = state.withLock {
                    if case .ended(let value) = $0 { return value }
                    $0 = .awaited(continuation)
                    return nil
                }
                if let ended { continuation.resume(returning: ended) }
            }
        }
    }

    fileprivate func end(with value: Value) {
        let waiting: CheckedContinuation<Value, Never>? = state.withLock {
            if case .awaited(let continuation) = $0 { return continuation }
            $0 = .ended(value)
            return nil
        }
        waiting?.resume(returning: value)
    }
}
