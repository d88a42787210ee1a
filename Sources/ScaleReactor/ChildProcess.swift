import CLinux

/// A child that lives no longer than its parent: its standard input is one end of a socket pair whose other end only
/// the parent holds, so that the child sees the end of it however the parent goes, `kill -9` included.
///
/// The same pair carries what the child has to say (it may write to its standard input), and hangs up when the child
/// is over: a loop that watches ``channel`` needs no signal handler.
public struct ChildProcess: ~Copyable {
    /// How a process came to its end.
    public enum Ending: Hashable, Sendable, CustomStringConvertible {
        case exited(Int32)
        case signalled(Int32)

        public var description: String {
            switch self {
            case .exited(let status): "exit status \(status)"
            case .signalled(let number): "signal \(number)"
            }
        }
    }

    public let pid: Int32
    /// The parent's end, which does not block. It hangs up when the child is over.
    public let channel: Socket
    /// Nil while the child is not known to be over, see ``hasEnded()``.
    public private(set) var ending: Ending?

    /// The number under which a child finds what it inherits.
    public static let inherited: Int32 = 3

    /// Starts a program in a process group of its own with the caller's environment; every descriptor of the caller
    /// that is not named here is closed in it.
    /// - Parameters:
    ///   - outputs: what both its outputs go to; nil for the caller's own.
    ///   - inheriting: a descriptor that the child finds as ``inherited``.
    public init(path: String, arguments: [String], outputs: Int32? = nil, inheriting: Int32? = nil) throws(SystemFault) {
        var ends: [Int32] = [-1, -1]
        let paired = clinux_socket_pair(&ends)
        if paired < 0 { throw SystemFault("socketpair", -paired) }
        let started = CStringList.with([path] + arguments) { clinux_spawn(path, $0, ends[1], outputs ?? -1, inheriting ?? -1) }
        _ = clinux_close(ends[1])
        guard started > 0 else {
            _ = clinux_close(ends[0])
            throw SystemFault("posix_spawn(\(path))", -started)
        }
        pid = started
        channel = Socket(descriptor: ends[0])
    }

    /// A child that still runs sees the end of its input and is reaped by nobody until this process ends too.
    deinit { channel.close() }

    /// Ends the child's standard input, which asks it to stop; ``channel`` still hears from it.
    public func release() { channel.shutdownWrite() }

    /// Whether the child is over; reaps it the first time it is.
    public mutating func hasEnded() -> Bool {
        if ending != nil { return true }
        var status: Int32 = 0
        let reaped = clinux_reap(pid, &status)
        if reaped == 0 { return false }
        let code = clinux_ending(status)
        ending = reaped < 0 ? .exited(0) : code < 0 ? .signalled(-code) : .exited(code)
        return true
    }

    public mutating func signal(_ number: Int32) {
        if !hasEnded() { _ = clinux_kill(pid, number) }
    }
}
