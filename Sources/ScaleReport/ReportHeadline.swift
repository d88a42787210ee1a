import ScaleAnalysis
import ScaleCore

/// The sentences that stand first: what each series held, at what cost, and what stopped it. Every word in them
/// follows from the stored numbers by a rule.
struct ReportHeadline {
    let snapshot: RunSnapshot

    /// One item per series, with at least one cell.
    var sentences: [String] {
        CellSeries.all(of: snapshot).compactMap { series in
            series.capacity.map { sentence(series, $0) }
        }
    }

    private func sentence(_ series: CellSeries, _ capacity: Capacity) -> String {
        var text = "**\(Markdown.escaped(snapshot.title(of: series.key)))** \(held(series, capacity))."
        if let best = capacity.batch.lastPass {
            let costs = costs(series, at: best)
            if !costs.isEmpty { text += " At \(Figure.count(best)): \(costs.joined(separator: ", "))." }
        } else if let point = capacity.pointBatch.lastPass {
            text += " The point rule, which knows no doubt, would say \(Figure.count(point))."
        }
        if let stop = stop(series, capacity) { text += " " + stop }
        return text
    }

    private func held(_ series: CellSeries, _ capacity: Capacity) -> String {
        let batch = capacity.batch
        guard let best = batch.lastPass else { return heldNothing(capacity) }
        let verb = batch.nothingLarger ? "held at least" : "held"
        var text = "\(verb) **\(Figure.count(best)) session\(best == 1 ? "" : "s")** at ≥ 95 % success"
        if batch.atLeastTop { return text + ", the largest batch tested" }
        let open = capacity.undecided.filter { $0 > best && $0 < batch.firstFail ?? .max }
        if let fail = batch.firstFail {
            text += " and failed at \(Figure.count(fail)), so the limit lies in [\(Figure.count(best)), \(Figure.count(fail)))"
        }
        if !open.isEmpty {
            text += "; at \(Listing.words(open.map { Figure.count($0) })) the evidence does not decide"
        }
        return text + spoilt(series, capacity.invalid.filter { $0 > best && $0 < batch.firstFail ?? .max })
    }

    /// Says of batches that no valid cell tested who is to blame.
    private func spoilt(_ series: CellSeries, _ sessions: [Int]) -> String {
        if sessions.isEmpty { return "" }
        let limiters = Set(series.cells.filter { sessions.contains($0.key.sessions) }.map(\.verdict.limiter))
        let culprit =
            switch limiters {
            case [.generator]: "the generator"
            case [.clientLimit]: "the generator's host"
            default: "the generator or its host"
            }
        let (were, them) = sessions.count == 1 ? ("was", "it") : ("were", "them")
        let batches = Listing.words(sessions.map { Figure.count($0) })
        return "; \(batches) \(were) tested too, but \(culprit) limited \(them)"
    }

    private func heldNothing(_ capacity: Capacity) -> String {
        if capacity.points.isEmpty { return "has no valid cell: the generator or its host limited all of them" }
        if let fail = capacity.batch.firstFail {
            let smaller = capacity.points.filter { $0.sessions < fail }
            return "did not hold \(Figure.count(fail)) session\(fail == 1 ? "" : "s") at ≥ 95 % success"
                + (smaller.isEmpty ? smallest(fail, capacity) : ", and no smaller batch demonstrates it")
        }
        if capacity.points.allSatisfy(\.judgement.tooFewToPass) {
            return "was tested with too few sessions to demonstrate 95 % success (\(PassLimits.fewest) are the fewest that can)"
        }
        return "is undecided at ≥ 95 % success: more repetitions would decide"
    }

    private func smallest(_ sessions: Int, _ capacity: Capacity) -> String {
        capacity.invalid.contains { $0 < sessions } ? ", the smallest batch with a valid cell" : ", the smallest batch tested"
    }

    private func costs(_ series: CellSeries, at sessions: Int) -> [String] {
        let cells = series.valid(at: sessions)
        var parts: [String] = []
        if let open = open(series, at: sessions) { parts.append(open) }
        if let cores = snapshot.deployments[series.key.deployment]?.cores, cores > 0 {
            parts.append("\(Figure.ratio(Double(sessions) / cores)) per core")
        }
        let paced = paced(cells)
        if !paced.isEmpty { return parts + paced }
        if let rates = Span.rates(cells.compactMap(\.sessionsPerSecond)) { parts.append("\(rates) sessions/s") }
        let totals = cells.compactMap { $0.latencies[.total]?.p99 }
        if let words = Span.words(totals) {
            let repetitions = totals.count > 1 ? " over \(totals.count) repetitions" : ""
            parts.append("P99 of a session \(words)" + repetitions + overhead(cells, wait: series.key.wait))
        }
        return parts
    }

    /// What sessions that are held or step together reached: their own length is the command's and not the server's.
    private func paced(_ cells: [CellRecord]) -> [String] {
        var parts: [String] = []
        guard cells.contains(where: { $0.hold != nil || $0.lockstep != nil }) else { return parts }
        if let rates = Span.rates(cells.compactMap(\.stepsPerSecond)) { parts.append("\(rates) steps/s") }
        if let least = cells.compactMap(\.hold?.leastOpen).min() { parts.append("never fewer than \(Figure.count(least)) open") }
        if let words = Span.words(cells.compactMap { $0.latencies[.makespan]?.p99 }) { parts.append("P99 of a round \(words)") }
        if let idle = cells.compactMap(\.lockstep?.idleShare).max() {
            parts.append("\(Figure.percent(idle)) of the batch's time spent waiting for its slowest session")
        }
        if let words = Span.words(cells.compactMap { $0.latencies[.step]?.p99 }) { parts.append("P99 of a step \(words)") }
        return parts
    }

    /// How many of the batch were open at one moment, where that is fewer than were offered.
    private func open(_ series: CellSeries, at sessions: Int) -> String? {
        let cells = series.valid(at: sessions)
        let refusing = cells.first { $0.verdict.limiter == .sessionCap }
        guard let most = cells.compactMap(\.peakOpen).max(), refusing != nil || most < sessions else { return nil }
        let text = "at most \(Figure.count(most)) open at once"
        guard let refusing else { return text }
        let deployment = snapshot.deployments[series.key.deployment]
        if deployment?.sessionCap != nil { return text + " (session cap \(ReportCapacity.slots(deployment)))" }
        let told = refusing.reportedSessionCap.map { " \(Figure.count($0)) per worker" }
        return text + " (session cap\(told ?? ""))"
    }

    /// From this share of the overhead on, the generator's own start lag is named beside it.
    private static let lagShare = 0.1

    /// What the slowest repetition spent beyond the wait, and how late the generator was there. Both are P99s of one
    /// cell and need not be of one session, so neither is taken from the other.
    private func overhead(_ cells: [CellRecord], wait: Nanoseconds) -> String {
        let slowest = cells.max { ($0.latencies[.total]?.p99 ?? .zero) < ($1.latencies[.total]?.p99 ?? .zero) }
        guard let latencies = slowest?.latencies, let over = latencies[.overhead]?.p99, let total = latencies[.total]?.p99,
            total > .zero
        else { return "" }
        var text = ""
        if wait > .zero {
            let share = Double(over.rawValue) / Double(total.rawValue)
            text = ", of which \(over.inWords) (\(Figure.percent(share))) is overhead beyond the wait"
        }
        // Above the overhead it was calibrated at a worse moment, and says nothing.
        if let floor = slowest?.floor?.totalP99, floor <= over {
            text += (text.isEmpty ? ", of which " : ", in that ") + "\(floor.inWords) the floor of generator and host"
        }
        if let lag = latencies[.lag]?.p99, lag.seconds > Self.lagShare * over.seconds {
            text += " (the generator's own start lag: P99 \(lag.inWords))"
        }
        return text
    }

    /// The verdict on the first batch that did not pass: of its repetition with the fewest successes.
    private func stop(_ series: CellSeries, _ capacity: Capacity) -> String? {
        let best = capacity.batch.lastPass ?? 0
        let open = capacity.undecided.first { $0 > best && series.valid(at: $0).contains { $0.failed > 0 } }
        guard let place = capacity.batch.firstFail ?? open,
            let cell = series.valid(at: place).min(by: { $0.succeeded < $1.succeeded })
        else { return nil }
        let rate = "\(Figure.count(cell.succeeded)) of \(Figure.count(cell.key.sessions)) succeeded"
        let limiter = cell.verdict.limiter
        let limit = limiter == .unknown ? "what limited it is not known" : "the limit was `\(limiter.rawValue)`"
        let evidence = Markdown.escaped(cell.verdict.evidence)
        return "At \(Figure.count(place)), where \(rate), \(limit)" + (evidence.isEmpty ? "." : ": \(evidence).")
    }
}

/// What follows from the pass rule's arithmetic.
enum PassLimits {
    /// The fewest sessions that can pass.
    static let fewest = PassRule().fewestToPass
}

/// Lists in sentences.
enum Listing {
    /// `a`, `a and b`, `a, b and c`.
    static func words(_ items: [String]) -> String {
        guard let last = items.last else { return "" }
        return items.count == 1 ? last : items.dropLast().joined(separator: ", ") + " and " + last
    }
}
