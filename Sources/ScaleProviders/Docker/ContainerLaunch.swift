import Logging
import ScaleControl
import ScaleCore

/// The way from an image to containers that run, all replicas at once.
struct ContainerLaunch: Sendable {
    let provider: DockerProvider
    let engine: Engine
    let request: LaunchRequest
    /// When the launch was asked for.
    let begun: MonotonicTime

    private struct Started: Sendable {
        var container: RunningContainer
        var stages: [LifecycleRecord]
    }

    private struct Failed: Error {
        var error: ScaleError
        /// Its container may be there, or yet come.
        var isUncertain = false
    }

    private var settings: ContainerSettings { provider.settings }

    private func name(of replica: Int) -> String {
        settings.replicas == 1 ? request.mark.name : request.mark.name("\(replica + 1)")
    }

    /// - Throws: after everything that was made is removed, or stands in the ledger.
    func run(cores: Int) async throws(ScaleError) -> Containers {
        var started: [Started] = []
        var failure: ScaleError?
        var uncertain: Set<String> = []
        for (replica, outcome) in await start().enumerated() {
            switch outcome {
            case .success(let one): started.append(one)
            case .failure(let one):
                failure = failure ?? one.error
                if one.isUncertain { uncertain.insert(name(of: replica)) }
            }
        }
        if Task.isCancelled { failure = Self.stopped }
        if let failure {
            let noted = request.ledger.outstanding.filter { $0.kind == .container && $0.mark == request.mark.name }
            try? await Containers.remove(noted.map(\.name), uncertain: uncertain, engine, request)
            throw failure
        }
        let isPublished = provider.network == .bridge
        let containers = started.map(\.container)
        let proxies = isPublished ? EngineHost.proxies(of: containers.map(\.endpoint.port)) : []
        return Containers(
            engine: engine, request: request, containers: containers, isPublished: isPublished,
            facts: DeploymentRecord(
                provider: DockerProvider.name, infra: provider.infra, cores: settings.cores(of: cores), replicas: settings.replicas,
                workers: settings.workers, sessionCap: settings.maxConcurrentEnvs, endpoints: containers.map(\.endpoint.redacted),
                balancer: proxies.isEmpty ? nil : EngineHost.proxyName),
            lifecycle: started.flatMap(\.stages))
    }

    /// An engine starts containers one after the other in part; more at once only wait longer for their answers.
    private static let atOnce = 8

    private func start() async -> [Result<Started, Failed>] {
        await withTaskGroup(of: (Int, Result<Started, Failed>).self) { group in
            var outcomes: [Int: Result<Started, Failed>] = [:]
            for replica in 0..<settings.replicas {
                if replica >= Self.atOnce, let next = await group.next() { outcomes[next.0] = next.1 }
                group.addTask {
                    // In a tuple with what may throw, Swift 6.3.1's optimizer loses the number: two replicas became one.
                    let outcome: Result<Started, Failed>
                    do throws(Failed) { outcome = .success(try await start(replica)) } catch { outcome = .failure(error) }
                    return (replica, outcome)
                }
            }
            for await next in group { outcomes[next.0] = next.1 }
            return outcomes.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    private static let stopped = ScaleError(.interrupted, "the launch of the containers was stopped")

    private func start(_ replica: Int) async throws(Failed) -> Started {
        if Task.isCancelled { throw Failed(error: Self.stopped) }
        let name = name(of: replica)
        let port: ServerPort
        do { port = try provider.choosePort() } catch { throw Failed(error: error) }
        let creation = request.clock.now
        let id = try await create(name, port.number)
        request.reached(.create, name, replica: replica)
        let created = request.clock.now
        if Task.isCancelled { throw Failed(error: Self.stopped) }
        let container: RunningContainer
        do { container = try await run(id, name, port) } catch { throw Failed(error: error) }
        request.reached(.started, name, replica: replica)
        return Started(
            container: container,
            stages: [
                LifecycleRecord(replica: replica, stage: .create, start: creation - begun, duration: created - creation, outcome: "ok"),
                LifecycleRecord(
                    replica: replica, stage: .started, start: created - begun, duration: request.clock.now - created, outcome: "ok"),
            ])
    }

    /// - Returns: its id.
    private func create(_ name: String, _ port: UInt16) async throws(Failed) -> String {
        struct Answer: Decodable {
            var id: String
            var warnings: [String]?
        }
        let resource = Resource(.container, name, place: engine.socket.path)
        do { try request.ledger.note(resource) } catch { throw Failed(error: error) }
        do throws(EngineFault) {
            let query = [("name", name)] + (provider.platform.map { [("platform", $0)] } ?? [])
            let answer: Answer = try engine.decode(
                await engine.write(.post, "/containers/create", query, body: provider.body(port: port, labels: request.mark.labels)))
            for warning in answer.warnings ?? [] {
                request.log.warning("the engine warns", metadata: ["resource": "\(name)", "cause": "\(warning)"])
            }
            return answer.id
        } catch {
            // It is somebody else's.
            if error.status == 409 { request.ledger.crossOff(resource) }
            throw Failed(error: refusal(error, name), isUncertain: error.isUncertain)
        }
    }

    private func refusal(_ fault: EngineFault, _ name: String) -> ScaleError {
        switch fault.status {
        case 404:
            fault.error("the image \(settings.image) was gone when the container \(name) was created from it", hint: "launch again")
        case 409: fault.error("a container \(name) is there already", hint: engine.removal("rm -f \(name)"))
        case 400:
            fault.error(
                "\(provider.flag) \(DockerProvider.name): the engine refuses a container of \(settings.image)", hint: "correct the option")
        default: fault.error("the container \(name) of \(settings.image) cannot be created")
        }
    }

    private func run(_ id: String, _ name: String, _ port: ServerPort) async throws(ScaleError) -> RunningContainer {
        let found: ContainerState
        do throws(EngineFault) {
            try await engine.write(.post, "/containers/\(id)/start")
            found = try await engine.container(id)
        } catch {
            throw notStarted(error, name, port.number)
        }
        if let ending = found.ending {
            let lines = await engine.log(of: "/containers/\(id)", hasTerminal: found.config.tty, last: 8).map(\.text)
            throw ScaleError(
                .infrastructure, "the container \(name) of \(settings.image) \(ending) before it served",
                cause: lines.isEmpty ? nil : lines.joined(separator: "\n"),
                hint: "check its image and command, and what it needs: env.NAME, memory")
        }
        guard let reached = provider.network == .host ? port.number : found.published(settings.port ?? ContainerSettings.usualPort) else {
            throw ScaleError(
                .infrastructure, "the engine does not say which port of this host leads to the container \(name)", hint: "use network=host")
        }
        return RunningContainer(
            name: name, id: id, endpoint: Endpoint(secure: false, host: "127.0.0.1", port: reached), pid: found.state.pid,
            hasTerminal: found.config.tty, port: port)
    }

    private func notStarted(_ fault: EngineFault, _ name: String, _ port: UInt16) -> ScaleError {
        if let wanted = provider.hostPort, FreePort.isTaken(wanted, on: "127.0.0.1") {
            return ScaleError(.usage, "port \(wanted) of this host is taken", cause: fault.message, hint: DockerProvider.portHint)
        }
        let what = settings.words.first.map { "the command '\($0)'" } ?? "its command"
        let hint: String? =
            switch fault.status {
            case 400: "check that the image has \(what), and is made for this host"
            // What the engine may not give is refused here; the words are looked at for this advice only.
            case 500 where fault.message.contains("rlimit"): "nofile=0 leaves the number of descriptors to the engine"
            default: nil
            }
        return fault.error("the container \(name) of \(settings.image) cannot be started", hint: hint)
    }
}
