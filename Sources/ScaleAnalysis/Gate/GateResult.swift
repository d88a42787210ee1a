import ScaleCore

/// One line of a gate: what was checked, and what came of it.
public struct GateCheck: Hashable, Sendable, Codable {
    /// What is checked, in the words of a rule: `p99<=2.5s@N=512`, or the metric's name.
    public var name: String
    /// Nil where the check is of a whole run; of every N for a max batch.
    public var load: CellLoad?
    /// Which infrastructure, where the run has several.
    public var infra: String?
    public var metric: CellMetric?
    public var verdict: GateVerdict
    /// Too little to judge it by, and nothing against it: it holds up nothing.
    public var isUnjudged: Bool
    /// Why, in one sentence without its full stop.
    public var reason: String
    /// What it is held against and what was measured, in the metric's unit: per second, a share, seconds, or sessions.
    public var before: Double?
    public var after: Double?
    /// `after` ÷ `before` as it is estimated, with its interval; nil where nothing was compared.
    public var ratio: Double?
    public var low: Double?
    public var high: Double?
    /// Two-sided coverage of the interval.
    public var confidence: Double?
    /// The ratio from which on a worsening counts: 0.95, or 1.05 where less is better; nil where nothing was compared.
    public var border: Double?
    /// Cells of each side behind it.
    public var samples: Int

    public init(
        name: String, load: CellLoad? = nil, infra: String? = nil, metric: CellMetric? = nil, verdict: GateVerdict,
        isUnjudged: Bool = false, reason: String, before: Double? = nil, after: Double? = nil, ratio: Double? = nil,
        low: Double? = nil, high: Double? = nil, confidence: Double? = nil, border: Double? = nil, samples: Int = 0
    ) {
        self.name = name
        self.load = load
        self.infra = infra
        self.metric = metric
        self.verdict = verdict
        self.isUnjudged = isUnjudged
        self.reason = reason
        self.before = before
        self.after = after
        self.ratio = ratio
        self.low = low
        self.high = high
        self.confidence = confidence
        self.border = border
        self.samples = samples
    }
}

/// What a gate says, with everything that its outputs show.
public struct GateResult: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// Of one run against limits, or against a stored one.
        case stored
        /// Of two servers that were measured in turns.
        case duel
        /// Of a server against itself.
        case selfTest = "self-test"
    }

    /// The log ratios of one metric at one load, pair by pair: what a chart shows.
    public struct Series: Hashable, Sendable, Codable {
        public struct Point: Hashable, Sendable, Codable {
            public var pair: Int
            public var round: Int
            public var first: DuelSide
            /// B ÷ A.
            public var ratio: Double
            /// Why it does not count; nil where it does.
            public var void: String?

            public init(pair: Int, round: Int, first: DuelSide, ratio: Double, void: String?) {
                self.pair = pair
                self.round = round
                self.first = first
                self.ratio = ratio
                self.void = void
            }
        }

        public var load: CellLoad
        public var metric: CellMetric
        /// The border below which a worsening does not count, as a ratio: 0.95, or 1.05 where less is better.
        public var border: Double
        public var points: [Point]

        public init(load: CellLoad, metric: CellMetric, border: Double, points: [Point]) {
            self.load = load
            self.metric = metric
            self.border = border
            self.points = points
        }
    }

    public var kind: Kind
    public var verdict: GateVerdict
    /// The verdict's reason, in one sentence without its full stop.
    public var reason: String
    /// What is judged and what it is held against, as they are called.
    public var subject: String
    public var baseline: String?
    public var checks: [GateCheck]
    public var series: [Series]
    /// What a reader should know beside the verdict, each a sentence without its full stop.
    public var notes: [String]
    /// The id of the run that was judged.
    public var run: String?
    /// Where it is stored.
    public var database: String?

    public init(
        kind: Kind, verdict: GateVerdict, reason: String, subject: String, baseline: String? = nil, checks: [GateCheck],
        series: [Series] = [], notes: [String] = [], run: String? = nil, database: String? = nil
    ) {
        self.kind = kind
        self.verdict = verdict
        self.reason = reason
        self.subject = subject
        self.baseline = baseline
        self.checks = checks
        self.series = series
        self.notes = notes
        self.run = run
        self.database = database
    }
}
