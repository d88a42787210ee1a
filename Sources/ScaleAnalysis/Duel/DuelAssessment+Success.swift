import ScaleCore

extension DuelAssessment {
    /// Whether B succeeds as often as A: a test of non-inferiority on the pooled sessions of each load's valid pairs, by Newcombe's
    /// interval at the nominal level.
    ///
    /// Its two ends are one-sided tests at half that level each, so that over all looks of a round a false pass and a false
    /// regression have a chance of at most 2.5 % each. With several loads the end that speaks against B is taken at the level
    /// divided by their number (Bonferroni); passes need no correction. Sessions are counted as independent here: where those of a
    /// cell share their fate the interval is too short, and that a regression has to be confirmed is what guards against it.
    func success(
        _ loads: [CellLoad], _ valid: [CellLoad: [DuelPair]], isLast: Bool, confirming: DuelRound?
    ) -> [SuccessFinding] {
        guard let margin = rule.successMargin else { return [] }
        let judged = loads.filter { confirming?.hasSuccessRegression(at: $0) ?? true }
        return judged.map { load in
            let pairs = valid[load] ?? []
            let look = DuelLook(of: pairs.count, looks: rule.looks, isLast: isLast)
            var finding = SuccessFinding(
                load: load, margin: margin, succeededA: 0, sessionsA: 0, succeededB: 0, sessionsB: 0, low: nil, high: nil,
                verdict: .inconclusive, isUnjudged: false, reason: "")
            for pair in pairs.prefix(look.pairs) {
                finding.succeededA += pair.a.counted
                finding.sessionsA += pair.a.key.sessions
                finding.succeededB += pair.b.counted
                finding.sessionsB += pair.b.key.sessions
            }
            judge(&finding, isReached: look.isReached, pairs: pairs.count, loads: judged.count, isLast: isLast)
            return finding
        }
    }

    private func judge(_ finding: inout SuccessFinding, isReached: Bool, pairs: Int, loads: Int, isLast: Bool) {
        let pooled = ProportionDifference(
            successesA: finding.succeededA, trialsA: finding.sessionsA, successesB: finding.succeededB, trialsB: finding.sessionsB)
        guard let pooled else {
            finding.reason = "there is no session to judge success by"
            return
        }
        let interval = pooled.interval(confidence: 1 - successLevel)
        (finding.low, finding.high) = (interval.lowerBound, interval.upperBound)
        let strict = pooled.interval(confidence: 1 - successLevel / Double(loads))
        let words = SuccessWording(finding, confidence: 1 - successLevel)
        let isTooFew = min(finding.sessionsA, finding.sessionsB) < rule.fewestSessions
        if !isReached {
            finding.reason = DuelWording.notYet(pairs, fewest: rule.looks.first ?? 1, isLast: isLast)
        } else if strict.upperBound < -finding.margin {
            (finding.verdict, finding.reason) = (.regression, words.regression)
        } else if isTooFew {
            finding.isUnjudged = true
            finding.reason = words.tooFew(of: rule.fewestSessions)
        } else if interval.lowerBound > -finding.margin {
            (finding.verdict, finding.reason) = (.pass, words.pass)
        } else {
            finding.reason = words.open
        }
    }
}
