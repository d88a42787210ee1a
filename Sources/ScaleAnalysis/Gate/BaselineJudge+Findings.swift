import ScaleCore

extension BaselineJudge {
    /// One check for each criterion at each load.
    func judged(_ pairs: [Pair]) -> [GateCheck] {
        var weighed: [(check: GateCheck, criterion: DuelRule.Criterion, effect: UnpairedEffect?)] = []
        for pair in pairs {
            for criterion in rule.criteria {
                var check = pair.check(criterion.metric.name, criterion.metric)
                let effect = weigh(pair, criterion, &check)
                weighed.append((check, criterion, effect))
            }
        }
        // Only what could be compared was: the others have asked nothing.
        let tested = weighed.indices.filter { weighed[$0].effect?.low != nil }
        let adjusted = MultipleTesting.holm(tested.map { weighed[$0].effect?.pValue ?? 1 })
        for (index, pValue) in zip(tested, adjusted) {
            guard let effect = weighed[index].effect else { continue }
            judge(&weighed[index].check, weighed[index].criterion, effect, pValue: pValue, comparisons: tested.count)
        }
        return weighed.map(\.check)
    }

    /// Fills in what was measured. The check keeps its own reason where there is no effect.
    private func weigh(_ pair: Pair, _ criterion: DuelRule.Criterion, _ check: inout GateCheck) -> UnpairedEffect? {
        let metric = criterion.metric
        let (before, after) = (pair.before.compactMap { metric.value(in: $0) }, pair.after.compactMap { metric.value(in: $0) })
        check.before = SampleMedian.of(before)
        check.after = SampleMedian.of(after)
        check.border = criterion.border
        if before.isEmpty {
            check.reason = "the baseline has no \(metric.name) here"
            return nil
        }
        // What nobody has is no metric of this load; what only the run lacks, it has lost.
        if after.isEmpty {
            check.verdict = .regression
            check.reason = "the run has no \(metric.name) here, which the baseline has"
            return nil
        }
        let fewest = min(before.count, after.count)
        if fewest < BaselineRule.fewestCells {
            check.reason =
                "the baseline has \(before.count.counted("repetition", "repetitions")) that count and the run \(after.count.grouped); "
                + "at least \(BaselineRule.fewestCells) of each are needed, and \(BaselineRule.preferredCells) are better"
            return nil
        }
        let cells = [pair.before, pair.after]
        if let few = cells.map({ $0.reduce(0) { $0 + (metric.samples(in: $1) ?? 0) } }).enumerated().first(where: {
            $0.element < metric.fewestSamples
        }) {
            check.reason = metric.tooFew(few.element, over: cells[few.offset].count)
            return nil
        }
        guard let effect = UnpairedEffect(before: before, after: after, confidence: 1 - criterion.alpha), effect.low != nil else {
            check.reason =
                "the repetitions are too few for an interval of \(DuelWording.share(1 - criterion.alpha)), or a value is not above 0"
            return nil
        }
        (check.ratio, check.low, check.high, check.confidence) = (effect.ratio, effect.low, effect.high, effect.confidence)
        return effect
    }

    private func judge(
        _ check: inout GateCheck, _ criterion: DuelRule.Criterion, _ effect: UnpairedEffect, pValue: Double, comparisons: Int
    ) {
        guard let low = effect.low, let high = effect.high else { return }
        let ends = [criterion.towardsBetter(low), criterion.towardsBetter(high)].sorted()
        let border = criterion.towardsBetter(criterion.border)
        let metric = criterion.metric
        let smallest = DuelWording.share(criterion.minimumEffect)
        let worsening = smallest + (metric.isHigherBetter ? " less" : " more")
        let change =
            "\(metric.name) is \(DuelWording.change(effect.ratio)) (\(DuelWording.share(effect.confidence)) interval "
            + "\(DuelWording.range(low, high)))"
        // A ratio at the border is at it, whatever its logarithm rounds to.
        let isBeyond = criterion.towardsBetter(effect.ratio) <= border + 1e-12
        if ends[1] < 0, isBeyond, pValue <= criterion.alpha {
            (check.verdict, check.reason) = (.regression, "\(change), at least the \(smallest) that counts")
        } else if ends[1] < 0, isBeyond {
            check.reason =
                "\(change), but among \(comparisons.counted("comparison", "comparisons")) it may be chance (p = \(pValue.rounded(places: 3)))"
        } else if ends[0] > border {
            (check.verdict, check.reason) = (.pass, "\(change), and \(worsening) is ruled out")
        } else {
            check.reason =
                change + (ends[1] < 0 ? ": worse, but not surely by \(smallest)" : ": neither no change nor \(worsening) is ruled out")
        }
    }

    // MARK: Success

    /// Whether the run succeeds as often, all sessions of a load pooled: Newcombe's interval against a margin.
    func success(_ pair: Pair) -> GateCheck? {
        guard let margin = rule.successMargin, !rule.criteria.contains(where: { $0.metric == .successRate }) else { return nil }
        func sum(_ cells: [CellRecord], _ count: (CellRecord) -> Int) -> Int { cells.reduce(0) { $0 + count($1) } }
        var finding = SuccessFinding(
            load: pair.load, margin: margin, succeededA: sum(pair.before, \.counted), sessionsA: sum(pair.before, \.key.sessions),
            succeededB: sum(pair.after, \.counted), sessionsB: sum(pair.after, \.key.sessions), low: nil, high: nil, verdict: .inconclusive,
            isUnjudged: false, reason: "")
        var check = pair.check("success", .successRate)
        guard
            let pooled = ProportionDifference(
                successesA: finding.succeededA, trialsA: finding.sessionsA, successesB: finding.succeededB, trialsB: finding.sessionsB)
        else { return nil }
        let interval = pooled.interval(confidence: 0.95)
        (finding.low, finding.high) = (interval.lowerBound, interval.upperBound)
        check.before = Double(finding.succeededA) / Double(finding.sessionsA)
        check.after = Double(finding.succeededB) / Double(finding.sessionsB)
        let words = SuccessWording(finding, confidence: 0.95, names: (a: "the baseline's", b: "the run's"))
        if interval.upperBound < -margin {
            (check.verdict, check.reason) = (.regression, words.regression)
        } else if min(finding.sessionsA, finding.sessionsB) < rule.fewestSessions {
            (check.isUnjudged, check.reason) = (true, words.tooFew(of: rule.fewestSessions))
        } else if interval.lowerBound > -margin {
            (check.verdict, check.reason) = (.pass, words.pass)
        } else {
            check.reason = words.open
        }
        return check
    }
}
