import ScaleCore

/// The max batch of one (mode, wait, steps): the largest N that passes with every smaller tested n passing, as the
/// bracket between the last N that passes and the first that fails.
///
/// Cells that their verdict makes invalid are left out: they say nothing about the server. A small n cannot pass on
/// its own, whatever it does: below 59 sessions no result demonstrates 95 %. Such a point, when its rate reaches the
/// threshold, neither counts as a pass nor stands in the way of a larger one.
public struct Capacity: Hashable, Sendable {
    /// One tested N.
    public struct Point: Hashable, Sendable {
        public var sessions: Int
        /// Valid repetitions.
        public var reps: Int
        /// Repetitions that the generator's own limits made invalid.
        public var invalidReps: Int
        public var judgement: PassJudgement
        /// P99 of `total` of the worst valid repetition: bounds on the pooled distribution would need its histogram.
        /// Nil when no session succeeded.
        public var worstP99: Nanoseconds?
        /// Whether ``worstP99`` keeps ``Capacity/latencyLimit``.
        public var meetsLatency: Bool
    }

    public struct Bracket: Hashable, Sendable {
        /// The largest N that passes with every smaller one passing; nil when none does.
        public var lastPass: Int?
        /// The smallest N that fails; nil when none does.
        public var firstFail: Int?
        /// No larger N was tested: the true maximum may be above ``lastPass``. A larger one whose cells are all
        /// invalid was tested as well, so then this is false and ``nothingLarger`` is true.
        public var atLeastTop: Bool
        /// No larger N has a valid cell, so nothing is known above ``lastPass``.
        public var nothingLarger: Bool
        /// Larger N that pass although a smaller one does not.
        public var islands: [Int]

        /// Nothing tested.
        public static let none = Bracket(
            lastPass: nil, firstFail: nil, atLeastTop: false, nothingLarger: false, islands: [])
    }

    public var mode: Mode
    public var wait: Nanoseconds
    public var steps: Int
    /// In ascending order of N, those with at least one valid repetition.
    public var points: [Point]
    /// By the statistical rule.
    public var batch: Bracket
    /// By the statistical rule and the latency limit together: the SLO max batch. Nothing where there is no limit.
    public var sloBatch: Bracket
    /// By the ancestor's rule, the mean of the repetitions.
    public var pointBatch: Bracket
    /// Sizes that no valid repetition tested.
    public var invalid: [Int]

    /// Sizes whose evidence does not decide: more repetitions would.
    public var undecided: [Int] { points.filter { $0.judgement.outcome == .undecided }.map(\.sessions) }

    /// 2 × (steps × (wait + think) + 0.5 s): the latency criterion for P99 of `total`. Nil for no steps, as of sessions
    /// that were held: their `total` is as long as they were.
    public static func latencyLimit(wait: Nanoseconds, steps: Int, think: Nanoseconds = .zero) -> Nanoseconds? {
        steps > 0 ? ((wait + think) * steps + .milliseconds(500)) * 2 : nil
    }

    /// One capacity per (mode, wait, steps) of the cells, in ascending order of these.
    /// - Parameter cells: those of one deployment; several deployments are not repetitions of each other.
    /// - Parameters:
    ///   - think: the policy's mean time before each step; nil where sessions wait for each other or for recorded times,
    ///     so that their latency has no criterion.
    public static func all(
        of cells: [CellRecord], rule: PassRule = PassRule(), think: Nanoseconds? = .zero
    ) -> [Capacity] {
        Dictionary(grouping: cells) { Load(mode: $0.key.mode, wait: $0.key.wait, steps: $0.key.steps) }
            .sorted { $0.key < $1.key }
            .map { Capacity($0.key, cells: $0.value, rule: rule, think: think) }
    }

    private struct Load: Hashable, Comparable {
        var mode: Mode
        var wait: Nanoseconds
        var steps: Int

        static func < (a: Load, b: Load) -> Bool {
            if a.mode != b.mode { return a.mode == .ws }
            return (a.wait, a.steps) < (b.wait, b.steps)
        }
    }

    private init(_ load: Load, cells: [CellRecord], rule: PassRule, think: Nanoseconds?) {
        mode = load.mode
        wait = load.wait
        steps = load.steps
        let limit = think.flatMap { Self.latencyLimit(wait: load.wait, steps: load.steps, think: $0) }
        points = []
        invalid = []
        for (sessions, tested) in Dictionary(grouping: cells, by: \.key.sessions).sorted(by: { $0.key < $1.key }) {
            let valid = tested.filter(\.valid)
            if valid.isEmpty {
                invalid.append(sessions)
                continue
            }
            let worst = valid.compactMap { $0.latencies[.total]?.p99 }.max()
            points.append(
                Point(
                    sessions: sessions, reps: valid.count, invalidReps: tested.count - valid.count,
                    judgement: rule.judge(valid), worstP99: worst,
                    meetsLatency: worst.flatMap { worst in limit.map { worst <= $0 } } ?? false))
        }
        batch = Self.bracket(points, invalid) { $0.standing }
        sloBatch = limit == nil ? .none : Self.bracket(points, invalid) { $0.meetsLatency ? $0.standing : .fails }
        pointBatch = Self.bracket(points, invalid) { $0.judgement.passesPointRule ? .passes : .fails }
    }

    fileprivate enum Standing {
        case passes, fails
        /// Not a pass, and the prefix of passes ends here.
        case open
        /// Too few sessions to pass, and nothing against them.
        case tooSmall
    }

    private static func bracket(_ points: [Point], _ invalid: [Int], _ standing: (Point) -> Standing) -> Bracket {
        var bracket = Bracket.none
        var unbroken = true
        for point in points {
            switch standing(point) {
            case .passes where unbroken: bracket.lastPass = point.sessions
            case .passes: bracket.islands.append(point.sessions)
            case .tooSmall: break
            case .open: unbroken = false
            case .fails:
                unbroken = false
                if bracket.firstFail == nil { bracket.firstFail = point.sessions }
            }
        }
        guard let best = bracket.lastPass else { return bracket }
        bracket.nothingLarger = best == points.last?.sessions
        bracket.atLeastTop = bracket.nothingLarger && best > invalid.last ?? 0
        return bracket
    }
}

extension Capacity.Point {
    fileprivate var standing: Capacity.Standing {
        switch judgement.outcome {
        case .pass: .passes
        case .fail: .fails
        case .undecided: judgement.tooFewToPass && judgement.passesPointRule ? .tooSmall : .open
        }
    }
}

extension Capacity {
    /// Of every N.
    public var load: CellLoad { CellLoad(mode: mode, sessions: 0, wait: wait, steps: steps) }
}

extension Plan {
    /// The policy's mean time before each step, as the latency criterion counts it; nil where sessions wait for each other or for
    /// recorded times, so that their latency has no criterion.
    public var latencyThink: Nanoseconds? { pacing == .free && trace == nil ? think?.mean ?? .zero : nil }
}
