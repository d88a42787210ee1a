import ScaleCore

struct ServiceSweeper: EngineSweeper {
    static let kind = Resource.Kind.service

    func find(_ resource: Resource, on engine: Engine) async throws(EngineFault) -> [String] {
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
    }

    func remove(_ resource: Resource, from engine: Engine, _ request: LaunchRequest) async throws(ScaleError) {
        try await engine.remove(service: resource.name, of: resource.mark, clock: request.clock)
    }
}

struct NetworkSweeper: EngineSweeper {
    static let kind = Resource.Kind.network

    func find(_ resource: Resource, on engine: Engine) async throws(EngineFault) -> [String] {
        resource.isMarked(try await engine.labels(ofNetwork: resource.name)) ? ["\(resource)"] : []
    }

    func remove(_ resource: Resource, from engine: Engine, _ request: LaunchRequest) async throws(ScaleError) {
        try await engine.remove(network: resource.name, of: resource.mark, clock: request.clock)
    }
}

struct SwarmSweeper: EngineSweeper {
    static let kind = Resource.Kind.swarm

    func title(_ resource: Resource) -> String { "the swarm that the launch \(resource.mark) began" }

    func find(_ resource: Resource, on engine: Engine) async throws(EngineFault) -> [String] {
        let swarm = try await engine.markOfSwarm() == resource.mark ? ["swarm of this host, begun by \(resource.mark)"] : []
        let gateway = try await engine.labels(ofNetwork: NetworkBody.gatewayName)
        return swarm + (resource.isMarked(gateway) ? ["network \(NetworkBody.gatewayName)"] : [])
    }

    func remove(_ resource: Resource, from engine: Engine, _ request: LaunchRequest) async throws(ScaleError) {
        try await engine.endSwarm(of: resource.mark, clock: request.clock)
    }
}
