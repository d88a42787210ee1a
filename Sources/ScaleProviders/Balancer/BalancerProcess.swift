import ScaleControl
import ScaleCore

/// A balancer that runs on this host for one launch, with its configuration in a folder of its own. Both are its own in the
/// ledger, and it ends when this process does.
struct BalancerProcess: Sendable {
    let kind: BalancerKind
    let plan: BalancerPlan
    private let server: ServerProcess
    private let folder: LaunchFolder
    private let request: LaunchRequest
    private let port: PortClaim

    /// Starts it and waits until it accepts connections.
    /// - Parameter request: with a mark of its own.
    /// - Throws: with nothing left behind: infrastructure, where it does not start; interrupted.
    static func start(
        _ kind: BalancerKind, before backends: [Endpoint], _ request: LaunchRequest
    ) async throws(ScaleError) -> BalancerProcess {
        let name = kind.software.rawValue
        let program = try path(of: kind)
        guard let port = PortClaim.choose(on: "127.0.0.1") else {
            throw ScaleError(.infrastructure, "no port can be had on 127.0.0.1 for \(name)", hint: "end what takes them all")
        }
        let folder = try LaunchFolder(request)
        do throws(ScaleError) {
            let plan = BalancerPlan(
                port: port.number, backends: backends, algorithm: kind.algorithm,
                connectionLimit: BalancerPlan.connections(
                    descriptors: BalancerPlan.descriptorLimit, backends: backends.count, threads: threads(request)),
                threads: threads(request), statisticsSocket: folder.path + "/statistics")
            let words = try await checked(kind, plan, program, folder, request)
            let server = try ServerProcess(program: request.program, arguments: request.keeper + [program] + words, request)
            let balancer = BalancerProcess(kind: kind, plan: plan, server: server, folder: folder, request: request, port: port)
            do throws(ScaleError) {
                try await balancer.listens()
            } catch {
                try await server.end()
                throw error
            }
            request.reached(.started, name + " at " + plan.endpoint.redacted)
            return balancer
        } catch {
            folder.remove(request.ledger)
            throw error
        }
    }

    /// - Throws: infrastructure, where this host does not have it.
    @discardableResult
    static func path(of kind: BalancerKind) throws(ScaleError) -> String {
        let name = kind.software.rawValue
        if let path = Tool.find(name) ?? Tool.find("/usr/sbin/" + name) { return path }
        throw ScaleError(
            .infrastructure, "\(name) is not on this host",
            hint: kind.software == .haproxy ? "install it: apt-get install haproxy" : "install it, or use --balancer haproxy")
    }

    /// HAProxy takes no more.
    private static func threads(_ request: LaunchRequest) -> Int { max(1, min(request.hostCores, 64)) }

    /// Writes the configuration and lets the balancer itself check it.
    /// - Returns: the words that start it with it.
    private static func checked(
        _ kind: BalancerKind, _ plan: BalancerPlan, _ program: String, _ folder: LaunchFolder, _ request: LaunchRequest
    ) async throws(ScaleError) -> [String] {
        let check: [String]
        let start: [String]
        switch kind.software {
        case .haproxy:
            let file = try folder.write(HAProxyConfiguration(plan: plan).text, to: "haproxy.cfg")
            (check, start) = (["-c", "-f", file], ["-db", "-f", file])
        case .envoy:
            let file = try folder.write(EnvoyConfiguration(plan: plan).text, to: "envoy.json")
            check = ["--mode", "validate", "-c", file]
            start = ["-c", file, "--disable-hot-restart", "--concurrency", "\(plan.threads)", "--log-level", "warning"]
        }
        let answer = try await Tool(name: program).run(check, clock: request.clock)
        if answer.isSuccess { return start }
        throw ScaleError(
            .infrastructure, "\(kind.software.rawValue) refuses its configuration", cause: complaint(answer.errors + answer.output),
            hint: kind.software == .haproxy ? "it needs HAProxy 2.4 or later: haproxy -v" : nil)
    }

    /// The first thing that is wrong, without what stands before each line: `[ALERT]    (123) : config : `.
    static func complaint(_ text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }
        guard let line = lines.first(where: { $0.hasPrefix("[ALERT]") }) ?? lines.last else { return nil }
        guard line.hasPrefix("["), let colon = line.firstIndex(of: ":") else { return String(line) }
        let said = line[line.index(after: colon)...].drop { $0 == " " }
        return String(said.hasPrefix("config : ") ? said.dropFirst(9) : said)
    }

    /// It answers at its socket when all of its listeners are open.
    private func listens() async throws(ScaleError) {
        let readiness = Readiness(resource: kind.software.rawValue, deadline: .seconds(10), interval: .milliseconds(20))
        try await readiness.wait(clock: request.clock) {
            if server.ending != nil { return .ready }
            do throws(TransportFailure) {
                _ = try await request.client.statistics(plan, kind.software)
                return .ready
            } catch {
                return .notYet(error.message)
            }
        }
        guard let ending = server.ending else { return }
        throw ScaleError(
            .infrastructure, "\(kind.software.rawValue) ended with \(ending) before it listened",
            cause: Self.complaint(server.errorLines.joined(separator: "\n")))
    }

    var processes: [Int32] { server.ending == nil ? server.pid.map { [$0] } ?? [] : [] }
    var lines: [String] { server.errorLines }

    /// Nil while it runs.
    var terminal: Readiness.Terminal? {
        server.ending.map { Readiness.Terminal(state: "\(kind.software.rawValue) ended with \($0)", lastLines: server.errorLines) }
    }

    /// The servers that no session has come to, or that it does not take for well; in their order, with why.
    func unreached() async throws(ScaleError) -> [String] {
        let answer: HTTPResponse
        do throws(TransportFailure) {
            answer = try await request.client.statistics(plan, kind.software)
        } catch {
            throw ScaleError(.infrastructure, "\(kind.software.rawValue) does not tell what it has done", cause: error.message)
        }
        guard answer.status == 200, let found = Self.unreached(answer.body, plan, kind.software) else {
            throw ScaleError(
                .infrastructure, "\(kind.software.rawValue) does not tell what it has done", cause: String(answer.text.prefix(200)))
        }
        return found
    }

    static func unreached(_ body: [UInt8], _ plan: BalancerPlan, _ software: BalancerKind.Software) -> [String]? {
        let doubts: [String?]
        switch software {
        case .haproxy:
            guard let told = HAProxyStatistics(csv: String(decoding: body, as: UTF8.self), backend: HAProxyConfiguration.backend) else {
                return nil
            }
            doubts = plan.backends.indices.map { place in
                guard let server = told.servers.first(where: { $0.name == BalancerPlan.name(place) }) else { return "unknown to haproxy" }
                return server.isUp ? (server.sessions == 0 ? "" : nil) : "\(server.status) for haproxy"
            }
        case .envoy:
            guard let told = EnvoyStatistics(json: body, cluster: EnvoyConfiguration.cluster) else { return nil }
            doubts = plan.backends.map { backend in
                guard let host = told.hosts.first(where: { $0.addresses.contains(backend.address) }) else { return "unknown to envoy" }
                return host.isHealthy ? (host.requests == 0 ? "" : nil) : "unhealthy for envoy"
            }
        }
        return zip(plan.backends, doubts).compactMap { backend, doubt in
            doubt.map { backend.redacted + ($0.isEmpty ? "" : " (\($0))") }
        }
    }

    /// - Throws: infrastructure, where a process of it cannot be ended.
    func end() async throws(ScaleError) {
        try await server.end()
        folder.remove(request.ledger)
    }
}

extension ControlClient {
    /// Asks a balancer what it has done.
    fileprivate func statistics(
        _ plan: BalancerPlan, _ software: BalancerKind.Software
    ) async throws(TransportFailure) -> HTTPResponse {
        var client = self
        client.unixSocket = plan.statisticsSocket
        let path =
            switch software {
            case .haproxy: "/;csv"
            case .envoy: "/clusters?format=json"
            }
        return try await client.send(HTTPRequest(.get, "http://localhost" + path), within: .seconds(2))
    }
}
