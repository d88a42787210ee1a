import Logging
import ScaleControl
import ScaleCore

/// The way from an image to the running tasks of a service.
struct SwarmLaunch: Sendable {
    let provider: SwarmProvider
    let engine: Engine
    let request: LaunchRequest
    /// When the launch was asked for.
    let begun: MonotonicTime

    private var settings: ContainerSettings { provider.settings }
    private var mark: LaunchMark { request.mark }
    private static let stopped = ScaleError(.interrupted, "the launch of the service was stopped")

    /// - Throws: after everything that was made is removed, or stands in the ledger.
    func run(_ info: EngineInfo) async throws(ScaleError) -> any Deployment {
        var uncertain = false
        do throws(ScaleError) {
            let node = try await join(info)
            try check(node, cores: info.nCPU)
            let network = try await makeNetwork()
            let image = await image(nodes: node.nodes ?? 1)
            let publish = choosePublish()
            let service = provider.body(image: image, publish: publish, network: network, mark: mark, grace: request.stopGrace)
            try await create(service, &uncertain)
            let created = request.clock.now
            let launched = SwarmService(
                provider: provider, engine: engine, request: request, body: service, publish: publish, node: node, begun: begun)
            var stages = (0..<settings.replicas).map { replica in
                LifecycleRecord(replica: replica, stage: .create, start: .zero, duration: created - begun, outcome: "ok")
            }
            let deadline = begun + (request.startupDeadline ?? .seconds(60))
            stages += try await TaskWait(service: launched, since: created, deadline: deadline).wait()
            if Task.isCancelled { throw Self.stopped }
            return try await launched.reached(stages)
        } catch {
            let (wasMade, error) = (!uncertain, error)
            try? await SwarmService.remove(engine, request, isCertain: wasMade)
            throw Task.isCancelled ? Self.stopped : error
        }
    }

    /// Sees to it that the engine is a manager of a swarm.
    private func join(_ info: EngineInfo) async throws(ScaleError) -> EngineInfo.Swarm {
        var swarm = info.swarm ?? .init()
        if swarm.localNodeState != "active", provider.mayBegin, swarm.localNodeState ?? "inactive" == "inactive" {
            try request.ledger.note(Resource(.swarm, mark.name, place: engine.socket.path))
            request.progress("beginning a swarm …")
            do throws(EngineFault) { try await engine.beginSwarm(mark.labels, clock: request.clock) } catch {
                throw error.error("a swarm cannot be begun at the Docker engine of \(engine.socket.path)", hint: "look into its log")
            }
            swarm = try await engine.info().swarm ?? .init()
        }
        guard swarm.localNodeState == "active" else {
            let state = swarm.localNodeState ?? "inactive"
            throw ScaleError(
                .infrastructure, "the Docker engine at \(engine.socket.path) is in no swarm (\(state))",
                cause: swarm.error.flatMap { $0.isEmpty ? nil : $0 },
                hint: "init=true begins one for the launch and ends it afterwards, docker swarm init one that stays")
        }
        guard swarm.controlAvailable == true else {
            throw ScaleError(
                .infrastructure, "the Docker engine at \(engine.socket.path) is a worker of its swarm, and services are made by a manager",
                hint: "run scalebench on a manager")
        }
        return swarm
    }

    /// A lone node would reject every task later.
    private func check(_ node: EngineInfo.Swarm, cores: Int) throws(ScaleError) {
        guard let cpus = settings.cpus, node.nodes ?? 1 == 1, cpus > Double(cores) else { return }
        throw .usage("\(provider.flag) swarm: cpus is \(cpus.plainText), and the swarm's one node has \(cores)", hint: "ask for fewer")
    }

    private func makeNetwork() async throws(ScaleError) -> String? {
        guard provider.makesNetwork else {
            guard let name = provider.network else { return nil }
            let found: [String: String]?
            do { found = try await engine.labels(ofNetwork: name) } catch {
                throw error.error("it cannot be found out whether the network \(name) is there")
            }
            if found != nil { return name }
            throw .usage("\(provider.flag) swarm: there is no network '\(name)'", hint: "name an overlay network, or write network=create")
        }
        let name = mark.name("net")
        try request.ledger.note(Resource(.network, name, place: engine.socket.path))
        do throws(EngineFault) { try await engine.write(.post, "/networks/create", body: NetworkBody.overlay(name, mark.labels)) } catch {
            throw error.error("the overlay network \(name) cannot be made")
        }
        return name
    }

    /// What the service is told. A swarm of one node gets the image that is here by what is in it: by its name the node would
    /// ask a registry first, which may know another one.
    private func image(nodes: Int) async -> String {
        struct Image: Decodable { var id: String }
        let name = settings.image.description
        guard nodes == 1, let found = try? await engine.read("/images/\(name)/json", as: Image.self) else { return name }
        return found.id
    }

    private func choosePublish() -> SwarmProvider.Publish {
        guard provider.publish == .auto else { return provider.publish }
        let chosen: SwarmProvider.Publish = EngineHost.mayHaveIPVS ? .ingress : .host
        let why =
            chosen == .ingress
            ? "the kernel has IPVS, so the swarm's mesh leads to the tasks: publish=ingress"
            : "the kernel has no IPVS, so each task gets a port of its own: publish=host"
        request.log.info("chose how tasks are reached", metadata: ["resource": "\(mark.name)", "cause": "\(why)"])
        request.progress(why)
        return chosen
    }

    private func create(_ body: ServiceBody, _ isUncertain: inout Bool) async throws(ScaleError) {
        let resource = Resource(.service, mark.name, place: engine.socket.path)
        try request.ledger.note(resource)
        do throws(EngineFault) { try await engine.write(.post, "/services/create", body: body) } catch {
            isUncertain = error.isUncertain
            // It is somebody else's.
            if error.status == 409 { request.ledger.crossOff(resource) }
            throw refusal(error)
        }
        for replica in 0..<settings.replicas { request.reached(.create, mark.name, replica: replica) }
    }

    private func refusal(_ fault: EngineFault) -> ScaleError {
        switch fault.status {
        case 409: fault.error("a service \(mark.name) is there already", hint: engine.removal("service rm \(mark.name)"))
        case 400: fault.error("\(provider.flag) swarm: the swarm refuses a service of \(settings.image)", hint: "correct the option")
        case 403:
            fault.error(
                "\(provider.flag) swarm: the network \(provider.network ?? "") cannot be used",
                hint: "name an overlay network, or write network=create")
        default: fault.error("the service \(mark.name) of \(settings.image) cannot be created")
        }
    }
}
