import CLinux
import ScaleCore

/// What a descriptor is watched for, and what it is ready for.
public struct Readiness: OptionSet, Sendable {
    public let rawValue: UInt32
    @inlinable public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = Readiness(rawValue: 0x001)
    public static let writable = Readiness(rawValue: 0x004)
    public static let error = Readiness(rawValue: 0x008)
    public static let hangup = Readiness(rawValue: 0x010)
    public static let peerClosed = Readiness(rawValue: 0x2000)
    /// Wake one of several processes that watch the same descriptor (`EPOLLEXCLUSIVE`).
    public static let exclusive = Readiness(rawValue: 1 << 28)
    /// Report changes only: whoever watches reads until there is nothing left (`EPOLLET`).
    public static let edge = Readiness(rawValue: 1 << 31)
}

/// A failed system call: its name and its `errno`.
public struct SystemFault: Error, Hashable, Sendable, CustomStringConvertible {
    public var call: String
    public var code: Int32

    public init(_ call: String, _ code: Int32) {
        self.call = call
        self.code = code
    }

    public var description: String { "\(call): \(SystemFault.message(code))" }

    /// The C library's text for an `errno`.
    public static func message(_ code: Int32) -> String {
        clinux_error_message(code).map { String(cString: $0) } ?? "error \(code)"
    }
}

/// One epoll instance: descriptors in, ready tokens out. It knows no protocol, calls nobody back and owns no socket:
/// whoever drives it asks ``wait(until:)`` and looks at the events.
///
/// It belongs to the thread that made it.
public struct Reactor: ~Copyable {
    public struct Event {
        public var token: UInt64
        public var readiness: Readiness
    }

    private let epoll: Int32
    private let events: UnsafeMutableRawPointer
    private let capacity: Int32

    /// When the last ``wait(until:)`` returned: the arrival time of everything it reported.
    public private(set) var now: MonotonicTime

    /// - Parameter capacity: the most events one wait reports. Small enough that a turn of the loop stays short.
    public init(capacity: Int = 256) throws(SystemFault) {
        epoll = clinux_epoll_create()
        guard epoll >= 0 else { throw SystemFault("epoll_create1", -epoll) }
        self.capacity = Int32(clamping: capacity)
        events = .allocate(byteCount: capacity * clinux_epoll_event_size(), alignment: 8)
        now = MonotonicClock.now()
    }

    deinit {
        events.deallocate()
        _ = clinux_close(epoll)
    }

    public func add(_ descriptor: Int32, _ interest: Readiness, token: UInt64) throws(SystemFault) {
        let code = clinux_epoll_add(epoll, descriptor, interest.rawValue, token)
        if code < 0 { throw SystemFault("epoll_ctl(add)", -code) }
    }

    public func modify(_ descriptor: Int32, _ interest: Readiness, token: UInt64) throws(SystemFault) {
        let code = clinux_epoll_modify(epoll, descriptor, interest.rawValue, token)
        if code < 0 { throw SystemFault("epoll_ctl(mod)", -code) }
    }

    /// Only needed for a descriptor that stays open: closing one removes it.
    public func remove(_ descriptor: Int32) {
        _ = clinux_epoll_remove(epoll, descriptor)
    }

    /// Waits until something is ready or `deadline` has come, and answers how many events there are. A deadline in
    /// the past polls. An interrupting signal counts as nothing ready.
    public mutating func wait(until deadline: MonotonicTime) throws(SystemFault) -> Int {
        var limit: Int64 = -1
        if deadline < .never {
            limit = max(0, (deadline - MonotonicClock.now()).rawValue)
        }
        let count = clinux_epoll_wait(epoll, events, capacity, limit)
        now = MonotonicClock.now()
        if count >= 0 { return Int(count) }
        if count == -4 { return 0 }  // EINTR
        throw SystemFault("epoll_wait", -count)
    }

    /// Event `index` of the last wait.
    public func event(_ index: Int) -> Event {
        let raw = clinux_epoll_event(events, Int32(truncatingIfNeeded: index))
        return Event(token: raw.token, readiness: Readiness(rawValue: raw.readiness))
    }
}
