import ScaleCore

/// How a duel is judged: everything that has to be fixed before the first pair is measured.
public struct DuelRule: Hashable, Sendable, Codable {
    /// One metric, judged by pairs at each load.
    public struct Criterion: Hashable, Sendable, Codable {
        public var metric: CellMetric
        /// The smallest worsening that counts, as a share of A: 0.05 is 5 % less, or 5 % more of a metric of which less is better.
        public var minimumEffect: Double
        /// Of a false regression, over all looks of one round; two-sided.
        public var alpha: Double

        public init(_ metric: CellMetric, minimumEffect: Double = 0.05, alpha: Double = 0.05) {
            self.metric = metric
            self.minimumEffect = minimumEffect
            self.alpha = alpha
        }
    }

    public var criteria: [Criterion]
    /// After how many pairs the evidence is looked at, ascending. More than the last are not measured.
    public var looks: [Int]
    /// How many points, as a share, B may succeed less often; nil where success is not judged.
    public var successMargin: Double?
    /// Sessions of each side, pooled, from which success can be called as good.
    public var fewestSessions: Int
    /// The largest share of void pairs of a round that can be believed.
    public var mostVoid: Double
    /// Of the bootstrap.
    public var resamples: Int
    /// Of the bootstrap and of the order.
    public var seed: UInt64
    /// A regression must be found a second time, on fresh launches.
    public var confirms: Bool

    public init(
        criteria: [Criterion] = [Criterion(.stepsPerSecond)], looks: [Int] = [6, 10, 14, 18], successMargin: Double? = 0.01,
        fewestSessions: Int = 1000, mostVoid: Double = 0.2, resamples: Int = 10_000, seed: UInt64 = 0, confirms: Bool = true
    ) {
        self.criteria = criteria
        self.looks = looks
        self.successMargin = successMargin
        self.fewestSessions = fewestSessions
        self.mostVoid = mostVoid
        self.resamples = resamples
        self.seed = seed
        self.confirms = confirms
    }
}

extension DuelRule {
    /// Pairs of one load in a round: with as many void ones as can be believed, enough count for the last look.
    var mostPairs: Int { Int((Double(looks.last ?? 1) / (1 - min(mostVoid, 0.9))).rounded(.up)) }
}

public enum DuelSide: String, Hashable, Sendable, Codable, CaseIterable {
    /// What B is held against.
    case a
    case b
}

/// One cell of each side, measured one after the other at the same load.
public struct DuelPair: Hashable, Sendable {
    /// From 1 over all rounds; the repetition of both cells. Each load has pairs of all numbers.
    public var number: Int
    /// 1, and 2 for the confirmation.
    public var round: Int
    /// Which side was measured first.
    public var first: DuelSide
    public var a: CellRecord
    public var b: CellRecord

    public init(number: Int, round: Int, first: DuelSide, a: CellRecord, b: CellRecord) {
        self.number = number
        self.round = round
        self.first = first
        self.a = a
        self.b = b
    }

    public var load: CellLoad { CellLoad(a.key) }
}
