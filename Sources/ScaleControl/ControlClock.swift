import CCurl
import ScaleCore

/// The time that the control plane waits in: the machine's, or a test's.
public protocol ControlClock: Sendable {
    var now: MonotonicTime { get }
    /// - Throws: as soon as the task is cancelled.
    func sleep(_ span: Nanoseconds) async throws(CancellationError)
}

/// `CLOCK_MONOTONIC`.
public struct SystemClock: ControlClock {
    public init() {}

    public var now: MonotonicTime { MonotonicTime(nanoseconds: scale_curl_now()) }

    public func sleep(_ span: Nanoseconds) async throws(CancellationError) {
        do { try await Task.sleep(for: .nanoseconds(max(0, span.rawValue))) } catch { throw CancellationError() }
    }
}
