import ScaleCore

/// What a report shows beyond its runs' snapshots: asked for by ``RunReport/pools`` and ``RunReport/cellsOfPlacement``.
/// What is missing is left out of the report.
public struct ReportEvidence: Sendable {
    /// By position in ``RunReport/pools``: the distributions of its cells, merged.
    public var latencies: [Int: [Metric: LatencySummary]]
    /// By row id of the cell.
    public var placements: [Int64: CellPlacement]

    public init(latencies: [Int: [Metric: LatencySummary]] = [:], placements: [Int64: CellPlacement] = [:]) {
        self.latencies = latencies
        self.placements = placements
    }
}

/// One series at the largest load that says something: ``ReportSubject/Series/heaviest``.
struct ReportLoad {
    let cells: [CellRecord]
    private let pooled: [Metric: LatencySummary]

    init(_ index: Int, of subject: ReportSubject, _ evidence: ReportEvidence) {
        cells = subject.series[index].heaviest.map(\.record)
        let records = cells
        // A stored distribution knows its ends to the width of a bucket; the cells know them exactly.
        pooled = (evidence.latencies[index] ?? [:]).reduce(into: [:]) { found, each in
            found[each.key] = each.value.cut(at: records.compactMap { $0.latencies[each.key]?.max }.max())
        }
    }

    /// Of all repetitions together; nil where neither their distributions are known nor there is one repetition alone.
    /// Percentiles of several are never averaged.
    func summary(_ metric: Metric) -> LatencySummary? {
        pooled[metric] ?? (cells.count == 1 ? cells[0].latencies[metric] : nil)
    }

    /// The pooled P99, or where that is not known those of the repetitions.
    func p99(_ metric: Metric) -> [Nanoseconds] {
        if let pooled = summary(metric)?.p99 { return [pooled] }
        return cells.compactMap { $0.latencies[metric]?.p99 }
    }

    /// “≥ ” where a P99 stands alone that is of too few sessions to have an upper bound.
    func boundMark(_ metric: Metric) -> Prose {
        guard let count = summary(metric)?.count, count < PassLimits.fewestForP99 else { return Prose() }
        return "≥ "
    }

    /// The generator's calibrated floor of `total`, as the repetitions were compared with it.
    var floor: Nanoseconds? { cells.compactMap { $0.floor?.totalP99 }.max() }

    /// The servers' processor time over all repetitions ÷ their successful steps; nil where it cannot be read or is too
    /// short to be told.
    var cpuPerThousandSteps: Double? {
        let read = cells.filter { $0.server != nil }
        let used = read.reduce(Nanoseconds.zero) { $0 + ($1.server?.cpu ?? .zero) }
        let steps = read.reduce(0) { $0 + ($1.latencies[.step]?.count ?? 0) }
        return steps == 0 || used < ReportResources.leastCPU ? nil : used.seconds * 1000 / Double(steps)
    }
}

extension LatencySummary {
    /// With no percentile beyond the greatest value.
    fileprivate func cut(at greatest: Nanoseconds?) -> LatencySummary {
        guard let greatest else { return self }
        return LatencySummary(
            count: count, min: min, mean: mean, p50: Swift.min(p50, greatest), p90: p90.map { Swift.min($0, greatest) },
            p95: Swift.min(p95, greatest), p99: Swift.min(p99, greatest), max: greatest)
    }
}

extension ReportSubject {
    /// Positions of series that differ in nothing but the mode.
    var modePairs: [(ws: Int, http: Int)] {
        series.indices.compactMap { index in
            let ws = series[index]
            guard ws.mode == .ws else { return nil }
            return series.firstIndex { $0.mode == .http && $0.infra == ws.infra && $0.wait == ws.wait && $0.steps == ws.steps }
                .map { (index, $0) }
        }
    }

    /// The first columns of a table with a row per series.
    var keyColumns: [Table.Column] {
        let key: [Table.Column] = [.text("infrastructure"), .text("mode"), .number("wait (s)")]
        return namesSteps ? key + [.number("steps")] : key
    }

    func key(_ series: Series) -> [Prose] {
        let key = [Prose(infras[series.infra].name), Prose(series.mode.rawValue), Prose(series.wait.asSetting)]
        return namesSteps ? key + [Prose(Figure.steps(series.steps))] : key
    }
}
