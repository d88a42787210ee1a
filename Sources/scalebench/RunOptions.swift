import ArgumentParser
import ScaleCore

struct TargetOptions: ParsableArguments {
    @Option(name: [.customShort("u"), .long], help: "A server that is already there, e.g. http://127.0.0.1:8000.")
    var url: String?

    @Option(help: ArgumentHelp("Several of them: sessions are spread round robin.", valueName: "url,url,…"))
    var urls: String?

    @Option(
        help: ArgumentHelp(
            "What launches the server: NAME[:key=value,…] or a URL; see `scalebench providers`. Default: the bundled environment on this host.",
            valueName: "spec"))
    var provider: String?

    @Option(help: "Server processes of the launched deployment.")
    var workers: Int?

    @Option(help: "Sessions that one of its workers admits.")
    var maxConcurrentEnvs: Int?

    @Option(help: ArgumentHelp("How long a launched server may take to be ready.", valueName: "seconds"))
    var startupTimeout: Double = 60

    @Option(help: ArgumentHelp("Authorities that https and wss certificates are checked against.", valueName: "file"))
    var caFile: String?

    @Flag(help: "Accept any certificate.")
    var insecure = false
}

struct WorkloadOptions: ParsableArguments {
    @Option(name: [.customShort("m"), .long], help: "ws (an episode over one WebSocket) or http (stateless calls).")
    var mode = "ws"

    @Flag(help: "Measure every cell over ws and over http.")
    var compare = false

    @Option(
        name: [.customShort("n"), .customLong("requests"), .customLong("batch-size")],
        help: ArgumentHelp("Concurrent sessions.", valueName: "N"))
    var requests: Int?

    @Option(
        name: [.customLong("requests-grid"), .customLong("batch-size-grid")],
        help: ArgumentHelp("Several of them: one cell for each.", valueName: "N,N,…"))
    var requestsGrid: String?

    @Option(name: [.customShort("w"), .long], help: ArgumentHelp("What a step asks the environment to wait.", valueName: "seconds"))
    var wait: Double?

    @Option(help: ArgumentHelp("Several of them.", valueName: "s,s,…"))
    var waitGrid: String?

    @Option(help: "Steps per session.")
    var steps = 1

    @Option(help: "Repetitions of every cell.")
    var reps = 1

    @Option(name: [.customShort("t"), .long], help: ArgumentHelp("The most time each phase may take.", valueName: "seconds"))
    var timeout: Double = 120

    @Option(help: ArgumentHelp("The same for one phase alone.", valueName: "seconds"))
    var connectTimeout: Double?

    @Option(help: ArgumentHelp("", valueName: "seconds"))
    var resetTimeout: Double?

    @Option(help: ArgumentHelp("", valueName: "seconds"))
    var stepTimeout: Double?

    @Option(help: ArgumentHelp("", valueName: "seconds"))
    var closeTimeout: Double?

    @Option(help: ArgumentHelp("HTTP connections: per-session, per-request or pool:K.", valueName: "policy"))
    var httpConnections = "per-session"

    @Option(
        help: ArgumentHelp(
            "The action of a step for an environment other than the benchmark one; {{wait}}, {{step}} and {{session}} are filled in.",
            valueName: "json"))
    var action: String?

    @Option(help: "Fixes every random choice.")
    var seed: UInt64 = 0
}

struct OutputOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"))
    var db = "results/scalebench.sqlite"

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Also write raw.jsonl, summary.csv, report.md and plots/ there.", valueName: "dir"))
    var outputDir: String?

    @Option(help: ArgumentHelp("Where charts go; default: plots/ in the output directory.", valueName: "dir"))
    var plotsDir: String?

    @Flag(help: "One JSON object per cell on standard output, then one for the run.")
    var json = false

    @Flag(name: [.customShort("v"), .long], help: "Latencies of every cell as it ends.")
    var verbose = false

    @Option(help: ArgumentHelp("A label of the hardware under test, for the record.", valueName: "label"))
    var hardware = "cpu-basic"
}

extension WorkloadOptions {
    /// The plan, or the first thing that is wrong with it.
    func plan() throws(ScaleError) -> Plan {
        guard let mode = Mode(rawValue: mode) else { throw .usage("--mode '\(mode)' is not known", hint: "use ws or http") }
        guard let policy = ConnectionPolicy(httpConnections) else {
            throw .usage("--http-connections '\(httpConnections)' is not known", hint: "use per-session, per-request or pool:K with K at least 1")
        }
        if requests != nil && requestsGrid != nil {
            throw .usage("--requests and --requests-grid are both given", hint: "use one of them")
        }
        if wait != nil && waitGrid != nil { throw .usage("--wait and --wait-grid are both given", hint: "use one of them") }
        let sessions: [Int]
        if let requestsGrid { sessions = try GridText.counts(requestsGrid, flag: "--requests-grid") } else { sessions = [requests ?? 10] }
        let waits: [Nanoseconds]
        if let waitGrid { waits = try GridText.waits(waitGrid, flag: "--wait-grid") } else { waits = [.seconds(wait ?? 1)] }
        let plan = Plan(
            modes: compare ? [.ws, .http] : [mode], sessions: sessions, waits: waits, steps: steps, reps: reps,
            timeouts: PhaseTimeouts(
                connect: .seconds(connectTimeout ?? timeout), reset: .seconds(resetTimeout ?? timeout),
                step: .seconds(stepTimeout ?? timeout), close: .seconds(closeTimeout ?? timeout)),
            httpConnections: policy, action: action, seed: seed)
        let problems = plan.problems
        if !problems.isEmpty { throw .usage(problems.joined(separator: "; ")) }
        return plan
    }
}
