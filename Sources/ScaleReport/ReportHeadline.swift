import ScaleAnalysis
import ScaleCore

/// The sentences that stand first: what a series held, at what cost, and what stopped it. Every word in them follows
/// from the stored numbers by a rule.
struct ReportHeadline {
    let subject: ReportSubject
    let evidence: ReportEvidence

    /// More would be read by nobody; then each infrastructure has one.
    static let mostSentences = 4

    /// One item per series; where those are more than ``mostSentences``, of each infrastructure the first by mode and
    /// wait.
    var sentences: [Prose] { told.map { sentence($0) } }

    /// Positions of the series that are told.
    private var told: [Int] {
        let all = subject.series.indices.filter { subject.series[$0].capacity != nil }
        if all.count <= Self.mostSentences { return all }
        return subject.infras.indices.compactMap { infra in all.first { subject.series[$0].infra == infra } }
    }

    /// Said where not every series has a sentence.
    var omission: Prose? {
        let all = subject.series.filter { $0.capacity != nil }.count
        if told.count == all { return nil }
        let each = subject.infras.count == 1 ? "One load is" : "One load of each infrastructure is"
        return "\(each) told here, the first by mode and wait; all \(Figure.count(all)) are under \(link: "Results", to: "#results")."
    }

    private func sentence(_ index: Int) -> Prose {
        let series = subject.series[index]
        guard let capacity = series.capacity else { return Prose() }
        var text: Prose = "\(strong: Prose(series.title)) "
        guard let best = series.best else {
            text += heldNothing(series, capacity) + "."
            if let point = capacity.pointBatch.lastPass {
                text += " The point rule, which knows no doubt, would say \(Figure.count(point))."
            }
            return text + (stop(series).map { " " + $0 } ?? "")
        }
        text += held(best, capacity)
        let costs = costs(index, at: best)
        if !costs.isEmpty { text += ": " + costs.joined(separator: ", ") }
        text += "."
        let bound = capacity.batch.nothingLarger ? Int.max : capacity.batch.firstFail ?? .max
        let open = capacity.undecided.filter { $0 > best && $0 < bound && $0 != series.stop?.batch }
        if !open.isEmpty { text += " At \(Self.list(open)) the evidence does not decide." }
        text += spoilt(series, capacity.invalid.filter { $0 > best && $0 < bound })
        return text + (stop(series).map { " " + $0 } ?? "")
    }

    private static func list(_ sessions: [Int]) -> Prose { sessions.map { Prose(Figure.count($0)) }.listed }

    private static func sessions(_ count: Int) -> String { "\(Figure.count(count)) session\(count == 1 ? "" : "s")" }

    private func held(_ best: Int, _ capacity: Capacity) -> Prose {
        let batch = capacity.batch
        let number = Prose(strong: Prose(Self.sessions(best)))
        if batch.atLeastTop { return "held at least \(number), the largest batch tested, at ≥ 95 % success" }
        if batch.nothingLarger { return "held at least \(number) at ≥ 95 % success" }
        guard let fail = batch.firstFail else { return "held \(number) at ≥ 95 % success" }
        return "held \(number), bracket [\(Figure.count(best)), \(Figure.count(fail))), at ≥ 95 % success"
    }

    /// Says of batches that no valid cell tested who is to blame.
    private func spoilt(_ series: ReportSubject.Series, _ sessions: [Int]) -> Prose {
        let ended = sessions.filter { series.isEnded(at: $0) }
        return limited(series, sessions.filter { !ended.contains($0) }) + Self.ended(ended)
    }

    private static func ended(_ sessions: [Int]) -> Prose {
        if sessions.isEmpty { return Prose() }
        return " \(list(sessions)) \(Prose(ours: sessions.count == 1 ? "was" : "were")) tested too, but the servers were ended meanwhile."
    }

    private func limited(_ series: ReportSubject.Series, _ sessions: [Int]) -> Prose {
        if sessions.isEmpty { return Prose() }
        let limiters = Set(series.records.filter { sessions.contains($0.key.sessions) }.map(\.verdict.limiter))
        let culprit = Prose(ours: Self.culprit(limiters))
        let (were, them): (Prose, Prose) = sessions.count == 1 ? ("was", "it") : ("were", "them")
        return " \(Self.list(sessions)) \(were) tested too, but \(culprit) limited \(them)."
    }

    private func heldNothing(_ series: ReportSubject.Series, _ capacity: Capacity) -> Prose {
        if capacity.points.isEmpty {
            let ended = capacity.invalid.filter { series.isEnded(at: $0) }.count
            let spoilers = Set(series.records.filter { !$0.valid && !$0.isTerminated }.map(\.verdict.limiter))
            if ended == capacity.invalid.count { return "has no valid cell: its servers were ended in all of them" }
            return "has no valid cell: \(Prose(ours: Self.culprit(spoilers))) limited \(ended > 0 ? "some" : "all") of them"
                + (ended > 0 ? ", and the servers were ended in the others" : "")
        }
        if let fail = capacity.batch.firstFail {
            let smaller = capacity.points.filter { $0.sessions < fail }
            return "did not hold \(Self.sessions(fail)) at ≥ 95 % success"
                + (smaller.isEmpty ? smallest(fail, capacity) : ", and no smaller batch demonstrates it")
        }
        if capacity.points.allSatisfy(\.judgement.tooFewToPass) {
            return """
                was tested with too few sessions to demonstrate 95 % success (\(String(PassLimits.fewest)) are the fewest that can)
                """
        }
        return "is undecided at ≥ 95 % success: more repetitions would decide"
    }

    /// Who made cells say nothing about the servers' room.
    private static func culprit(_ limiters: Set<Limiter>) -> String {
        let parts = [
            (Limiter.generator, "the generator"), (.clientLimit, "the generator's host"), (.sessionLeak, "sessions of others"),
        ].filter { limiters.contains($0.0) }.map(\.1)
        return parts.isEmpty ? "the generator or its host" : parts.joined(separator: " or ")
    }

    private func smallest(_ sessions: Int, _ capacity: Capacity) -> Prose {
        capacity.invalid.contains { $0 < sessions } ? ", the smallest batch with a valid cell" : ", the smallest batch tested"
    }

    // MARK: Costs

    private func costs(_ index: Int, at sessions: Int) -> [Prose] {
        let series = subject.series[index]
        let load = ReportLoad(index, of: subject, evidence)
        var parts: [Prose] = []
        if let open = open(series, load.cells, at: sessions) { parts.append(open) }
        if let cores = subject.infras[series.infra].record?.cores, cores > 0 {
            parts.append("\(Figure.ratio(Double(sessions) / cores)) per core")
        }
        let paced = paced(load)
        if !paced.isEmpty { return parts + paced }
        if let words = Span.words(load.p99(.total)) {
            let over = load.cells.count > 1 ? " over \(load.cells.count) repetitions" : ""
            parts.append("P99 \(load.boundMark(.total))\(words)\(over)" + overhead(series, load))
        }
        if let rates = Span.rates(load.cells.compactMap(\.sessionsPerSecond)) {
            let tail = load.cells.compactMap(FailedTail.init).max { $0.length < $1.length }
            parts.append("\(rates) sessions/s" + (tail.map { " (and then \(Prose(ours: $0.words)))" } ?? ""))
        }
        return parts
    }

    /// What sessions that are held or step together reached: their own length is the command's and not the server's.
    private func paced(_ load: ReportLoad) -> [Prose] {
        let cells = load.cells
        var parts: [Prose] = []
        guard cells.contains(where: { $0.hold != nil || $0.lockstep != nil }) else { return parts }
        if let rates = Span.rates(cells.compactMap(\.stepsPerSecond)) { parts.append("\(rates) steps/s") }
        if let least = cells.compactMap(\.hold?.leastOpen).min() { parts.append("never fewer than \(Figure.count(least)) open") }
        if let words = Span.words(cells.compactMap { $0.latencies[.makespan]?.p99 }) { parts.append("P99 of a round \(words)") }
        if let idle = cells.compactMap(\.lockstep?.idleShare).max() {
            parts.append("\(Figure.percent(idle)) of the batch's time spent waiting for its slowest session")
        }
        if let words = Span.words(load.p99(.step)) { parts.append("P99 of a step \(words)") }
        return parts
    }

    /// How many of the batch were open at one moment, where that is fewer than were offered.
    private func open(_ series: ReportSubject.Series, _ cells: [CellRecord], at sessions: Int) -> Prose? {
        let refusing = cells.first { $0.verdict.limiter == .sessionCap }
        guard let most = cells.compactMap(\.peakOpen).max(), refusing != nil || most < sessions else { return nil }
        let text: Prose = "at most \(Figure.count(most)) open at once"
        guard let refusing else { return text }
        return text + " (session cap\(cap(series, refusing)))"
    }

    /// ` 2 × 40`, ` 40 per worker`, or nothing where it is not known.
    private func cap(_ series: ReportSubject.Series, _ cell: CellRecord) -> Prose {
        let record = subject.infras[series.infra].record
        if record?.sessionCap != nil { return " \(ReportCapacity.slots(record))" }
        return cell.reportedSessionCap.map { " \(Figure.count($0)) per worker" } ?? Prose()
    }

    /// From this share of the overhead on, the generator's own start lag is named beside it.
    private static let lagShare = 0.1

    /// What the P99 holds beyond the wait, and how much of that is the generator's. Where every session is asked to wait
    /// for the same time, the P99 of the overhead is the P99 of the session less that; else it need not be of one session.
    private func overhead(_ series: ReportSubject.Series, _ load: ReportLoad) -> Prose {
        let overs = load.p99(.overhead)
        guard let over = overs.max() else { return Prose() }
        // Above the overhead it was calibrated at a worse moment, and says nothing.
        let floor = load.floor.flatMap { $0 <= over ? $0 : nil }
        let plan = subject.infras[series.infra].load
        let words = Span.words(overs) ?? ""
        var text = Prose()
        if plan.waitSpread != nil || plan.think != nil || !series.countsSteps {
            text = " (of the overhead alone \(words)"
            if let floor { text += ", of the generator's floor \(floor.inWords)" }
            text += ")"
        } else if series.wait > .zero {
            text = " of which \(words) is overhead"
            if let floor { text += " and \(floor.inWords) the generator's floor" }
        } else if let floor {
            text = " of which \(floor.inWords) is the generator's floor"
        }
        let lags = load.p99(.lag)
        if let lag = lags.max(), lag.seconds > Self.lagShare * over.seconds {
            text += " (the generator's own start lag: P99 \(Span.words(lags) ?? ""))"
        }
        return text
    }

    // MARK: Limits

    /// The verdict on the first batch that did not pass: of its repetition with the fewest successes.
    private func stop(_ series: ReportSubject.Series) -> Prose? {
        guard let (batch, isDecided, cell) = series.stop else { return nil }
        let place = Figure.count(batch)
        if cell.heldInVain { return "At \(place) no step was answered while the sessions were held." }
        let rate: Prose = "\(Figure.count(cell.succeeded)) of \(Figure.count(cell.key.sessions)) succeeded"
        let evidence: Prose = cell.verdict.evidence.isEmpty ? "" : ": \(cell.verdict.evidence)"
        if let refusal = refusal(series, cell), isDecided {
            let start: Prose = series.best == nil ? "At \(place)" : "It stopped there because at \(place)"
            return "\(start) the session cap\(cap(series, cell)) refused \(refusal): \(rate)\(uneven(series, cell))."
        }
        let limiter = cell.verdict.limiter
        let cause: Prose = limiter == .unknown ? "what limited it is not known" : "the limit was \(code: limiter.rawValue)"
        if !isDecided { return "At \(place), where \(rate), the evidence does not decide; \(cause)\(evidence)." }
        if limiter == .unknown || series.best == nil { return "At \(place), where \(rate), \(cause)\(evidence)." }
        return "It stopped there because at \(place), where \(rate), \(cause)\(evidence)."
    }

    /// Where all workers together had a place for every session, one was full while another was not.
    private func uneven(_ series: ReportSubject.Series, _ cell: CellRecord) -> Prose {
        guard let record = subject.infras[series.infra].record, let workers = record.workers, let cap = record.sessionCap,
            LimiterRule.isUneven(sessions: cell.key.sessions, workers: workers * max(1, record.replicas), cap: cap)
        else { return Prose() }
        return ", fewer than there were places, because the workers got uneven shares"
    }

    /// What the cap refused in so many words, by the kinds that were counted; nil where it is no more than suspected.
    private func refusal(_ series: ReportSubject.Series, _ cell: CellRecord) -> Prose? {
        guard cell.verdict.limiter == .sessionCap else { return nil }
        let refused = cell.failures.filter { $0.kind == .capacityReached }.reduce(0) { $0 + $1.count }
        if refused == 0 { return nil }
        return refused >= cell.failed ? "the rest" : "\(Figure.count(refused)) of the \(Figure.count(cell.failed)) that failed"
    }
}

/// What follows from the pass rule's arithmetic.
enum PassLimits {
    /// The fewest sessions that can pass.
    static let fewest = PassRule().fewestToPass
    /// The fewest sessions of which the greatest is, with 95 % certainty, no less than the true P99: the least n with
    /// 0.99ⁿ ≤ 0.05 (Wilks, 1941). A P99 of fewer has no upper bound.
    static let fewestForP99 = 299
}
