import Glibc

/// TCP ports of an IPv4 address of this host.
enum FreePort {
    /// The kernel's choice for the loopback or any other IPv4 address of this host; nil where it has none to give. It may give
    /// it to somebody else before it is used: ``PortClaim`` chooses for a server.
    static func ofTheKernel(on host: String) -> UInt16? { try? bound(to: host, port: 0, reuses: false).get() }

    /// Whether any server could listen there now.
    static func isFree(_ port: UInt16, on host: String) -> Bool { (try? bound(to: host, port: port, reuses: false).get()) != nil }

    /// Whether somebody listens there: nobody else can then. Connections that linger from an earlier server do not count.
    static func isTaken(_ port: UInt16, on host: String) -> Bool {
        guard case .failure(let refusal) = bound(to: host, port: port, reuses: true) else { return false }
        return refusal.code == EADDRINUSE
    }

    private struct Refusal: Error {
        /// An `errno`.
        var code: Int32
    }

    /// Binds a socket for a moment.
    private static func bound(to host: String, port: UInt16, reuses: Bool) -> Result<UInt16, Refusal> {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else {
            return .failure(Refusal(code: EINVAL))
        }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { return .failure(Refusal(code: errno)) }
        defer { close(listener) }
        var yes: Int32 = 1
        if reuses { setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code: Int32 = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) < 0 || getsockname(listener, $0, &size) < 0 ? errno : 0
            }
        }
        return code == 0 ? .success(UInt16(bigEndian: address.sin_port)) : .failure(Refusal(code: code))
    }
}
