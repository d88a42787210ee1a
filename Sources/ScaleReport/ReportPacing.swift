import ScaleCore

/// What cells found whose sessions wait for each other; empty tables where there are none.
extension ReportResources {
    /// Sessions that were held: how many really were, and what they did.
    var held: Table {
        let columns: [Table.Column] = [
            .number("held for (s)"), .number("open on average"), .number("least open"), .number("steps/s"), .number("in step"),
        ]
        return Table(
            key + columns,
            rows: subject.cells.compactMap { place in
                let cell = place.cell
                guard let hold = cell.record.hold else { return nil }
                let numbers =
                    point(place) + [
                        hold.duration.asSetting, Figure.significant(hold.meanOpen), Figure.count(hold.leastOpen),
                        cell.record.stepsPerSecond.map(Figure.significant) ?? Figure.absent,
                        cell.record.effectiveConcurrency.map(Figure.significant) ?? Figure.absent,
                    ]
                return Table.Row(numbers, struck: cell.record.valid ? 0 : numbers.count)
            })
    }

    /// Batches in lock-step: what a round took, and what its slowest session cost the others.
    var lockstep: Table {
        let places = subject.cells.filter { $0.cell.record.lockstep != nil }
        let unit = TimeUnit.fitting(
            places.flatMap { place in
                [Metric.makespan, .straggler].compactMap { place.cell.record.latencies[$0] }.flatMap { [$0.p50, $0.p95, $0.p99] }
            })
        let columns: [Table.Column] = [
            .number("rounds"), .number("makespan (\(unit.rawValue))"), .number("straggler cost (\(unit.rawValue))"), .number("idle"),
        ]
        return Table(
            key + columns,
            rows: places.compactMap { place in
                let cell = place.cell
                guard let lockstep = cell.record.lockstep else { return nil }
                let numbers =
                    point(place) + [
                        Figure.count(lockstep.rounds), Self.triple(cell.record.latencies[.makespan], unit),
                        Self.triple(cell.record.latencies[.straggler], unit), Figure.percent(lockstep.idleShare),
                    ]
                return Table.Row(numbers, struck: cell.record.valid ? 0 : numbers.count)
            })
    }

    /// P50, P95 and P99.
    private static func triple(_ summary: LatencySummary?, _ unit: TimeUnit) -> String {
        guard let summary else { return Figure.absent }
        return [summary.p50, summary.p95, summary.p99].map { unit.show($0) }.joined(separator: " / ")
    }
}
