import ScaleCore

/// How the run was measured: all that someone needs to repeat it or to doubt it.
struct ReportMethod {
    let snapshot: RunSnapshot

    private var run: RunRecord { snapshot.run }

    /// A run that was resumed has several deployments and still one plan. Nil where what cells show decides how many
    /// follow.
    var planned: Int? { run.plan.isAdaptive ? nil : run.plan.cells.count }

    /// Nil for a run that finished as planned.
    var incompleteness: String? {
        let finished = Figure.count(snapshot.cells.count)
        let cells =
            planned.map { "\(finished) of \(Figure.count($0)) planned cells finished" }
            ?? "\(finished) cell\(snapshot.cells.count == 1 ? "" : "s") finished, and others were to follow"
        switch run.status {
        case .finished: return snapshot.cells.count < planned ?? 0 ? "**Not every planned cell is here:** \(cells)." : nil
        case .interrupted: return "**This run was interrupted:** \(cells), and only they are shown."
        case .failed: return "**This run failed:** \(cells), and only they are shown."
        case .running: return "**This run has not ended:** so far \(cells)."
        }
    }

    /// Said when generator and server took processor time from each other.
    var sharedHost: String? {
        let local = snapshot.deployments.values.contains { deployment in
            deployment.endpoints.contains { (try? Endpoint(url: $0))?.isLoopback ?? false }
        }
        guard local, let host = run.host else { return nil }
        let cores = host.cores == 1 ? "one core" : "\(host.cores) cores"
        return "The generator and the server shared this machine's \(cores): each took processor time from the other."
    }

    var facts: Table {
        Table([.text("what"), .text("value")], rows: runRows + serverRows + planRows + hostRows)
    }

    private var runRows: [[String]] {
        var rows = [["run", "`\(run.uuid)`, \(run.status.rawValue)"], ["scalebench", Markdown.escaped(run.version)]]
        if let git = run.git { rows.append(["started in", "commit `\(git.prefix(12))`"]) }
        rows.append(["started", run.startedAt.inWords])
        if let end = run.finishedAt {
            let took = Nanoseconds((end.microseconds - run.startedAt.microseconds) * 1000)
            rows.append(["ended", "\(end.inWords), after \(took.inWords)"])
        }
        if !run.hardware.isEmpty { rows.append(["hardware under test", Markdown.escaped(run.hardware)]) }
        return rows
    }

    private var serverRows: [[String]] {
        snapshot.deploymentOrder.compactMap { id in
            guard let deployment = snapshot.deployments[id] else { return nil }
            var parts = ["provider \(Markdown.escaped(deployment.provider))", Self.counted(deployment.replicas, "replica")]
            if let workers = deployment.workers {
                parts.append(Self.counted(workers, "worker") + (deployment.replicas > 1 ? " each" : ""))
            }
            if let cap = deployment.sessionCap { parts.append("\(Figure.count(cap)) sessions per worker at most") }
            if let cores = deployment.cores { parts.append("\(Figure.plain(cores)) cores") }
            if let balancer = deployment.balancer { parts.append("behind \(Markdown.escaped(balancer))") }
            parts += deployment.endpoints.map { Markdown.code($0, inTable: true) }
            return ["server \(Markdown.escaped(snapshot.name(of: id)))", parts.joined(separator: ", ")]
        }
    }

    private var planRows: [[String]] {
        let plan = run.plan
        let modes = plan.modes.map(\.rawValue).joined(separator: ", ")
        var rows = [
            ["mode", modes],
            ["N", plan.search.map { Self.search($0, start: plan.sessions) } ?? Self.counts(plan.sessions)],
            ["wait (s)", plan.waitSpread.map(Self.spread) ?? plan.waits.map(\.asSetting).joined(separator: " · ")],
            [
                "steps, repetitions",
                "\(plan.trace != nil ? "at most \(plan.steps)" : plan.steps == 0 ? "as time allows" : "\(plan.steps)"), \(plan.mostReps.map { "\(plan.reps) to \($0), until decided" } ?? "\(plan.reps)")",
            ],
            ["load shape", Self.shape(plan.shape)], ["timeouts", Self.timeouts(plan.timeouts)],
        ]
        if plan.pacing != .free { rows.append(["pacing", Self.pacing(plan.pacing)]) }
        if let think = plan.think { rows.append(["think time (s)", Self.spread(think)]) }
        if plan.ignoresDone { rows.append(["episodes", "every step is sent, whether or not the environment is done"]) }
        if plan.modes.contains(.http) { rows.append(["HTTP connections", plan.httpConnections.description]) }
        if let trace = plan.trace {
            let timing = trace.timing == .order ? "one step after the other" : "with the original timing"
            rows.append([
                "trace",
                "\(Markdown.code(trace.path, inTable: true)), \(Self.counted(trace.episodes, "episode")), \(timing), fingerprint `\(trace.fingerprint)`",
            ])
        } else {
            rows.append(["action", plan.action.map { Markdown.code($0, inTable: true) } ?? "the benchmark environment's own"])
        }
        rows.append(["seed", String(plan.seed)])
        rows.append(["plan", "`\(run.planHash)`"])
        return rows
    }

    private var hostRows: [[String]] {
        guard let host = run.host else { return [] }
        let machine =
            "\(Markdown.escaped(host.cpuModel)), \(Self.counted(host.cores, "core")), \(Figure.bytes(host.memoryBytes))"
        let ports =
            host.portRange.count == 2
            ? "\(host.portRange[0]) to \(host.portRange[1]) (\(Figure.count(host.portRange[1] - host.portRange[0] + 1)))"
            : Figure.absent
        return [
            ["generator host", machine],
            ["system", "\(Markdown.escaped(host.system)), kernel \(Markdown.escaped(host.kernel))"],
            ["descriptor limit", "\(Figure.count(host.descriptorLimit)) (hard \(Figure.count(host.descriptorHardLimit)))"],
            ["ephemeral ports", ports],
            ["accept queue limit", Figure.count(host.acceptQueueLimit)],
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
