import ScaleControl
import ScaleCore

/// A service of a swarm.
struct SwarmService: Rescalable, ResourceReading {
    let provider: SwarmProvider
    let engine: Engine
    let request: LaunchRequest
    let body: ServiceBody
    /// How its tasks are reached; never `auto`.
    let publish: SwarmProvider.Publish
    /// The engine as a member of the swarm.
    let node: EngineInfo.Swarm
    /// When the launch was asked for.
    let begun: MonotonicTime
    private(set) var endpoints: [Endpoint] = []
    private(set) var lifecycle: [LifecycleRecord] = []
    private var containers: [Container] = []
    private var cores: Int = 0

    /// One of this host.
    private struct Container: Hashable, Sendable {
        var id: String
        var pid: Int32
    }

    init(
        provider: SwarmProvider, engine: Engine, request: LaunchRequest, body: ServiceBody, publish: SwarmProvider.Publish,
        node: EngineInfo.Swarm, begun: MonotonicTime
    ) {
        self.provider = provider
        self.engine = engine
        self.request = request
        self.body = body
        self.publish = publish
        self.node = node
        self.begun = begun
    }

    private var name: String { body.name }
    private var replicas: Int { body.mode.replicated.replicas }
    private var port: UInt16 { provider.settings.port ?? ContainerSettings.usualPort }

    var facts: DeploymentRecord {
        var settings = provider.settings
        settings.replicas = replicas
        let between = publish == .ingress ? "ingress" : balancerProcesses.isEmpty ? nil : EngineHost.proxyName
        return DeploymentRecord(
            provider: SwarmProvider.name, infra: settings.infra(SwarmProvider.name, publish == .ingress ? "-ingress" : ""),
            cores: node.nodes ?? 1 == 1 ? settings.cores(of: cores) : settings.cpus.map { $0 * Double(replicas) }, replicas: replicas,
            workers: settings.workers, sessionCap: settings.maxConcurrentEnvs, endpoints: endpoints.map(\.redacted), balancer: between)
    }

    var processes: [Int32] { containers.filter { EngineHost.runs($0.pid, in: $0.id) }.map(\.pid) }
    var balancerProcesses: [Int32] { publish == .host ? EngineHost.proxies(of: endpoints.map(\.port)) : [] }

    // MARK: - Addresses

    /// Whether a running task is one whose address is known.
    func isReachable(_ task: TaskState) -> Bool { publish == .ingress || task.published(port) != nil }

    /// The service with its addresses, once all its tasks run.
    func reached(_ stages: [LifecycleRecord]) async throws(ScaleError) -> SwarmService {
        var service = self
        service.lifecycle = stages
        service.cores = try await engine.info().nCPU
        do throws(EngineFault) {
            let tasks = TaskState.current(try await engine.tasks(of: name), replicas: replicas).sorted { $0.key < $1.key }.map(\.value)
            for task in tasks {
                guard task.nodeID == node.nodeID, let id = task.status.containerStatus?.containerID else { continue }
                service.containers.append(Container(id: id, pid: task.status.containerStatus?.pid ?? 0))
            }
            if publish == .ingress {
                guard let published = try await engine.service(name).ingress(port) else { throw Self.noPort }
                service.endpoints = [Endpoint(secure: false, host: "127.0.0.1", port: published)]
            } else {
                for task in tasks { service.endpoints.append(try await endpoint(of: task)) }
            }
        } catch {
            throw error.error("the addresses of the service \(name) cannot be had")
        }
        if publish == .ingress { try await service.checkMesh() }
        return service
    }

    private static let noPort = EngineFault(kind: .unreadable, message: "the swarm names no port")

    private func endpoint(of task: TaskState) async throws(EngineFault) -> Endpoint {
        guard task.nodeID == node.nodeID, let id = task.status.containerStatus?.containerID else {
            guard let published = task.published(port), let other = task.nodeID, let host = try await engine.address(ofNode: other) else {
                throw Self.noPort
            }
            return Endpoint(secure: false, host: host, port: published)
        }
        // The task names a port for each family of addresses and does not tell which is which: the container does.
        guard let published = try await engine.container(id).published(port) ?? task.published(port) else { throw Self.noPort }
        return Endpoint(secure: false, host: "127.0.0.1", port: published)
    }

    /// Without IPVS in the kernel a swarm takes `ingress` for well and leads nowhere.
    private func checkMesh() async throws(ScaleError) {
        let end = request.clock.now + .seconds(5)
        while !EngineHost.hasIPVS, request.clock.now < end {
            do throws(TransportFailure) {
                _ = try await request.client.send(HTTPRequest(.get, endpoints[0].redacted + "/health"), within: .seconds(1))
                return
            } catch {
                guard error.kind == .connect else { return }
            }
            do { try await request.clock.sleep(.milliseconds(200)) } catch { return }
        }
        if EngineHost.hasIPVS { return }
        throw ScaleError(
            .infrastructure,
            "the swarm's mesh refuses connections to the service \(name) at \(endpoints[0].redacted): this host's kernel has no IPVS",
            hint: "publish=host gives each task a port of its own")
    }
}

// MARK: - Its life

extension SwarmService {
    func health() async -> DeploymentHealth {
        let tasks: [TaskState]
        do { tasks = try await engine.tasks(of: name) } catch {
            // The service is gone, or the swarm with it; any other fault says nothing about its tasks.
            guard error.isMissing || error.status == 503 else { return .alive }
            return .ended(.init(state: "the service \(name) was removed by somebody else"))
        }
        for (slot, task) in TaskState.current(tasks, replicas: replicas).sorted(by: { $0.key < $1.key }) {
            if case .ended(let ending) = task.stage { return .ended(await terminal(task, slot, ending)) }
        }
        return .alive
    }

    private func terminal(_ task: TaskState, _ slot: Int, _ ending: String) async -> Readiness.Terminal {
        var words = ending
        // The task does not tell what the container does: that it was out of memory.
        if let id = task.status.containerStatus?.containerID, task.nodeID == node.nodeID, let known = try? await engine.container(id).ending
        {
            words = known
        }
        let lines = task.status.containerStatus?.containerID == nil ? [] : await engine.log(of: "/tasks/\(task.id)", last: 8)
        let place = replicas == 1 ? "" : ", replica \(slot) of \(replicas),"
        return Readiness.Terminal(state: "the task \(name).\(slot)\(place) \(words)", lastLines: lines.map(\.text))
    }

    /// The error of a launch whose task ended.
    func failure(of task: TaskState, slot: Int) async -> ScaleError {
        guard case .ended(let ending) = task.stage else { return ScaleError(.defect, "a task that runs has not failed") }
        let terminal = await terminal(task, slot, ending)
        return ScaleError(
            .infrastructure, terminal.state,
            cause: terminal.lastLines.isEmpty ? nil : terminal.lastLines.joined(separator: "\n"),
            hint: "check its image and command, and what it needs: env.NAME, memory")
    }

    func logs(last count: Int) async -> [String] {
        guard count > 0, let tasks = try? await engine.tasks(of: name) else { return [] }
        var lines: [(slot: Int, line: Engine.LogLine)] = []
        for (slot, task) in TaskState.current(tasks, replicas: replicas) where task.status.containerStatus?.containerID != nil {
            lines += await engine.log(of: "/tasks/\(task.id)", last: count).map { (slot, $0) }
        }
        return lines.sorted { $0.line.time < $1.line.time }.suffix(count).map { slot, line in
            replicas == 1 ? line.text : "\(name).\(slot): \(line.text)"
        }
    }

    func rescale(to replicas: Int) async throws(ScaleError) -> any Deployment {
        var body = body
        body.mode.replicated.replicas = replicas
        let asked = request.clock.now
        try await update(to: body)
        var service = SwarmService(
            provider: provider, engine: engine, request: request, body: body, publish: publish, node: node, begun: begun)
        let deadline = asked + (request.startupDeadline ?? .seconds(60))
        let stages = try await TaskWait(service: service, since: asked, deadline: deadline).wait()
        service = try await service.reached(lifecycle + stages.filter { $0.replica >= self.replicas })
        return service
    }

    /// An update is refused when somebody else's came between, which the version tells: then it is made anew.
    private func update(to body: ServiceBody) async throws(ScaleError) {
        for attempt in 1... {
            do throws(EngineFault) {
                let version = try await engine.service(name).version.index
                do throws(EngineFault) {
                    try await engine.write(.post, "/services/\(name)/update", [("version", "\(version)")], body: body)
                    return
                } catch {
                    guard attempt < 5, try await engine.service(name).version.index != version else { throw error }
                }
            } catch {
                throw error.error("the service \(name) cannot be scaled to \(body.mode.replicated.replicas) replicas")
            }
        }
    }

    func stop() async throws(ScaleError) { try await Self.remove(engine, request) }

    /// Removes everything of a launch in the order in which it needs each other, in a cancelled task too.
    /// - Parameter isCertain: whether its service is known to have been made or not; otherwise it stays in the ledger
    ///   unless it is found and removed.
    static func remove(_ engine: Engine, _ request: LaunchRequest, isCertain: Bool = true) async throws(ScaleError) {
        let place = engine.socket.path
        try await uncancelled { () throws(ScaleError) in
            let left = request.ledger.outstanding.filter { $0.mark == request.mark.name && $0.place == place }
            for resource in left.reversed() {
                switch resource.kind {
                case .service:
                    let wasThere = try await engine.remove(service: resource.name, of: resource.mark, clock: request.clock)
                    if !wasThere, !isCertain { continue }
                case .network: try await engine.remove(network: resource.name, of: resource.mark, clock: request.clock)
                case .swarm: try await engine.endSwarm(of: resource.mark, clock: request.clock)
                default: continue
                }
                request.ledger.crossOff(resource)
            }
        }
    }
}
