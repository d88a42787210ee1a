import CLinux
import ScaleCore

/// Runs a loop on a thread of its own, off the cooperative pool, which must never block.
public enum ReactorThread {
    private final class Start<Value: Sendable> {
        let body: @Sendable () -> Value
        let continuation: CheckedContinuation<Value, Never>

        init(_ body: @escaping @Sendable () -> Value, _ continuation: CheckedContinuation<Value, Never>) {
            self.body = body
            self.continuation = continuation
        }

        func run() { continuation.resume(returning: body()) }
    }

    /// Type-erased so that a C function pointer can start it.
    private final class Job {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    /// Lets another thread have the processor.
    public static func yield() { clinux_yield() }

    /// Blocks the calling thread.
    public static func sleep(for span: Nanoseconds) { clinux_sleep(span.rawValue) }

    /// Waits for `body`, which runs on a fresh thread, or on the caller's executor should the system refuse one.
    public static func run<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let start = Start(body, continuation)
            let job = Unmanaged.passRetained(Job { start.run() })
            let code = clinux_thread_start({ Unmanaged<Job>.fromOpaque($0!).takeRetainedValue().run() }, job.toOpaque())
            if code < 0 { job.takeRetainedValue().run() }
        }
    }
}
