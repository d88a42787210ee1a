import ScaleCore
import ScaleReactor

/// Turns endpoints into addresses that answer, before any clock starts.
public enum TargetResolver {
    /// Resolves each name once and picks its first address that accepts a connection.
    /// - Parameters:
    ///   - flag: what the user named the endpoints by.
    ///   - timeout: for each address.
    /// - Throws: a usage error that names the URL that cannot be reached.
    public static func resolve(
        _ endpoints: [Endpoint], flag: String = "--url", timeout: Nanoseconds
    ) async throws(ScaleError) -> [LoadTarget] {
        var targets: [LoadTarget] = []
        for endpoint in endpoints {
            let found = await ReactorThread.run { () -> Result<LoadTarget, ScaleError> in
                Result { () throws(ScaleError) in try reachable(endpoint, flag: flag, timeout: timeout) }
            }
            targets.append(try found.get())
        }
        return targets
    }

    private static func reachable(
        _ endpoint: Endpoint, flag: String, timeout: Nanoseconds
    ) throws(ScaleError) -> LoadTarget {
        let addresses: [SocketAddress]
        do {
            addresses = try SocketAddress.resolve(host: endpoint.host, port: endpoint.port)
        } catch {
            throw ScaleError(
                .usage, "the host of \(endpoint.redacted) cannot be resolved", cause: error.message,
                hint: "check the name in \(flag)")
        }
        var last: Int32 = Errno.hostUnreachable
        for address in addresses {
            let code = probe(address, timeout: timeout)
            if code == 0 { return LoadTarget(endpoint: endpoint, address: address) }
            last = code
        }
        throw ScaleError(
            .usage, "nothing can be reached at \(endpoint.redacted)", cause: SystemFault.message(last),
            hint: "start the server, or correct \(flag)")
    }

    /// 0 when the address accepts a connection within the time, else the `errno`.
    private static func probe(_ address: SocketAddress, timeout: Nanoseconds) -> Int32 {
        let descriptor = Socket.open(for: address)
        guard descriptor >= 0 else { return -descriptor }
        let socket = Socket(descriptor: descriptor)
        defer { socket.close() }
        let code = socket.connect(to: address)
        if code == 0 { return 0 }
        guard code == -Errno.inProgress else { return -code }
        do {
            var reactor = try Reactor(capacity: 1)
            try reactor.add(descriptor, .writable, token: 0)
            let deadline = MonotonicClock.now() + timeout
            while MonotonicClock.now() < deadline {
                if try reactor.wait(until: deadline) > 0 { return -socket.takeError() }
            }
            return Errno.timedOut
        } catch {
            return error.code
        }
    }
}
