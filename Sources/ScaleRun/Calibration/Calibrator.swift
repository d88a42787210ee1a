import ScaleAnalysis
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleReactor

/// Drives the generator against the null server on this host: the bundled environment without a wait, a cap or a fault,
/// in a process of its own. What it reaches there is its ceiling, and what it measures there its latency floor: the
/// null server takes part in both, so that the generator alone can only be better.
public struct Calibrator: Sendable {
    private let request: RunRequest
    private let control: StopControl
    private let observe: @Sendable (RunEvent) -> Void

    /// - Parameter request: for its host, its threads and processes and its time-outs; its provider is not launched.
    public init(_ request: RunRequest, _ control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void) {
        self.request = request
        self.control = control
        self.observe = observe
    }

    /// What a grid needs: each mode at each N, opened at once, one step without a wait.
    public static func points(of plan: Plan) -> [CellKey] {
        plan.modes.flatMap { mode in
            plan.sessions.sorted().map { CellKey(mode: mode, sessions: $0, wait: .zero, steps: 1, rep: 1) }
        }
    }

    /// What one cell needs.
    static func point(for cell: CellKey) -> CellKey {
        CellKey(mode: cell.mode, sessions: cell.sessions, wait: .zero, steps: 1, rep: 1)
    }

    /// The connections that steps are counted over: enough to keep one loop busy, few enough that their opening is
    /// no part of it.
    private static let stepSessions = 64
    /// About 20,000 steps a loop: a fraction of a second, and some hundred turns of the loop.
    private static let stepsEach = 300

    /// Measures points of ``points(of:)`` in the given order.
    /// - Parameter keep: takes each as soon as it is known.
    /// - Throws: `interrupted` when asked to stop; `infrastructure` when the null server does not start or sessions fail;
    ///   what `keep` throws.
    public func measure(
        _ points: [CellKey], keep: (CalibrationRecord) throws(ScaleError) -> Void
    ) async throws(ScaleError) {
        let deployment = try await nullServer(for: points).launch(request.launch.next())
        do {
            try await measure(points, on: deployment, keep: keep)
        } catch {
            do { try await deployment.stop() } catch { observe(.warning(error.notStopped)) }
            throw error
        }
        try await deployment.stop()
    }

    /// A worker for each loop, as far as processors go beside the loops; more where the descriptors of so many do not
    /// suffice: the kernel spreads connections over workers unevenly, so one of several is counted on for half as many as
    /// it could hold.
    private func nullServer(for points: [CellKey]) throws(ScaleError) -> any Provider {
        if let given = request.nullServer { return given }
        let most = points.map(\.sessions).max() ?? 1
        let each = max(1, request.host.descriptorLimit - RunRequest.otherDescriptors)
        let loops = points.map(request.loops).max() ?? 1
        let workers = max(1, min(loops, request.host.cores - loops), most > each ? (2 * most + each - 1) / each : 1)
        var spec = try ProviderSpec(LocalProvider.name)
        spec.options.append(.init("workers", "\(workers)"))
        return try LocalProvider(spec: spec)
    }

    private func measure(
        _ points: [CellKey], on server: any Deployment, keep: (CalibrationRecord) throws(ScaleError) -> Void
    ) async throws(ScaleError) {
        let targets = try await TargetResolver.resolve(server.endpoints, flag: "--provider", timeout: .seconds(10)).targets
        let drain = SocketDrain(targets: targets, ports: request.host.portRange)
        for point in points {
            observe(.calibrating(point.mode, sessions: point.sessions))
            _ = await drain.wait(before: point.sessions) { control.isStopRequested }
            try control.check()
            let loops = request.loops(for: point)
            // What other processes take before the first session is not known here.
            let used = request.processes == 1 ? ProcessUse.residentBytes() : nil
            let bursts = try await bursts(point, drain.rotated(targets, before: point.sessions), loops: loops)
            let sessions = min(point.sessions, Self.stepSessions * loops)
            let steady = try await finish(
                CellKey(mode: point.mode, sessions: sessions, wait: .zero, steps: Self.stepsEach, rep: 1), targets,
                loops: loops)
            let apart = try await stepsApart(point, bursts, drain.rotated(targets, before: point.sessions), loops: loops)
            let record = try calibration(point, bursts, steady, apart, memoryBefore: used)
            try keep(record)
            observe(.calibrated(record))
        }
    }

    /// Small bursts are over before caches and clocks have settled: they are repeated for a while.
    private func bursts(_ key: CellKey, _ targets: [LoadTarget], loops: Int) async throws(ScaleError) -> [CellRecord] {
        var bursts: [CellRecord] = []
        var spent = Nanoseconds.zero
        repeat {
            bursts.append(try await finish(key, targets, loops: loops))
            spent += bursts[bursts.count - 1].wall
        } while bursts.count < Self.mostBursts && spent < Self.enough
        return bursts
    }

    /// The burst once more, with steps that wait until all sessions are open: what a phase takes by itself, and not beside
    /// the phases of other sessions. Twice the time of the burst is enough where that is short.
    private func stepsApart(
        _ key: CellKey, _ bursts: [CellRecord], _ targets: [LoadTarget], loops: Int
    ) async throws(ScaleError) -> CellRecord {
        var key = key
        let longest = bursts.map(\.wall).max() ?? .zero
        key.wait = min(Self.longestWait, max(Self.shortestWait, longest * 2))
        return try await finish(key, targets, loops: loops)
    }

    private static let shortestWait = Nanoseconds.milliseconds(20)
    private static let longestWait = Nanoseconds.seconds(1)
    private static let mostBursts = 10
    private static let enough = Nanoseconds.milliseconds(200)

    private func finish(_ key: CellKey, _ targets: [LoadTarget], loops: Int) async throws(ScaleError) -> CellRecord {
        let plan = Plan(
            modes: [key.mode], sessions: [key.sessions], waits: [key.wait], steps: key.steps, timeouts: request.plan.timeouts,
            seed: request.plan.seed)
        let spec = try plan.spec(key, LiveDeployment.Context(targets: targets, tls: nil), threads: loops)
        let board = try Generators.board(threads: loops, processes: request.processes)
        control.watch(board)
        defer { control.watch(nil) }
        let recording = try await Generators.run(
            spec, processes: request.processes, board: board, plan: plan, trust: request.trust
        ).recording
        return CellSummary.finish(recording, context: LimiterContext()).record
    }

    /// The best of the bursts: what is in the way of the others is not the generator's doing.
    private func calibration(
        _ point: CellKey, _ bursts: [CellRecord], _ steady: CellRecord, _ apart: CellRecord, memoryBefore: Int?
    ) throws(ScaleError) -> CalibrationRecord {
        if let broken = (bursts + [steady, apart]).first(where: { $0.failed > 0 }) {
            throw ScaleError(
                .infrastructure, "\(broken.failed) sessions against the null server failed at N = \(point.sessions)",
                cause: broken.verdict.evidence)
        }
        guard let sessions = bursts.compactMap(\.sessionsPerSecond).max(), let steps = steady.stepsPerSecond,
            let connect = apart.latencies[.connect], let step = apart.latencies[.step],
            let total = apart.latencies[.overhead]
        else { throw ScaleError(.defect, "a burst against the null server has no latencies at N = \(point.sessions)") }
        let grown = memoryBefore.map { (bursts.compactMap(\.generator?.peakRSSBytes).max() ?? 0) - $0 } ?? 0
        return CalibrationRecord(
            key: request.calibrationKey(point), measuredAt: HostClock.wallTime(), version: Version.current,
            sessionsPerSecond: sessions, stepsPerSecond: steps,
            cpuPerSession: Nanoseconds((bursts.compactMap(\.generator?.cpu.rawValue).min() ?? 0) / Int64(point.sessions)),
            bytesPerSession: point.sessions >= Self.fewestForMemory && grown > 0 ? grown / point.sessions : nil,
            floor: LatencyFloor(
                connectP50: connect.p50, connectP99: connect.p99, stepP50: max(.zero, step.p50 - apart.key.wait),
                stepP99: max(.zero, step.p99 - apart.key.wait),
                totalP50: total.p50, totalP99: total.p99))
    }

    /// With fewer sessions, what the process takes once outweighs what each of them takes.
    private static let fewestForMemory = 1024
}

extension Plan {
    /// Whether its cells are opened and stepped as a calibration is: all at once, and one step.
    var isPlainBurst: Bool { shape == .burst && pacing == .free && trace == nil && steps == 1 && think == nil }
}

extension ProcessUse {
    /// What this process has in memory now; nil where the kernel does not say.
    static func residentBytes() -> Int? {
        let text = ProcFile.value("VmRSS", separator: ":", in: ProcFile.text("/proc/self/status"))
        return text?.split(separator: " ").first.flatMap { Int($0) }.map { $0 * 1024 }
    }
}
