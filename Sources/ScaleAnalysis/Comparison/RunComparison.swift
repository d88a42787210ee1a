import ScaleCore

/// Stored infrastructures side by side: each against the first, load by load and metric by metric.
public struct RunComparison: Sendable {
    /// One of what is compared.
    public struct Side: Sendable {
        /// As it was asked for.
        public var name: String
        public var run: RunRecord
        public var infra: StoredInfra

        public init(name: String, run: RunRecord, infra: StoredInfra) {
            self.name = name
            self.run = run
            self.infra = infra
        }
    }

    /// What a change is for whoever runs the servers.
    public enum Word: String, Hashable, Sendable, CaseIterable {
        case better, worse
        /// Any change is smaller than ``RunComparison/sameWithin``.
        case same
        /// The interval decides neither.
        case unsure
    }

    /// One side at one load by one metric, against the first side.
    public struct Change: Hashable, Sendable {
        /// The median of its repetitions; nil where none has the metric.
        public var value: Double?
        /// Valid repetitions.
        public var cells: Int
        /// Nil where there is nothing to compare.
        public var effect: UnpairedEffect?
        public var word: Word?
        /// Why there is no effect, or none with an interval.
        public var gap: Gap?
    }

    /// Why something is not there. The sentence is shown once for all of its kind.
    public enum Gap: Hashable, Sendable {
        case tooFewCells
        case tooFewSamples
        case noValue
        case invalid
        /// In words: another host, plan or calibration.
        case notComparable(String)
    }

    public struct Row: Hashable, Sendable {
        public var load: CellLoad
        public var metric: CellMetric
        public var base: Double?
        /// Valid repetitions of the first side.
        public var baseCells: Int
        /// One for each other side.
        public var changes: [Change]
    }

    /// Max batches of all sides at one load.
    public struct Batch: Sendable {
        /// Of every N.
        public var load: CellLoad
        /// One for each side, the first included; nil where it has none.
        public var capacities: [Capacity?]
    }

    public var sides: [Side]
    public var rows: [Row] = []
    public var batches: [Batch] = []
    /// Why a side must not be compared with the first: one for each other side, nil where it may.
    public var obstacles: [String?] = []
    /// What a reader should know beside, each a sentence without its full stop.
    public var notes: [String] = []

    public static let usualMetrics =
        [CellMetric.stepsPerSecond, CellMetric(.sessionsPerSecond), .successRate]
        + [Metric.total, .step].flatMap { metric in
            (metric == .total ? [CellMetric.Statistic.p50, .p95, .p99] : [.p95]).map { CellMetric(.latency(metric, $0)) }
        }

    /// A change whose interval is within it is called none.
    public static let sameWithin = 0.05
    /// Of what is called better or worse, the share that may be chance.
    public static let falseShare = 0.05
    /// The generator's own latency may differ by so much from one calibration to the next.
    static let sameFloor = 1.5

    /// - Parameters:
    ///   - sides: two or more.
    ///   - forces: compares other hosts, plans and calibrations as well.
    public init(_ sides: [Side], metrics: [CellMetric] = usualMetrics, forces: Bool = false) {
        self.sides = sides
        guard let base = sides.first else { return }
        let others = sides.dropFirst()
        let differences = others.map { RunDifferences(base.run, $0.run) }
        let reasons = zip(others, differences).map { Self.obstacle($0, $1, imported: base.run.source == .imported) }
        obstacles = forces ? reasons.map { _ in nil } : reasons
        for (other, (difference, reason)) in zip(others, zip(differences, reasons)) {
            if forces, let reason { notes.append("\(other.name) is compared by --force: \(reason)") }
            if let version = difference.version { notes.append("\(base.name) and \(other.name) are of different versions: \(version)") }
        }
        let loads = base.infra.loads.filter { load in others.contains { other in other.infra.loads.contains { $0.load == load.load } } }
        for (load, cells) in loads {
            let matches = others.map { other in other.infra.loads.first { $0.load == load }?.cells ?? [] }
            let floors = matches.map { forces ? nil : Self.floorDifference(cells, $0) }
            rows += metrics.compactMap { metric in
                row(metric, load, cells.filter(\.valid), zip(matches, zip(obstacles, floors)).map { ($0, $1.0 ?? $1.1) })
            }
        }
        name()
        batches = Self.batches(sides)
        notes += Self.leftOut(sides, compared: loads.map(\.load))
    }

    /// Sides that were not compared, with the reason: nobody forced them.
    public var refusals: [(side: Side, reason: String)] {
        zip(sides.dropFirst(), obstacles.indices).compactMap { side, index in
            if let reason = obstacles[index] { return (side, reason) }
            for row in rows {
                if case .notComparable(let reason)? = row.changes[index].gap { return (side, reason) }
            }
            return nil
        }
    }

    private static func obstacle(_ side: Side, _ differences: RunDifferences, imported: Bool) -> String? {
        if (side.run.source == .imported) != imported { return "one is imported, so that nothing is known of its host" }
        if !differences.host.isEmpty { return "the hosts differ (\(differences.host.joined(separator: "; ")))" }
        if !differences.plan.isEmpty { return "the plans differ (\(differences.plan.joined(separator: "; ")))" }
        return nil
    }

    /// What the generator itself takes at this N, where both sides say it.
    private static func floorDifference(_ a: [CellRecord], _ b: [CellRecord]) -> String? {
        guard let a = a.compactMap(\.floor).first?.totalP50, let b = b.compactMap(\.floor).first?.totalP50, a > .zero, b > .zero,
            max(a, b).seconds / min(a, b).seconds > sameFloor
        else { return nil }
        return "the calibrations differ (the generator's own latency is \(a.brief) and \(b.brief))"
    }

    // MARK: Rows

    private func row(
        _ metric: CellMetric, _ load: CellLoad, _ base: [CellRecord], _ others: [(cells: [CellRecord], obstacle: String?)]
    ) -> Row? {
        let values = base.compactMap { metric.value(in: $0) }
        let changes = others.map { cells, obstacle in
            change(metric, base, cells.filter(\.valid), isMeasured: !cells.isEmpty, obstacle: obstacle)
        }
        // A metric that no side has, such as the makespan of sessions that do not wait for each other.
        if values.isEmpty, changes.allSatisfy({ $0.value == nil && $0.gap != .invalid }) { return nil }
        return Row(load: load, metric: metric, base: SampleMedian.of(values), baseCells: base.count, changes: changes)
    }

    private func change(
        _ metric: CellMetric, _ before: [CellRecord], _ after: [CellRecord], isMeasured: Bool, obstacle: String?
    ) -> Change {
        let values = after.compactMap { metric.value(in: $0) }
        var change = Change(value: SampleMedian.of(values), cells: after.count)
        func samples(_ cells: [CellRecord]) -> Int { cells.reduce(0) { $0 + (metric.samples(in: $1) ?? 0) } }
        if !isMeasured {
            change.gap = .noValue
        } else if before.isEmpty || after.isEmpty {
            change.gap = .invalid
        } else if let obstacle {
            change.gap = .notComparable(obstacle)
        } else if min(samples(before), samples(after)) < metric.fewestSamples {
            change.gap = .tooFewSamples
        } else {
            change.effect = UnpairedEffect(before: before.compactMap { metric.value(in: $0) }, after: values)
            change.gap = change.effect == nil ? .noValue : change.effect?.low == nil ? .tooFewCells : nil
        }
        return change
    }

    /// Says of each change what it is: of all that are called better or worse together, few are chance.
    private mutating func name() {
        let places = rows.indices.flatMap { row in rows[row].changes.indices.map { (row, $0) } }
            .filter { rows[$0.0].changes[$0.1].effect?.low != nil }
        let adjusted = MultipleTesting.benjaminiHochberg(places.map { rows[$0.0].changes[$0.1].effect?.pValue ?? 1 })
        for ((row, index), pValue) in zip(places, adjusted) {
            guard let effect = rows[row].changes[index].effect, let low = effect.low, let high = effect.high else { continue }
            let isHigher = rows[row].metric.isHigherBetter
            let word: Word
            if pValue <= Self.falseShare, low > 1 || high < 1 {
                word = (effect.ratio > 1) == isHigher ? .better : .worse
            } else {
                word = low >= 1 - Self.sameWithin && high <= 1 + Self.sameWithin ? .same : .unsure
            }
            rows[row].changes[index].word = word
        }
    }

    // MARK: Batches

    private static func batches(_ sides: [Side]) -> [Batch] {
        let all = sides.map { side in Capacity.all(of: side.infra.cells, think: side.run.plan.latencyThink) }
        return Set(all.flatMap { $0.map(\.load) }).sorted().map { each in
            Batch(load: each, capacities: all.map { capacities in capacities.first { $0.load == each } })
        }.filter { batch in batch.capacities.contains { $0 != nil } }
    }

    private static func leftOut(_ sides: [Side], compared: [CellLoad]) -> [String] {
        sides.compactMap { side in
            let alone = side.infra.loads.map(\.load).filter { !compared.contains($0) }.map(\.words)
            if alone.isEmpty { return nil }
            let more = alone.count > 4 ? "; and \((alone.count - 4).grouped) more" : ""
            return "only \(side.name) has \(alone.prefix(4).joined(separator: "; "))\(more)"
        }
    }
}
