import ScaleAnalysis
import ScaleCore

/// The max batch of every series.
struct ReportCapacity {
    let snapshot: RunSnapshot

    var table: Table {
        let series = CellSeries.all(of: snapshot).compactMap { series in series.capacity.map { (series, $0) } }
        let unit = TimeUnit.fitting(series.flatMap { totals($0.0, $0.1) })
        var columns: [Table.Column] = [.text("deployment"), .text("mode"), .number("wait (s)")]
        if snapshot.namesSteps { columns.append(.number("steps")) }
        columns += [
            .number("max batch"), .number("point rule"), .number("SLO max batch"), .number("per core"), .number("cores"),
            .number("workers × cap"), .number("sessions/s"), .number("P99 (\(unit.rawValue))"),
        ]
        return Table(columns, rows: series.map { row($0.0, $0.1, unit) })
    }

    private func row(_ series: CellSeries, _ capacity: Capacity, _ unit: TimeUnit) -> [String] {
        let deployment = snapshot.deployments[series.key.deployment]
        let best = capacity.batch.lastPass
        let cores = deployment?.cores
        var cells = [
            Markdown.escaped(snapshot.name(of: series.key.deployment)), series.key.mode.rawValue, series.key.wait.asSetting,
        ]
        if snapshot.namesSteps { cells.append(Figure.steps(series.key.steps)) }
        var perCore = Figure.absent
        if let best, let cores, cores > 0 { perCore = Figure.ratio(Double(best) / cores) }
        let rates = best.flatMap { Span.rates(series.valid(at: $0).compactMap(\.sessionsPerSecond)) }
        cells += [
            Self.bold(Self.bracket(capacity.batch, of: capacity)), Self.bracket(capacity.pointBatch, of: capacity),
            series.latencyLimit == nil ? Figure.absent : Self.bracket(capacity.sloBatch, of: capacity), perCore,
            cores.map(Figure.plain) ?? Figure.absent,
            Self.slots(deployment), rates ?? Figure.absent, Span.column(totals(series, capacity), in: unit),
        ]
        return cells
    }

    private func totals(_ series: CellSeries, _ capacity: Capacity) -> [Nanoseconds] {
        guard let best = capacity.batch.lastPass else { return [] }
        return series.valid(at: best).compactMap { $0.latencies[.total]?.p99 }
    }

    /// `[64, 128)`, `≥ 128`, `≥ 64 (256 invalid)`, `< 16`; `64, then open` and `open` where the evidence does not decide.
    static func bracket(_ bracket: Capacity.Bracket, of capacity: Capacity) -> String {
        if capacity.points.isEmpty { return Figure.absent }
        switch (bracket.lastPass, bracket.firstFail) {
        case (let best?, _) where bracket.nothingLarger:
            let invalid = capacity.invalid.filter { $0 > best }.map { Figure.count($0) }
            return "≥ " + Figure.count(best) + (invalid.isEmpty ? "" : " (\(Listing.words(invalid)) invalid)")
        case (let best?, let fail?): return "[\(Figure.count(best)), \(Figure.count(fail)))"
        case (let best?, nil): return Figure.count(best) + ", then open"
        case (nil, let fail?): return "< " + Figure.count(fail)
        case (nil, nil): return "open"
        }
    }

    /// Server processes over all replicas, and the sessions one admits.
    static func slots(_ deployment: DeploymentRecord?) -> String {
        guard let deployment, deployment.workers != nil || deployment.sessionCap != nil else { return Figure.absent }
        let workers = deployment.workers.map { Figure.count($0 * max(1, deployment.replicas)) } ?? "?"
        return workers + " × " + (deployment.sessionCap.map { Figure.count($0) } ?? "?")
    }

    private static func bold(_ text: String) -> String { text == Figure.absent ? text : "**\(text)**" }
}
