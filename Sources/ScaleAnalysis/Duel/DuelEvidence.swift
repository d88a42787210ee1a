import Glibc
import ScaleCore

/// How many pairs a judgement rests on.
struct DuelLook: Hashable {
    var pairs: Int
    /// Whether it may decide anything: the first look has been reached.
    var isReached: Bool

    /// The evidence is that of the last look passed, whenever it is asked for: pairs beyond it wait for the next one, so that asking
    /// more often is not looking more often. At the end all that is there counts, in place of the look that will not come.
    init(of count: Int, looks: [Int], isLast: Bool) {
        let passed = looks.last { $0 <= count }
        isReached = passed != nil
        if let passed, !isLast || passed == looks.last { pairs = passed } else { pairs = count }
    }
}

/// The valid pairs of one load, as one criterion sees them.
struct DuelEvidence {
    var load: CellLoad
    var criterion: DuelRule.Criterion
    var look: DuelLook
    /// Both sides' values, where both have one.
    var values: [(a: Double, b: Double)] = []
    /// Pairs in which only A has a value: what B lost says more than any ratio.
    var lost = 0
    /// Of those, the ones in which B has no value at all, rather than one from too few samples.
    var gone = 0
    /// Pairs without a value of A, which say nothing.
    var lacking = 0

    init(_ pairs: [DuelPair], load: CellLoad, criterion: DuelRule.Criterion, rule: DuelRule, isLast: Bool) {
        self.load = load
        self.criterion = criterion
        let metric = criterion.metric
        let speaking = pairs.filter { metric.sampledValue(in: $0.a) != nil }
        look = DuelLook(of: speaking.count, looks: rule.looks, isLast: isLast)
        lacking = pairs.count - speaking.count
        for pair in speaking.prefix(look.pairs) {
            guard let a = metric.sampledValue(in: pair.a) else { continue }
            if let b = metric.sampledValue(in: pair.b) {
                values.append((a, b))
            } else {
                lost += 1
                if (metric.value(in: pair.b) ?? 0) <= 0 { gone += 1 }
            }
        }
    }

    /// ln(b ÷ a) of each pair.
    var logRatios: [Double] { values.map { log($0.b / $0.a) } }

    /// With `confidence`; nil below two pairs.
    func effect(confidence: Double, rule: DuelRule) -> PairedEffect? {
        let ratios = logRatios
        guard let test = TTest.mean(of: ratios),
            let bootstrap = BCaBootstrap(ratios, resamples: rule.resamples, seed: rule.seed)
        else { return nil }
        let interval = test.interval(confidence: confidence)
        let bca = bootstrap.interval(confidence: confidence)
        return PairedEffect(
            ratio: exp(test.estimate), low: exp(interval.lowerBound), high: exp(interval.upperBound), bcaLow: exp(bca.lowerBound),
            bcaHigh: exp(bca.upperBound), confidence: confidence, pValue: test.pValue,
            signedRankP: SignedRankTest.pValue(ratios))
    }

    var medianA: Double? { SampleMedian.of(values.map(\.a)) }
    var medianB: Double? { SampleMedian.of(values.map(\.b)) }
}

extension CellMetric {
    /// Above 0 and from enough samples to be judged by; nil elsewhere.
    func sampledValue(in cell: CellRecord) -> Double? {
        if case .latency(let metric, _) = quantity, (cell.latencies[metric]?.count ?? 0) < fewestSamples { return nil }
        guard let value = value(in: cell), value > 0, value.isFinite else { return nil }
        return value
    }
}

extension DuelRule.Criterion {
    /// B ÷ A at which a worsening begins to count: 0.95 for 5 %, or 1.05 where less is better.
    public var border: Double { metric.isHigherBetter ? 1 - minimumEffect : 1 + minimumEffect }

    /// ``border`` and logarithms of ratios so that better is positive: the border is below 0.
    func towardsBetter(_ ratio: Double) -> Double { metric.isHigherBetter ? log(ratio) : -log(ratio) }
}

extension PairedEffect {
    /// The interval of Student's t, in the logarithm, so that better is positive.
    func interval(of criterion: DuelRule.Criterion) -> ClosedRange<Double> { Self.turned(low, high, criterion) }

    /// That of the bootstrap.
    func bootstrapInterval(of criterion: DuelRule.Criterion) -> ClosedRange<Double> { Self.turned(bcaLow, bcaHigh, criterion) }

    private static func turned(_ low: Double, _ high: Double, _ criterion: DuelRule.Criterion) -> ClosedRange<Double> {
        let (one, other) = (criterion.towardsBetter(low), criterion.towardsBetter(high))
        return min(one, other)...max(one, other)
    }
}
