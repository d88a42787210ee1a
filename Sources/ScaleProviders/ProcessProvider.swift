import ScaleControl
import ScaleCore

/// Any server program, as a child process on this host.
public struct ProcessProvider: Provider {
    public static let name = "process"
    public static let summary = "any command on this host that serves OpenEnv at a port it is given"
    public static let options = [
        OptionDescription(
            "command", "\"WORD WORD…\"", "what is run, without a shell; {port} and {host} in it are filled in"),
        OptionDescription("host", "ADDRESS", "the IPv4 address that it listens on", defaultValue: "127.0.0.1"),
        OptionDescription("port", "N", "the port; 0 lets the kernel choose", defaultValue: "0"),
        OptionDescription("workers", "N", "server processes that the command starts, for the record"),
        OptionDescription("max-concurrent-envs", "N", "sessions that each of them admits, for the record"),
        OptionDescription("cores", "N", "processors that they may use altogether", defaultValue: "this host's"),
        .environment,
    ]

    /// With its placeholders.
    public var words: [String]
    public var host: String
    public var port: Int
    public var workers: Int?
    public var maxConcurrentEnvs: Int?
    public var cores: Double?
    /// Variables of its environment.
    public var environment: [String: String]

    public init(spec: ProviderSpec) throws(ScaleError) {
        host = spec.text("host") ?? "127.0.0.1"
        port = try spec.integer("port", in: 0...65_535) ?? 0
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        cores = try spec.positiveNumber("cores")
        environment = spec.values(under: "env.")
        let example = "write it like process:command=\"uvicorn app:app --port {port}\""
        guard let command = spec.text("command") else {
            throw .usage("\(spec.flag) process names no command", hint: example)
        }
        guard let words = CommandWords.split(command) else {
            throw .usage("\(spec.flag) process: command has a quote or a backslash that does not end", hint: example)
        }
        guard let program = words.first, !program.isEmpty else {
            throw .usage("\(spec.flag) process: command is empty", hint: example)
        }
        if port == 0, !words.contains(where: { $0.contains(Self.portPlaceholder) }) {
            throw .usage(
                "\(spec.flag) process: command does not say where the port goes",
                hint: "write {port} in it, or give the one that it listens on: port=8000")
        }
        self.words = words
    }

    private static let portPlaceholder = "{port}"

    /// `process-uvicorn-w2-c40`.
    var infra: String {
        let program = (words.first ?? "").split(separator: "/").last ?? ""
        return "\(Self.name)-\(program)" + (workers.map { "-w\($0)" } ?? "") + (maxConcurrentEnvs.map { "-c\($0)" } ?? "")
    }

    func command(port: UInt16) -> [String] {
        words.map { Self.filled(Self.filled($0, Self.portPlaceholder, "\(port)"), "{host}", host) }
    }

    /// Fills in a placeholder wherever it stands.
    static func filled(_ text: String, _ placeholder: String, _ value: String) -> String {
        var (found, rest) = ("", text[...])
        while let first = rest.first {
            if rest.hasPrefix(placeholder) {
                found += value
                rest = rest.dropFirst(placeholder.count)
            } else {
                found.append(first)
                rest = rest.dropFirst()
            }
        }
        return found
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        guard let port = port == 0 ? FreePort.choose(on: host) : UInt16(port) else {
            throw ScaleError(
                .infrastructure, "no port can be had on \(host) for the process",
                hint: "check host: it must be an IPv4 address of this host")
        }
        // Whoever listens there would be measured in its place.
        if self.port != 0, FreePort.isTaken(port, on: host) {
            throw .usage(
                "port \(port) of \(host) is taken", hint: "end what listens there, or let the kernel choose: {port} without port=")
        }
        let start = request.clock.now
        // The keeper is this program: it ends the command's whole group when we are gone, even killed.
        let server = try ServerProcess(
            program: request.program, arguments: request.keeper + command(port: port), variables: environment, request)
        var isSpawned = false
        for await event in server.events {
            guard case .spawned = event else { break }
            isSpawned = true
            break
        }
        if Task.isCancelled {
            try await server.end()
            throw ScaleError(.interrupted, "the launch of the process was stopped")
        }
        guard isSpawned else {
            try await server.end()
            throw ScaleError(.infrastructure, "the process cannot be started: \(server.ending ?? "it ended at once")")
        }
        let endpoint = Endpoint(secure: false, host: host == "0.0.0.0" ? "127.0.0.1" : host, port: port)
        let took = request.clock.now - start
        request.reached(.started, endpoint.redacted)
        return LocalServer(
            server: server, endpoints: [endpoint],
            facts: DeploymentRecord(
                provider: Self.name, infra: infra, cores: cores ?? Double(request.hostCores), replicas: 1, workers: workers,
                sessionCap: maxConcurrentEnvs, endpoints: [endpoint.redacted]),
            lifecycle: [LifecycleRecord(replica: 0, stage: .started, start: .zero, duration: took, outcome: "ok")])
    }
}
