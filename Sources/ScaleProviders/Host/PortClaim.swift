import Glibc

/// A free TCP port of this host that is kept for one server as long as this lives. A server that is told a number binds it
/// only later, and whoever came first would be measured in its place. So it is one that the kernel gives nobody of its own
/// accord, neither a listener nor a connection on its way out, and no other launch, of whichever process, is given it.
final class PortClaim: Sendable {
    let number: UInt16
    private let lock: Int32

    /// Nil where another launch holds it.
    private init?(_ number: UInt16) {
        // A name in the abstract namespace is one process's, goes with it, and is as wide as the ports are: unix(7).
        let lock = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard lock >= 0 else { return nil }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = Array("\0scalebench/port/\(number)".utf8)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let code = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(lock, $0, size) }
        }
        guard code == 0 else {
            close(lock)
            return nil
        }
        self.number = number
        self.lock = lock
    }

    deinit { close(lock) }

    /// - Parameters:
    ///   - host: the loopback or any other IPv4 address of this host.
    ///   - ports: what it is chosen from first.
    /// - Returns: nil where there is none to be had.
    static func choose(on host: String, from ports: [UInt16] = unassigned) -> PortClaim? {
        // Where all are the kernel's to give, one of those has to do.
        guard FreePort.ofTheKernel(on: host) != nil else { return nil }
        for _ in 0..<100 {
            if let port = ports.randomElement(), let claim = claim(port, on: host) { return claim }
        }
        for _ in 0..<100 {
            if let port = FreePort.ofTheKernel(on: host), let claim = claim(port, on: host) { return claim }
        }
        return nil
    }

    private static func claim(_ port: UInt16, on host: String) -> PortClaim? {
        guard let claim = PortClaim(port), FreePort.isFree(port, on: host) else { return nil }
        return claim
    }

    /// Ports from 10,000 on that the kernel assigns to nobody: ip_local_port_range in ip(7).
    static let unassigned: [UInt16] = {
        let all = UInt16(10_000)...65_535
        guard let file = fopen("/proc/sys/net/ipv4/ip_local_port_range", "r") else { return [] }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 64)
        guard fgets(&line, Int32(line.count), file) != nil else { return [] }
        let text = String(decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
        let ends = text.split(whereSeparator: \.isWhitespace).compactMap { UInt16($0) }
        guard ends.count == 2, ends[0] <= ends[1] else { return [] }
        return all.filter { !(ends[0]...ends[1]).contains($0) }
    }()
}

extension PortClaim: Hashable {
    static func == (one: PortClaim, other: PortClaim) -> Bool { one === other }
    func hash(into hasher: inout Hasher) { hasher.combine(number) }
}

/// Where a server is to listen: a port that was asked for, or one that is claimed for it.
struct ServerPort: Hashable, Sendable {
    var number: UInt16
    var claim: PortClaim?

    init(_ number: UInt16) { self.number = number }

    init(_ claim: PortClaim) {
        number = claim.number
        self.claim = claim
    }
}
