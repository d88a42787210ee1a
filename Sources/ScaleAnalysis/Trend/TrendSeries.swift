import ScaleCore

/// The history of one metric: of one load on one infrastructure, measured from one kind of host.
public struct TrendSeries: Hashable, Sendable {
    /// What decides whether figures can be held against each other: not the kernel, whose change may be the change in question.
    public struct Host: Hashable, Sendable {
        public var cpuModel: String
        public var cores: Int
        /// Rounded: machines of one kind differ by what their firmware keeps.
        public var memoryGibibytes: Int

        public init(_ facts: HostFacts) {
            cpuModel = facts.cpuModel
            cores = facts.cores
            memoryGibibytes = Int((Double(facts.memoryBytes) / 0x1p30).rounded())
        }
    }

    public struct Point: Hashable, Sendable {
        /// The run's id.
        public var run: String
        public var startedAt: WallTime
        public var version: String
        /// The commit that it was measured in; nil outside of a checkout.
        public var git: String?
        /// The median over its repetitions, in the metric's unit.
        public var value: Double
        /// Repetitions behind it.
        public var cells: Int
    }

    public var metric: CellMetric
    public var host: Host
    public var infra: String
    public var load: CellLoad
    /// The id of its first run, where another history differs from it in nothing but the other settings of the load; else nil.
    public var settingsOfRun: String?
    /// From the oldest on.
    public var points: [Point]
    public var changes: [ChangePoint]

    /// Whether what came after is the worse.
    public func isWorse(_ change: ChangePoint) -> Bool { (change.after < change.before) == metric.isHigherBetter }

    /// The histories that stored runs make: of each finished run that was measured, its valid cells. Runs go into one history only
    /// where everything about their load is the same but what the grid varies, how often it was repeated, and the seed. They are in
    /// the order of infrastructures as they first came, then of loads.
    public static func all(
        of snapshots: [RunSnapshot], metric: CellMetric, infras: [String] = [], by rule: ChangePoints = ChangePoints()
    ) -> [TrendSeries] {
        struct Key: Hashable {
            var host: Host
            var infra: String
            var load: CellLoad
            var settings: Plan
        }
        var order: [Key] = []
        var found: [Key: [Point]] = [:]
        for snapshot in snapshots.sorted(by: { $0.run.startedAt < $1.run.startedAt }) {
            let run = snapshot.run
            guard run.status == .finished, run.source == .measured, let facts = run.host else { continue }
            var values: [Key: [Double]] = [:]
            var keys: [Key] = []
            for cell in snapshot.cells where cell.record.valid {
                guard let infra = snapshot.deployments[cell.deployment]?.infra, infras.isEmpty || infras.contains(infra),
                    let value = metric.value(in: cell.record), value.isFinite
                else { continue }
                let key = Key(host: Host(facts), infra: infra, load: CellLoad(cell.record.key), settings: run.plan.settings)
                if values[key] == nil { keys.append(key) }
                values[key, default: []].append(value)
            }
            for key in keys {
                guard let mine = values[key], let median = SampleMedian.of(mine) else { continue }
                if found[key] == nil { order.append(key) }
                found[key, default: []].append(
                    Point(
                        run: run.uuid, startedAt: run.startedAt, version: run.version, git: run.git, value: median, cells: mine.count))
            }
        }
        let infraOrder = order.map(\.infra)
        let sorted = order.enumerated().sorted { a, b in
            func place(_ entry: (offset: Int, element: Key)) -> (Int, String, Nanoseconds, Int, Int, Int) {
                let load = entry.element.load
                let infra = infraOrder.firstIndex(of: entry.element.infra) ?? 0
                return (infra, load.mode.rawValue, load.wait, load.steps, load.sessions, entry.offset)
            }
            return place(a) < place(b)
        }
        return sorted.map { _, key in
            let points = found[key] ?? []
            let twins = order.count { $0.host == key.host && $0.infra == key.infra && $0.load == key.load }
            return TrendSeries(
                metric: metric, host: key.host, infra: key.infra, load: key.load, settingsOfRun: twins > 1 ? points.first?.run : nil,
                points: points, changes: rule.find(in: points.map(\.value)))
        }
    }
}

extension Plan {
    /// What every cell of it has in common, whatever its grid.
    fileprivate var settings: Plan {
        var plan = self
        (plan.modes, plan.sessions, plan.waits, plan.steps) = ([], [], [], 0)
        (plan.reps, plan.mostReps, plan.search, plan.seed) = (0, nil, nil, 0)
        return plan
    }
}
