import CLinux

/// A non-blocking TCP socket: a descriptor with the calls the loop makes on it. A plain value: whoever opened it
/// closes it, once.
///
/// The calls of the hot path answer a negative `errno` instead of throwing.
public struct Socket: Sendable, Hashable {
    public var descriptor: Int32

    @inlinable public init(descriptor: Int32) { self.descriptor = descriptor }

    public static let none = Socket(descriptor: -1)
    @inlinable public var isOpen: Bool { descriptor >= 0 }

    /// A fresh socket of the address's family; the descriptor, or a negative `errno`.
    public static func open(for address: borrowing SocketAddress) -> Int32 { clinux_tcp_socket(address.family) }

    /// 0, or a negative `errno`; `EINPROGRESS` is the usual answer.
    public func connect(to address: SocketAddress) -> Int32 {
        withUnsafePointer(to: address.raw) { clinux_connect(descriptor, $0) }
    }

    /// Sets the address that a connect goes out from, and leaves its port to the connect: a port may then be in use
    /// toward another end (`IP_BIND_ADDRESS_NO_PORT`, ip(7)). 0, or a negative `errno`.
    public func setSource(_ address: SocketAddress) -> Int32 {
        let code = clinux_bind_address_no_port(descriptor)
        return code < 0 ? code : withUnsafePointer(to: address.raw) { clinux_bind(descriptor, $0) }
    }

    /// What became of a connect in progress: 0, or a negative `errno`.
    public func takeError() -> Int32 { clinux_socket_error(descriptor) }

    /// Bytes received, 0 when the peer has finished, or a negative `errno`.
    public func receive(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        clinux_receive(descriptor, buffer.baseAddress, buffer.count)
    }

    /// Bytes sent, or a negative `errno`. Never raises SIGPIPE.
    public func send(_ bytes: UnsafeRawBufferPointer) -> Int {
        clinux_send(descriptor, bytes.baseAddress, bytes.count)
    }

    /// Sends small writes at once (`TCP_NODELAY`).
    public func setNoDelay() { _ = clinux_no_delay(descriptor) }

    /// Makes ``close()`` reset the connection instead of finishing it.
    public func resetOnClose() { _ = clinux_reset_on_close(descriptor) }

    public func shutdownWrite() { _ = clinux_shutdown_write(descriptor) }

    public func close() { _ = clinux_close(descriptor) }

    /// The next connection of a listening socket, or a negative `errno`.
    public func accept() -> Int32 { clinux_accept(descriptor) }

    /// Where this socket is bound.
    public func localAddress() throws(SystemFault) -> SocketAddress {
        var raw = clinux_address()
        let code = clinux_local_address(descriptor, &raw)
        if code < 0 { throw SystemFault("getsockname", -code) }
        return SocketAddress(raw: raw)
    }

    /// The port this socket is bound to, 0 when it is not.
    public var localPort: UInt16 { (try? localAddress().port) ?? 0 }

    /// A socket bound to `address`, on which processes of one user may listen together (`SO_REUSEPORT`). It takes no
    /// connection until ``listen(backlog:)``.
    public static func bound(to address: SocketAddress, shared: Bool) throws(SystemFault) -> Socket {
        let descriptor = clinux_tcp_socket(address.family)
        guard descriptor >= 0 else { throw SystemFault("socket", -descriptor) }
        var code = clinux_reuse_address(descriptor)
        if code >= 0 && shared { code = clinux_reuse_port(descriptor) }
        if code >= 0 { code = withUnsafePointer(to: address.raw) { clinux_bind(descriptor, $0) } }
        if code < 0 {
            _ = clinux_close(descriptor)
            throw SystemFault("bind", -code)
        }
        return Socket(descriptor: descriptor)
    }

    /// Lets other processes of this user bind the same port from now on (`SO_REUSEPORT`), which the bind itself did not.
    public func sharePort() throws(SystemFault) {
        let code = clinux_reuse_port(descriptor)
        if code < 0 { throw SystemFault("setsockopt(SO_REUSEPORT)", -code) }
    }

    /// - Parameter backlog: the accept queue asked for; the kernel caps it at `net.core.somaxconn`.
    public func listen(backlog: Int32 = 32_768) throws(SystemFault) {
        let code = clinux_listen(descriptor, backlog)
        if code < 0 { throw SystemFault("listen", -code) }
    }
}

/// The `errno` values that mean something to a loop, under names that say it.
public enum Errno {
    public static let interrupted: Int32 = 4
    public static let wouldBlock: Int32 = 11
    public static let permissionDenied: Int32 = 13
    public static let invalidArgument: Int32 = 22
    public static let tooManyFilesInSystem: Int32 = 23
    public static let tooManyFiles: Int32 = 24
    public static let brokenPipe: Int32 = 32
    public static let addressInUse: Int32 = 98
    public static let addressNotAvailable: Int32 = 99
    public static let networkUnreachable: Int32 = 101
    public static let connectionAborted: Int32 = 103
    public static let connectionReset: Int32 = 104
    public static let notConnected: Int32 = 107
    public static let timedOut: Int32 = 110
    public static let connectionRefused: Int32 = 111
    public static let hostUnreachable: Int32 = 113
    public static let inProgress: Int32 = 115
}
