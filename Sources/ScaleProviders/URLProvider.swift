import ScaleCore

/// Servers that run already: nothing is launched, and nothing is stopped.
public struct URLProvider: Provider {
    public static let name = "url"
    public static let summary = "servers that run already, at the given URLs"
    static let urlsKey = "urls"
    public static let options = [
        OptionDescription(urlsKey, "URL,URL…", "where they are; a bare URL does the same"),
        OptionDescription("cores", "N", "processors that the servers may use altogether, for results per core"),
    ]

    public var endpoints: [Endpoint]
    public var cores: Double?

    /// - Parameter endpoints: at least one.
    public init(endpoints: [Endpoint], cores: Double? = nil) {
        self.endpoints = endpoints
        self.cores = cores
    }

    public init(spec: ProviderSpec) throws(ScaleError) {
        cores = try spec.positiveNumber("cores")
        endpoints = []
        for url in (spec.text(Self.urlsKey) ?? "").split(separator: ",") {
            endpoints.append(try Endpoint(url: String(url), flag: spec.flag))
        }
        if endpoints.isEmpty {
            throw .usage("\(spec.flag) url names no URL", hint: "write it like http://127.0.0.1:8000")
        }
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let infra = endpoints.count == 1 ? "url-" + endpoints[0].authority : "url-x\(endpoints.count)"
        return AttachedServers(
            facts: DeploymentRecord(
                provider: Self.name, infra: infra, cores: cores, replicas: endpoints.count, workers: nil,
                sessionCap: nil,
                endpoints: endpoints.map(\.redacted)),
            endpoints: endpoints)
    }
}

/// Somebody else's servers.
private struct AttachedServers: Deployment {
    var facts: DeploymentRecord
    var endpoints: [Endpoint]
    var processes: [Int32] { [] }
    var lifecycle: [LifecycleRecord] { [] }

    func health() async -> DeploymentHealth { .alive }
    func logs(last count: Int) async -> [String] { [] }
    func stop() async {}
}
