import CLinux

/// Wakes a loop from another thread: an `eventfd` that the loop watches. Any thread may ring it.
///
/// A plain value: whoever made it closes it, once, when nobody rings it any more.
public struct WakeUp: Sendable {
    public let descriptor: Int32

    public init() throws(SystemFault) {
        descriptor = clinux_eventfd()
        if descriptor < 0 { throw SystemFault("eventfd", -descriptor) }
    }

    /// Makes the descriptor readable until ``drain()``.
    public func ring() { _ = clinux_eventfd_signal(descriptor) }

    public func drain() { _ = clinux_eventfd_drain(descriptor) }

    public func close() { _ = clinux_close(descriptor) }
}
