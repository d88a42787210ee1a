import ScaleControl
import ScaleCore

/// A foreign server as a child process of this host that a keeper of ours ends: what the providers of such servers have in
/// common.
struct KeptServer: Sendable {
    static func options(port: String = "0") -> [OptionDescription] {
        [
            OptionDescription("host", "ADDRESS", "the IPv4 address that it listens on", defaultValue: "127.0.0.1"),
            OptionDescription("port", "N", "the port; 0 takes a free one", defaultValue: port),
            OptionDescription("cores", "N", "processors that it may use altogether", defaultValue: "this host's"),
            .environment,
        ]
    }

    var provider: String
    var flag: String
    var host: String
    var port: Int
    var workers: Int?
    var maxConcurrentEnvs: Int?
    var cores: Double?
    /// Variables of its environment.
    var environment: [String: String]
    /// How long it may take to end when it is asked to, where it takes longer than others.
    var stopGrace: Nanoseconds?
    /// What is said of a server whose log tells that it will not serve, although it may live on.
    var refusal = ""
    /// The line of its last ones that tells so; nil where none does.
    var tells: @Sendable ([String]) -> String? = { _ in nil }

    init(_ spec: ProviderSpec) throws(ScaleError) {
        provider = spec.name
        flag = spec.flag
        host = spec.text("host") ?? "127.0.0.1"
        port = try spec.integer("port", in: 0...65_535) ?? 0
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        cores = try spec.positiveNumber("cores")
        environment = spec.values(under: "env.")
    }

    /// `PROVIDER-NAME-w2-c40`.
    func infra(_ name: String) -> String {
        "\(provider)-\(name)" + (workers.map { "-w\($0)" } ?? "") + (maxConcurrentEnvs.map { "-c\($0)" } ?? "")
    }

    /// - Parameter command: of the server that is to listen at a port.
    func launch(
        infra: String, _ request: LaunchRequest, command: (UInt16) -> [String]
    ) async throws(ScaleError) -> any Deployment {
        let port = try freePort()
        let start = request.clock.now
        var request = request
        var keeper = request.keeper
        if let stopGrace {
            request.stopGrace = max(request.stopGrace, stopGrace)
            keeper += ["--grace", "\(max(1, Int(request.stopGrace.seconds) - 1))"]
        }
        // The keeper is this program: it ends the command's whole group when we are gone, even killed.
        let server = try ServerProcess(
            program: request.program, arguments: keeper + command(port.number), variables: environment, request)
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
        let endpoint = Endpoint(secure: false, host: host == "0.0.0.0" ? "127.0.0.1" : host, port: port.number)
        let took = request.clock.now - start
        request.reached(.started, endpoint.redacted)
        return LocalServer(
            server: server, endpoints: [endpoint],
            facts: DeploymentRecord(
                provider: provider, infra: infra, cores: cores ?? Double(request.hostCores), replicas: 1, workers: workers,
                sessionCap: maxConcurrentEnvs, endpoints: [endpoint.redacted]),
            lifecycle: [LifecycleRecord(replica: 0, stage: .started, start: .zero, duration: took, outcome: "ok")],
            scrubbed: ScrubbedText(environment: environment, options: [:]), refusal: refusal, tells: tells, port: port)
    }

    private func freePort() throws(ScaleError) -> ServerPort {
        guard let port = port == 0 ? PortClaim.choose(on: host).map({ ServerPort($0) }) : UInt16(exactly: port).map({ ServerPort($0) })
        else {
            throw ScaleError(
                .infrastructure, "\(flag) \(provider): no port can be had on \(host)",
                hint: "check host: it must be an IPv4 address of this host")
        }
        // Whoever listens there would be measured in its place.
        if self.port != 0, FreePort.isTaken(port.number, on: host) {
            throw .usage(
                "\(flag) \(provider): port \(port.number) of \(host) is taken",
                hint: "end what listens there, or take a free one: port=0")
        }
        return port
    }
}
