import Glibc
import ScaleCore

/// A server against itself: how far its ratios scatter on a host says which effects can be told from none there.
public struct SelfTest: Hashable, Sendable {
    public var load: CellLoad
    public var metric: CellMetric
    /// Pairs that count.
    public var pairs: Int
    /// Standard deviation of their log ratios.
    public var deviation: Double
    /// The smallest effect, as a share, that a gate by this rule tells from none four times in five.
    public var detectable: Double

    public init(load: CellLoad, metric: CellMetric, pairs: Int, deviation: Double, detectable: Double) {
        self.load = load
        self.metric = metric
        self.pairs = pairs
        self.deviation = deviation
        self.detectable = detectable
    }

    /// What pairs of equal servers show of each criterion at each load; nothing where fewer of them count than the first look
    /// needs.
    /// - Parameter rule: of the gates that it is for.
    public static func all(of pairs: [DuelPair], rule: DuelRule) -> [SelfTest] {
        let valid = pairs.filter { DuelValidity.reason($0) == nil }
        var loads: [CellLoad] = []
        for pair in valid where !loads.contains(pair.load) { loads.append(pair.load) }
        return loads.flatMap { load in
            rule.criteria.compactMap { criterion in
                of(valid.filter { $0.load == load }, load, criterion, rule)
            }
        }
    }

    private static func of(
        _ pairs: [DuelPair], _ load: CellLoad, _ criterion: DuelRule.Criterion, _ rule: DuelRule
    ) -> SelfTest? {
        let logs = pairs.compactMap { $0.logRatio(of: criterion.metric) }
        guard logs.count >= rule.looks.first ?? 2, let scatter = TTest.mean(of: logs) else { return nil }
        let deviation = scatter.standardError * Double(logs.count).squareRoot()
        return SelfTest(
            load: load, metric: criterion.metric, pairs: logs.count, deviation: deviation,
            detectable: DetectableEffect.share(
                deviation: deviation, pairs: min(rule.looks.last ?? logs.count, logs.count),
                alpha: PocockBoundary.nominalLevel(looks: rule.looks, alpha: criterion.alpha),
                // Two rounds find it together four times in five.
                power: rule.confirms ? 0.8.squareRoot() : 0.8))
    }
}

extension GateResult {
    /// The same, without a judgement on effects that its host cannot tell from none.
    /// - Parameter tests: of the host that it was measured on.
    public func limited(by tests: [SelfTest], rule: DuelRule) -> GateResult {
        if verdict == .invalid { return self }
        var limited = self
        for test in tests {
            guard let criterion = rule.criteria.first(where: { $0.metric == test.metric }), test.detectable > criterion.minimumEffect
            else { continue }
            // A confirmation is of the same effect: both are judged, or neither.
            let own = checks.indices.filter { checks[$0].metric == test.metric && checks[$0].load == test.load }
            guard own.contains(where: { test.hides(checks[$0]) }) else { continue }
            for index in own where checks[index].verdict != .inconclusive {
                limited.checks[index].verdict = .inconclusive
                limited.checks[index].reason = test.refusal(of: criterion)
            }
        }
        guard let refused = limited.checks.indices.first(where: { limited.checks[$0] != checks[$0] }) else { return limited }
        if verdict == .regression, limited.checks.contains(where: { $0.verdict == .regression }) { return limited }
        limited.verdict = .inconclusive
        limited.reason = limited.checks[refused].reason
        return limited
    }
}

extension SelfTest {
    /// For people, without its full stop.
    public var sentence: String {
        "equal servers differ by \(Self.percent(deviation)) in \(metric.name) from pair to pair on this host (standard deviation), so "
            + "that a gate finds effects from \(Self.percent(detectable)) on four times in five"
    }

    /// Whether what is found is smaller than what can be told from none.
    fileprivate func hides(_ check: GateCheck) -> Bool {
        let loss = check.ratio.map { metric.isHigherBetter ? 1 - $0 : $0 - 1 } ?? 0
        return check.verdict == .pass || check.verdict == .regression && loss < detectable
    }

    fileprivate func refusal(of criterion: DuelRule.Criterion) -> String {
        "\(metric.name): the self-test of this host cannot tell effects below \(Self.percent(detectable)) from none, and "
            + "\(Self.percent(criterion.minimumEffect)) is to count: use a quieter host, a larger --min-effect, or a larger --budget with a self-test of its own"
    }

    static func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }
}

extension DuelPair {
    /// ln(b ÷ a); nil where a side has no value from enough samples.
    func logRatio(of metric: CellMetric) -> Double? {
        guard let a = metric.sampledValue(in: a), let b = metric.sampledValue(in: b) else { return nil }
        return log(b / a)
    }
}
