import ScaleCore

/// The sentences of a duel's findings about one criterion.
struct DuelWording {
    var criterion: DuelRule.Criterion

    init(_ criterion: DuelRule.Criterion) { self.criterion = criterion }

    /// What does not agree with Student's t.
    enum Doubt: Hashable {
        case bootstrap
        case ranks
        case comparisons(Int)
    }

    func regression(_ effect: PairedEffect) -> String { change(effect) + ", at least the \(smallest) that counts" }

    func pass(_ effect: PairedEffect) -> String { change(effect) + ", and \(worsening) is ruled out" }

    func doubted(_ effect: PairedEffect, _ doubts: [Doubt]) -> String {
        let words = doubts.map { doubt in
            switch doubt {
            case .bootstrap: "the bootstrap's interval of \(Self.range(effect.bcaLow, effect.bcaHigh)) does not rule out no change"
            case .ranks: "by signed ranks it may be chance (p = \(effect.signedRankP.rounded(places: 3)))"
            case .comparisons(let count): "among \(count) comparisons it may be chance (p = \(effect.pValue.rounded(places: 4)))"
            }
        }
        return regression(effect) + ", but " + words.joined(separator: ", and ")
    }

    func doubtedPass(_ effect: PairedEffect) -> String {
        change(effect) + ", but the bootstrap's interval of \(Self.range(effect.bcaLow, effect.bcaHigh)) does not rule out \(worsening)"
    }

    /// - Parameter isWorse: by how little or much, the interval does not say.
    func open(_ effect: PairedEffect, isWorse: Bool) -> String {
        change(effect) + (isWorse ? ": worse, but not surely by \(smallest)" : ": neither no change nor \(worsening) is ruled out")
    }

    func lost(_ evidence: DuelEvidence) -> String {
        let pairs = evidence.values.count + evidence.lost
        let what = evidence.gone == evidence.lost ? "no \(name)" : "no \(name) from \(samples)"
        return "B has \(what) in \(evidence.lost) of \(pairs.counted("pair", "pairs")) in which A has one"
    }

    func tooFew(_ evidence: DuelEvidence, fewest: Int, isLast: Bool) -> String {
        let count = evidence.values.count + evidence.lost
        guard evidence.lacking > 0 else { return Self.notYet(count, fewest: fewest, isLast: isLast) }
        return "only \(count) of \((count + evidence.lacking).counted("pair", "pairs")) have \(name)"
            + (criterion.metric.fewestSamples > 1 ? " from \(samples)" : "")
    }

    /// Of pairs that count.
    static func notYet(_ pairs: Int, fewest: Int, isLast: Bool) -> String {
        isLast
            ? "only \(pairs.counted("pair counts", "pairs count")), and at least \(fewest.grouped) are needed"
            : "\(pairs) of the first \(fewest.counted("pair", "pairs")) are measured"
    }

    static func void(_ causes: [DuelValidity.Cause], of pairs: Int, most: Double) -> String {
        let commonest = DuelValidity.Cause.allCases.max { a, b in causes.count { $0 == a } < causes.count { $0 == b } }
        let why = commonest.map { ", most often because " + $0.words } ?? ""
        return "\(causes.count.grouped) of \(pairs.counted("pair", "pairs")) are void, more than \(most.percent)" + why
    }

    private var name: String { criterion.metric.name }
    private var samples: String { "at least \(criterion.metric.fewestSamples.counted("sample", "samples"))" }
    private var smallest: String { Self.share(criterion.minimumEffect) }
    private var worsening: String { smallest + (criterion.metric.isHigherBetter ? " less" : " more") }

    /// `steps_per_second is 9.8 % lower (98.2 % interval 8.1 to 11.4 %)`.
    private func change(_ effect: PairedEffect) -> String {
        "\(name) is \(Self.change(effect.ratio)) (\(Self.share(effect.confidence)) interval \(Self.range(effect.low, effect.high)))"
    }

    static func change(_ ratio: Double) -> String {
        let text = share((ratio - 1).magnitude)
        return text == "0 %" ? "unchanged" : text + (ratio < 1 ? " lower" : " higher")
    }

    /// The ends in the order of their size where both are on one side of no change.
    static func range(_ low: Double, _ high: Double) -> String {
        guard (low < 1) == (high < 1) else { return change(low) + " to " + change(high) }
        let (near, far) = low < 1 ? (high, low) : (low, high)
        return ((near - 1).magnitude * 100).rounded(places: 1) + " to " + change(far)
    }

    /// `9.8 %`.
    static func share(_ value: Double) -> String { (value * 100).rounded(places: 1) + " %" }
}

/// The sentences of a duel's finding about success.
struct SuccessWording {
    var finding: SuccessFinding
    var confidence: Double
    /// Whose sessions they are, e.g. `A's`.
    var names: (a: String, b: String)

    init(_ finding: SuccessFinding, confidence: Double, names: (a: String, b: String) = (a: "A's", b: "B's")) {
        self.finding = finding
        self.confidence = confidence
        self.names = names
    }

    var regression: String { difference + ", more than the \(margin) fewer that may be" }
    var pass: String { difference + ", and \(margin) fewer is ruled out" }
    var open: String { difference + ": \(margin) fewer is not ruled out" }

    func tooFew(of fewest: Int) -> String {
        "success is not judged: it takes \(fewest.grouped) sessions of each side, not "
            + min(finding.sessionsA, finding.sessionsB).grouped
    }

    private var margin: String { Self.points(finding.margin) }

    private var difference: String {
        let (a, b) = (rate(finding.succeededA, finding.sessionsA), rate(finding.succeededB, finding.sessionsB))
        let low = ((finding.low ?? 0) * 100).rounded(places: 2)
        let high = ((finding.high ?? 0) * 100).rounded(places: 2)
        return
            "of \(names.b) \(finding.sessionsB.counted("session", "sessions")) \(b) succeed, of \(names.a) \(finding.sessionsA.grouped) \(a) "
            + "(\((confidence * 100).rounded(places: 1)) % interval of the difference \(low) to \(high) points)"
    }

    private func rate(_ succeeded: Int, _ sessions: Int) -> String {
        (Double(succeeded) / Double(max(1, sessions)) * 100).rounded(places: 2) + " %"
    }

    private static func points(_ share: Double) -> String {
        let text = (share * 100).rounded(places: 2)
        return text + (text == "1" ? " point" : " points")
    }
}

extension CellLoad {
    /// `N = 512: `, with whatever else tells it apart from the other loads; empty where there is no other.
    func prefix(among loads: some Collection<CellLoad>) -> String {
        guard loads.count > 1 else { return "" }
        var parts = ["N = \(sessions.grouped)"]
        if loads.contains(where: { $0.mode != mode }) { parts.insert(mode.rawValue, at: 0) }
        if loads.contains(where: { $0.wait != wait }) { parts.append("wait \(wait.seconds.rounded(places: 3)) s") }
        if loads.contains(where: { $0.steps != steps }) { parts.append(steps.counted("step", "steps")) }
        return parts.joined(separator: ", ") + ": "
    }
}
