import ArgumentParser
import ScaleCore
import ScaleEngine

struct WorkloadOptions: ParsableArguments {
    @Option(name: [.customShort("m"), .long], help: "ws (an episode over one WebSocket) or http (stateless calls).", completion: .modes)
    var mode = "ws"

    @Flag(help: "Measure every cell over ws and over http.")
    var compare = false

    @Option(
        name: [.customShort("w"), .long], parsing: .unconditional,
        help: ArgumentHelp(
            "What a step asks the environment to wait; 1 by default, and 0 with an --action that has no {{wait}}. Also drawn for every step: uniform:0.1-0.5, lognormal:MEAN,SIGMA (as --think).",
            valueName: "span"),
        transform: Quantity.distribution)
    var wait: SpanDistribution?

    @Option(parsing: .unconditional, help: ArgumentHelp("Several waits, in seconds: one cell for each.", valueName: "s,s,…"))
    var waitGrid: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Steps per session; 1 by default.", valueName: "K"),
        transform: Quantity.count)
    var steps: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "The policy's time between an answer and the next step: 0.2, uniform:0.1-0.5 or lognormal:MEAN,SIGMA, where MEAN is the mean of the spans in seconds and SIGMA the standard deviation of their natural logarithm. None by default.",
            valueName: "span"),
        transform: Quantity.distribution)
    var think: SpanDistribution?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Spreads the starts of a cell's sessions evenly over this time: 10s. Default: all at once.", valueName: "time"),
        transform: Quantity.deadline)
    var ramp: Nanoseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("An open loop: starts sessions at this rate whatever the server does: 200/s, 30/min.", valueName: "rate"),
        transform: Quantity.rate)
    var rate: Double?

    @Option(
        help: ArgumentHelp("How they arrive then: poisson (independently, the default) or even.", valueName: "kind"), completion: .arrivals)
    var arrivals: String?

    @Flag(help: "Send every step, also after the environment said that the episode is done.")
    var ignoreDone = false

    @Option(
        name: [.customShort("t"), .long], parsing: .unconditional,
        help: ArgumentHelp("The most time each phase may take; 120 by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var timeout: Nanoseconds = .seconds(120)

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most time that connecting may take; that of --timeout by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var connectTimeout: Nanoseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most time that a reset may take; that of --timeout by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var resetTimeout: Nanoseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most time that each step may take; that of --timeout by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var stepTimeout: Nanoseconds?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The most time that closing may take; that of --timeout by default.", valueName: "seconds"),
        transform: Quantity.deadline)
    var closeTimeout: Nanoseconds?

    @Option(
        help: ArgumentHelp("HTTP connections: per-session, per-request or pool:K.", valueName: "policy"), completion: .connectionPolicies)
    var httpConnections = "per-session"

    @Option(
        help: ArgumentHelp(
            "The action of a step for an environment other than the benchmark one; {{wait}}, {{step}} and {{session}} are filled in.",
            valueName: "json"))
    var action: String?

    @Option(parsing: .unconditional, help: "Fixes every random choice.")
    var seed: UInt64 = 0
}

struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("Also write raw.jsonl, summary.csv, report.md and plots/ there.", valueName: "dir"),
        completion: .directory)
    var outputDir: String?

    @Option(help: ArgumentHelp("Where charts go; default: plots/ in the output directory.", valueName: "dir"), completion: .directory)
    var plotsDir: String?

    @Flag(help: "One JSON object per cell on standard output, then one for the run.")
    var json = false

    @Flag(name: [.customShort("v"), .long], help: "Latencies of every cell as it ends.")
    var verbose = false

    @Option(help: ArgumentHelp("A label of the hardware under test, for the record.", valueName: "label"))
    var hardware = ""

    @OptionGroup var logs: LogOptions
}

extension WorkloadOptions {
    /// The plan, or the first thing that is wrong with it.
    /// - Parameters:
    ///   - trace: what the user's `--trace` holds.
    ///   - usualWait: what a step waits where nothing is said of it.
    func plan(
        _ sizes: Sizes, _ pacing: PacingOptions, _ trace: Trace?, usualWait: Nanoseconds = .seconds(1)
    ) throws(ScaleError) -> Plan {
        let flags = Plan.FlagNames(sessions: sizes.flag, waits: waitGrid == nil ? "--wait" : "--wait-grid")
        guard let mode = Mode(rawValue: mode) else { throw .usage("--mode '\(mode)' is not known", hint: "use ws or http") }
        guard let policy = ConnectionPolicy(httpConnections) else {
            throw .usage(
                "--http-connections '\(httpConnections)' is not known", hint: "use per-session, per-request or pool:K with K at least 1")
        }
        if trace != nil,
            let flag = [("--action", action != nil), ("--steps", steps != nil), (flags.waits, wait != nil || waitGrid != nil)]
                .first(where: \.1)?.0
        {
            throw .usage("--trace and \(flag) are both given", hint: "drop \(flag): the trace says every action and how many")
        }
        let sendsWaits = trace == nil && action.map(ActionText.asksForWait) ?? true
        if !sendsWaits, wait != nil || waitGrid != nil {
            throw .usage(
                "\(flags.waits) is given, and --action has no {{wait}} to send it",
                hint: "write {{wait}} where the action says how long to wait, or drop \(flags.waits)")
        }
        let paced = try pacing.pacing(steps: steps)
        if wait != nil && waitGrid != nil { throw .usage("--wait and --wait-grid are both given", hint: "use one of them") }
        let plan = Plan(
            modes: compare ? [.ws, .http] : [mode],
            sessions: sizes.sessions ?? [trace?.count ?? 10],
            waits: try waitGrid.map { text throws(ScaleError) in try GridText.waits(text, flag: flags.waits) }
                ?? [wait?.mean ?? (sendsWaits ? usualWait : .zero)],
            steps: trace?.longest ?? (paced.holds == nil ? steps ?? 1 : 0), reps: sizes.reps, mostReps: sizes.mostReps,
            search: sizes.search, waitSpread: wait?.drawn,
            shape: try shape(), pacing: paced, think: think == .fixed(span: .zero) ? nil : think,
            ignoresDone: ignoreDone,
            timeouts: PhaseTimeouts(
                connect: connectTimeout ?? timeout, reset: resetTimeout ?? timeout, step: stepTimeout ?? timeout,
                close: closeTimeout ?? timeout),
            httpConnections: policy, action: action,
            trace: trace.map {
                TraceSource(path: pacing.trace ?? "", fingerprint: $0.fingerprint, episodes: $0.count, timing: $0.timing)
            }, seed: seed)
        let problems = plan.problems(flags)
        if !problems.isEmpty { throw .usage(problems.joined(separator: "; ")) }
        return plan
    }

    private func shape() throws(ScaleError) -> LoadShape {
        if ramp != nil && rate != nil { throw .usage("--ramp and --rate are both given", hint: "use one of them") }
        if let arrivals, LoadShape.Arrivals(rawValue: arrivals) == nil {
            throw .usage("--arrivals '\(arrivals)' is not known", hint: "use poisson or even")
        }
        if arrivals != nil && rate == nil { throw .usage("--arrivals needs a rate", hint: "add --rate, like --rate 200/s") }
        if let ramp { return .ramp(over: ramp) }
        guard let rate else { return .burst }
        return .open(rate: rate, arrivals: arrivals.flatMap(LoadShape.Arrivals.init) ?? .poisson)
    }
}

extension SpanDistribution {
    /// Nil for what is the same at every step.
    fileprivate var drawn: SpanDistribution? {
        if case .fixed = self { nil } else { self }
    }
}
