import ArgumentParser
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReport
import ScaleRun
import ScaleStore

struct CalibrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calibrate",
        abstract: "Measure the generator's own ceiling and latency floor on this host.",
        discussion: """
            Drives a server that does nothing, on this host, at each N of the grid, and stores how many sessions/s and \
            steps/s the generator reaches there, at what latency, processor time and memory. `scalebench run` holds its \
            cells against them: a cell near the ceiling is the generator's and not the server's. `run` calibrates by \
            itself what is missing for its grid; do it here again after the machine has changed, or when it was busy then.

            Examples:
              scalebench calibrate
              scalebench calibrate --requests-grid 64,1024,16384 --compare
              scalebench calibrate -n 4096 --threads 2 --json
            """)

    @Option(name: [.customShort("m"), .long], help: "ws or http.", completion: .modes)
    var mode = "ws"

    @Flag(help: "Both.")
    var compare = false

    @Option(
        name: [.customShort("n"), .customLong("requests"), .customLong("batch-size")], parsing: .unconditional,
        help: ArgumentHelp("One N.", valueName: "N"), transform: Quantity.count)
    var requests: Int?

    @Option(
        name: [.customLong("requests-grid"), .customLong("batch-size-grid")], parsing: .unconditional,
        help: ArgumentHelp("Several; default: 1 to 16384 by powers of four, as far as descriptors go.", valueName: "N,N,…"))
    var requestsGrid: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Load-generating threads of each process; default: what pays on this host.", valueName: "T"),
        transform: Quantity.threads)
    var threads: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Load-generating processes, as of `run`; 1 by default.", valueName: "P"), transform: Quantity.processes)
    var processes = 1

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Flag(help: "One JSON object per N on standard output.")
    var json = false

    func run() async throws {
        let host = try HostProbe.facts()
        let request = RunRequest(
            plan: try plan(host), provider: try ProviderRegistry.provider(for: ProviderSpec(ProviderRegistry.defaultName)),
            launch: LaunchRequest.own(host: host, startup: .seconds(60)), sessionsFlag: flags.sessions, threads: threads,
            processes: processes, command: "", hardware: "", host: host)
        try request.checkProcesses()
        try request.checkDescriptors()
        let store = try Store(path: db)
        let control = StopControl()
        let progress = ConsoleProgress(isVerbose: !json)
        let calibrator = Calibrator(request, control) { progress.show($0) }
        let points = Calibrator.points(of: request.plan)
        let ledger = Ledger(store: store, json: json)
        let task = Task { () async -> ScaleError? in
            do throws(ScaleError) {
                try await calibrator.measure(points, keep: ledger.keep)
                return nil
            } catch {
                return error
            }
        }
        try SignalWatch.start { _ in control.requestStop() }
        if let failure = await task.value { throw failure }
        if !json { Console.out("stored in \(db)") }
        if let problem = Console.outputError { throw problem }
    }

    private var flags: Plan.FlagNames {
        Plan.FlagNames(
            sessions: requestsGrid == nil ? "--requests" : Quantity.typed("--requests-grid", "--batch-size-grid"), waits: "--wait")
    }

    private func plan(_ host: HostFacts) throws(ScaleError) -> Plan {
        guard let mode = Mode(rawValue: mode) else { throw .usage("--mode '\(mode)' is not known", hint: "use ws or http") }
        if requests != nil && requestsGrid != nil {
            throw .usage("--requests and --requests-grid are both given", hint: "use one of them")
        }
        let usual = (0...7).map { 1 << (2 * $0) }.filter { $0 >= processes && RunRequest.fits(sessions: $0 / processes, host) }
        let sessions =
            try requestsGrid.map { text throws(ScaleError) in try GridText.counts(text, flag: flags.sessions) }
            ?? requests.map { [$0] } ?? usual
        let plan = Plan(modes: compare ? [.ws, .http] : [mode], sessions: sessions, waits: [.zero])
        let problems = plan.problems(flags)
        if !problems.isEmpty { throw .usage(problems.joined(separator: "; ")) }
        return plan
    }
}

/// Where each calibration goes as soon as it is known.
private struct Ledger: Sendable {
    var store: Store
    var json: Bool

    func keep(_ calibration: CalibrationRecord) throws(ScaleError) {
        try store.add(calibration)
        if json { Console.out(CalibrationJSON.line(calibration)) }
    }
}
