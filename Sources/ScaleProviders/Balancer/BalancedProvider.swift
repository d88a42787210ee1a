import ScaleControl
import ScaleCore

/// A provider with a balancer of this host in front of what it launches, so that sessions have one address.
public struct BalancedProvider: Provider {
    public static let name = "balancer"
    public static let summary = "a balancer before the servers of another provider"
    public static let options: [OptionDescription] = []

    public var inner: any Provider
    var kind: BalancerKind
    /// What the user typed the balancer for.
    private var flag: String

    init(_ inner: any Provider, _ kind: BalancerKind, flag: String) {
        self.inner = inner
        self.kind = kind
        self.flag = flag
    }

    /// It is no provider by itself.
    public init(spec: ProviderSpec) throws(ScaleError) {
        throw .usage("\(spec.flag) names a balancer and no servers", hint: "write it like local:balancer=haproxy")
    }

    /// Attached servers are there or not: nobody waits long for them.
    private static let patience = Nanoseconds.seconds(5)

    public var attached: [Endpoint] { inner.attached }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        // Before anything is launched for nothing.
        try BalancerProcess.path(of: kind)
        let deployment = try await inner.launch(request)
        do throws(ScaleError) {
            if let refusal = BalancerPlan.refusal(of: deployment.endpoints, kind, flag: flag) { throw refusal }
            if inner is URLProvider { try await checkPresence(deployment.endpoints, request) }
            let balancer = try await BalancerProcess.start(kind, before: deployment.endpoints, request.next())
            return BalancedDeployment(inner: deployment, balancer: balancer)
        } catch {
            // What cannot be stopped is in the ledger, and the reason of all this says more.
            try? await deployment.stop()
            throw error
        }
    }

    private func checkPresence(_ endpoints: [Endpoint], _ request: LaunchRequest) async throws(ScaleError) {
        for endpoint in endpoints {
            var last = ""
            do throws(ScaleError) {
                let readiness = Readiness(
                    resource: endpoint.redacted, deadline: min(request.startupDeadline ?? Self.patience, Self.patience),
                    interval: .milliseconds(100))
                try await readiness.wait(clock: request.clock) {
                    let answer = await request.client.health(of: endpoint)
                    if case .notYet(let why) = answer { last = why }
                    return answer
                }
            } catch {
                guard error.code == .infrastructure else { throw error }
                throw ScaleError(
                    .infrastructure, "no server answers at \(endpoint.redacted), before which \(kind.software.rawValue) is to stand",
                    cause: last,
                    hint: "start it, or leave it out; it must answer GET /health")
            }
        }
    }
}

/// Servers behind a balancer of this host.
struct BalancedDeployment: ResourceReading, ReachReporting, FrontedServers {
    var inner: any Deployment
    var balancer: BalancerProcess

    /// The servers' own addresses say what is measured; the balancer's is another one every time.
    var facts: DeploymentRecord {
        var facts = inner.facts
        facts.infra += balancer.kind.suffix
        facts.balancer = balancer.kind.name
        return facts
    }

    var endpoints: [Endpoint] { [balancer.plan.endpoint] }
    var backends: [Endpoint] { inner.endpoints }
    var connectionLimit: Int { balancer.plan.connectionLimit }
    var lifecycle: [LifecycleRecord] { inner.lifecycle }
    var processes: [Int32] { (inner as? any ResourceReading)?.processes ?? [] }
    var balancerProcesses: [Int32] { balancer.processes + ((inner as? any ResourceReading)?.balancerProcesses ?? []) }

    func health() async -> DeploymentHealth {
        if case .ended(let terminal) = await inner.health() { return .ended(terminal) }
        return balancer.terminal.map { .ended($0) } ?? .alive
    }

    func logs(last count: Int) async -> [String] {
        let said = await inner.logs(last: count)
        return (balancer.lines + said).suffix(max(0, count))
    }

    func unreached() async throws(ScaleError) -> [String] {
        let own = try await balancer.unreached()
        guard let inner = inner as? any ReachReporting else { return own }
        return own + (try await inner.unreached())
    }

    /// Both are ended, whatever becomes of the other.
    func stop() async throws(ScaleError) {
        var failure: ScaleError?
        do throws(ScaleError) { try await balancer.end() } catch { failure = error }
        try await inner.stop()
        if let failure { throw failure }
    }
}
