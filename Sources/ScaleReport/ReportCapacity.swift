import ScaleAnalysis
import ScaleCore

/// What every series held, and the same by infrastructure and wait.
struct ReportCapacity {
    let subject: ReportSubject
    let evidence: ReportEvidence

    var table: Table {
        let loads = subject.series.indices.map { ReportLoad($0, of: subject, evidence) }
        let rows = zip(subject.series, loads).filter { $0.0.capacity != nil }
        let unit = TimeUnit.fitting(rows.filter { $0.0.best != nil }.flatMap { $0.1.p99(.total) })
        let readsServers = rows.contains { $0.0.best != nil && $0.1.cpuPerThousandSteps != nil }
        var columns = subject.keyColumns
        columns += [
            .number("max batch"), .number("SLO max batch"), .number("point rule"), .number("per core"), .number("cores"),
            .number("workers × cap"), .number("P99 (\(unit.rawValue))"), .number("sessions/s"), .number("steps/s"),
        ]
        if readsServers { columns.append(.number("CPU per 1,000 steps (s)")) }
        columns.append(.text("limit"))
        return Table(
            columns,
            rows: rows.compactMap { series, load in
                series.capacity.map { Table.Row(row(series, $0, load, unit, readsServers: readsServers)) }
            })
    }

    private func row(
        _ series: ReportSubject.Series, _ capacity: Capacity, _ load: ReportLoad, _ unit: TimeUnit, readsServers: Bool
    ) -> [Prose] {
        let record = subject.infras[series.infra].record
        let best = series.best
        let slo = series.latencyLimit == nil ? .absent : Self.bracket(capacity.sloBatch, of: capacity)
        var perCore = Figure.absent
        if let best, let cores = record?.cores, cores > 0 { perCore = Figure.ratio(Double(best) / cores) }
        func rates(_ path: KeyPath<CellRecord, Double?>) -> String {
            best == nil ? Figure.absent : Span.rates(load.cells.compactMap { $0[keyPath: path] }) ?? Figure.absent
        }
        let time = load.boundMark(.total) + Prose(Span.column(load.p99(.total), in: unit))
        var numbers = [perCore, record?.cores.map(Figure.plain) ?? Figure.absent, Self.slots(record)].map { Prose($0) }
        numbers += [best == nil ? .absent : time, Prose(rates(\.sessionsPerSecond)), Prose(rates(\.stepsPerSecond))]
        if readsServers {
            numbers.append(Prose(best == nil ? Figure.absent : load.cpuPerThousandSteps.map(Figure.significant) ?? Figure.absent))
        }
        let batches = [Self.bold(Self.bracket(capacity.batch, of: capacity)), slo, Self.bracket(capacity.pointBatch, of: capacity)]
        let limit = series.stop?.cell ?? series.fewest(at: best ?? 0)
        return subject.key(series) + batches + numbers + [limit.map { Prose(code: $0.verdict.limiter.rawValue) } ?? .absent]
    }

    /// The max batch by infrastructure and wait; without rows unless a load was measured at several waits.
    var matrix: Table {
        struct Load: Hashable {
            var infra: Int
            var mode: Mode
            var steps: Int
        }
        let series = subject.series.filter { $0.capacity != nil }
        let groups = Dictionary(grouping: series) { Load(infra: $0.infra, mode: $0.mode, steps: $0.steps) }
        guard groups.values.contains(where: { Set($0.map(\.wait)).count > 1 }) else { return Table([]) }
        let waits = Set(series.map(\.wait)).sorted()
        var columns: [Table.Column] = [.text("infrastructure"), .text("mode")]
        if subject.namesSteps { columns.append(.number("steps")) }
        columns += waits.map { .number("wait \($0.asSetting) s") }
        var rows: [Table.Row] = []
        var seen: Set<Load> = []
        for each in series {
            let load = Load(infra: each.infra, mode: each.mode, steps: each.steps)
            guard seen.insert(load).inserted, let group = groups[load] else { continue }
            var row = [Prose(subject.infras[each.infra].name), Prose(each.mode.rawValue)]
            if subject.namesSteps { row.append(Prose(Figure.steps(each.steps))) }
            row += waits.map { wait in
                group.first { $0.wait == wait }?.capacity.map { Self.bracket($0.batch, of: $0) } ?? .absent
            }
            rows.append(Table.Row(row))
        }
        return Table(columns, rows: rows)
    }

    /// `[64, 128)`, `≥ 128`, `≥ 64 (256 invalid)`, `< 16`; `64, then open` and `open` where the evidence does not decide.
    static func bracket(_ bracket: Capacity.Bracket, of capacity: Capacity) -> Prose {
        if capacity.points.isEmpty { return .absent }
        switch (bracket.lastPass, bracket.firstFail) {
        case (let best?, _) where bracket.nothingLarger:
            let invalid = capacity.invalid.filter { $0 > best }.map { Prose(Figure.count($0)) }
            return invalid.isEmpty ? "≥ \(Figure.count(best))" : "≥ \(Figure.count(best)) (\(invalid.listed) invalid)"
        case (let best?, let fail?): return "[\(Figure.count(best)), \(Figure.count(fail)))"
        case (let best?, nil): return "\(Figure.count(best)), then open"
        case (nil, let fail?): return "< \(Figure.count(fail))"
        case (nil, nil): return "open"
        }
    }

    /// Server processes over all replicas, and the sessions one admits.
    static func slots(_ deployment: DeploymentRecord?) -> String {
        guard let deployment, deployment.workers != nil || deployment.sessionCap != nil else { return Figure.absent }
        let workers = deployment.workers.map { Figure.count($0 * max(1, deployment.replicas)) } ?? "?"
        return workers + " × " + (deployment.sessionCap.map { Figure.count($0) } ?? "?")
    }

    private static func bold(_ text: Prose) -> Prose { text == .absent ? text : Prose(strong: text) }
}

extension ReportSubject.Series {
    /// The valid repetition of an N with the fewest successes.
    func fewest(at sessions: Int) -> CellRecord? { valid(at: sessions).min { $0.counted < $1.counted } }

    /// The smallest N that did not pass although sessions failed there, and its worst repetition.
    var stop: (batch: Int, isDecided: Bool, cell: CellRecord)? {
        guard let capacity else { return nil }
        let open = capacity.undecided.first { $0 > best ?? 0 && valid(at: $0).contains { $0.failed > 0 } }
        guard let batch = capacity.batch.firstFail ?? open, let cell = fewest(at: batch) else { return nil }
        return (batch, batch == capacity.batch.firstFail, cell)
    }
}
