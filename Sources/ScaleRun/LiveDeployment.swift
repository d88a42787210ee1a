import ScaleAnalysis
import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleReactor
import ScaleTLS

/// One deployment while it lives: launched, ready, and found fit by a session of every mode. It measures a cell at a time
/// and stores nothing. Whoever launched it stops it; several may live at once.
struct LiveDeployment: Sendable {
    let infrastructure: Infrastructure
    /// As it is stored: under the name that the run gives it.
    let facts: DeploymentRecord
    /// The stages of its launch.
    private(set) var lifecycle: [LifecycleRecord]
    let context: Context
    let drain: SocketDrain
    private let request: RunRequest
    private let deployment: any Deployment
    private let launchedAt: MonotonicTime
    private let control: StopControl
    private let observe: @Sendable (RunEvent) -> Void

    /// What every cell shares: resolved addresses and TLS.
    struct Context: Sendable {
        var targets: [LoadTarget]
        var tls: TLSContext?
        var trace: Trace?
    }

    /// Launches, waits until it serves, and tries a session.
    /// - Throws: what went wrong, after whatever was launched has been stopped.
    static func launch(
        _ infrastructure: Infrastructure, _ request: RunRequest, _ control: StopControl,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws(ScaleError) -> LiveDeployment {
        observe(.launching(provider: infrastructure.title))
        let start = MonotonicClock.now()
        let deployment = try await infrastructure.provider.launch(infrastructure.launch(request.launch))
        do {
            var facts = deployment.facts
            if let name = infrastructure.name { facts.infra = name }
            facts.specification = infrastructure.specification
            observe(.launched(facts, took: MonotonicClock.now() - start))
            try control.check()
            try infrastructure.checkProcesses(of: deployment)
            var lifecycle = deployment.lifecycle
            if infrastructure.waitsForHealth {
                let begun = MonotonicClock.now()
                try await waitUntilHealthy(deployment, infrastructure.launch(request.launch), control)
                lifecycle.append(stage(.healthy, since: begun, launchedAt: start))
            }
            observe(.ready(facts, took: MonotonicClock.now() - start))
            let context = try await prepare(deployment, infrastructure, request)
            var live = LiveDeployment(
                infrastructure: infrastructure, facts: facts, lifecycle: lifecycle, context: context,
                drain: SocketDrain(targets: context.targets, ports: request.host.portRange), request: request,
                deployment: deployment, launchedAt: start, control: control, observe: observe)
            if request.preflight { try await live.preflight() }
            try control.check()
            return live
        } catch {
            observe(.stopping(provider: infrastructure.title))
            await deployment.stop()
            throw error
        }
    }

    private static func prepare(
        _ deployment: any Deployment, _ infrastructure: Infrastructure, _ request: RunRequest
    ) async throws(ScaleError) -> Context {
        let targets = try await TargetResolver.resolve(
            deployment.endpoints, flag: infrastructure.flag, timeout: min(request.plan.timeouts.connect, .seconds(10)))
        let secure = targets.contains { $0.endpoint.secure }
        return Context(targets: targets, tls: secure ? try TLSContext(trust: request.trust) : nil, trace: request.trace)
    }

    /// Ends everything that was launched.
    func stop() async -> LifecycleRecord {
        observe(.stopping(provider: infrastructure.title))
        let begun = MonotonicClock.now()
        await deployment.stop()
        return Self.stage(.stop, since: begun, launchedAt: launchedAt)
    }

    private static func stage(
        _ stage: LifecycleRecord.Stage, since begun: MonotonicTime, launchedAt: MonotonicTime
    ) -> LifecycleRecord {
        LifecycleRecord(
            replica: 0, stage: stage, start: begun - launchedAt, duration: MonotonicClock.now() - begun, outcome: "ok")
    }

    /// Waits until every endpoint answers, or the provider says that it never will.
    private static func waitUntilHealthy(
        _ deployment: any Deployment, _ launch: LaunchRequest, _ control: StopControl
    ) async throws(ScaleError) {
        for endpoint in deployment.endpoints {
            let readiness = Readiness(
                resource: endpoint.redacted, deadline: launch.startupDeadline ?? .seconds(60), interval: .milliseconds(50))
            do {
                try await readiness.wait {
                    // A stop ends the wait; the check behind it says so.
                    control.isStopRequested ? .ready : await launch.client.health(of: endpoint)
                } terminal: {
                    await deployment.health().terminal
                }
            } catch {
                throw await explained(error, by: deployment)
            }
            try control.check()
        }
    }

    /// What the servers said last, where the error does not have it yet: they may start their own processes again and
    /// again, and never end themselves.
    private static func explained(_ error: ScaleError, by deployment: any Deployment) async -> ScaleError {
        let lines = await deployment.logs(last: 8)
        guard error.code == .infrastructure, let last = lines.last, error.cause?.contains(last) != true else { return error }
        var explained = error
        explained.cause = ([error.cause].compactMap { $0 } + ["it said last:"] + lines).joined(separator: "\n")
        return explained
    }

    /// Takes as long as every session of it needs for its first observation.
    private mutating func preflight() async throws(ScaleError) {
        do {
            let begun = MonotonicClock.now()
            let reset = try await Preflight(request, context, of: infrastructure, control, observe: observe).check()
            lifecycle.append(
                LifecycleRecord(replica: 0, stage: .firstReset, start: begun - launchedAt, duration: reset, outcome: "ok"))
        } catch {
            // A server that ends takes its connections along first, and is known to have ended a little later.
            for _ in 0..<10 where !control.isStopRequested {
                try await checkAlive("before the grid")
                try? await Task.sleep(for: .milliseconds(20))
            }
            throw error
        }
    }
}

// MARK: - Cells

extension LiveDeployment {
    /// Waits until the sockets of earlier cells are out of the way of the next.
    func settle(before sessions: Int) async throws(ScaleError) {
        observe(.draining)
        let (took, obstacle) = await drain.wait(before: sessions) { control.isStopRequested }
        try control.check()
        if let obstacle { observe(.warning("after \(took.seconds) s \(obstacle); going on beside them")) }
    }

    /// Measures one cell.
    /// - Parameters:
    ///   - earlier: finished cells of the same deployment.
    ///   - calibration: of the generator at this N; nil where it is not known.
    /// - Throws: `infrastructure` when the server ended meanwhile; `interrupted`.
    func measure(
        _ key: CellKey, earlier: [CellRecord], calibration: CalibrationRecord?
    ) async throws(ScaleError) -> FinishedCell {
        var context = context
        context.targets = drain.rotated(context.targets, before: request.connections(key))
        var limits = LimiterContext(facts)
        limits.reachesOtherHosts = context.targets.contains { !$0.address.isOfThisHost }
        limits.earlier = earlier
        let recording = try await record(key, context, &limits)
        // A cell in which the server died says nothing about how many sessions it holds.
        try await checkAlive("during the grid")
        var finished = CellSummary.finish(recording, context: limits, calibration: calibration)
        // Calibrated is a burst: of another shape it says how much, and not how late.
        if request.plan.isPlainBurst { finished.record.floor = calibration?.floor }
        finished.record.checks = ConsistencyRules.violations(in: finished.record, plan: request.plan, deployment: facts)
        return finished
    }

    private func record(
        _ key: CellKey, _ context: Context, _ limits: inout LimiterContext
    ) async throws(ScaleError) -> CellRecording {
        let spec = try request.spec(key, context)
        let board = try Generators.board(threads: spec.threads, processes: request.processes)
        control.watch(board)
        defer { control.watch(nil) }
        let watch = CellWatch(deployment)
        let ticker = Task { [observe] in
            let start = MonotonicClock.now()
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                if Task.isCancelled { return }
                observe(.cellProgress(board.snapshot(), elapsed: MonotonicClock.now() - start))
            }
        }
        defer { ticker.cancel() }
        var recording = try await Generators.run(
            spec, processes: request.processes, board: board, plan: request.plan, trust: request.trust
        ).recording
        let sources = context.targets.map { max(1, $0.sources.count) }.max() ?? 1
        watch.finish(&recording, context: &limits, ports: CellWatch.ports(in: request.host.portRange, sourceAddresses: sources))
        return recording
    }

    private func checkAlive(_ moment: String) async throws(ScaleError) {
        guard let terminal = await deployment.health().terminal else { return }
        let own = "scalebench: "
        let said = terminal.lastLines.map { $0.hasPrefix(own) ? String($0.dropFirst(own.count)) : $0 }
        let lines = ([terminal.state] + said).joined(separator: ", ")
        throw ScaleError(
            .infrastructure, "the server that \(infrastructure.providerName) launched ended \(moment)", cause: lines,
            hint: "finished cells are kept")
    }
}

extension RunRequest {
    /// A cell for all processes of the run.
    func spec(_ key: CellKey, _ context: LiveDeployment.Context) throws(ScaleError) -> LoadSpec {
        try plan.spec(key, context, threads: loops(for: key))
    }
}

extension Plan {
    func spec(_ key: CellKey, _ context: LiveDeployment.Context, threads: Int) throws(ScaleError) -> LoadSpec {
        let wait = waitSpread == nil ? key.wait : nil
        let template: ActionTemplate
        if context.trace != nil {
            // The trace says what is sent, and nothing is held against the answers.
            template = try ActionTemplate("{}", wait: .zero)
        } else if let text = action {
            template = try ActionTemplate(text, wait: wait)
        } else {
            template = .benchmark(wait: wait)
        }
        return LoadSpec(
            key: key, targets: context.targets, shape: shape, pacing: pacing, think: think, waitSpread: waitSpread,
            ignoresDone: ignoresDone, timeouts: timeouts, httpConnections: httpConnections, action: template,
            trace: context.trace, tls: context.tls, threads: threads, seed: seed)
    }
}
