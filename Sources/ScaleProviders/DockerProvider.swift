import ScaleControl
import ScaleCore

/// Containers of an image, on a Docker engine that this host reaches at a unix socket.
public struct DockerProvider: Provider {
    public static let name = "docker"
    public static let summary = "containers of an image, through the Docker engine of this host"
    public static let needs: String? = "a Docker engine, at \(EngineSocket.usual) unless DOCKER_HOST or socket= says otherwise"
    public static let positional: String? = "image"
    public static let options = ContainerSettings.options(
        replicas: "1",
        own: [
            OptionDescription("network", "bridge|host", "a network of its own, or this host's", defaultValue: "bridge"),
            OptionDescription(
                "host-port", "N", "the port of 127.0.0.1 that leads to it, of one replica", defaultValue: "the engine's choice"),
            OptionDescription("pull", "missing|always|never", "when the image is fetched from its registry", defaultValue: "missing"),
            OptionDescription("platform", "OS/ARCH", "which variant of the image"),
        ])

    enum Network: String, CaseIterable, Sendable {
        /// A port of this host's loopback address leads into the container.
        case bridge
        /// The server listens at this host's loopback address itself.
        case host
    }

    var settings: ContainerSettings
    var network: Network
    var hostPort: UInt16?
    var pull: PullPolicy
    var platform: String?
    var socket: EngineSocket
    /// What the user typed it for.
    var flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        settings = try ContainerSettings(spec, of: Self.name, replicas: 1)
        network = try spec.choice("network") ?? .bridge
        hostPort = try spec.integer("host-port", in: 1...65_535).map { UInt16($0) }
        pull = try spec.choice("pull") ?? .missing
        platform = spec.text("platform")
        socket = try EngineSocket(spec.text("socket"), of: Self.name, flag: spec.flag)
        flag = spec.flag
        if network == .host, hostPort != nil {
            throw .usage("\(flag) docker: host-port and network=host are both given", hint: "on this host's network, port= is the port")
        }
        let fixed = hostPort != nil ? "host-port" : network == .host && settings.port != nil ? "port" : nil
        if let fixed, settings.replicas > 1 {
            throw .usage(
                "\(flag) docker: \(settings.replicas) replicas cannot share the one port that \(fixed) names",
                hint: "leave \(fixed) out, and each gets one of its own")
        }
    }

    static let portHint = "end what listens there, or leave the port out"

    public static func availability(_ client: ControlClient) async -> ProviderAvailability { await Engine.availability(client) }

    var infra: String {
        settings.infra(Self.name, (settings.cpus.map { "-cpus\($0.plainText)" } ?? "") + (network == .host ? "-host" : ""))
    }

    /// Where the server of a replica is to listen. On this host's network it is a free port each time, unless it is said.
    func choosePort() throws(ScaleError) -> ServerPort {
        if network == .bridge { return ServerPort(settings.port ?? ContainerSettings.usualPort) }
        if let port = settings.port { return ServerPort(port) }
        if let port = PortClaim.choose(on: "127.0.0.1") { return ServerPort(port) }
        throw ScaleError(.infrastructure, "no port can be had on 127.0.0.1 for the container", hint: "end what holds them")
    }

    /// What the engine is asked for.
    func body(port: UInt16, labels: [String: String]) -> ContainerBody {
        let host = network == .host ? "127.0.0.1" : "0.0.0.0"
        let binding = ContainerBody.Binding(hostIp: "127.0.0.1", hostPort: hostPort.map(String.init) ?? "")
        return ContainerBody(
            image: settings.image.description, env: settings.variables(host: host, port: port),
            cmd: settings.command(host: host, port: port), labels: labels,
            exposedPorts: network == .host ? nil : ["\(port)/tcp": .init()],
            hostConfig: .init(
                networkMode: network.rawValue, portBindings: network == .host ? nil : ["\(port)/tcp": [binding]],
                ulimits: ContainerLimits.ulimits(descriptors: settings.descriptors ?? EngineHost.descriptorLimit(of: socket)),
                nanoCpus: settings.nanoCPUs, memory: settings.memory))
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let begun = request.clock.now
        // Whoever listens there would be measured in its place, or keep the container from starting.
        if let port = hostPort ?? (network == .host ? settings.port : nil), FreePort.isTaken(port, on: "127.0.0.1") {
            throw .usage("port \(port) of 127.0.0.1 is taken", hint: Self.portHint)
        }
        let engine = try await Engine.connect(socket, request.client)
        let cores = try await engine.info().nCPU
        try await engine.provide(settings.image, pull, platform: platform, request)
        return try await ContainerLaunch(provider: self, engine: engine, request: request, begun: begun).run(cores: cores)
    }
}
