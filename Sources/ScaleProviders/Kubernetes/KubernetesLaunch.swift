import ScaleControl
import ScaleCore

/// A launch in a cluster: the wait until its pods run, and its end.
struct KubernetesLaunch: Sendable {
    let provider: KubernetesProvider
    let commands: KubernetesCommands
    let resource: Resource
    let request: LaunchRequest
    /// When the launch was asked for.
    let start: MonotonicTime

    private static let interval = Nanoseconds.milliseconds(500)
    private var deadline: Nanoseconds { request.startupDeadline ?? .seconds(300) }

    /// When pods have come so far, by name.
    private struct Progress {
        var scheduled: [String: Nanoseconds] = [:]
        var started: [String: Nanoseconds] = [:]
        var said = ""
    }

    /// Waits until so many pods run, and opens the ways to them.
    /// - Parameters:
    ///   - created: when they were asked for, since the launch was.
    ///   - forwards: those that are open already; of pods that are gone they are closed.
    /// - Throws: infrastructure, where pods will not serve or have taken too long; interrupted. The ways that were opened here are closed
    ///   then.
    func serving(replicas: Int, since created: Nanoseconds, forwards: [PortForward] = []) async throws(ScaleError) -> KubernetesServers {
        let began = request.clock.now
        var progress = Progress()
        let view = try await running(replicas, since: began, &progress)
        let ways = try await ways(to: view, keeping: forwards)
        var facts = DeploymentRecord(
            provider: KubernetesProvider.name, infra: provider.infra(replicas: replicas),
            cores: provider.cpus.map { $0 * Double(replicas) }, replicas: replicas,
            workers: provider.workers, sessionCap: provider.maxConcurrentEnvs, endpoints: [])
        let endpoints = ways.isEmpty ? addresses(view) : ways.map(\.endpoint)
        facts.endpoints = endpoints.map(\.redacted)
        // Every byte goes through it.
        if !ways.isEmpty { facts.balancer = "kubectl port-forward" }
        if provider.exposure == .loadBalancer { facts.balancer = "the cluster's load balancer" }
        return KubernetesServers(
            launch: self, facts: facts, endpoints: endpoints, lifecycle: lifecycle(view.pods, created, progress), pods: view.pods,
            forwards: ways)
    }

    private func running(_ replicas: Int, since began: MonotonicTime, _ progress: inout Progress) async throws(ScaleError) -> KubernetesView
    {
        while true {
            if Task.isCancelled { throw interrupted }
            let view = try await commands.view(resource.name)
            try await note(view.pods, &progress)
            let running = view.pods.filter { $0.standing == .runs }
            if running.count == replicas, view.pods.count == replicas, isReachable(view) { return view }
            let waits = waits(view, replicas)
            if waits != progress.said { request.progress("\(running.count) of \(replicas) pods run: \(waits)") }
            progress.said = waits
            guard request.clock.now < began + deadline else {
                throw ScaleError(
                    .infrastructure, "\(running.count) of \(replicas) pods run after \(Int(deadline.seconds.rounded())) s", cause: waits,
                    hint: "--startup-timeout gives them longer")
            }
            do { try await request.clock.sleep(Self.interval) } catch { throw interrupted }
        }
    }

    private var interrupted: ScaleError { ScaleError(.interrupted, "the launch of deployment \(resource.name) was stopped") }

    /// What the first of those that are missing wait for.
    private func waits(_ view: KubernetesView, _ replicas: Int) -> String {
        if let obstacle = view.obstacle { return obstacle }
        for pod in view.pods { if case .waits(let what) = pod.standing { return "pod \(pod.name): \(what)" } }
        return view.pods.count < replicas ? "the others have not been made" : "the Service has no address yet"
    }

    private func note(_ pods: [KubernetesPod], _ progress: inout Progress) async throws(ScaleError) {
        let now = request.clock.now - start
        for pod in pods {
            if pod.isScheduled, progress.scheduled[pod.name] == nil {
                progress.scheduled[pod.name] = now
                request.reached(.scheduled, "pod \(pod.name)")
            }
            switch pod.standing {
            case .waits: continue
            case .runs:
                if progress.started[pod.name] != nil { continue }
                progress.started[pod.name] = now
                request.reached(.started, "pod \(pod.name)")
            case .fails(let why):
                let lines = await commands.logs(of: pod.name, last: 8, previous: pod.restarts > 0)
                throw Readiness(resource: "pod \(pod.name)", deadline: deadline).ended(.init(state: why, lastLines: lines))
            }
        }
    }

    /// Each stage begins where the one before it ended.
    private func lifecycle(_ pods: [KubernetesPod], _ created: Nanoseconds, _ progress: Progress) -> [LifecycleRecord] {
        pods.enumerated().flatMap { replica, pod -> [LifecycleRecord] in
            var before = Nanoseconds.zero
            let ends: [(LifecycleRecord.Stage, Nanoseconds?)] = [
                (.create, created), (.scheduled, progress.scheduled[pod.name]), (.started, progress.started[pod.name]),
            ]
            return ends.compactMap { stage, end -> LifecycleRecord? in
                guard let end else { return nil }
                defer { before = end }
                return LifecycleRecord(replica: replica, stage: stage, start: before, duration: end - before, outcome: "ok")
            }
        }
    }

    // MARK: - Ways

    private func isReachable(_ view: KubernetesView) -> Bool {
        provider.exposure == .portForward || !addresses(view).isEmpty
    }

    /// Empty as long as there are none.
    private func addresses(_ view: KubernetesView) -> [Endpoint] {
        func endpoint(_ host: String, _ port: Int) -> Endpoint { Endpoint(secure: false, host: host, port: UInt16(clamping: port)) }
        let port = Int(provider.manifest.port)
        switch provider.exposure {
        case .portForward: return []
        case .pods:
            let found = view.pods.compactMap(\.address)
            return found.count == view.pods.count ? found.map { endpoint($0, port) } : []
        case .service:
            return [endpoint(resource.name + (commands.namespace.isEmpty ? "" : ".\(commands.namespace).svc"), port)]
        case .nodePort:
            guard let node = view.pods.first?.nodeAddress, let port = view.nodePort else { return [] }
            return [endpoint(node, port)]
        case .loadBalancer: return view.balancerAddress.map { [endpoint($0, port)] } ?? []
        }
    }

    private func ways(to view: KubernetesView, keeping forwards: [PortForward]) async throws(ScaleError) -> [PortForward] {
        guard provider.exposure == .portForward else { return [] }
        var opened: [PortForward] = []
        var ways: [PortForward] = []
        do throws(ScaleError) {
            for pod in view.pods {
                if let open = forwards.first(where: { $0.pod == pod.name && $0.ending == nil }) {
                    ways.append(open)
                    continue
                }
                let way = try await PortForward.start(to: pod.name, port: provider.manifest.port, commands, request.next())
                opened.append(way)
                ways.append(way)
            }
        } catch {
            for way in opened { try? await way.end() }
            throw error
        }
        for way in forwards where !ways.contains(where: { $0.endpoint == way.endpoint }) { try await way.end() }
        return ways
    }

    // MARK: - The end

    func remove() async throws(ScaleError) {
        try await uncancelled { () async throws(ScaleError) in
            try await KubernetesSweeper(program: commands.program).remove(resource, request)
            request.ledger.crossOff(resource)
        }
    }
}
