import ScaleCore

/// The stored cells that one plan rests on: a series whose largest passing N says what a host holds.
struct SizingEvidence {
    struct Refusal: Error {
        var sentence: String
    }

    let request: SizingRequest
    let cells: [SizingCell]
    let capacity: Capacity
    /// The largest N that passed.
    let passed: Int
    /// The most sessions that were open at one moment at that N.
    let open: Int

    var deployment: DeploymentRecord { cells[0].deployment }
    var plan: Plan { cells[0].plan }
    var steps: Int { cells[0].record.key.steps }
    /// Server processes of one host.
    var workers: Int? { deployment.workers.map { $0 * max(1, deployment.replicas) } }
    /// What a host is known to hold at one time.
    var held: Int { max(1, min(passed, open)) }

    /// The cells that measured the asked mode and wait, or why there are none.
    static func usable(_ stored: [SizingCell], for request: SizingRequest) throws(ScaleError) -> [SizingCell] {
        func refusal(_ sentence: String, _ hint: String) -> ScaleError { ScaleError(.inconclusive, sentence, hint: hint) }
        if stored.isEmpty { throw refusal("no cell is stored that a plan could rest on", "measure with `scalebench run`") }
        let known = stored.filter { ConsistencyRules.asksForWait($0.plan) && $0.record.key.mode == request.mode }
        if known.isEmpty {
            throw refusal(
                "no stored cell measured \(request.mode.rawValue) with a wait that is known",
                "measure it without --trace, --action and drawn waits, or name another --mode")
        }
        let waited = known.filter { $0.record.key.wait == request.wait }
        if waited.isEmpty {
            let waits = Set(known.map(\.record.key.wait)).sorted().map { $0.seconds.rounded(places: 6) }
            throw refusal(
                "no stored cell measured a wait of \(request.wait.brief); measured: \(waits.joined(separator: ", ")) s",
                "measure it, or ask for one of these with --wait")
        }
        let valid = waited.filter(\.record.valid)
        if valid.isEmpty {
            let (cause, hint) = spoiler(of: waited)
            let all = waited.count == 1 ? "the only stored cell" : "all \(waited.count.grouped) stored cells"
            throw refusal(
                "\(all) with a wait of \(request.wait.brief) \(waited.count == 1 ? "is" : "are") invalid: "
                    + "\(cause) \(waited.count == 1 ? "it" : "them"), so they say nothing about a server",
                hint)
        }
        return waited
    }

    /// What made all cells say nothing about a server, for the words before `them`, and what to do about it.
    private static func spoiler(of cells: [SizingCell]) -> (cause: String, hint: String) {
        if cells.allSatisfy(\.record.isTerminated) { return ("the servers were ended in", "measure again, with --resume") }
        if cells.allSatisfy({ $0.record.isTerminated || $0.record.verdict.limiter == .sessionLeak }) {
            return (
                "sessions of others held places of the servers in", "end what holds them, or start the servers again, and measure again"
            )
        }
        return ("the generator limited", "measure with fewer sessions, more threads or a larger host")
    }

    /// The series with a passing N whose steps are nearest to those that are asked for. One that no larger N bounds says
    /// only what is held at least: then the next may have held more, up to the first that is bounded.
    static func choose(_ cells: [SizingCell], for request: SizingRequest) -> Result<SizingEvidence, Refusal> {
        let found = Dictionary(grouping: cells, by: \.series).values.compactMap { SizingEvidence(request, $0) }
        let nearest = found.sorted { a, b in
            if a.distance != b.distance { return a.distance < b.distance }
            if a.held != b.held { return a.held > b.held }
            return "\(a.plan.pacing) \(a.plan.shape)" < "\(b.plan.pacing) \(b.plan.shape)"
        }
        var best = nearest.first
        for (before, next) in zip(nearest, nearest.dropFirst()) {
            guard before.capacity.batch.nothingLarger else { break }
            if next.held > best?.held ?? 0 { best = next }
        }
        if let best { return .success(best) }
        let sizes = Set(cells.filter(\.record.valid).map(\.record.key.sessions)).sorted()
        let infra = cells.first?.deployment.infra ?? ""
        guard let first = sizes.first, let last = sizes.last else {
            return .failure(Refusal(sentence: "\(infra) has no valid cell"))
        }
        let range = first == last ? "N = \(first.grouped)" : "N = \(first.grouped) to \(last.grouped)"
        return .failure(Refusal(sentence: "\(infra) was tested at \(range), and no N of these demonstrates 95 % success"))
    }

    private init?(_ request: SizingRequest, _ cells: [SizingCell]) {
        let cells = cells.sorted { ($0.record.key.sessions, $0.id) < ($1.record.key.sessions, $1.id) }
        guard let capacity = Capacity.all(of: cells.map(\.record)).first, let passed = capacity.batch.lastPass else { return nil }
        self.request = request
        self.cells = cells
        self.capacity = capacity
        self.passed = passed
        open = cells.filter { $0.record.valid && $0.record.key.sessions == passed }.compactMap(\.record.peakOpen).max() ?? 0
    }

    /// How far the steps are from those asked for, as a factor; held sessions have no number of steps and stand behind.
    private var distance: Double {
        guard steps > 0 else { return .greatestFiniteMagnitude }
        return Double(max(steps, request.steps)) / Double(max(1, min(steps, request.steps)))
    }

    /// The valid cells of the smallest N from `sessions` on that was held.
    func loaded(_ sessions: Int) -> [SizingCell] {
        let sizes = Set(cells.filter { $0.record.valid && $0.record.key.sessions <= passed }.map(\.record.key.sessions))
        let size = sizes.filter { $0 >= sessions }.min() ?? passed
        return cells.filter { $0.record.valid && $0.record.key.sessions == size }
    }

    /// What the answer rests on: the cells that say what is held, and those at the planned load.
    func rests(on loaded: [SizingCell]) -> [SizingCell] {
        cells.filter { cell in
            cell.record.valid && cell.record.key.sessions == passed || loaded.contains { $0.id == cell.id }
        }
    }

    /// The throughputs that a scaling law is fitted to.
    var points: [ScalabilityPoint] { cells.compactMap { ScalabilityPoint($0.record) } }

    /// The worst of the repetitions.
    func penalty(_ records: [CellRecord]) -> (Double, SizingPlan.Penalty) {
        func ratio(_ slow: Nanoseconds?, _ typical: Nanoseconds?) -> Double? {
            guard let slow, let typical, typical > .zero else { return nil }
            return max(1, slow.seconds / typical.seconds)
        }
        let rounds = records.compactMap { ratio($0.latencies[.makespan]?.p50, $0.latencies[.step]?.p50) }.max()
        if let rounds { return (rounds, .makespan) }
        let tails = records.compactMap { ratio($0.latencies[.step]?.p99, $0.latencies[.step]?.p50) }.max()
        return (tails ?? 1, .stepTail)
    }

    /// Connecting and resetting are in it, spread over the steps that the cells took.
    static func cpuPerThousandSteps(_ records: [CellRecord]) -> Double? {
        var seconds = 0.0
        var steps = 0
        for record in records {
            guard let server = record.server, let count = record.latencies[.step]?.count else { continue }
            seconds += server.cpu.seconds
            steps += count
        }
        return steps > 0 ? seconds / Double(steps) * 1_000 : nil
    }

    func notes(for plan: SizingPlan) -> [String] {
        var notes: [String] = []
        if plan.hosts > 1 {
            notes.append(
                "Only one host was measured: that \(plan.hosts.grouped) of them add up is taken for granted, and so is that "
                    + "nothing in front of them is slower.")
        }
        if open < passed {
            notes.append(
                "N = \(passed.grouped) passed, but at most \(open.grouped) sessions were open at one moment, so \(open.grouped) is "
                    + "what a host is taken to hold.")
        }
        if capacity.batch.nothingLarger {
            notes.append("No larger N than \(passed.grouped) has a valid cell: a host may hold more, and fewer hosts may do.")
        }
        if steps == 0 {
            notes.append("The cells held their sessions, so a batch of \(request.steps.grouped) steps itself was not measured.")
        } else if steps != request.steps {
            notes.append(
                "The cells took \(steps.counted("step", "steps")) per session, not \(request.steps.grouped): the time of a batch "
                    + "is put together from its parts, and processor time per step has connecting and resetting over "
                    + "\(steps.counted("step", "steps")) in it.")
        }
        if self.plan.think != nil { notes.append("The cells had think time between the steps; the batch time has none.") }
        if deployment.sessionCap == nil, request.mode == .ws {
            notes.append("The cap of the workers that were measured is not known: each must admit what its share of the host is.")
        }
        if let peak = plan.fit?.curve.peakSessions, peak < Double(plan.perHost) {
            notes.append(
                "By the fitted law throughput is highest at N = \(Int(peak).grouped) per host and falls beyond; the plan has "
                    + "\(plan.perHost.grouped).")
        }
        return notes
    }
}
