import Foundation
import ScaleAnalysis
import ScaleControl
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleReactor
import ScaleStore
import ScaleTLS

/// One run from launch to stop: it composes the modules, emits events and renders nothing. Whatever was launched is
/// stopped, however the run ends, and every finished cell is stored before the next one starts.
public struct Experiment: Sendable {
    let request: RunRequest
    let store: Store
    let control: StopControl
    let observe: @Sendable (RunEvent) -> Void

    public init(
        _ request: RunRequest, store: Store, control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.request = request
        self.store = store
        self.control = control
        self.observe = observe
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// Nil when nothing was stored.
        public var run: String?
        /// Why it ended early; nil when the whole grid was measured.
        public var error: ScaleError?
    }

    /// Runs the whole grid, or a search to its end. Never throws: an early end is an outcome, with what had been finished by then.
    public func run() async -> Outcome {
        do {
            try request.checkProcesses()
            try request.checkDescriptors()
            observe(.launching(provider: request.providerName))
            let start = MonotonicClock.now()
            let deployment = try await request.provider.launch(request.launch)
            observe(.launched(deployment.facts, took: MonotonicClock.now() - start))
            let outcome = await measured(deployment, launchedAt: start)
            observe(.stopping(provider: request.providerName))
            await deployment.stop()
            return outcome
        } catch {
            return Outcome(run: nil, error: error)
        }
    }

    private func measured(_ deployment: any Deployment, launchedAt start: MonotonicTime) async -> Outcome {
        var stored: StoredRun?
        do {
            try control.check()
            try request.checkProcesses(of: deployment)
            var life = deployment.lifecycle
            if request.waitsForHealth { life.append(try await healthy(deployment, since: start)) }
            let context = try await prepare(deployment)
            if request.preflight {
                let begun = MonotonicClock.now()
                let reset = try await preflight(context, deployment)
                life.append(
                    LifecycleRecord(replica: 0, stage: .firstReset, start: begun - start, duration: reset, outcome: "ok"))
            }
            try control.check()
            let ceilings = try await Ceilings.known(to: request, store: store, control, observe: observe)
            let run = try StoredRun.begin(request, deployment: deployment.facts, store: store)
            stored = run
            try store.addLifecycle(life, deployment: run.deployment)
            try await grid(run, context, deployment, ceilings)
            try run.finish(.finished)
            return Outcome(run: run.uuid, error: nil)
        } catch {
            guard let stored else { return Outcome(run: nil, error: error) }
            do {
                try stored.finish(error.code == .interrupted ? .interrupted : .failed)
            } catch let second {
                observe(.warning("the end of the run could not be stored: \(second)"))
            }
            return Outcome(run: stored.uuid, error: error)
        }
    }

    /// Waits until every endpoint of a launched deployment answers, or the provider says that it never will.
    private func healthy(_ deployment: any Deployment, since start: MonotonicTime) async throws(ScaleError) -> LifecycleRecord {
        let begun = MonotonicClock.now()
        let deadline = request.launch.startupDeadline ?? .seconds(60)
        for endpoint in deployment.endpoints {
            try await Readiness(resource: endpoint.redacted, deadline: deadline, interval: .milliseconds(50)).wait {
                // A stop ends the wait; the check behind it says so.
                control.isStopRequested ? .ready : await request.launch.client.health(of: endpoint)
            } terminal: {
                await deployment.health().terminal
            }
            try control.check()
        }
        return Self.stage(.healthy, begun, since: start)
    }

    private static func stage(
        _ stage: LifecycleRecord.Stage, _ begun: MonotonicTime, since start: MonotonicTime
    ) -> LifecycleRecord {
        LifecycleRecord(
            replica: 0, stage: stage, start: begun - start, duration: MonotonicClock.now() - begun, outcome: "ok")
    }

    /// How long it took until every session of the preflight had its first observation.
    private func preflight(_ context: Context, _ deployment: any Deployment) async throws(ScaleError) -> Nanoseconds {
        do {
            return try await Preflight(request, context, control, observe: observe).check()
        } catch {
            // A server that ends takes its connections along first, and is known to have ended a little later.
            for _ in 0..<10 where !control.isStopRequested {
                try await checkAlive(deployment, "before the grid")
                try? await Task.sleep(for: .milliseconds(20))
            }
            throw error
        }
    }

    /// What every cell shares: resolved addresses and TLS.
    struct Context: Sendable {
        var targets: [LoadTarget]
        var tls: TLSContext?
        var trace: Trace?
    }

    private func prepare(_ deployment: any Deployment) async throws(ScaleError) -> Context {
        let targets = try await TargetResolver.resolve(
            deployment.endpoints, flag: request.targetFlag, timeout: min(request.plan.timeouts.connect, .seconds(10)))
        let secure = targets.contains { $0.endpoint.secure }
        return Context(targets: targets, tls: secure ? try TLSContext(trust: request.trust) : nil, trace: request.trace)
    }

    private func grid(
        _ run: StoredRun, _ context: Context, _ deployment: any Deployment, _ ceilings: Ceilings
    ) async throws(ScaleError) {
        var course = CellCourse(request.plan, top: request.top, finished: run.earlier)
        let planned = course.planned
        observe(.gridStarted(cells: planned, run: run.uuid))
        if !HostLimits.resetPeakRSS() {
            observe(.warning("this kernel does not let the memory's high-water mark be reset: peaks have earlier cells in them"))
        }
        var (earlier, ceilings) = (run.earlier, ceilings)
        let drain = SocketDrain(targets: context.targets, ports: request.host.portRange)
        if let most = course.largest.map(request.needed), let shortage = drain.shortage(context.targets, before: most) {
            observe(.warning(shortage))
        }
        if let warning = request.descriptorWarning { observe(.warning(warning)) }
        var number = 0
        let start = MonotonicClock.now()
        while case .measure(let key, let why) = course.next(elapsed: MonotonicClock.now() - start) {
            number += 1
            try await ceilings.complete([Calibrator.point(for: key)], request, store, control, observe: observe)
            if number > 1 { try await settle(drain, before: key.sessions) }
            try control.check()
            if let why { observe(.cellChosen(key, why: why)) }
            observe(.cellStarted(number: number, of: planned, key: key))
            var context = context
            context.targets = drain.rotated(context.targets, before: request.connections(key))
            var limits = LimiterContext(deployment.facts)
            limits.reachesOtherHosts = context.targets.contains { !$0.address.isOfThisHost }
            limits.earlier = earlier
            let recording = try await measure(key, context, deployment, &limits)
            // A cell in which the server died says nothing about how many sessions it holds.
            try await checkAlive(deployment, "during the grid")
            let begun = MonotonicClock.now()
            let calibration = ceilings.calibration(for: key, request)
            var finished = CellSummary.finish(recording, context: limits, calibration: calibration)
            // Calibrated is a burst: of another shape it says how much, and not how late.
            if request.plan.isPlainBurst { finished.record.floor = calibration?.floor }
            finished.record.checks = ConsistencyRules.violations(
                in: finished.record, plan: request.plan, deployment: deployment.facts)
            _ = try store.finish(cell: finished, run: run.id, deployment: run.deployment)
            earlier.append(finished.record)
            course.finish(finished.record)
            observe(.cellFinished(finished.record, stored: MonotonicClock.now() - begun))
        }
        conclude(course, elapsed: MonotonicClock.now() - start)
    }

    private func conclude(_ course: CellCourse, elapsed: Nanoseconds) {
        for (load, conclusion) in course.conclusions { observe(.searched(load, conclusion)) }
        if case .done(let short?) = course.next(elapsed: elapsed) { observe(.budgetSpent(short)) }
    }

    private func settle(_ drain: SocketDrain, before sessions: Int) async throws(ScaleError) {
        observe(.draining)
        let (took, obstacle) = await drain.wait(before: sessions) { control.isStopRequested }
        try control.check()
        if let obstacle { observe(.warning("after \(took.seconds) s \(obstacle); going on beside them")) }
    }

    private func measure(
        _ key: CellKey, _ context: Context, _ deployment: any Deployment, _ limits: inout LimiterContext
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

    private func checkAlive(_ deployment: any Deployment, _ moment: String) async throws(ScaleError) {
        guard let terminal = await deployment.health().terminal else { return }
        let own = "scalebench: "
        let said = terminal.lastLines.map { $0.hasPrefix(own) ? String($0.dropFirst(own.count)) : $0 }
        let lines = ([terminal.state] + said).joined(separator: ", ")
        throw ScaleError(
            .infrastructure, "the server that \(request.providerName) launched ended \(moment)", cause: lines,
            hint: "finished cells are kept")
    }
}

extension RunRequest {
    /// Refuses the number of a process that is not there: what is given to be read must be readable. Of what was launched
    /// the provider knows how it ended.
    func checkProcesses(of deployment: any Deployment) throws(ScaleError) {
        guard provider is URLProvider else { return }
        for (key, processes) in [("pid", deployment.processes), ("balancer-pid", deployment.balancerProcesses)] {
            guard let stranger = processes.first(where: { ProcessUse.start(of: $0) == nil }) else { continue }
            throw .usage(
                "\(targetFlag) url: \(key) \(stranger) is no process of this host", hint: "give those that run, or leave it out")
        }
    }

    /// A cell for all processes of the run.
    func spec(_ key: CellKey, _ context: Experiment.Context) throws(ScaleError) -> LoadSpec {
        try plan.spec(key, context, threads: loops(for: key))
    }
}

extension Plan {
    func spec(_ key: CellKey, _ context: Experiment.Context, threads: Int) throws(ScaleError) -> LoadSpec {
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
