import Glibc

/// A TCP port that nobody listens on at the moment.
enum FreePort {
    /// The kernel's choice for the loopback or any other IPv4 address of this host; nil where it has none to give. Somebody
    /// else may take it before it is used: then the server says so and ends.
    static func choose(on host: String) -> UInt16? {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        guard inet_pton(AF_INET, host == "localhost" ? "127.0.0.1" : host, &address.sin_addr) == 1 else { return nil }
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { return nil }
        defer { close(listener) }
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let failed = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, size) + getsockname(listener, $0, &size) }
        }
        return failed == 0 ? UInt16(bigEndian: address.sin_port) : nil
    }
}
