import ScaleCore

/// Every cell of one deployment and mode, in two tables so that each fits a page.
struct ReportGrid {
    let cells: [CellRecord]
    let namesSteps: Bool

    private var key: [Table.Column] {
        [.number("N"), .number("wait (s)")] + (namesSteps ? [.number("steps")] : []) + [.number("rep")]
    }

    private func point(_ key: CellKey) -> [String] {
        [Figure.count(key.sessions), key.wait.asSetting] + (namesSteps ? [Figure.steps(key.steps)] : []) + [String(key.rep)]
    }

    /// What succeeded, how fast, and what stopped it.
    var outcome: Table {
        let columns: [Table.Column] = [
            .number("succeeded"), .number("success"), .number("sessions/s"), .number("steps/s"), .number("in step"),
            .number("peak open"), .text("limit"),
        ]
        return Table(
            key + columns,
            rows: cells.map { cell in
                let numbers =
                    point(cell.key) + [
                        "\(Figure.count(cell.succeeded))/\(Figure.count(cell.key.sessions))", Figure.percent(cell.successRate),
                        Self.rate(cell.sessionsPerSecond), Self.rate(cell.stepsPerSecond), Self.rate(cell.effectiveConcurrency),
                        cell.peakOpen.map { Figure.count($0) } ?? Figure.absent,
                    ]
                return Self.struck(numbers, unless: cell.valid) + [cell.verdict.limiter.rawValue]
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
        let rows = cells.filter { !$0.latencies.isEmpty && $0.succeeded > 0 }.map { cell in
            var row = point(cell.key)
            for (metric, _) in measured { row.append(Self.triple(cell.latencies[metric], units[metric] ?? .seconds)) }
            row += [total.show(cell.latencies[.total]?.p99), overhead.show(cell.latencies[.overhead]?.p99)]
            return Self.struck(row, unless: cell.valid)
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

    /// Struck out where the cell says nothing about the server.
    static func struck(_ cells: [String], unless valid: Bool) -> [String] {
        valid ? cells : cells.map { $0 == Figure.absent ? $0 : "~~\($0)~~" }
    }
}
