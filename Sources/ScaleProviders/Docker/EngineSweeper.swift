import ScaleCore

/// A sweeper of something that a Docker engine made.
protocol EngineSweeper: Sweeper {
    /// What is there of a resource, in words for a person.
    func find(_ resource: Resource, on engine: Engine) async throws(EngineFault) -> [String]

    /// Removes it, within a bounded time.
    func remove(_ resource: Resource, from engine: Engine, _ request: LaunchRequest) async throws(ScaleError)

    /// As sentences call it.
    func title(_ resource: Resource) -> String
}

extension EngineSweeper {
    func title(_ resource: Resource) -> String { "the \(resource)" }

    func find(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) -> [String] {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        do throws(EngineFault) {
            return try await find(resource, on: engine)
        } catch {
            if error.isMissing { return [] }
            throw error.error("\(title(resource)) cannot be looked for")
        }
    }

    func remove(_ resource: Resource, _ request: LaunchRequest) async throws(ScaleError) {
        let engine = try await Engine.connect(EngineSocket(path: resource.place), request.client)
        try await remove(resource, from: engine, request)
    }
}

struct ContainerSweeper: EngineSweeper {
    static let kind = Resource.Kind.container

    func find(_ resource: Resource, on engine: Engine) async throws(EngineFault) -> [String] {
        let found = try await engine.container(resource.name)
        return resource.isMarked(found.config.labels) ? ["\(resource) (\(found.state.status))"] : []
    }

    func remove(_ resource: Resource, from engine: Engine, _ request: LaunchRequest) async throws(ScaleError) {
        try await engine.remove(container: resource.name, of: resource.mark, grace: request.stopGrace, clock: request.clock)
    }
}
