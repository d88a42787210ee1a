import ScaleCore

/// Every cell of one infrastructure and mode, in two tables so that each fits a page.
struct ReportGrid {
    let subject: ReportSubject
    let places: [ReportSubject.Place]

    private var cells: [CellRecord] { places.map(\.cell.record) }
    private var namesRuns: Bool { Set(places.map(\.run)).count > 1 }

    private var key: [Table.Column] {
        var key: [Table.Column] = [.number("N"), .number("wait (s)")]
        if subject.namesSteps { key.append(.number("steps")) }
        if namesRuns { key.append(.text("run")) }
        return key + [.number("rep")]
    }

    private func point(_ place: ReportSubject.Place) -> [String] {
        let key = place.cell.record.key
        var point = [Figure.count(key.sessions), key.wait.asSetting]
        if subject.namesSteps { point.append(Figure.steps(key.steps)) }
        if namesRuns { point.append(subject.run(place.run)) }
        return point + [String(key.rep)]
    }

    /// What succeeded, how fast, and what stopped it.
    var outcome: Table {
        let columns: [Table.Column] = [
            .number("succeeded"), .number("success"), .number("sessions/s"), .number("steps/s"), .number("in step"),
            .number("peak open"), .text("limit"),
        ]
        return Table(
            key + columns,
            rows: places.map { place in
                let cell = place.cell.record
                let numbers =
                    point(place) + [
                        "\(Figure.count(cell.succeeded))/\(Figure.count(cell.key.sessions))", Figure.percent(cell.successRate),
                        Self.rate(cell.sessionsPerSecond), Self.rate(cell.stepsPerSecond), Self.rate(cell.effectiveConcurrency),
                        cell.peakOpen.map { Figure.count($0) } ?? Figure.absent,
                    ]
                let limit = Prose(code: cell.verdict.limiter.rawValue)
                if cell.valid { return Table.Row(numbers.map { Prose($0) } + [limit]) }
                return Table.Row(
                    numbers.map { Prose($0) } + [cell.isTerminated ? "servers ended" : "invalid: \(limit)"], struck: numbers.count)
            })
    }

    /// Where the time went. A column of triples carries P50, P95 and P99.
    var latency: Table {
        let triples: [(Metric, String)] = [(.queue, "queue"), (.connect, "connect"), (.reset, "reset"), (.step, "step")]
        let measured = triples.filter { metric, _ in cells.contains { $0.latencies[metric] != nil } }
        let units = Dictionary(uniqueKeysWithValues: measured.map { ($0.0, unit(of: $0.0, full: true)) })
        let (total, overhead) = (unit(of: .total, full: false), unit(of: .overhead, full: false))
        var columns = key
        for (metric, title) in measured { columns.append(.number("\(title) (\(units[metric]?.rawValue ?? "s"))")) }
        columns += [.number("total P99 (\(total.rawValue))"), .number("overhead P99 (\(overhead.rawValue))")]
        let rows = places.filter { !$0.cell.record.latencies.isEmpty && $0.cell.record.succeeded > 0 }.map { place in
            let cell = place.cell.record
            var row = point(place)
            for (metric, _) in measured { row.append(Self.triple(cell.latencies[metric], units[metric] ?? .seconds)) }
            row += [total.show(cell.latencies[.total]?.p99), overhead.show(cell.latencies[.overhead]?.p99)]
            return Table.Row(row, struck: cell.valid ? 0 : row.count)
        }
        return Table(columns, rows: rows)
    }

    private func unit(of metric: Metric, full: Bool) -> TimeUnit {
        let found = cells.compactMap { $0.latencies[metric] }
        return .fitting(found.flatMap { full ? [$0.p50, $0.p95, $0.p99] : [$0.p99] })
    }

    private static func triple(_ summary: LatencySummary?, _ unit: TimeUnit) -> String {
        guard let summary else { return Figure.absent }
        return [summary.p50, summary.p95, summary.p99].map { unit.show($0) }.joined(separator: " / ")
    }

    private static func rate(_ value: Double?) -> String { value.map(Figure.significant) ?? Figure.absent }
}
