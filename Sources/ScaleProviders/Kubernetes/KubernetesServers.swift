import ScaleControl
import ScaleCore
import Synchronization

/// Pods that serve.
final class KubernetesServers: ResourceReading, Rescalable {
    private struct State {
        var ended: Readiness.Terminal?
        var lastLook: MonotonicTime?
    }

    let facts: DeploymentRecord
    let endpoints: [Endpoint]
    let lifecycle: [LifecycleRecord]
    private let launch: KubernetesLaunch
    /// As they were when all ran.
    private let pods: [KubernetesPod]
    private let forwards: [PortForward]
    private let state = Mutex(State())

    init(
        launch: KubernetesLaunch, facts: DeploymentRecord, endpoints: [Endpoint], lifecycle: [LifecycleRecord], pods: [KubernetesPod],
        forwards: [PortForward]
    ) {
        self.launch = launch
        self.facts = facts
        self.endpoints = endpoints
        self.lifecycle = lifecycle
        self.pods = pods
        self.forwards = forwards
    }

    /// They run elsewhere.
    var processes: [Int32] { [] }
    var balancerProcesses: [Int32] { forwards.flatMap(\.processes) }

    /// Between two questions to the cluster: each is a program that takes this host's processor for a while.
    private static let interval = Nanoseconds.seconds(5)

    func health() async -> DeploymentHealth {
        if let ended = state.withLock({ $0.ended }) { return .ended(ended) }
        let broken = forwards.first { $0.ending != nil }
        let isDue = state.withLock { state -> Bool in
            let now = launch.request.clock.now
            let isDue = state.lastLook.map { now >= $0 + Self.interval } ?? true
            if isDue { state.lastLook = now }
            return isDue
        }
        guard isDue || broken != nil else { return .alive }
        // Of a way that is broken the pod's own end is the better reason.
        let terminal =
            await terminal()
            ?? broken.map { Readiness.Terminal(state: "kubectl port-forward to pod \($0.pod) ended with \($0.ending ?? "")") }
        guard let terminal else { return .alive }
        state.withLock { $0.ended = terminal }
        return .ended(terminal)
    }

    /// Nil while all pods are what they were, and where nobody can tell.
    private func terminal() async -> Readiness.Terminal? {
        guard let view = try? await launch.commands.view(launch.resource.name) else { return nil }
        for pod in pods {
            guard let reason = Self.change(of: pod, in: view) else { continue }
            let now = view.pods.first { $0.name == pod.name }
            let isRestarted = (now?.restarts ?? 0) > pod.restarts
            let lines = now == nil ? [] : await launch.commands.logs(of: pod.name, last: 8, previous: isRestarted)
            return Readiness.Terminal(state: reason, lastLines: lines)
        }
        return nil
    }

    /// What became of a pod; nil where it is as it was.
    static func change(of pod: KubernetesPod, in view: KubernetesView) -> String? {
        guard let now = view.pods.first(where: { $0.name == pod.name }) else { return "pod \(pod.name) is gone" }
        if now.restarts > pod.restarts { return "pod \(pod.name) was started again" + (now.lastEnd.map { ": \($0)" } ?? "") }
        switch now.standing {
        case .runs: return nil
        case .fails(let why), .waits(let why): return "pod \(pod.name) does not run: \(why)"
        }
    }

    func logs(last count: Int) async -> [String] {
        if pods.count == 1 { return await launch.commands.logs(of: pods[0].name, last: count) }
        var lines: [String] = []
        for pod in pods {
            lines += await launch.commands.logs(of: pod.name, last: max(1, count / pods.count)).map { "\(pod.name): \($0)" }
        }
        return lines
    }

    func rescale(to replicas: Int) async throws(ScaleError) -> any Deployment {
        try await launch.commands.scale(launch.resource.name, to: replicas)
        return try await launch.serving(replicas: replicas, since: launch.request.clock.now - launch.start, forwards: forwards)
    }

    /// The ways are closed and the pods removed, whatever becomes of the others.
    func stop() async throws(ScaleError) {
        var failure: ScaleError?
        for way in forwards {
            do throws(ScaleError) { try await way.end() } catch { failure = failure ?? error }
        }
        try await launch.remove()
        if let failure { throw failure }
    }
}
