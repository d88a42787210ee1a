import ScaleCore

/// How many hosts a target needs, how long a batch takes there and what it costs, from stored cells of one deployment.
///
/// A *host* here is one deployment as it was measured, with its workers and its cap. Nothing but the number of hosts is
/// extrapolated without a word in ``notes``.
public struct SizingPlan: Hashable, Sendable {
    /// Where the slowest session's share of a step comes from.
    public enum Penalty: String, Hashable, Sendable {
        /// P50 of the makespan ÷ P50 of the step, of cells in lock-step.
        case makespan
        /// P99 ÷ P50 of the step.
        case stepTail = "step-p99"
    }

    public var request: SizingRequest
    public var deployment: DeploymentRecord
    /// What one host held when it was measured.
    public var perHostMeasured: Int
    /// ``perHostMeasured`` less the headroom.
    public var perHostAllowed: Int
    public var hosts: Int
    /// The largest number of sessions on one host.
    public var perHost: Int
    /// Server processes of one host; nil where not known.
    public var workers: Int?
    /// Sessions that one worker must admit: the cap that was measured; nil where there was none.
    public var cap: Int?
    /// From the start of a batch until its slowest session is ready for the first step.
    public var ready: Nanoseconds
    /// P50 of a step, the wait included.
    public var step: Nanoseconds
    /// By what a batch that waits for its slowest session is slower, from 1.
    public var penalty: Double
    public var penaltySource: Penalty
    /// ``ready`` + steps × ``step`` × ``penalty``.
    public var batch: Nanoseconds
    /// Of the servers, in seconds; nil where they could not be read.
    public var cpuPerThousandSteps: Double?
    /// The cores of all hosts for the time of a batch ÷ its steps × 1,000, in core-seconds; nil where cores are not known.
    public var corePerThousandSteps: Double?
    /// ``corePerThousandSteps`` at the price, the idle time of the cores included.
    public var costPerThousandSteps: Double?
    /// What it rests on, by N and then id.
    public var cells: [SizingCell]
    public var fit: ScalabilityFit?
    /// Why there is no ``fit``.
    public var fitRefusal: String?
    /// What is assumed or lies beyond what was measured; whole sentences.
    public var notes: [String]

    /// Plans for every infrastructure that the cells can speak for, by name.
    /// - Throws: ``ScaleError`` of code `inconclusive` when there is none: one sentence that says what is missing.
    public static func all(
        _ request: SizingRequest, from stored: [SizingCell], resamples: Int = ScalabilityFit.defaultResamples
    ) throws(ScaleError) -> [SizingPlan] {
        let usable = try SizingEvidence.usable(stored, for: request)
        var plans: [SizingPlan] = []
        var reasons: [String] = []
        let deployments = Dictionary(grouping: usable, by: \.series.deployment)
        for (_, cells) in deployments.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            switch SizingEvidence.choose(cells, for: request) {
            case .success(let evidence): plans.append(SizingPlan(request, evidence, resamples: resamples))
            case .failure(let refusal): reasons.append(refusal.sentence)
            }
        }
        if plans.isEmpty {
            throw ScaleError(
                .inconclusive, "the stored cells cannot carry a plan: " + reasons.joined(separator: "; "),
                hint: "measure an N that passes, with enough repetitions to decide")
        }
        return plans
    }

    private init(_ request: SizingRequest, _ evidence: SizingEvidence, resamples: Int) {
        self.request = request
        deployment = evidence.deployment
        perHostMeasured = evidence.held
        // Rounded down: a headroom is at least what was asked for.
        perHostAllowed = max(1, Int((Double(evidence.held) * (1 - request.headroom)).rounded(.down)))
        hosts = (request.target + perHostAllowed - 1) / perHostAllowed
        perHost = (request.target + hosts - 1) / hosts
        workers = evidence.workers
        cap = deployment.sessionCap
        let loaded = evidence.loaded(perHost)
        let records = loaded.map(\.record)
        ready = records.compactMap(\.readyAtP99).max() ?? .zero
        step = records.compactMap { $0.latencies[.step]?.p50 }.max() ?? request.wait
        (penalty, penaltySource) = evidence.penalty(records)
        let makespan = step.seconds * penalty
        batch = ready + .seconds(Double(request.steps) * makespan)
        cpuPerThousandSteps = SizingEvidence.cpuPerThousandSteps(records)
        let thousands = Double(request.target) * Double(request.steps) / 1_000
        let rented = Double(hosts) * batch.seconds / thousands
        let core = deployment.cores.map { $0 * rented }
        corePerThousandSteps = core
        costPerThousandSteps = request.pricePerCoreHour.flatMap { price in core.map { $0 / 3_600 * price } }
        cells = evidence.rests(on: loaded)
        notes = []
        do throws(ScalabilityFit.Refusal) {
            fit = try ScalabilityFit.fit(evidence.points, law: .usl, resamples: resamples)
        } catch {
            fitRefusal = error.description
        }
        notes = evidence.notes(for: self)
    }
}

extension CellRecord {
    /// From the intended start to the answer to the reset, at P99 of both: more than the P99 of their sum.
    var readyAtP99: Nanoseconds? {
        guard let connect = latencies[.connect]?.p99, let reset = latencies[.reset]?.p99 else { return nil }
        return connect + reset
    }
}
