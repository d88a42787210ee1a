import ScaleCore

struct ServiceSweeper: Sweeper {
    static let kind = Resource.Kind.service

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        do throws(EngineFault) {
            // Its containers outlive it by a moment.
            let containers = try await engine.containers(of: resource.mark).map {
                "container \($0.id.prefix(12)) of \(resource) (\($0.state))"
            }
            do throws(EngineFault) {
                return (resource.isMarked(try await engine.service(resource.name).spec.labels) ? ["\(resource)"] : []) + containers
            } catch {
                guard error.isMissing || error.status == 503 else { throw error }
                return containers
            }
        } catch {
            throw error.error("the \(resource) cannot be looked for")
        }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        try await engine.remove(service: resource.name, of: resource.mark, clock: request.clock)
    }
}

struct NetworkSweeper: Sweeper {
    static let kind = Resource.Kind.network

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        do throws(EngineFault) {
            return resource.isMarked(try await engine.labels(ofNetwork: resource.name)) ? ["\(resource)"] : []
        } catch {
            throw error.error("the \(resource) cannot be looked for")
        }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        try await engine.remove(network: resource.name, of: resource.mark, clock: request.clock)
    }
}

struct SwarmSweeper: Sweeper {
    static let kind = Resource.Kind.swarm

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        do throws(EngineFault) {
            let swarm = try await engine.markOfSwarm() == resource.mark ? ["swarm of this host, begun by \(resource.mark)"] : []
            let gateway = try await engine.labels(ofNetwork: NetworkBody.gatewayName)
            return swarm + (resource.isMarked(gateway) ? ["network \(NetworkBody.gatewayName)"] : [])
        } catch {
            throw error.error("the swarm that the launch \(resource.mark) began cannot be looked for")
        }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        try await engine.endSwarm(of: resource.mark, clock: request.clock)
    }
}
