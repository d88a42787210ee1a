import ScaleCore

/// Servers that run already: nothing is launched, and nothing is stopped.
public struct URLProvider: Provider {
    public static let name = "url"
    public static let summary = "servers that run already, at the given URLs"
    static let urlsKey = "urls"
    public static let options = [
        OptionDescription(urlsKey, "URL,URL…", "where they are; a bare URL does the same"),
        OptionDescription("cores", "N", "processors that the servers may use altogether, for results per core"),
        OptionDescription("workers", "N", "server processes behind each URL"),
        OptionDescription("max-concurrent-envs", "N", "sessions that each worker admits"),
        OptionDescription("pid", "PID[+…]", "the servers' processes, where they run on this host"),
        OptionDescription("balancer", "NAME", "what stands between, such as haproxy"),
        OptionDescription("balancer-pid", "PID[+…]", "its processes, where they run on this host"),
    ]

    public var endpoints: [Endpoint]
    public var cores: Double?
    /// Per URL.
    public var workers: Int?
    /// Per worker.
    public var maxConcurrentEnvs: Int?
    /// Of this host; their descendants are meant as well.
    public var processes: [Int32] = []
    public var balancer: String?
    public var balancerProcesses: [Int32] = []

    /// - Parameter endpoints: at least one.
    public init(endpoints: [Endpoint], cores: Double? = nil) {
        self.endpoints = endpoints
        self.cores = cores
    }

    public init(spec: ProviderSpec) throws(ScaleError) {
        cores = try spec.positiveNumber("cores")
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        processes = try Self.processes("pid", spec)
        balancerProcesses = try Self.processes("balancer-pid", spec)
        balancer = spec.text("balancer")
        if balancer?.isEmpty ?? false {
            throw .usage("\(spec.flag) url: balancer is empty", hint: "write it like url:balancer=haproxy")
        }
        // What can be read stands there, named or not.
        if balancer == nil, !balancerProcesses.isEmpty { balancer = "balancer" }
        endpoints = []
        for url in (spec.text(Self.urlsKey) ?? "").split(separator: ",") {
            endpoints.append(try Endpoint(url: String(url), flag: spec.flag))
        }
        if endpoints.isEmpty {
            throw .usage("\(spec.flag) url names no URL", hint: "write it like http://127.0.0.1:8000")
        }
    }

    /// The processes of `PID+PID`.
    private static func processes(_ key: String, _ spec: ProviderSpec) throws(ScaleError) -> [Int32] {
        guard let text = spec.text(key) else { return [] }
        let words = text.split(separator: "+", omittingEmptySubsequences: false)
        let processes = words.compactMap { Int32($0) }.filter { $0 > 0 }
        if processes.count == words.count { return processes }
        throw .usage(
            "\(spec.flag) url: \(key) is '\(text)', which is not the number of a process, or several joined by +",
            hint: "write it like url:\(key)=1234+1235")
    }

    public var attached: [Endpoint] { endpoints }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let infra = endpoints.count == 1 ? "url-" + endpoints[0].authority : "url-x\(endpoints.count)"
        return AttachedServers(
            facts: DeploymentRecord(
                provider: Self.name, infra: infra, cores: cores ?? (processes.isEmpty ? nil : Double(request.hostCores)),
                replicas: endpoints.count, workers: workers, sessionCap: maxConcurrentEnvs,
                endpoints: endpoints.map(\.redacted), balancer: balancer),
            endpoints: endpoints, processes: processes, balancerProcesses: balancerProcesses)
    }
}

/// Somebody else's servers.
private struct AttachedServers: ResourceReading {
    var facts: DeploymentRecord
    var endpoints: [Endpoint]
    var processes: [Int32]
    var balancerProcesses: [Int32]
    var lifecycle: [LifecycleRecord] { [] }

    func health() async -> DeploymentHealth { .alive }
    func logs(last count: Int) async -> [String] { [] }
    func stop() async throws(ScaleError) {}
}
