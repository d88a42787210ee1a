import Logging
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
    private let launch: LaunchRequest
    private let request: RunRequest
    let deployment: any Deployment
    let launchedAt: MonotonicTime
    private let control: StopControl
    private let observe: @Sendable (RunEvent) -> Void

    /// What every cell shares: resolved addresses and TLS.
    struct Context: Sendable {
        var targets: [LoadTarget]
        var tls: TLSContext?
        var trace: Trace?
        /// Of each target, which of the deployment's endpoints it is an address of; empty where each is one of its own.
        var places: [Int] = []

        func place(ofTarget target: Int) -> Int { places.isEmpty ? target : places[target] }
    }

    /// Launches, waits until it serves, and tries a session of every replica.
    /// - Parameter run: the id of the run that it is for.
    /// - Throws: what went wrong, after whatever was launched has been stopped.
    static func launch(
        _ infrastructure: Infrastructure, _ request: RunRequest, run: String, _ control: StopControl,
        observe: @escaping @Sendable (RunEvent) -> Void
    ) async throws(LaunchFailure) -> LiveDeployment {
        observe(.launching(provider: infrastructure.title))
        let start = MonotonicClock.now()
        let launch = infrastructure.launch(request.launch, run: run, observe)
        launch.log.info("launching", metadata: ["stage": "launching", "resource": "\(launch.mark.name)"])
        var progress = LaunchProgress(launch.mark, askedAt: start)
        let deployment: any Deployment
        do { deployment = try await infrastructure.provider.launch(launch) } catch { throw progress.failure(error) }
        do {
            let facts = infrastructure.record(of: deployment)
            progress.facts = facts
            progress.reached(deployment.lifecycle, next: .healthy)
            observe(.launched(facts, took: MonotonicClock.now() - start))
            try control.check()
            let backends = (deployment as? any FrontedServers)?.backends ?? []
            try await request.permission.check(deployment.endpoints + backends, flag: infrastructure.flag)
            try infrastructure.checkProcesses(of: deployment)
            if infrastructure.waitsForHealth {
                let healthy = try await ReplicaHealth(deployment: deployment, launch: launch, launchedAt: start, control: control).wait()
                progress.reached(healthy, next: .firstReset)
            }
            observe(.ready(facts, took: MonotonicClock.now() - start))
            let context = try await prepare(deployment, infrastructure, request, observe)
            var live = LiveDeployment(
                infrastructure: infrastructure, facts: facts, lifecycle: progress.lifecycle, context: context,
                drain: SocketDrain(targets: context.targets, ports: request.host.portRange), launch: launch, request: request,
                deployment: deployment, launchedAt: start, control: control, observe: observe)
            if request.preflight { try await live.preflight() }
            try control.check()
            return live
        } catch {
            observe(.stopping(provider: infrastructure.title))
            await abandon(deployment, launch, observe)
            throw progress.failure(error)
        }
    }

    /// Stops what could not be used. What goes wrong here is said, and does not stand before the reason.
    private static func abandon(
        _ deployment: any Deployment, _ launch: LaunchRequest, _ observe: @Sendable (RunEvent) -> Void
    ) async {
        do {
            try await deployment.stop()
            launch.reached(.stop, launch.mark.name)
        } catch {
            observe(.warning(error.notStopped))
        }
    }

    private static func prepare(
        _ deployment: any Deployment, _ infrastructure: Infrastructure, _ request: RunRequest, _ observe: @Sendable (RunEvent) -> Void
    ) async throws(ScaleError) -> Context {
        let resolved = try await TargetResolver.resolve(
            deployment.endpoints, request.plan.addresses, flag: infrastructure.flag,
            timeout: min(request.plan.timeouts.connect, .seconds(10)))
        for notice in resolved.notices { observe(.notice(notice)) }
        for warning in resolved.warnings { observe(.warning(warning)) }
        let secure = resolved.targets.contains { $0.endpoint.secure }
        return Context(
            targets: resolved.targets, tls: secure ? try TLSContext(trust: request.trust) : nil, trace: request.trace,
            places: resolved.places)
    }

    /// Until when it may come up.
    var readyBy: MonotonicTime {
        ReplicaHealth(deployment: deployment, launch: launch, launchedAt: launchedAt, control: control).readyBy
    }

    /// Ends everything that was launched.
    /// - Returns: the stage, and what may still be there.
    func stop() async -> (LifecycleRecord, ScaleError?) {
        observe(.stopping(provider: infrastructure.title))
        launch.log.info("stopping", metadata: ["stage": "stopping", "resource": "\(launch.mark.name)"])
        let begun = MonotonicClock.now()
        var failure: ScaleError?
        do { try await deployment.stop() } catch { failure = error }
        if failure == nil { launch.reached(.stop, launch.mark.name) }
        let stage = LifecycleRecord(
            replica: 0, stage: .stop, start: begun - launchedAt, duration: MonotonicClock.now() - begun,
            outcome: failure?.message ?? "ok", launch: launch.mark.name)
        return (stage, failure)
    }

    /// What to say of a balancer that holds fewer connections than a cell opens; nil where it holds them.
    func shortageOfFront(before connections: Int) -> String? {
        guard let front = deployment as? any FrontedServers, connections > front.connectionLimit else { return nil }
        return "\(facts.balancer ?? "the balancer") holds at most \(front.connectionLimit) connections at a time, two descriptors each, "
            + "and the largest cell opens \(connections): the others wait before it; raise the hard limit, ulimit -Hn"
    }

    private mutating func preflight() async throws(ScaleError) {
        do {
            let begun = MonotonicClock.now()
            let resets = try await Preflight(request, context, of: self, control, observe: observe).check()
            for (replica, reset) in resets.enumerated() {
                lifecycle.append(
                    LifecycleRecord(
                        replica: replica, stage: .firstReset, start: begun - launchedAt, duration: reset, outcome: "ok",
                        launch: launch.mark.name))
                launch.reached(
                    .firstReset, facts.endpoints.indices.contains(replica) ? facts.endpoints[replica] : facts.infra, replica: replica)
            }
        } catch {
            // A server that ends takes its connections along first, and is known to have ended a little later.
            for _ in 0..<10 where !control.isStopRequested {
                if let ending = await ending("before the grid") { throw ending }
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

    /// A cell with how it ended.
    struct MeasuredCell: Sendable {
        var finished: FinishedCell
        /// Why the servers were ended meanwhile; nil where they live. Such a cell says nothing about how many sessions they
        /// hold.
        var ending: ScaleError?
    }

    /// Measures one cell. It ends early where the servers do.
    /// - Parameters:
    ///   - earlier: finished cells of the same deployment.
    ///   - calibration: of the generator at this N; nil where it is not known.
    /// - Throws: `infrastructure` when the load could not be made; `interrupted`.
    func measure(
        _ key: CellKey, earlier: [CellRecord], calibration: CalibrationRecord?
    ) async throws(ScaleError) -> MeasuredCell {
        var context = context
        context.targets = drain.rotated(context.targets, before: request.connections(key))
        var limits = LimiterContext(facts)
        limits.reachesOtherHosts = context.targets.contains { !$0.address.isOfThisHost }
        limits.earlier = earlier
        launch.log.info(
            "cell started",
            metadata: [
                "stage": "cell", "resource": "\(launch.mark.name)", "mode": "\(key.mode.rawValue)", "sessions": "\(key.sessions)",
                "repetition": "\(key.rep)",
            ])
        let (recording, ending) = try await record(key, context, &limits)
        var finished = CellSummary.finish(recording, context: limits, calibration: calibration)
        // Calibrated is a burst: of another shape it says how much, and not how late.
        if request.plan.isPlainBurst { finished.record.floor = calibration?.floor }
        // Numbers that end in the middle contradict much, and everybody knows why.
        if !finished.record.isTerminated {
            finished.record.checks = ConsistencyRules.violations(in: finished.record, plan: request.plan, deployment: facts)
        }
        if let ending, finished.record.isTerminated, finished.record.verdict.limiter != .clientLimit {
            finished.record.verdict = Verdict(
                .serverOther, evidence: [ending.message, ending.cause].compactMap(\.self).joined(separator: ": "))
        }
        return MeasuredCell(finished: finished, ending: ending)
    }

    private func record(
        _ key: CellKey, _ context: Context, _ limits: inout LimiterContext
    ) async throws(ScaleError) -> (CellRecording, ending: ScaleError?) {
        let spec = try request.spec(key, context)
        let board = try Generators.board(threads: spec.threads, processes: request.processes)
        control.watch(board)
        defer { control.watch(nil) }
        let watch = CellWatch(deployment)
        let life = LifeWatch(deployment, board)
        let ticker = Task { [observe] in
            let start = MonotonicClock.now()
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(200))
                if Task.isCancelled { return }
                observe(.cellProgress(board.snapshot(), elapsed: MonotonicClock.now() - start))
            }
        }
        defer { ticker.cancel() }
        defer { life.cancel() }
        var recording = try await Generators.run(
            spec, processes: request.processes, board: board, plan: request.plan, trust: request.trust
        ).recording
        let sources = context.targets.map { max(1, $0.sources.count) }.max() ?? 1
        watch.finish(&recording, context: &limits, ports: CellWatch.ports(in: request.host.portRange, sourceAddresses: sources))
        if let lastAlive = await life.finish(hasLost: recording.hasLost) {
            recording.attribute(toEndAfter: lastAlive)
            return (recording, await ending("during the grid"))
        }
        // The provider knows of no end; where it cannot, the addresses tell.
        guard recording.hasLost, let gone = Reachability.ending(await Reachability.lost(of: context.targets), of: context.targets.count)
        else { return (recording, nil) }
        recording.attribute(toEndAfter: recording.lastAnswer)
        return (recording, gone)
    }

    /// What is said of a deployment that has ended; nil while it lives.
    private func ending(_ moment: String) async -> ScaleError? {
        guard let terminal = await deployment.health().terminal else { return nil }
        let own = "scalebench: "
        let said = terminal.lastLines.map { $0.hasPrefix(own) ? String($0.dropFirst(own.count)) : $0 }
        let lines = ([terminal.state] + said.filter { $0.contains { !$0.isWhitespace } }).joined(separator: ", ")
        launch.log.error("the servers ended", metadata: ["resource": "\(launch.mark.name)", "cause": "\(terminal.state)"])
        return ScaleError(
            .infrastructure, "the server that \(infrastructure.providerName) launched ended \(moment)", cause: lines,
            hint: "finished cells are kept")
    }
}

extension CellRecording {
    /// Whether sessions failed as they do when a server goes.
    fileprivate var hasLost: Bool { sessions.contains { $0.failure?.kind.mayComeFromAnEnd ?? false } }
    /// When a server answered for the last time; the release of the cell where none did.
    fileprivate var lastAnswer: Nanoseconds { sessions.compactMap { $0.lastStepAt ?? $0.resetAt }.max() ?? .zero }
}

extension ScaleError {
    /// Of a stop that failed, for people.
    var notStopped: String {
        var said = self
        said.hint = "scalebench clean removes what is left"
        return said.description
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
