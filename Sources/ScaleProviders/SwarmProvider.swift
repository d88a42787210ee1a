import ScaleControl
import ScaleCore

/// A service of a swarm, through one of its managers that this host reaches at a unix socket.
public struct SwarmProvider: Provider {
    public static let name = "swarm"
    public static let summary = "a service of a Docker swarm, through the engine of this host"
    public static let needs: String? = "a Docker engine that is a swarm's manager, or may become one: init=true"
    public static let positional: String? = "image"
    public static let options = ContainerSettings.options(
        replicas: "2",
        own: [
            OptionDescription(
                "publish", "auto|ingress|host", "the swarm's mesh in front of all, or a port of each task's own",
                defaultValue: "auto: ingress where the kernel has IPVS"),
            OptionDescription("network", "NAME", "an overlay network for the tasks; create makes one for the launch"),
            OptionDescription("constraint", "EXPRESSION[+…]", "which nodes may run tasks, e.g. node.role==worker"),
            OptionDescription("init", "true|false", "begin a swarm where there is none, and end it afterwards", defaultValue: "false"),
        ])

    enum Publish: String, CaseIterable, Sendable {
        case auto
        /// One port of every node leads to all tasks.
        case ingress
        /// A port of its node leads to each task.
        case host
    }

    var settings: ContainerSettings
    var publish: Publish
    /// By name, unless ``makesNetwork``.
    var network: String?
    var constraints: [String]
    /// Whether a swarm may be begun.
    var mayBegin: Bool
    var socket: EngineSocket
    /// What the user typed it for.
    var flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        settings = try ContainerSettings(spec, of: Self.name, replicas: 2)
        publish = try spec.choice("publish") ?? .auto
        network = spec.text("network")
        constraints = spec.text("constraint")?.split(separator: "+").map(String.init) ?? []
        mayBegin = try spec.truth("init") ?? false
        socket = try EngineSocket(spec.text("socket"), of: Self.name, flag: spec.flag)
        flag = spec.flag
        if network?.isEmpty ?? false {
            throw .usage("\(flag) swarm: network is empty", hint: "name an overlay network, or write network=create")
        }
        for text in constraints where !Self.isConstraint(text) {
            throw .usage(
                "\(flag) swarm: constraint '\(text)' compares nothing", hint: "write it like constraint=node.role==worker, with == or !=")
        }
    }

    /// Whether it is like `node.labels.disk==ssd`.
    private static func isConstraint(_ text: String) -> Bool {
        let sides = text.split(separator: "=", omittingEmptySubsequences: false)
        guard let name = sides.first, let value = sides.last, !value.isEmpty else { return false }
        return sides.count == 3 ? sides[1].isEmpty && !name.isEmpty : sides.count == 2 && name.hasSuffix("!") && name.count > 1
    }

    /// Whether an overlay network is made for the launch.
    var makesNetwork: Bool { network == "create" }

    public static func availability(_ client: ControlClient) async -> ProviderAvailability {
        do throws(ScaleError) {
            let engine = try await Engine.connect(EngineSocket(nil, of: name, flag: "--provider"), client)
            let swarm = try await engine.info().swarm
            guard swarm?.localNodeState == "active" else { return .available("\(engine.product), in no swarm: init=true begins one") }
            if swarm?.controlAvailable == true { return .available("\(engine.product), a swarm's manager") }
            return .missing("\(engine.product) is a worker of its swarm, and services are made by a manager")
        } catch {
            return .missing(error.message + (error.cause.map { " (\($0))" } ?? ""))
        }
    }

    /// What the swarm is asked for.
    func body(image: String, publish: Publish, network: String?, mark: LaunchMark, grace: Nanoseconds) -> ServiceBody {
        let port = settings.port ?? ContainerSettings.usualPort
        return ServiceBody(
            name: mark.name, labels: mark.labels,
            taskTemplate: .init(
                containerSpec: .init(
                    image: image, env: settings.variables(host: "0.0.0.0", port: port), args: settings.command(host: "0.0.0.0", port: port),
                    labels: mark.labels, stopGracePeriod: grace.rawValue,
                    ulimits: ContainerLimits.ulimits(descriptors: settings.descriptors ?? EngineHost.descriptorLimit(of: socket))),
                resources: .init(limits: .init(nanoCPUs: settings.nanoCPUs, memoryBytes: settings.memory)),
                placement: .init(constraints: constraints), networks: network.map { [.init(target: $0)] }),
            mode: .init(replicated: .init(replicas: settings.replicas)),
            endpointSpec: .init(ports: [.init(targetPort: port, publishMode: publish.rawValue)]))
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let begun = request.clock.now
        let engine = try await Engine.connect(socket, request.client)
        return try await SwarmLaunch(provider: self, engine: engine, request: request, begun: begun).run(try await engine.info())
    }
}
