import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleProviders

/// The wait until every address of a deployment answers, each timed by itself, or the provider says that one never will. Of
/// servers behind a balancer that was launched with them each is asked by itself, and then the balancer.
struct ReplicaHealth: Sendable {
    let deployment: any Deployment
    let launch: LaunchRequest
    /// When the launch was asked for: its one deadline runs since what was prepared for it was there.
    let launchedAt: MonotonicTime
    let control: StopControl

    private enum Outcome: Sendable {
        case healthy(replica: Int, LifecycleRecord)
        case ended(Readiness.Terminal)
        case failed(ScaleError)
        case unneeded
    }

    private var whole: Nanoseconds { launch.startupDeadline ?? .seconds(60) }

    /// Until when a replica may come up.
    var readyBy: MonotonicTime { launchedAt + deployment.preparation + whole }

    private func readiness(of endpoint: Endpoint) -> Readiness {
        let left = max(readyBy - launch.clock.now, .seconds(1))
        return Readiness(
            resource: endpoint.redacted, deadline: left, interval: .milliseconds(50), stateInterval: .seconds(1), whole: whole)
    }

    /// - Returns: when each was healthy; nothing where the wait was stopped.
    /// - Throws: infrastructure, with what the servers said last; interrupted.
    func wait() async throws(ScaleError) -> [LifecycleRecord] {
        if let terminal = await deployment.health().terminal { throw await explained(terminal) }
        let begun = launch.clock.now
        let front = deployment as? any FrontedServers
        let endpoints = front?.backends ?? deployment.endpoints
        var failure: ScaleError?
        var healthy: [LifecycleRecord] = []
        await withTaskGroup(of: Outcome.self) { group in
            for (replica, endpoint) in endpoints.enumerated() {
                group.addTask { await outcome(of: endpoint, replica, since: begun) }
            }
            group.addTask { await watch() }
            while healthy.count < endpoints.count, failure == nil, let next = await group.next() {
                switch next {
                case .healthy(_, let record): healthy.append(record)
                case .ended(let terminal): failure = await explained(terminal)
                case .failed(let error): failure = await explained(error)
                case .unneeded: break
                }
            }
            group.cancelAll()
        }
        if failure == nil, front != nil { failure = await failureOfFront() }
        if let failure { throw failure }
        try control.check()
        return healthy.sorted { $0.replica < $1.replica }
    }

    /// What stands in front is no replica, so that its readiness is none of a replica's stages.
    private func failureOfFront() async -> ScaleError? {
        for endpoint in deployment.endpoints {
            do throws(ScaleError) {
                try await readiness(of: endpoint).wait {
                    control.isStopRequested ? .ready : await launch.client.health(of: endpoint)
                } terminal: {
                    await deployment.health().terminal
                }
            } catch {
                return await explained(await otherTransport(of: endpoint) ?? error)
            }
        }
        return nil
    }

    private func outcome(of endpoint: Endpoint, _ replica: Int, since begun: MonotonicTime) async -> Outcome {
        do throws(ScaleError) {
            try await readiness(of: endpoint).wait {
                // A stop ends the wait; the check behind it says so.
                control.isStopRequested ? .ready : await launch.client.health(of: endpoint)
            }
            launch.reached(.healthy, endpoint.redacted, replica: replica)
            return .healthy(
                replica: replica,
                LifecycleRecord(
                    replica: replica, stage: .healthy, start: begun - launchedAt, duration: launch.clock.now - begun, outcome: "ok"))
        } catch {
            // It may have died between two looks, and then that is the reason.
            if let terminal = await deployment.health().terminal { return .ended(terminal) }
            return .failed(await otherTransport(of: endpoint) ?? error)
        }
    }

    /// That something answers there, and not in the way that its URL says; nil where that is not so.
    private func otherTransport(of endpoint: Endpoint) async -> ScaleError? {
        guard !control.isStopRequested, let address = try? await TargetResolver.addresses(of: endpoint).first,
            let spoken = await SpokenTransport.heard(at: LoadTarget(endpoint: endpoint, address: address)),
            (spoken == .tls) != endpoint.secure
        else { return nil }
        return endpoint.speaks(spoken, flag: "the provider's address", isLaunched: true)
    }

    /// Asks the provider once a second.
    private func watch() async -> Outcome {
        while true {
            do { try await launch.clock.sleep(.seconds(1)) } catch { return .unneeded }
            if let terminal = await deployment.health().terminal { return .ended(terminal) }
        }
    }

    private func explained(_ terminal: Readiness.Terminal) async -> ScaleError {
        let resource = deployment.endpoints.first?.redacted ?? "the deployment"
        return await explained(Readiness(resource: resource, deadline: whole).ended(terminal))
    }

    /// What the servers said last, where the error does not have it yet: they may start their own processes again and
    /// again, and never end themselves.
    private func explained(_ error: ScaleError) async -> ScaleError {
        let lines = await deployment.logs(last: 8)
        guard error.code == .infrastructure, let last = lines.last, error.cause?.contains(last) != true else { return error }
        var explained = error
        explained.cause = ([error.cause].compactMap { $0 } + ["it said last:"] + lines).joined(separator: "\n")
        return explained
    }
}
