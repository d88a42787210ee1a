import ScaleCore

extension DuelAssessment {
    /// Beyond so many pairs the signed-rank test has a say. Six reach 0.031 when all point the same way, and one that does not
    /// leaves more than 0.05.
    static let pairsWithoutRanks = 6

    /// One for each criterion at each load.
    func findings(
        _ loads: [CellLoad], _ valid: [CellLoad: [DuelPair]], isLast: Bool, confirming: DuelRound?
    ) -> [DuelFinding] {
        var weighed: [(evidence: DuelEvidence, effect: PairedEffect?, level: Double)] = []
        for load in loads {
            for (criterion, level) in zip(rule.criteria, levels)
            where confirming?.hasRegression(of: criterion.metric, at: load) ?? true {
                let evidence = DuelEvidence(valid[load] ?? [], load: load, criterion: criterion, rule: rule, isLast: isLast)
                weighed.append((evidence, evidence.effect(confidence: 1 - level, rule: rule), level))
            }
        }
        // In units of the level each is held to, so that criteria of different α can stand in one order: those of a family are
        // then held to the largest of their levels together.
        let corrected = MultipleTesting.holm(weighed.map { min(1, ($0.effect?.pValue ?? 1) / $0.level) })
        // An adjusted value above 1 is cut to 1 by Holm's procedure, which is the level itself: they are told apart below it.
        return zip(weighed, corrected).map { entry, share in
            let (evidence, effect, _) = entry
            let judged = Self.judge(evidence, effect, isSureAmongAll: share < 1, comparisons: weighed.count, rule: rule, isLast: isLast)
            return DuelFinding(
                load: evidence.load, criterion: evidence.criterion, pairs: evidence.values.count + evidence.lost,
                medianA: evidence.medianA, medianB: evidence.medianB, effect: effect, verdict: judged.0, reason: judged.1)
        }
    }

    private static func judge(
        _ evidence: DuelEvidence, _ effect: PairedEffect?, isSureAmongAll: Bool, comparisons: Int, rule: DuelRule, isLast: Bool
    ) -> (GateVerdict, String) {
        let words = DuelWording(evidence.criterion)
        guard evidence.look.isReached else {
            return (.inconclusive, words.tooFew(evidence, fewest: rule.looks.first ?? 1, isLast: isLast))
        }
        if evidence.lost > 0 {
            let isGone = evidence.gone == evidence.look.pairs
            return (isGone ? .regression : .inconclusive, words.lost(evidence))
        }
        guard let effect else { return (.inconclusive, words.tooFew(evidence, fewest: 2, isLast: isLast)) }
        let doubts = doubts(effect, evidence, isSureAmongAll: isSureAmongAll, comparisons: comparisons)
        let border = evidence.criterion.towardsBetter(evidence.criterion.border)
        // A ratio at the border is at it, whatever its logarithm rounds to.
        let isBeyond = evidence.criterion.towardsBetter(effect.ratio) <= border + 1e-12
        let interval = effect.interval(of: evidence.criterion)
        if interval.upperBound < 0, isBeyond {
            return doubts.isEmpty
                ? (.regression, words.regression(effect)) : (.inconclusive, words.doubted(effect, doubts))
        }
        if interval.lowerBound > border {
            return effect.bootstrapInterval(of: evidence.criterion).lowerBound > border
                ? (.pass, words.pass(effect)) : (.inconclusive, words.doubtedPass(effect))
        }
        return (.inconclusive, words.open(effect, isWorse: interval.upperBound < 0))
    }

    /// Who does not agree that there is a change, where Student's t says so.
    private static func doubts(
        _ effect: PairedEffect, _ evidence: DuelEvidence, isSureAmongAll: Bool, comparisons: Int
    ) -> [DuelWording.Doubt] {
        var doubts: [DuelWording.Doubt] = []
        if effect.bootstrapInterval(of: evidence.criterion).upperBound >= 0 { doubts.append(.bootstrap) }
        if evidence.values.count > pairsWithoutRanks, effect.signedRankP > evidence.criterion.alpha { doubts.append(.ranks) }
        if !isSureAmongAll { doubts.append(.comparisons(comparisons)) }
        return doubts
    }
}

extension DuelRound {
    func hasRegression(of metric: CellMetric, at load: CellLoad) -> Bool {
        findings.contains { $0.verdict == .regression && $0.criterion.metric == metric && $0.load == load }
    }

    func hasSuccessRegression(at load: CellLoad) -> Bool {
        success.contains { $0.verdict == .regression && $0.load == load }
    }
}
