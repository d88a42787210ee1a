import ScaleControl
import ScaleCore

/// A service, as `GET /services/{id}` shows it.
struct ServiceState: Decodable, Hashable, Sendable {
    struct Version: Decodable, Hashable, Sendable {
        var index: Int
    }

    struct Spec: Decodable, Hashable, Sendable {
        var name: String
        var labels: [String: String]?
    }

    struct Endpoint: Decodable, Hashable, Sendable {
        var ports: [TaskState.Port]?
    }

    var id: String
    /// What an update must have read.
    var version: Version
    var spec: Spec
    var endpoint: Endpoint?

    private enum CodingKeys: String, CodingKey {
        case version, spec, endpoint
        case id = "iD"
    }

    /// The port at which every node of the swarm leads to its tasks; nil where none does, or not yet.
    func ingress(_ port: UInt16) -> UInt16? {
        let found = endpoint?.ports?.first { $0.publishMode == "ingress" && $0.targetPort == Int(port) }
        return found?.publishedPort.flatMap { $0 == 0 ? nil : UInt16(exactly: $0) }
    }
}

// MARK: - Services, tasks, nodes

extension Engine {
    func service(_ name: String) async throws(EngineFault) -> ServiceState { try await read("/services/\(name)") }

    func tasks(of service: String) async throws(EngineFault) -> [TaskState] {
        try await read("/tasks", Self.filters(["service": [service]]))
    }

    /// Where a node of the swarm is reached.
    func address(ofNode id: String) async throws(EngineFault) -> String? {
        struct Node: Decodable {
            struct Status: Decodable { var addr: String? }
            var status: Status?
        }
        let node: Node = try await read("/nodes/\(id)")
        return node.status?.addr.flatMap { $0.isEmpty || $0 == "0.0.0.0" ? nil : $0 }
    }

    /// Removes a service and waits until its tasks and their containers are gone, within a bounded time. What is gone, or
    /// went with its swarm, is success.
    /// - Parameter mark: it is left alone where it does not carry that one.
    /// - Returns: whether it was there.
    /// - Throws: infrastructure, where something of it may still be there.
    @discardableResult
    func remove(service name: String, of mark: String, clock: any ControlClock) async throws(ScaleError) -> Bool {
        let byHand = removal("service rm \(name)")
        var tasks: [String] = []
        var found: ServiceState?
        do { found = try await service(name) } catch {
            guard error.isMissing || error.status == 503 else {
                throw error.error("it cannot be found out whether the service \(name) is there", hint: byHand)
            }
        }
        if let found {
            guard found.spec.labels?[LaunchMark.launchLabel] == mark else { throw Self.foreign("service", name, mark) }
            do throws(EngineFault) {
                tasks = try await self.tasks(of: name).map(\.id)
                try await write(.delete, "/services/\(found.id)")
            } catch {
                if !error.isMissing { throw error.error("the service \(name) cannot be removed", hint: byHand) }
            }
        }
        let ids = tasks
        try await wait(for: "what the service \(name) ran", byHand, clock) { () throws(EngineFault) in
            if try await !containers(of: mark).isEmpty { return false }
            guard !ids.isEmpty else { return true }
            do throws(EngineFault) {
                let left: [TaskState] = try await read("/tasks", Self.filters(["id": ids]))
                return left.isEmpty
            } catch {
                // The swarm is gone, and its tasks with it.
                if error.status == 503 { return true }
                throw error
            }
        }
        return found != nil
    }
}

// MARK: - Networks

extension Engine {
    private struct Network: Decodable {
        struct Endpoint: Decodable { var name: String? }
        var labels: [String: String]?
        /// What is attached to it, by its container.
        var containers: [String: Endpoint]?
    }

    /// Nil where there is none of that name.
    private func network(_ name: String) async throws(EngineFault) -> Network? {
        do throws(EngineFault) { return try await read("/networks/\(name)") } catch {
            if error.isMissing { return nil }
            throw error
        }
    }

    /// The labels of a network; nil where there is none.
    func labels(ofNetwork name: String) async throws(EngineFault) -> [String: String]? {
        try await network(name).map { $0.labels ?? [:] }
    }

    /// Takes off a network what no container is behind any more.
    private func detachAll(from name: String) async throws(EngineFault) {
        struct Body: Encodable {
            var container: String
            var force = true
        }
        for endpoint in try await network(name)?.containers?.values.compactMap(\.name) ?? [] {
            _ = try? await write(.post, "/networks/\(name)/disconnect", body: Body(container: endpoint))
        }
    }

    /// Removes a network, within a bounded time: what was attached to it may be about to go. What is gone is success.
    /// - Throws: infrastructure, where it may still be there.
    func remove(network name: String, of mark: String, clock: any ControlClock) async throws(ScaleError) {
        let byHand = removal("network rm \(name)")
        let found: [String: String]?
        do { found = try await labels(ofNetwork: name) } catch {
            throw error.error("it cannot be found out whether the network \(name) is there", hint: byHand)
        }
        guard let found else { return }
        guard found[LaunchMark.launchLabel] == mark else { throw Self.foreign("network", name, mark) }
        try await wait(for: "the network \(name)", byHand, clock) { () throws(EngineFault) in
            do throws(EngineFault) { try await write(.delete, "/networks/\(name)") } catch {
                // It is in use, which is over soon.
                guard let status = error.status, status == 404 || status == 400 || status == 403 || status == 409 else { throw error }
            }
            return try await labels(ofNetwork: name) == nil
        }
    }
}

// MARK: - The swarm itself

extension Engine {
    private struct Swarm: Decodable {
        struct Spec: Decodable { var labels: [String: String]? }
        var spec: Spec?
    }

    /// The mark of the launch that began the swarm of which this engine is a manager; nil where it is none, or nobody's.
    func markOfSwarm() async throws(EngineFault) -> String? {
        do throws(EngineFault) {
            let swarm: Swarm = try await read("/swarm")
            return swarm.spec?.labels?[LaunchMark.launchLabel]
        } catch {
            if error.status == 503 || error.isMissing { return nil }
            throw error
        }
    }

    /// Begins a swarm of this engine alone, marked as a launch's, and waits until the engine is done with joining it: one
    /// that leaves in the middle of that forgets to take its mesh down.
    func beginSwarm(_ labels: [String: String], clock: any ControlClock) async throws(EngineFault) {
        let engine = self
        try await uncancelled { () throws(EngineFault) in
            let gateway = NetworkBody.gatewayName
            if try await engine.labels(ofNetwork: gateway) == nil {
                try await engine.write(.post, "/networks/create", body: NetworkBody.gateway(labels))
            }
            try await engine.write(.post, "/swarm/init", body: SwarmBody(spec: .init(labels: labels)))
            let end = clock.now + .seconds(10)
            while try await engine.network(gateway)?.containers?.isEmpty ?? true, clock.now < end {
                try? await clock.sleep(.milliseconds(50))
            }
        }
    }

    /// Ends the swarm that a launch began, and removes the bridge that it needed. Where there is none of that launch, it
    /// does nothing.
    /// - Throws: infrastructure, where others use the swarm by now, or something may still be there.
    func endSwarm(of mark: String, clock: any ControlClock) async throws(ScaleError) {
        let byHand = removal("swarm leave --force")
        var strangers: [String] = []
        do throws(EngineFault) {
            if try await markOfSwarm() == mark {
                let services: [ServiceState] = try await read("/services")
                strangers = services.filter { $0.spec.labels?[LaunchMark.launchLabel] != mark }.map(\.spec.name)
                if strangers.isEmpty { try await write(.post, "/swarm/leave", [("force", "true")]) }
            }
        } catch {
            throw error.error("the swarm that the launch \(mark) began cannot be left", hint: byHand)
        }
        if let first = strangers.first {
            throw ScaleError(
                .infrastructure,
                "the swarm that the launch \(mark) began is left as it is: the service \(first) of others runs in it by now",
                hint: "when that is done, " + byHand)
        }
        try await wait(for: "the swarm of the launch \(mark)", byHand, clock) { () throws(EngineFault) in try await markOfSwarm() != mark }
        try await removeGateway(of: mark, clock: clock)
    }

    /// Removes the bridge that a launch made for its swarm. An engine that leaves a swarm in the middle of joining it
    /// forgets that it has attached the mesh to the bridge.
    private func removeGateway(of mark: String, clock: any ControlClock) async throws(ScaleError) {
        let name = NetworkBody.gatewayName
        let found: [String: String]?
        do { found = try await labels(ofNetwork: name) } catch {
            throw error.error("it cannot be found out whether the network \(name) is there")
        }
        guard found?[LaunchMark.launchLabel] == mark else { return }
        // By now it may be another swarm's.
        guard try await info().swarm?.localNodeState ?? "inactive" == "inactive" else { return }
        _ = try? await detachAll(from: name)
        try await remove(network: name, of: mark, clock: clock)
    }
}
