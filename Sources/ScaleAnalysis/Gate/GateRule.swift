import ScaleCore

/// What a rule is about.
public enum RuleMetric: Hashable, Sendable {
    /// A number of each cell.
    case cell(CellMetric)
    /// The largest N that passes, over all N of a load.
    case maxBatch
    /// With its latency criterion.
    case sloMaxBatch
    /// The max batch by the cores of the servers.
    case batchPerCore

    public var name: String {
        switch self {
        case .cell(let metric): metric.name
        case .maxBatch: "max_batch"
        case .sloMaxBatch: "slo_max_batch"
        case .batchPerCore: "batch_per_core"
        }
    }

    public init?(name: String) {
        switch name {
        case "max_batch": self = .maxBatch
        case "slo_max_batch": self = .sloMaxBatch
        case "batch_per_core": self = .batchPerCore
        default:
            guard let metric = CellMetric(name: name) else { return nil }
            self = .cell(metric)
        }
    }

    public var isHigherBetter: Bool {
        if case .cell(let metric) = self { metric.isHigherBetter } else { true }
    }

    /// Whether it is one number for all N.
    public var isOfAllBatches: Bool {
        if case .cell = self { false } else { true }
    }
}

/// A threshold that a stored run has to keep: `max_batch>=2048`, `p99<=2.5s@N=512`.
public struct GateRule: Hashable, Sendable {
    public enum Comparison: String, Hashable, Sendable, CaseIterable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"

        var wantsMore: Bool { self == .atLeast || self == .above }

        func holds(_ value: Double, _ limit: Double) -> Bool {
            switch self {
            case .atLeast: value >= limit
            case .atMost: value <= limit
            case .above: value > limit
            case .below: value < limit
            }
        }
    }

    /// Where it is checked; nil where everywhere.
    public struct Scope: Hashable, Sendable {
        public var sessions: Int?
        public var wait: Nanoseconds?
        public var mode: Mode?
        public var steps: Int?
        public var infra: String?

        public init(sessions: Int? = nil, wait: Nanoseconds? = nil, mode: Mode? = nil, steps: Int? = nil, infra: String? = nil) {
            self.sessions = sessions
            self.wait = wait
            self.mode = mode
            self.steps = steps
            self.infra = infra
        }

        func holds(_ load: CellLoad) -> Bool {
            (sessions ?? load.sessions) == load.sessions && holds(load.mode, load.wait, load.steps)
        }

        func holds(_ mode: Mode, _ wait: Nanoseconds, _ steps: Int) -> Bool {
            (self.mode ?? mode) == mode && (self.wait ?? wait) == wait && (self.steps ?? steps) == steps
        }
    }

    /// As it was written, without needless spaces.
    public var text: String
    public var metric: RuleMetric
    public var comparison: Comparison
    /// Per second, a share, seconds, sessions, or sessions per core.
    public var limit: Double
    public var scope: Scope

    public init(text: String, metric: RuleMetric, comparison: Comparison, limit: Double, scope: Scope) {
        self.text = text
        self.metric = metric
        self.comparison = comparison
        self.limit = limit
        self.scope = scope
    }

    func holds(_ value: Double) -> Bool { comparison.holds(value, limit) }
}
