import ScaleControl
import ScaleCore

/// Pods of a Kubernetes cluster, through `kubectl`.
public struct KubernetesProvider: Provider {
    /// How sessions come to the pods.
    enum Exposure: String, Hashable, Sendable, CaseIterable {
        /// `kubectl port-forward` to each: needs no more than the cluster's API, and is slow.
        case portForward = "port-forward"
        /// Each by its own address, as from inside the cluster or its network.
        case pods
        /// The Service by its name, from inside the cluster.
        case service
        case nodePort = "nodeport"
        case loadBalancer = "loadbalancer"

        var service: KubernetesManifest.ServiceKind? {
            switch self {
            case .portForward, .pods: nil
            case .service: .clusterIP
            case .nodePort: .nodePort
            case .loadBalancer: .loadBalancer
            }
        }
    }

    public static let name = "kubernetes"
    public static let summary = "pods of a Kubernetes cluster, through kubectl"
    public static let needs: String? = "kubectl, and a cluster that it may create Deployments, Services and Secrets in"
    public static let options = [
        OptionDescription("image", "NAME", "the image of the server"),
        OptionDescription("command", "\"WORD WORD…\"", "arguments in place of the image's own"),
        OptionDescription("replicas", "N", "pods", defaultValue: "1"),
        OptionDescription("workers", "N", "server processes of each, told it as WORKERS"),
        OptionDescription("max-concurrent-envs", "N", "sessions that each worker admits, told it as MAX_CONCURRENT_ENVS"),
        OptionDescription("port", "N", "where the server listens in its pod, told it as PORT", defaultValue: "8000"),
        OptionDescription("expose", "HOW", "port-forward, pods, service, nodeport or loadbalancer", defaultValue: "port-forward"),
        OptionDescription("cpus", "N", "processors of each pod"),
        OptionDescription("memory", "SIZE", "memory of each pod: 512m, 2g"),
        OptionDescription("context", "NAME", "the cluster, as kubectl's configuration calls it", defaultValue: "the current one"),
        OptionDescription("namespace", "NAME", "where it is created", defaultValue: "the context's"),
        .environment,
    ]

    var manifest: KubernetesManifest
    var exposure: Exposure
    var cpus: Double?
    var workers: Int?
    var maxConcurrentEnvs: Int?
    var context: String
    var namespace: String
    var program = "kubectl"

    public init(spec: ProviderSpec) throws(ScaleError) {
        let image = try spec.required("image", example: "kubernetes:image=registry.example.org/env:1")
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        cpus = try spec.positiveNumber("cpus")
        exposure = try spec.choice("expose") ?? .portForward
        context = spec.text("context") ?? ""
        namespace = spec.text("namespace") ?? ""
        let port = try spec.integer("port", in: 1...65_535) ?? 8000
        manifest = KubernetesManifest(
            image: image, replicas: try spec.integer("replicas", in: 1...10_000) ?? 1, port: UInt16(port),
            secrets: spec.values(under: "env."),
            milliCPUs: cpus.map { max(1, Int(($0 * 1000).rounded(.up))) }, memory: try spec.bytes("memory"), service: exposure.service)
        manifest.settings = ["HOST": "0.0.0.0", "PORT": "\(port)"]
        if let workers { manifest.settings["WORKERS"] = "\(workers)" }
        if let maxConcurrentEnvs { manifest.settings["MAX_CONCURRENT_ENVS"] = "\(maxConcurrentEnvs)" }
        if let text = spec.text("command") {
            guard let words = CommandWords.split(text), !words.isEmpty else {
                throw .usage(
                    "\(spec.flag) kubernetes: command is empty, or has a quote or a backslash that does not end",
                    hint: "write it like kubernetes:command=\"--port 8000\"")
            }
            manifest.arguments = words
        }
        for name in manifest.secrets.keys.sorted() where !Self.isVariable(name) {
            throw .usage("\(spec.flag) kubernetes: '\(name)' is no variable that a pod can have", hint: "use letters, digits and _")
        }
        for (key, value) in [("context", context), ("namespace", namespace)] where value.hasPrefix("-") || spec.text(key) == "" {
            throw .usage("\(spec.flag) kubernetes: \(key) is '\(value)', which is no name", hint: "leave it out for kubectl's own")
        }
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first) else { return false }
        return name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// `kubernetes-env-r3-w2-c40`.
    func infra(replicas: Int) -> String {
        let named = manifest.image.split(separator: "/").last?.prefix { $0 != ":" && $0 != "@" } ?? ""
        return "\(Self.name)-\(named)-r\(replicas)" + (workers.map { "-w\($0)" } ?? "") + (maxConcurrentEnvs.map { "-c\($0)" } ?? "")
    }

    public static func availability(_ client: ControlClient) async -> ProviderAvailability {
        guard Tool.find("kubectl") != nil else { return .missing("kubectl is not on this host") }
        do throws(ScaleError) {
            return .available(
                "Kubernetes "
                    + (try await KubernetesCommands(context: "", namespace: "", clock: SystemClock()).version(within: .seconds(6))))
        } catch {
            return .missing(error.cause.map { "\(error.message): \($0)" } ?? error.message)
        }
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let start = request.clock.now
        guard Tool.find(program) != nil else {
            throw ScaleError(.infrastructure, "\(program) is not on this host", hint: "install it, or correct PATH")
        }
        let commands = try await KubernetesCommands(program: program, context: context, namespace: namespace, clock: request.clock)
            .resolved()
        _ = try await commands.version()
        let resource = Resource(.kubernetes, request.mark.name, place: commands.place)
        try request.ledger.note(resource)
        let launch = KubernetesLaunch(provider: self, commands: commands, resource: resource, request: request, start: start)
        do throws(ScaleError) {
            try await commands.create(manifest.text(request.mark))
            request.reached(.create, "deployment \(request.mark.name)")
            return try await launch.serving(replicas: manifest.replicas, since: request.clock.now - start)
        } catch {
            // What cannot be removed is in the ledger, and the reason of all this says more.
            try? await launch.remove()
            throw error
        }
    }
}
