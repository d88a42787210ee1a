import ScaleCore

/// B ÷ A of one metric over the pairs of a load, with how sure that is.
public struct PairedEffect: Hashable, Sendable, Codable {
    /// Geometric mean of B ÷ A; 0.9 is 10 % less.
    public var ratio: Double
    /// Of the t interval on the log ratios, at ``confidence``.
    public var low: Double
    public var high: Double
    /// Of the BCa bootstrap over the pairs, at the same confidence.
    public var bcaLow: Double
    public var bcaHigh: Double
    /// Two-sided coverage, such as 0.982 at each of four looks.
    public var confidence: Double
    /// Two-sided, that the mean log ratio is 0, by Student's t.
    public var pValue: Double
    /// The same by Wilcoxon's signed ranks.
    public var signedRankP: Double

    public init(
        ratio: Double, low: Double, high: Double, bcaLow: Double, bcaHigh: Double, confidence: Double, pValue: Double,
        signedRankP: Double
    ) {
        self.ratio = ratio
        self.low = low
        self.high = high
        self.bcaLow = bcaLow
        self.bcaHigh = bcaHigh
        self.confidence = confidence
        self.pValue = pValue
        self.signedRankP = signedRankP
    }
}

/// What one criterion says at one load.
public struct DuelFinding: Hashable, Sendable, Codable {
    public var load: CellLoad
    public var criterion: DuelRule.Criterion
    /// That count: void ones and those without the metric are not among them.
    public var pairs: Int
    /// Medians of the cells' values, in the metric's unit; nil without pairs.
    public var medianA: Double?
    public var medianB: Double?
    /// Nil below two pairs.
    public var effect: PairedEffect?
    /// Never `invalid`.
    public var verdict: GateVerdict
    /// Why, in one sentence without its full stop.
    public var reason: String

    public init(
        load: CellLoad, criterion: DuelRule.Criterion, pairs: Int, medianA: Double?, medianB: Double?, effect: PairedEffect?,
        verdict: GateVerdict, reason: String
    ) {
        self.load = load
        self.criterion = criterion
        self.pairs = pairs
        self.medianA = medianA
        self.medianB = medianB
        self.effect = effect
        self.verdict = verdict
        self.reason = reason
    }
}

/// Whether B succeeds as often as A at one load, all sessions of its pairs pooled.
public struct SuccessFinding: Hashable, Sendable, Codable {
    public var load: CellLoad
    public var margin: Double
    public var succeededA: Int
    public var sessionsA: Int
    public var succeededB: Int
    public var sessionsB: Int
    /// Newcombe's interval of (rate of B − rate of A); nil without sessions.
    public var low: Double?
    public var high: Double?
    /// `inconclusive` also where there are too few sessions; then it holds up nothing else.
    public var verdict: GateVerdict
    /// Too few sessions to call it as good, and nothing that speaks against it.
    public var isUnjudged: Bool
    public var reason: String

    public init(
        load: CellLoad, margin: Double, succeededA: Int, sessionsA: Int, succeededB: Int, sessionsB: Int, low: Double?,
        high: Double?, verdict: GateVerdict, isUnjudged: Bool, reason: String
    ) {
        self.load = load
        self.margin = margin
        self.succeededA = succeededA
        self.sessionsA = sessionsA
        self.succeededB = succeededB
        self.sessionsB = sessionsB
        self.low = low
        self.high = high
        self.verdict = verdict
        self.isUnjudged = isUnjudged
        self.reason = reason
    }
}

/// What one round of pairs says.
public struct DuelRound: Hashable, Sendable, Codable {
    /// 1, and 2 for the confirmation.
    public var number: Int
    /// Measured, and of these void ones, summed over loads.
    public var pairs: Int
    public var void: Int
    public var findings: [DuelFinding]
    public var success: [SuccessFinding]
    public var verdict: GateVerdict
    public var reason: String
    /// Whether more pairs are not needed: there is a regression, everything passes, or too many pairs are void.
    public var isDecided: Bool

    public init(
        number: Int, pairs: Int, void: Int, findings: [DuelFinding], success: [SuccessFinding], verdict: GateVerdict, reason: String,
        isDecided: Bool
    ) {
        self.number = number
        self.pairs = pairs
        self.void = void
        self.findings = findings
        self.success = success
        self.verdict = verdict
        self.reason = reason
        self.isDecided = isDecided
    }
}
