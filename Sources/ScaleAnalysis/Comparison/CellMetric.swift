import ScaleCore

/// One number of a cell that runs are compared by, with its name and which way is better.
///
/// `steps_per_second`, `rps` (successful sessions per second), `success` (a share, 0 to 1), and percentiles in seconds: `p50`, `p90`,
/// `p95`, `p99` and `max` of a whole session, or of one latency, such as `step_p95` or `connect_p50`.
public struct CellMetric: Hashable, Sendable {
    public enum Statistic: String, Hashable, Sendable, CaseIterable {
        case p50, p90, p95, p99, max

        /// The share of the samples at or below it.
        public var share: Double {
            switch self {
            case .p50: 0.5
            case .p90: 0.9
            case .p95: 0.95
            case .p99: 0.99
            case .max: 1
            }
        }
    }

    public enum Quantity: Hashable, Sendable {
        case stepsPerSecond
        case sessionsPerSecond
        case successRate
        case latency(Metric, Statistic)
    }

    public var quantity: Quantity

    public init(_ quantity: Quantity) { self.quantity = quantity }

    public static let stepsPerSecond = CellMetric(.stepsPerSecond)
    public static let successRate = CellMetric(.successRate)

    /// Reads the spelling of ``name``, `steps/s` for the rate of steps too; nil for anything else.
    public init?(name: some StringProtocol) {
        let name = String(name)
        switch name {
        case "steps_per_second", "steps/s": self.init(.stepsPerSecond)
        case "rps": self.init(.sessionsPerSecond)
        case "success": self.init(.successRate)
        default:
            let parts = name.split(separator: "_", omittingEmptySubsequences: false)
            guard let last = parts.last, let statistic = Statistic(rawValue: String(last)) else { return nil }
            if parts.count == 1 { self.init(.latency(.total, statistic)); return }
            guard let metric = Metric(rawValue: parts.dropLast().joined(separator: "_")) else { return nil }
            self.init(.latency(metric, statistic))
        }
    }

    /// As rules, tables and the store call it.
    public var name: String {
        switch quantity {
        case .stepsPerSecond: "steps_per_second"
        case .sessionsPerSecond: "rps"
        case .successRate: "success"
        case .latency(.total, let statistic): statistic.rawValue
        case .latency(let metric, let statistic): metric.rawValue + "_" + statistic.rawValue
        }
    }

    public var isHigherBetter: Bool {
        if case .latency = quantity { false } else { true }
    }

    /// Per second, a share, or seconds; nil where the cell has none.
    public func value(in cell: CellRecord) -> Double? {
        switch quantity {
        case .stepsPerSecond: cell.stepsPerSecond
        case .sessionsPerSecond: cell.sessionsPerSecond
        case .successRate: cell.successRate
        case .latency(let metric, let statistic): cell.latencies[metric].flatMap { Self.value(statistic, of: $0) }?.seconds
        }
    }

    private static func value(_ statistic: Statistic, of latency: LatencySummary) -> Nanoseconds? {
        switch statistic {
        case .p50: latency.p50
        case .p90: latency.p90
        case .p95: latency.p95
        case .p99: latency.p99
        case .max: latency.max
        }
    }

    /// The fewest samples that say something about it: ten lie beyond a percentile, so 1,000 for P99 and 200 for P95.
    public var fewestSamples: Int {
        guard case .latency(_, let statistic) = quantity, statistic.share < 1 else { return 1 }
        return Int((10 / (1 - statistic.share)).rounded())
    }
}

extension CellMetric: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let name = try container.decode(String.self)
        guard let metric = CellMetric(name: name) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(name)' is no metric of a cell")
        }
        self = metric
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }
}

/// A point of a grid without its repetition: what repetitions are repetitions of.
public struct CellLoad: Hashable, Sendable, Codable {
    public var mode: Mode
    /// N; 0 stands for every N, as of a max batch.
    public var sessions: Int
    public var wait: Nanoseconds
    /// 0 where sessions are held.
    public var steps: Int

    public init(mode: Mode, sessions: Int, wait: Nanoseconds, steps: Int) {
        self.mode = mode
        self.sessions = sessions
        self.wait = wait
        self.steps = steps
    }

    public init(_ key: CellKey) {
        self.init(mode: key.mode, sessions: key.sessions, wait: key.wait, steps: key.steps)
    }

    public func key(rep: Int) -> CellKey { CellKey(mode: mode, sessions: sessions, wait: wait, steps: steps, rep: rep) }
}

extension CellLoad: Comparable {
    public static func < (a: CellLoad, b: CellLoad) -> Bool {
        if a.mode != b.mode { return a.mode == .ws }
        return (a.wait, a.steps, a.sessions) < (b.wait, b.steps, b.sessions)
    }

    /// `ws, N 512, wait 1 s`, with the steps where there is not one.
    public var words: String {
        let steps = steps == 1 ? "" : steps == 0 ? ", held" : ", \(steps.counted("step", "steps"))"
        let batch = sessions == 0 ? "every N" : "N \(sessions.grouped)"
        return "\(mode.rawValue), \(batch), wait \(wait.seconds.rounded(places: 9)) s" + steps
    }
}
