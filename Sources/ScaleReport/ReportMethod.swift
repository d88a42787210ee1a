import ScaleAnalysis
import ScaleCore

/// How one run was measured: all that someone needs to repeat it or to doubt it.
struct ReportMethod {
    let snapshot: RunSnapshot
    /// What reports call a deployment of it.
    let name: (Int64) -> String

    init(_ run: Int, of subject: ReportSubject) {
        snapshot = subject.snapshots[run]
        name = { subject.name(of: $0, run: run) }
    }

    private var run: RunRecord { snapshot.run }

    /// Every infrastructure of a run is measured by the whole plan. Nil where what cells show decides how many follow, and
    /// where only what was published is known.
    var planned: Int? {
        if run.plan.isAdaptive || run.source == .imported { return nil }
        // An infrastructure that was never launched has no row, and would be missed.
        if run.experiment != nil && run.status != .finished { return nil }
        var distinct: [DeploymentRecord] = []
        // The same one again is a launch that was resumed.
        for each in snapshot.deployments.values where !distinct.contains(where: { $0.isSame(as: each) }) { distinct.append(each) }
        return run.plan.cells.count * max(1, distinct.count)
    }

    /// Nil for a run that finished as planned.
    /// - Parameter which: names the run where there are several.
    func incompleteness(_ which: String) -> Prose? {
        if run.plan.hasNoCells { return missingLaunches(which) }
        let finished = Figure.count(snapshot.finishedCells)
        let cells =
            planned.map { "\(finished) of \(Figure.count($0)) planned cells finished" }
            ?? "\(finished) cell\(snapshot.finishedCells == 1 ? "" : "s") finished, and others were to follow"
        switch run.status {
        case .finished:
            if snapshot.finishedCells >= planned ?? 0 { return nil }
            return "\(strong: "Not every planned cell\(which.isEmpty ? "" : " of \(which)") is here:") \(cells)."
        case .interrupted: return "\(strong: "\(subject(which)) was interrupted:") \(cells), and only they are shown."
        case .failed: return "\(strong: "\(subject(which)) failed:") \(cells), and only they are shown."
        case .running: return "\(strong: "\(subject(which)) has not ended:") so far \(cells)."
        }
    }

    /// The same of a run that only launches.
    private func missingLaunches(_ which: String) -> Prose? {
        let made = snapshot.lifecycle.values.reduce(0) { $0 + Launch.all(of: $1).count }
        let launches: Prose = "\(Figure.count(made)) of \(Figure.count(run.plan.reps)) launches are stored"
        switch run.status {
        case .finished: return nil
        case .interrupted: return "\(strong: "\(subject(which)) was interrupted:") \(launches), and only they are shown."
        case .failed: return "\(strong: "\(subject(which)) failed:") \(launches), and only they are shown."
        case .running: return "\(strong: "\(subject(which)) has not ended:") so far \(launches)."
        }
    }

    private func subject(_ which: String) -> Prose { which.isEmpty ? "This run" : "R\(String(which.dropFirst()))" }

    /// Said when generator and server took processor time from each other.
    var sharedHost: Prose? {
        let local = snapshot.deployments.values.contains { deployment in
            deployment.endpoints.contains { (try? Endpoint(url: $0))?.isLoopback ?? false }
        }
        guard local, let host = run.host else { return nil }
        let cores = host.cores == 1 ? "one core" : "\(host.cores) cores"
        return "The generator and the server shared this machine's \(cores): each took processor time from the other."
    }

    /// What was set and where, as pairs of a name and a value.
    var facts: [[Prose]] { runRows + serverRows + planRows + hostRows }

    static let columns: [Table.Column] = [.text("what"), .text("value")]

    private var runRows: [[Prose]] {
        var rows: [[Prose]] = [
            ["run", "\(code: run.uuid), \(run.status.rawValue)"],
            [run.source == .imported ? "imported by scalebench" : "scalebench", Prose(run.version)],
        ]
        if let git = run.git { rows.append(["started in", "commit \(code: String(git.prefix(12)))"]) }
        rows.append(["started", Prose(run.startedAt.inWords)])
        if let end = run.finishedAt {
            let took = Nanoseconds((end.microseconds - run.startedAt.microseconds) * 1000)
            rows.append(["ended", "\(end.inWords), after \(took.inWords)"])
        }
        if run.source == .imported { rows.insert(["source", "imported from files that another tool wrote"], at: 1) }
        if let experiment = run.experiment { rows.append(["experiment", Prose(experiment)]) }
        if !run.hardware.isEmpty { rows.append(["hardware under test", Prose(run.hardware)]) }
        return rows
    }

    private var serverRows: [[Prose]] {
        snapshot.deployments.keys.sorted().compactMap { id in
            guard let deployment = snapshot.deployments[id] else { return nil }
            var parts: [Prose] = ["provider \(deployment.provider)", Prose(Self.counted(deployment.replicas, "replica"))]
            if let workers = deployment.workers {
                parts.append(Prose(Self.counted(workers, "worker") + (deployment.replicas > 1 ? " each" : "")))
            }
            if let cap = deployment.sessionCap { parts.append("\(Figure.count(cap)) sessions per worker at most") }
            if let cores = deployment.cores { parts.append("\(Figure.plain(cores)) cores") }
            if let balancer = deployment.balancer { parts.append("behind \(balancer)") }
            let launches = Launch.all(of: snapshot.lifecycle[id] ?? []).count
            if launches > 1 { parts.append("launched \(String(launches)) times, first at") }
            parts += deployment.endpoints.map { Prose(code: $0) }
            return ["server \(name(id))", parts.joined(separator: ", ")]
        }
    }

    /// Of an imported run only what its files say.
    private var publishedRows: [[Prose]] {
        let plan = run.plan
        return [
            ["mode", Prose(plan.modes.map(\.rawValue).joined(separator: ", "))], ["N", Prose(Self.counts(plan.sessions))],
            ["wait (s)", Prose(plan.waits.map(\.asSetting).joined(separator: " · "))], ["repetitions", "\(String(plan.reps))"],
        ]
    }

    private var planRows: [[Prose]] {
        if run.source == .imported { return publishedRows }
        let plan = run.plan
        if plan.hasNoCells {
            return [
                ["mode of the first session", Prose(plan.modes.map(\.rawValue).joined(separator: ", "))],
                ["launches", Prose(Figure.count(plan.reps))], ["timeouts", Prose(Self.timeouts(plan.timeouts))],
                ["action", plan.action.map { Prose(code: $0) } ?? "the benchmark environment's own"],
                ["plan", Prose(code: run.planHash)],
            ]
        }
        let modes = plan.modes.map(\.rawValue).joined(separator: ", ")
        let waits = plan.waitSpread.map(Self.spread) ?? plan.waits.map(\.asSetting).joined(separator: " · ")
        let steps = plan.trace != nil ? "at most \(plan.steps)" : plan.steps == 0 ? "as time allows" : "\(plan.steps)"
        let reps = plan.mostReps.map { "\(plan.reps) to \($0), until decided" } ?? "\(plan.reps)"
        var rows: [[Prose]] = [
            ["mode", Prose(modes)],
            ["N", Prose(plan.search.map { Self.search($0, start: plan.sessions) } ?? Self.counts(plan.sessions))],
            ["wait (s)", plan.asksForWaits ? Prose(waits) : "none is asked for: what the actions make the environment wait is not known"],
            ["steps, repetitions", "\(steps), \(reps)"],
            ["load shape", Prose(Self.shape(plan.shape))], ["timeouts", Prose(Self.timeouts(plan.timeouts))],
        ]
        if plan.pacing != .free { rows.append(["pacing", Prose(Self.pacing(plan.pacing))]) }
        if let think = plan.think { rows.append(["think time (s)", Prose(Self.spread(think))]) }
        if plan.ignoresDone { rows.append(["episodes", "every step is sent, whether or not the environment is done"]) }
        if plan.modes.contains(.http) { rows.append(["HTTP connections", Prose(plan.httpConnections.description)]) }
        if plan.addresses == .first { rows.append(["addresses", "of each name the first that answered"]) }
        if let trace = plan.trace {
            let timing = trace.timing == .order ? "one step after the other" : "with the original timing"
            let episodes = Self.counted(trace.episodes, "episode")
            rows.append(["trace", "\(code: trace.path), \(episodes), \(timing), fingerprint \(code: trace.fingerprint)"])
        } else {
            rows.append(["action", plan.action.map { Prose(code: $0) } ?? "the benchmark environment's own"])
        }
        rows.append(["seed", Prose(String(plan.seed))])
        rows.append(["plan", Prose(code: run.planHash)])
        return rows
    }

    private var hostRows: [[Prose]] {
        guard let host = run.host else { return [] }
        let ports =
            host.portRange.count == 2
            ? "\(host.portRange[0]) to \(host.portRange[1]) (\(Figure.count(host.portRange[1] - host.portRange[0] + 1)))"
            : Figure.absent
        return [
            ["generator host", "\(host.cpuModel), \(Self.counted(host.cores, "core")), \(Figure.bytes(host.memoryBytes))"],
            ["system", "\(host.system), kernel \(host.kernel)"],
            ["descriptor limit", "\(Figure.count(host.descriptorLimit)) (hard \(Figure.count(host.descriptorHardLimit)))"],
            ["ephemeral ports", Prose(ports)],
            ["accept queue limit", Prose(Figure.count(host.acceptQueueLimit))],
        ]
    }

    private static func counted(_ count: Int, _ noun: String) -> String {
        "\(Figure.count(count)) \(noun)\(count == 1 ? "" : "s")"
    }

    private static func counts(_ sessions: [Int]) -> String { sessions.map { Figure.count($0) }.joined(separator: " · ") }

    private static func search(_ search: SearchSettings, start: [Int]) -> String {
        var parts = ["searched from \(counts(start))"]
        if let top = search.upTo { parts.append("up to \(Figure.count(top))") }
        parts.append("to within \(Figure.percent(search.within))")
        if let budget = search.budget { parts.append("in at most \(budget.inWords)") }
        if let sessions = search.budgetSessions { parts.append("with at most \(Figure.count(sessions)) sessions") }
        return parts.joined(separator: ", ")
    }

    private static func shape(_ shape: LoadShape) -> String {
        switch shape {
        case .burst: "burst: all sessions at once"
        case .ramp(let span): "ramp: evenly over \(span.asSetting) s"
        case .open(let rate, .poisson): "open loop: \(Figure.plain(rate)) sessions/s, Poisson arrivals"
        case .open(let rate, .even): "open loop: \(Figure.plain(rate)) sessions/s at equal gaps"
        }
    }

    private static func pacing(_ pacing: Pacing) -> String {
        switch pacing {
        case .free: "each session steps on its own"
        case .hold(let duration): "hold: all open first, then steps for \(duration.asSetting) s"
        case .lockstep: "lock-step: every step waits for the slowest session"
        }
    }

    private static func spread(_ distribution: SpanDistribution) -> String {
        switch distribution {
        case .fixed(let span): span.asSetting
        case .uniform(let from, let to): "uniform from \(from.asSetting) to \(to.asSetting), drawn per step"
        case .lognormal(let mean, let sigma):
            "lognormal with mean \(mean.asSetting) and sigma \(Figure.plain(sigma)), drawn per step"
        }
    }

    private static func timeouts(_ all: PhaseTimeouts) -> String {
        if Set([all.connect, all.reset, all.step, all.close]).count == 1 { return "\(all.connect.asSetting) s for every phase" }
        let phases = [("connect", all.connect), ("reset", all.reset), ("step", all.step), ("close", all.close)]
        return phases.map { "\($0.0) \($0.1.asSetting) s" }.joined(separator: ", ")
    }
}
