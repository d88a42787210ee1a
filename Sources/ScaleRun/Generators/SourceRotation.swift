import ScaleCore
import ScaleEngine
import ScaleReactor

/// More source addresses where the local ports of one do not do.
///
/// The kernel needs a pair of local address and port for every connection to one end. For an end in 127.0.0.0/8 the
/// whole block is this host's own, so each further address brings all ports once more. Elsewhere a host has the addresses
/// that it was given, and nothing is rotated.
enum SourceRotation {
    /// As many as are ever used: with the usual range of ports enough for tens of millions of connections.
    static let most = 1024

    static func isPossible(toward address: SocketAddress) -> Bool { address.text.hasPrefix("127.") }

    /// How many addresses connections to one end are to go out from.
    /// - Parameters:
    ///   - timeWait: ports toward it that the kernel does not give out again yet.
    ///   - ports: of one address.
    /// - Returns: 1 where the kernel may choose, which costs no call per connection.
    static func count(connections: Int, timeWait: Int, ports: Int) -> Int {
        let wanted = connections + timeWait
        // Some ports are bound by others.
        if wanted <= ports - ports / 16 || ports < 1 { return 1 }
        // The kernel looks for a free port one by one: where half of them are free it finds one soon.
        let each = max(1, ports / 2)
        return min(most, (wanted + each - 1) / each)
    }

    /// 127.0.0.1 and those that follow; the kernel chooses their ports.
    static func addresses(_ count: Int) -> [SocketAddress] {
        (1...max(1, count)).compactMap {
            try? SocketAddress.resolve(host: "127.0.\($0 >> 8).\($0 & 255)", port: 0).first
        }
    }
}

extension SocketDrain {
    /// The targets of the next cell, with source addresses where it needs them.
    /// - Parameter connections: of the whole cell.
    func rotated(_ targets: [LoadTarget], before connections: Int) -> [LoadTarget] {
        guard let ports, targets.contains(where: { SourceRotation.isPossible(toward: $0.address) }) else { return targets }
        // Where the kernel gives such ports out again they are none to look for.
        let now = reusesPorts ? nil : read()
        let shares = shares(of: connections)
        return targets.map { target in
            guard SourceRotation.isPossible(toward: target.address), let place = place(of: target) else { return target }
            var target = target
            let count = SourceRotation.count(connections: shares[place], timeWait: now?[place].timeWait ?? 0, ports: ports)
            target.sources = count > 1 ? SourceRotation.addresses(count) : []
            return target
        }
    }

    /// What to say of an end toward which this host has too few ports, whatever is done; nil when there is none.
    /// - Parameter connections: that may be open at one moment.
    func shortage(_ targets: [LoadTarget], before connections: Int) -> String? {
        guard let ports else { return nil }
        let shares = shares(of: connections)
        for target in targets {
            guard let place = place(of: target), shares[place] > capacity(place) else { continue }
            return "\(target.endpoint.redacted) is to get \(shares[place]) connections and this host has \(ports) local ports "
                + "toward it, so that more at a time fail with port_exhausted: widen net.ipv4.ip_local_port_range, give several "
                + "addresses with --urls, or ask for fewer"
        }
        return nil
    }
}
