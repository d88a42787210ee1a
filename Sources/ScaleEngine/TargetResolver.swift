import ScaleCore
import ScaleReactor

/// Turns endpoints into addresses that answer, before any clock starts.
public enum TargetResolver {
    /// Resolves each name once and keeps those of its addresses that accept a connection.
    /// - Parameters:
    ///   - choice: all of them, or the first.
    ///   - flag: what the user named the endpoints by.
    ///   - timeout: for each address; of a name that all are wanted of they are tried at one time.
    /// - Throws: a usage error that names the URL that cannot be reached.
    public static func resolve(
        _ endpoints: [Endpoint], _ choice: AddressChoice = .all, flag: String = "--url", timeout: Nanoseconds
    ) async throws(ScaleError) -> ResolvedTargets {
        var resolved = ResolvedTargets()
        for (place, endpoint) in endpoints.enumerated() {
            let addresses: [SocketAddress]
            do throws(ResolveFault) {
                addresses = try await Self.addresses(of: endpoint)
            } catch {
                throw ScaleError(
                    .usage, "the host of \(endpoint.redacted) cannot be resolved", cause: error.message,
                    hint: "check the name in \(flag)")
            }
            let tries = choice == .all ? await all(addresses, timeout) : await untilOneAnswers(addresses, timeout)
            try resolved.add(tries, of: endpoint, at: place, flag: flag)
        }
        return resolved
    }

    /// Every address of an endpoint's host, without blocking the caller's thread.
    public static func addresses(of endpoint: Endpoint) async throws(ResolveFault) -> [SocketAddress] {
        let (host, port) = (endpoint.host, endpoint.port)
        return try await ReactorThread.run {
            Result { () throws(ResolveFault) in try SocketAddress.resolve(host: host, port: port) }
        }.get()
    }

    private static func all(_ addresses: [SocketAddress], _ timeout: Nanoseconds) async -> [AddressTry] {
        let running = addresses.map { address in ReactorThread.start { AddressTry(address, timeout: timeout) } }
        var tries: [AddressTry] = []
        for each in running { tries.append(await each.value) }
        return tries
    }

    private static func untilOneAnswers(_ addresses: [SocketAddress], _ timeout: Nanoseconds) async -> [AddressTry] {
        await ReactorThread.run {
            var tries: [AddressTry] = []
            for address in addresses {
                tries.append(AddressTry(address, timeout: timeout))
                if tries.last?.code == 0 { break }
            }
            // What stands before the one that answers was not chosen, and is no loss.
            return tries.last?.code == 0 ? tries.suffix(1) : tries
        }
    }
}

/// How an address answered.
struct AddressTry: Sendable {
    var address: SocketAddress
    /// 0 when it accepts a connection within the time, else the `errno`.
    var code: Int32

    init(_ address: SocketAddress, code: Int32) {
        self.address = address
        self.code = code
    }

    init(_ address: SocketAddress, timeout: Nanoseconds) {
        self.init(address, code: Self.probe(address, timeout))
    }

    private static func probe(_ address: SocketAddress, _ timeout: Nanoseconds) -> Int32 {
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

extension TargetResolver {
    /// Opens a connection and closes it, on a thread of its own.
    /// - Returns: 0 when the address accepted it within the time, else the `errno`.
    public static func knock(_ address: SocketAddress, timeout: Nanoseconds) async -> Int32 {
        await ReactorThread.run { AddressTry(address, timeout: timeout).code }
    }
}

/// Where sessions go, and what is to be said of it.
public struct ResolvedTargets: Sendable {
    /// At least one for every endpoint, in their order.
    public internal(set) var targets: [LoadTarget] = []
    /// Of each target, from 0, which endpoint it belongs to.
    public internal(set) var places: [Int] = []
    /// Over which addresses sessions are spread, where a name has several.
    public internal(set) var notices: [String] = []
    /// Addresses that get no sessions, since they do not answer.
    public internal(set) var warnings: [String] = []

    mutating func add(_ tries: [AddressTry], of endpoint: Endpoint, at place: Int, flag: String) throws(ScaleError) {
        let answering = tries.filter { $0.code == 0 }.map(\.address)
        guard !answering.isEmpty else {
            throw ScaleError(
                .usage, "nothing can be reached at \(endpoint.redacted)",
                cause: SystemFault.message(tries.last?.code ?? Errno.hostUnreachable), hint: "start the server, or correct \(flag)")
        }
        targets += answering.map { LoadTarget(endpoint: endpoint, address: $0) }
        places += answering.map { _ in place }
        if answering.count > 1 { notices.append(Self.spread(answering, endpoint)) }
        let silent = tries.filter { $0.code != 0 }
        // A server of this host listens on one of ::1 and 127.0.0.1 as often as on both.
        if !silent.isEmpty, !tries.allSatisfy({ ["::1", "127.0.0.1"].contains($0.address.text) }) {
            warnings.append(Self.leftOut(silent, of: tries.count, endpoint))
        }
    }

    private static func spread(_ addresses: [SocketAddress], _ endpoint: Endpoint) -> String {
        let isMixed = Set(addresses.map(\.isIPv6)).count > 1
        return "\(endpoint.redacted) has \(addresses.count) addresses, and each gets its share of the sessions"
            + listed(addresses.map(\.textWithPort), endpoint) + (isMixed ? "; IPv4 and IPv6 may lead to one server" : "")
            + "; --resolve first takes one"
    }

    private static func leftOut(_ silent: [AddressTry], of count: Int, _ endpoint: Endpoint) -> String {
        let isOne = silent.count == 1
        return "\(silent.count) of the \(count) addresses of \(endpoint.redacted) \(isOne ? "does" : "do") not answer and "
            + "\(isOne ? "gets" : "get") no sessions"
            + listed(silent.map { "\($0.address.textWithPort) (\(SystemFault.message($0.code)))" }, endpoint)
    }

    private static let mostListed = 8

    /// An address tells as much as a name of who may use the server.
    private static func listed(_ texts: [String], _ endpoint: Endpoint) -> String {
        if endpoint.isCapability { return "" }
        let rest = texts.count - mostListed
        return ": " + texts.prefix(mostListed).joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
