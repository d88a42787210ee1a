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
        var text = "**\(Markdown.escaped(snapshot.title(of: series.key)))** \(held(capacity))."
        if let best = capacity.batch.lastPass {
            let costs = costs(series, at: best)
            if !costs.isEmpty { text += " At \(Figure.count(best)): \(costs.joined(separator: ", "))." }
        } else if let point = capacity.pointBatch.lastPass {
            text += " The point rule, which knows no doubt, would say \(Figure.count(point))."
        }
        if let stop = stop(series, capacity) { text += " " + stop }
        return text
    }

    private func held(_ capacity: Capacity) -> String {
        let batch = capacity.batch
        guard let best = batch.lastPass else { return heldNothing(capacity) }
        let verb = batch.atLeastTop ? "held at least" : "held"
        var text = "\(verb) **\(Figure.count(best)) session\(best == 1 ? "" : "s")** at ≥ 95 % success"
        if batch.atLeastTop { return text + ", the largest batch tested" }
        let open = capacity.undecided.filter { $0 > best && $0 < batch.firstFail ?? .max }
        if let fail = batch.firstFail {
            text += " and failed at \(Figure.count(fail)), so the limit lies in [\(Figure.count(best)), \(Figure.count(fail)))"
        }
        if !open.isEmpty {
            text += "; at \(Listing.words(open.map { Figure.count($0) })) the evidence does not decide"
        }
        return text
    }

    private func heldNothing(_ capacity: Capacity) -> String {
        if capacity.points.isEmpty { return "has no valid cell: the generator or its host limited all of them" }
        if let fail = capacity.batch.firstFail {
            let smaller = capacity.points.filter { $0.sessions < fail }
            return "did not hold \(Figure.count(fail)) session\(fail == 1 ? "" : "s") at ≥ 95 % success"
                + (smaller.isEmpty ? ", the smallest batch tested" : ", and no smaller batch demonstrates it")
        }
        if capacity.points.allSatisfy(\.judgement.tooFewToPass) {
            return "was tested with too few sessions to demonstrate 95 % success (\(PassLimits.fewest) are the fewest that can)"
        }
        return "is undecided at ≥ 95 % success: more repetitions would decide"
    }

    private func costs(_ series: CellSeries, at sessions: Int) -> [String] {
        let cells = series.valid(at: sessions)
        var parts: [String] = []
        if let cores = snapshot.deployments[series.key.deployment]?.cores, cores > 0 {
            parts.append("\(Figure.ratio(Double(sessions) / cores)) per core")
        }
        if let rates = Span.rates(cells.compactMap(\.sessionsPerSecond)) { parts.append("\(rates) sessions/s") }
        let totals = cells.compactMap { $0.latencies[.total]?.p99 }
        if let words = Span.words(totals) {
            var part = "P99 of a session \(words)" + (totals.count > 1 ? " over \(totals.count) repetitions" : "")
            let worst = cells.compactMap { cell in
                cell.latencies[.overhead].flatMap { over in cell.latencies[.total].map { (over: over.p99, total: $0.p99) } }
            }.max { $0.total < $1.total }
            if let worst, series.key.wait > .zero, worst.total > .zero {
                let share = Double(worst.over.rawValue) / Double(worst.total.rawValue)
                part += ", of which \(worst.over.inWords) (\(Figure.percent(share))) is overhead beyond the wait"
            }
            parts.append(part)
        }
        return parts
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
    /// The fewest sessions whose success, without one failure, puts the one-sided 95 % lower bound at 95 % or above:
    /// the least n with 0.95ⁿ ≤ 0.05 (Clopper and Pearson, 1934).
    static let fewest = 59
}

/// Lists in sentences.
enum Listing {
    /// `a`, `a and b`, `a, b and c`.
    static func words(_ items: [String]) -> String {
        guard let last = items.last else { return "" }
        return items.count == 1 ? last : items.dropLast().joined(separator: ", ") + " and " + last
    }
}
