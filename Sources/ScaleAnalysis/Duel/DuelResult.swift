import ScaleCore

extension GateResult {
    /// What a duel says: a check for every criterion and load, and one for the success at every load.
    /// - Parameters:
    ///   - subject: B, as it was asked for.
    ///   - baseline: A.
    public init(
        duel pairs: [DuelPair], rounds: [DuelRound], rule: DuelRule, kind: Kind, subject: String, baseline: String,
        notes: [String] = []
    ) {
        let (verdict, reason) = DuelAssessment.verdict(rounds, rule: rule)
        let several = rounds.count > 1
        self.init(
            kind: kind, verdict: verdict, reason: reason, subject: subject, baseline: baseline,
            checks: rounds.flatMap { round in
                round.findings.map { Self.check($0, round: several ? round.number : nil) }
                    + round.success.map { Self.check($0, round: several ? round.number : nil) }
            },
            series: Self.series(pairs, rule), notes: notes + Self.voidNotes(pairs))
    }

    private static func name(_ metric: CellMetric, round: Int?) -> String {
        metric.name + (round == 2 ? ", confirmation" : "")
    }

    private static func check(_ finding: DuelFinding, round: Int?) -> GateCheck {
        GateCheck(
            name: name(finding.criterion.metric, round: round), load: finding.load, metric: finding.criterion.metric,
            verdict: finding.verdict, reason: finding.reason, before: finding.medianA, after: finding.medianB,
            ratio: finding.effect?.ratio, low: finding.effect?.low, high: finding.effect?.high,
            confidence: finding.effect?.confidence, samples: finding.pairs)
    }

    private static func check(_ finding: SuccessFinding, round: Int?) -> GateCheck {
        GateCheck(
            name: name(.successRate, round: round), load: finding.load, metric: .successRate, verdict: finding.verdict,
            isUnjudged: finding.isUnjudged, reason: finding.reason,
            before: finding.sessionsA > 0 ? Double(finding.succeededA) / Double(finding.sessionsA) : nil,
            after: finding.sessionsB > 0 ? Double(finding.succeededB) / Double(finding.sessionsB) : nil, samples: finding.sessionsB)
    }

    private static func series(_ pairs: [DuelPair], _ rule: DuelRule) -> [Series] {
        var loads: [CellLoad] = []
        for pair in pairs where !loads.contains(pair.load) { loads.append(pair.load) }
        return rule.criteria.flatMap { criterion in
            loads.map { load in
                Series(
                    load: load, metric: criterion.metric, border: criterion.border,
                    points: pairs.filter { $0.load == load }.compactMap { point($0, criterion.metric) })
            }
        }
    }

    private static func point(_ pair: DuelPair, _ metric: CellMetric) -> Series.Point? {
        guard let a = metric.sampledValue(in: pair.a), let b = metric.sampledValue(in: pair.b) else { return nil }
        return Series.Point(
            pair: pair.number, round: pair.round, first: pair.first, ratio: b / a, void: DuelValidity.reason(pair))
    }

    private static func voidNotes(_ pairs: [DuelPair]) -> [String] {
        let reasons = pairs.compactMap(DuelValidity.reason)
        guard let first = reasons.first else { return [] }
        return ["\(reasons.count) of \(pairs.count) pairs do not count, the first because \(first)"]
    }
}
