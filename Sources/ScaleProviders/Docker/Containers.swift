import ScaleControl
import ScaleCore

/// A container of a launch that runs.
struct RunningContainer: Hashable, Sendable {
    var name: String
    var id: String
    var endpoint: Endpoint
    var pid: Int32
    var hasTerminal: Bool
    /// Held as long as it runs.
    var port: ServerPort?
}

/// Containers on an engine, one for each replica.
struct Containers: ResourceReading {
    let engine: Engine
    let request: LaunchRequest
    /// In the order of the replicas.
    let containers: [RunningContainer]
    /// Whether the engine leads connections to them.
    let isPublished: Bool
    var facts: DeploymentRecord
    var lifecycle: [LifecycleRecord]

    var endpoints: [Endpoint] { containers.map(\.endpoint) }

    var processes: [Int32] { containers.filter { EngineHost.runs($0.pid, in: $0.id) }.map(\.pid) }

    var balancerProcesses: [Int32] { isPublished ? EngineHost.proxies(of: endpoints.map(\.port)) : [] }

    func health() async -> DeploymentHealth {
        // An engine that does not answer now says nothing about its containers.
        guard let listed = try? await engine.containers(of: request.mark.name) else { return .alive }
        for (replica, container) in containers.enumerated() {
            let found = listed.first { $0.id == container.id }
            if let found, !["exited", "dead", "removing"].contains(found.state) { continue }
            if let terminal = await terminal(container, replica) { return .ended(terminal) }
        }
        return .alive
    }

    private func terminal(_ container: RunningContainer, _ replica: Int) async -> Readiness.Terminal? {
        let ending: String
        do {
            guard let known = try await engine.container(container.id).ending else { return nil }
            ending = known
        } catch {
            guard error.isMissing else { return nil }
            ending = "was removed by somebody else"
        }
        let place = containers.count == 1 ? "" : ", replica \(replica + 1) of \(containers.count),"
        let lines = await engine.log(of: "/containers/\(container.id)", hasTerminal: container.hasTerminal, last: 8)
        return Readiness.Terminal(state: "the container \(container.name)\(place) \(ending)", lastLines: lines.map(\.text))
    }

    func logs(last count: Int) async -> [String] {
        if count <= 0 { return [] }
        var lines: [(name: String, line: Engine.LogLine)] = []
        for container in containers {
            let said = await engine.log(of: "/containers/\(container.id)", hasTerminal: container.hasTerminal, last: count)
            lines += said.map { (container.name, $0) }
        }
        return lines.sorted { $0.line.time < $1.line.time }.suffix(count).map { name, line in
            containers.count == 1 ? line.text : "\(name): \(line.text)"
        }
    }

    func stop() async throws(ScaleError) {
        try await Self.remove(containers.map(\.name), engine, request)
    }

    /// Removes containers of a launch all at once and crosses them off the ledger, in a cancelled task too.
    /// - Parameter uncertain: those of which nobody knows whether they were made, or yet will be: they stay in the ledger
    ///   unless they are found and removed.
    /// - Throws: the first of what went wrong, after all that can be removed is.
    static func remove(
        _ names: [String], uncertain: Set<String> = [], _ engine: Engine, _ request: LaunchRequest
    ) async throws(ScaleError) {
        let failure = await Task.detached {
            await withTaskGroup(of: ScaleError?.self) { group in
                for name in names {
                    group.addTask {
                        do throws(ScaleError) {
                            let wasThere = try await engine.remove(
                                container: name, of: request.mark.name, grace: request.stopGrace, clock: request.clock)
                            if wasThere || !uncertain.contains(name) {
                                request.ledger.crossOff(Resource(.container, name, place: engine.socket.path))
                            }
                            return nil
                        } catch {
                            return error
                        }
                    }
                }
                var first: ScaleError?
                for await failure in group { first = first ?? failure }
                return first
            }
        }.value
        if let failure { throw failure }
    }
}
