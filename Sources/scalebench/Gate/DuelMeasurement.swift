import ScaleAnalysis
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleReport
import ScaleRun
import ScaleStore

/// A duel from its flags to its verdict, for every command that compares two living servers.
struct DuelMeasurement {
    var sides: SideOptions
    var load: DuelLoadOptions
    var judgement: JudgementOptions
    var effects: EffectOptions
    var generator: HostOptions
    var notes: DuelRecordOptions
    /// Where it is stored.
    var db: String
    var purpose: DuelRecord.Purpose
    /// What becomes of the verdict.
    var emit: @Sendable (GateResult) async throws -> Void

    func run() async throws {
        let trace = try load.pacing.read()
        let rule = try judgement.rule(effects, seed: load.workload.seed)
        // A self-test is of the cells that the gates will have.
        let plan = try load.plan(trace, budget: judgement.budget, rule: rule)
        try sides.checkSlowdown(plan)
        try judgement.check(rule, plan)
        let isLoadGiven = load.requests != nil || load.requestsGrid != nil || trace != nil
        if !isLoadGiven && generator.processes > 1 {
            throw ScaleError.usage(
                "--processes \(generator.processes) needs to know how many sessions it shares out", hint: "add --requests N")
        }
        if let action = plan.action { try RunRequest.checkAction(action) }
        let host = try HostProbe.facts()
        var request = RunRequest(
            plan: plan, trace: trace, infrastructures: try sides.infrastructures(isSelfTest: purpose == .selfTest),
            launch: .own(host: host, startup: sides.startupTimeout, log: notes.logs.logger), threads: generator.threads,
            processes: generator.processes, trust: try sides.certificates.trust(), calibrates: !generator.noCalibrate,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), hardware: notes.hardware, host: host)
        request.duel = DuelSettings(
            purpose: purpose, rule: purpose == .selfTest ? Self.ownRule(rule) : rule, budget: judgement.budget)
        request.permission = sides.permission
        try await request.checkTargets()
        try request.checkProcesses()
        try request.checkDescriptors()
        try await RecordedRun(
            request: request, output: RunOutput(db: db, isVerbose: notes.verbose), artifacts: nil, work: .duel(self)
        ).run()
    }

    /// Of a self-test: all pairs, and no verdict before, because it is the scatter that is asked for.
    private static func ownRule(_ rule: DuelRule) -> DuelRule {
        var own = rule
        own.looks = [rule.looks.last ?? 2]
        own.confirms = false
        return own
    }

    /// Finds the load where none is given, and measures.
    func run(
        _ request: RunRequest, _ store: Store, _ control: StopControl, _ observe: @escaping @Sendable (RunEvent) -> Void
    ) async -> Experiment.Outcome {
        var request = request
        let start = MonotonicClock.now()
        do throws(ScaleError) {
            if load.requests == nil && load.requestsGrid == nil && request.trace == nil {
                if purpose == .gate, let known = try request.selfTestedSessions(in: store.reader) {
                    request.plan.sessions = [known]
                } else {
                    let found = try await LoadFinding(request.shortened, control: control, observe: observe).run(
                        within: Nanoseconds(judgement.budget.rawValue / 4))
                    request.plan.sessions = [found.sessions]
                    request.duel?.trials = found.trials
                }
            }
        } catch {
            return Experiment.Outcome(refused: error)
        }
        request.duel?.budget = judgement.budget - (MonotonicClock.now() - start)
        return await Experiment(request, store: store, control: control, observe: observe).run()
    }

    /// Judges what is stored.
    func conclude(_ run: String, _ store: Store) async throws {
        let duel = try StoredDuel(try store.reader.snapshot(.uuid(run)), from: store.reader)
        let rule = try judgement.rule(effects, seed: load.workload.seed)
        var result = duel.result
        result.database = db
        if purpose == .selfTest {
            let tests = result.verdict == .invalid ? [] : SelfTest.all(of: duel.pairs, rule: rule)
            for record in duel.records(of: tests) { try store.add(record) }
            if result.verdict != .invalid {
                result.verdict = tests.isEmpty ? .inconclusive : .pass
                result.reason = tests.isEmpty ? "nothing is noted down: \(result.reason)" : tests.map(\.sentence).joined(separator: "; ")
            }
        } else if purpose == .gate {
            let tests = try duel.selfTests(in: store.reader)
            if tests.isEmpty {
                result.notes.append(
                    "there is no self-test of a on this host with these cells: scalebench gate --self-test says which effects can be "
                        + "found here")
            }
            result = result.limited(by: tests, rule: rule)
        }
        try await emit(result)
    }
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
                "the load, N = \(load.sessions), was looked for on a: about 70 % of the N from which its steps per second no longer "
                    + "grow, of up to \(found.sessions) tried")
        }
        let kind: GateResult.Kind = record.purpose == .selfTest ? .selfTest : .duel
        var result = GateResult(
            duel: pairs, rounds: rounds, rule: rule, kind: kind, subject: specification(of: .b), baseline: specification(of: .a),
            notes: notes)
        result.run = snapshot.run.uuid
        // Why there was no second round stands nowhere else.
        if rounds.count == 1, rounds[0].verdict == .regression, rule.confirms, let reason = record.reason { result.reason = reason }
        return result
    }
}
