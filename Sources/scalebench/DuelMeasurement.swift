import ScaleAnalysis
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleReport
import ScaleRun
import ScaleStore
import ScaleTLS

/// A duel from its flags to its verdict, for every command that compares two living servers.
struct DuelMeasurement {
    var sides: SideOptions
    var load: DuelLoadOptions
    var judgement: JudgementOptions
    var generator: HostOptions
    var store: DuelStoreOptions
    var purpose: DuelRecord.Purpose
    /// What becomes of the verdict.
    var emit: @Sendable (GateResult) throws -> Void

    func run() async throws {
        let trace = try load.pacing.read()
        let rule = try rule
        let plan = try load.plan(trace, budget: judgement.budget, rule: rule)
        try sides.checkSlowdown(plan)
        if let action = plan.action { try RunRequest.checkAction(action) }
        if sides.caFile != nil { _ = try TLSContext(trust: sides.trust) }
        let host = try HostProbe.facts()
        var request = RunRequest(
            plan: plan, trace: trace, infrastructures: try sides.infrastructures(isSelfTest: purpose == .selfTest),
            launch: .own(host: host, startup: sides.startupTimeout, log: store.logs.logger), threads: generator.threads,
            processes: generator.processes, trust: sides.trust, calibrates: !generator.noCalibrate,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), hardware: store.hardware, host: host)
        request.duel = DuelSettings(purpose: purpose, rule: rule, budget: judgement.budget)
        request.permission = sides.permission
        try request.checkTargets()
        try request.checkProcesses()
        try request.checkDescriptors()
        try await RecordedRun(
            request: request, output: RunOutput(db: store.db, isVerbose: store.verbose), artifacts: nil, work: .duel(self)
        ).run()
    }

    private var rule: DuelRule {
        get throws(ScaleError) {
            var rule = try judgement.rule(seed: load.workload.seed)
            if purpose == .selfTest {
                // All pairs, and no verdict before: it is the scatter that is asked for.
                rule.looks = [rule.looks.last ?? 2]
                rule.confirms = false
            }
            return rule
        }
    }

    /// Finds the load where none is given, and measures.
    func run(
        _ request: RunRequest, _ store: Store, _ control: StopControl, _ observe: @escaping @Sendable (RunEvent) -> Void
    ) async -> Experiment.Outcome {
        var request = request
        let start = MonotonicClock.now()
        do throws(ScaleError) {
            if load.requests == nil && load.requestsGrid == nil && request.trace == nil {
                let found = try await LoadFinding(request.shortened, control: control, observe: observe).run()
                request.plan.sessions = [found.sessions]
                request.duel?.trials = found.trials
            }
        } catch {
            return Experiment.Outcome(run: nil, error: error)
        }
        request.duel?.budget = judgement.budget - (MonotonicClock.now() - start)
        return await Experiment(request, store: store, control: control, observe: observe).run()
    }

    /// Judges what is stored.
    func conclude(_ run: String, _ store: Store) throws {
        let duel = try StoredDuel(try store.reader.snapshot(.uuid(run)), from: store.reader)
        var result = duel.result
        result.database = self.store.db
        try emit(result)
    }
}

/// Where a duel is stored, and how much is shown of it.
struct DuelStoreOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Flag(name: [.customShort("v"), .long], help: "Every cell as it ends.")
    var verbose = false

    @Option(help: ArgumentHelp("A label of the hardware under test, for the record.", valueName: "label"))
    var hardware = ""

    @OptionGroup var logs: LogOptions
}

extension RunRequest {
    /// To try a load, a moment of it is enough.
    fileprivate var shortened: RunRequest {
        var short = self
        if let duration = plan.pacing.holds { short.plan.pacing = .hold(duration: min(duration, .milliseconds(300))) }
        return short
    }
}

extension StoredDuel {
    /// What its cells say.
    var result: GateResult {
        var notes: [String] = []
        if let found = trials.last, let load = pairs.first?.load {
            notes.append(
                "the load, N = \(load.sessions), was looked for on a: near 70 % of where its steps per second end, with up to "
                    + "\(found.sessions) sessions tried")
        }
        let kind: GateResult.Kind = record.purpose == .selfTest ? .selfTest : .duel
        var result = GateResult(
            duel: pairs, rounds: rounds, rule: rule, kind: kind, subject: specification(of: .b), baseline: specification(of: .a),
            notes: notes)
        result.run = snapshot.run.uuid
        return result
    }
}
