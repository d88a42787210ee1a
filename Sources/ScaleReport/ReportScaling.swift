import ScaleAnalysis
import ScaleCore

/// How success, time and throughput go with the batch: one row per N, its valid repetitions together.
struct ReportScaling {
    let subject: ReportSubject

    /// - Parameter infra: position in ``ReportSubject/infras``.
    func table(of infra: Int) -> Table {
        let series = subject.series.filter { $0.infra == infra }
        let points = series.flatMap { each in each.batches.map { (each, $0) } }
        let unit = TimeUnit.fitting(points.flatMap { times($0.0, at: $0.1) })
        var columns: [Table.Column] = [.text("mode"), .number("wait (s)")]
        if subject.namesSteps { columns.append(.number("steps")) }
        columns += [
            .number("N"), .number("repetitions"), .number("success"), .text("exact 95 % bounds"), .number("P99 (\(unit.rawValue))"),
            .number("sessions/s"), .text("limit"), .text("note"),
        ]
        return Table(columns, rows: points.map { row($0.0, at: $0.1, unit) })
    }

    private func times(_ series: ReportSubject.Series, at sessions: Int) -> [Nanoseconds] {
        series.valid(at: sessions).compactMap { $0.latencies[.total]?.p99 }
    }

    private func row(_ series: ReportSubject.Series, at sessions: Int, _ unit: TimeUnit) -> Table.Row {
        var key = [Prose(series.mode.rawValue), Prose(series.wait.asSetting)]
        if subject.namesSteps { key.append(Prose(Figure.steps(series.steps))) }
        key.append(Prose(Figure.count(sessions)))
        let all = series.records.filter { $0.key.sessions == sessions }
        guard let point = series.capacity?.points.first(where: { $0.sessions == sessions }) else {
            // What invalid cells found is in the table of every cell.
            let nothing = Array(repeating: Prose.absent, count: 4)
            let note: Prose = all.allSatisfy(\.isTerminated) ? "servers ended, not counted" : "invalid, not counted"
            return Table.Row(key + [Prose(String(all.count))] + nothing + [limits(all), note], struck: key.count + 1)
        }
        let judgement = point.judgement
        let valid = series.valid(at: sessions)
        let rates = Span.rates(valid.compactMap(\.sessionsPerSecond)) ?? Figure.absent
        return Table.Row(
            key + [
                Prose(String(point.reps)), Prose(success(valid, judgement)),
                "[\(Figure.percent(judgement.lowerBound)), \(Figure.percent(judgement.upperBound))]",
                Prose(Span.column(times(series, at: sessions), in: unit)), Prose(rates), limits(valid), note(series, point),
            ])
    }

    /// Of all sessions together; where repetitions differ, with the least and the greatest, which a mean would hide.
    private func success(_ cells: [CellRecord], _ judgement: PassJudgement) -> String {
        let pooled = Figure.percent(Double(judgement.succeeded) / Double(max(1, judgement.offered)))
        let rates = cells.map { Double($0.counted) / Double(max(1, $0.key.sessions)) }
        guard let least = rates.min().map(Figure.percent), let most = rates.max().map(Figure.percent), least != most else { return pooled }
        return "\(pooled) (\(least) to \(most))"
    }

    /// Of the repetitions, without what is said twice.
    private func limits(_ cells: [CellRecord]) -> Prose {
        Limiter.allCases.filter { limiter in cells.contains { $0.verdict.limiter == limiter } }
            .map { Prose(code: $0.rawValue) }.joined(separator: ", ")
    }

    private func note(_ series: ReportSubject.Series, _ point: Capacity.Point) -> Prose {
        var notes: [Prose] = []
        switch point.judgement.outcome {
        case .pass where series.capacity?.batch.islands.contains(point.sessions) == true:
            notes.append("passes above a batch that does not; not counted")
        case .pass: notes.append(point.sessions == series.best ? "\(strong: "passes, max batch")" : "passes")
        case .fail: notes.append("fails")
        case .undecided: notes.append(point.judgement.tooFewToPass ? "too few sessions to pass" : "undecided")
        }
        if series.latencyLimit != nil, point.worstP99 != nil, !point.meetsLatency { notes.append("P99 above the SLO") }
        let ended = series.records.count { $0.key.sessions == point.sessions && $0.isTerminated }
        if point.invalidReps > ended { notes.append("\(String(point.invalidReps - ended)) more invalid") }
        if ended > 0 { notes.append("\(String(ended)) more ended with the servers") }
        return notes.joined(separator: "; ")
    }
}
