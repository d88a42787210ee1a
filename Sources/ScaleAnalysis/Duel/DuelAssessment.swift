import ScaleCore

/// Judges a duel by its rule.
///
/// The design is group-sequential: the evidence is looked at after fixed numbers of pairs, each time at Pocock's nominal level, so
/// that all looks together keep the criterion's α. A pair is one value, ln(b ÷ a); sessions within a cell share its fate and are
/// not counted as evidence of their own, but for success, which needs counts.
///
/// - A **regression** of several criteria at several loads is corrected for how many there are, by Holm's procedure at each look.
/// - A **pass** is not corrected: every criterion must pass at every load, and the chance that all of them pass falsely is no larger
///   than that of one (R. L. Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24, 1982).
public struct DuelAssessment: Sendable {
    public var rule: DuelRule
    /// Of each criterion of the rule.
    let levels: [Double]
    /// Of success; two-sided, so that each side has half of it.
    let successLevel: Double

    /// Of success over all looks of a round, two-sided.
    static let successAlpha = 0.05

    /// The nominal levels are worked out here, once.
    public init(_ rule: DuelRule) {
        self.rule = rule
        levels = rule.criteria.map { PocockBoundary.nominalLevel(looks: rule.looks, alpha: $0.alpha) }
        successLevel = PocockBoundary.nominalLevel(looks: rule.looks, alpha: Self.successAlpha)
    }

    /// What the pairs of one round say so far.
    /// - Parameters:
    ///   - pairs: in the order they were measured; those of other rounds are left out.
    ///   - number: of the round, from 1.
    ///   - isLast: no more pairs will follow.
    ///   - confirming: the round whose regressions this one is to find again: nothing else is judged then, and nothing else makes
    ///     the judgement stricter.
    public static func round(
        _ pairs: [DuelPair], number: Int, rule: DuelRule, isLast: Bool, confirming: DuelRound? = nil
    ) -> DuelRound {
        DuelAssessment(rule).round(pairs, number: number, isLast: isLast, confirming: confirming)
    }

    /// The same, by levels that are already known.
    public func round(_ pairs: [DuelPair], number: Int, isLast: Bool, confirming: DuelRound? = nil) -> DuelRound {
        let pairs = pairs.filter { $0.round == number }
        let loads = pairs.reduce(into: [CellLoad]()) { if !$0.contains($1.load) { $0.append($1.load) } }
        let faults = pairs.map { DuelValidity.fault(of: $0)?.1 }
        let causes = faults.compactMap(\.self)
        let valid = Dictionary(grouping: zip(pairs, faults).filter { $0.1 == nil }.map(\.0), by: \.load)
        let findings = findings(loads, valid, isLast: isLast, confirming: confirming)
        let success = success(loads, valid, isLast: isLast, confirming: confirming)
        var round = DuelRound(
            number: number, pairs: pairs.count, void: causes.count, findings: findings, success: success, verdict: .inconclusive,
            reason: "no pair was measured", isDecided: false)
        guard !pairs.isEmpty else { return round }
        if tooManyAreVoid(causes.count, of: pairs.count, loads: loads.count, isLast: isLast) {
            round.verdict = .invalid
            round.reason = DuelWording.void(causes, of: pairs.count, most: rule.mostVoid)
        } else {
            (round.verdict, round.reason) = Self.summary(findings, success)
        }
        round.isDecided = round.verdict != .inconclusive
        return round
    }

    /// While more pairs may follow, void ones are too many only where no number of good ones would make up for them. At the
    /// end their share counts, and of fewer pairs than the first look needs only whether all of them are.
    private func tooManyAreVoid(_ void: Int, of pairs: Int, loads: Int, isLast: Bool) -> Bool {
        if void == pairs { return isLast || pairs >= (rule.looks.first ?? 1) * loads }
        guard isLast else { return Double(void) > rule.mostVoid * Double(rule.mostPairs * loads) }
        return pairs >= (rule.looks.first ?? 1) * loads && Double(void) > rule.mostVoid * Double(pairs)
    }

    /// One regression is enough for a regression, and for a pass nothing may be open but what is not judged.
    private static func summary(_ findings: [DuelFinding], _ success: [SuccessFinding]) -> (GateVerdict, String) {
        let lines = DuelLine.all(findings, success).filter { !$0.isUnjudged }
        for verdict in [GateVerdict.regression, .inconclusive] {
            let found = lines.filter { $0.verdict == verdict }
            guard let first = found.first else { continue }
            let more = found.count - 1
            return (verdict, more == 0 ? first.reason : first.reason + "; \(more.counted("other check", "other checks")) alike")
        }
        guard let first = lines.first else { return (.inconclusive, "there is nothing that could be judged") }
        return (.pass, lines.count == 1 ? first.reason : "none of \(lines.count) comparisons is worse by what counts")
    }
}

/// A finding of either kind, as the verdict of a round sees it.
struct DuelLine {
    var load: CellLoad
    /// Nil for success.
    var metric: CellMetric?
    var verdict: GateVerdict
    var isUnjudged: Bool
    /// With its load, where there are several.
    var reason: String

    static func all(_ findings: [DuelFinding], _ success: [SuccessFinding]) -> [DuelLine] {
        let loads = Set(findings.map(\.load) + success.map(\.load))
        return findings.map { finding in
            DuelLine(
                load: finding.load, metric: finding.criterion.metric, verdict: finding.verdict, isUnjudged: false,
                reason: finding.load.prefix(among: loads) + finding.reason)
        }
            + success.map { finding in
                DuelLine(
                    load: finding.load, metric: nil, verdict: finding.verdict, isUnjudged: finding.isUnjudged,
                    reason: finding.load.prefix(among: loads) + finding.reason)
            }
    }

    func isSame(as other: DuelLine) -> Bool { load == other.load && metric == other.metric }
}
