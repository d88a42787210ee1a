import ScaleCore

/// On which server processes the sessions of the largest load landed.
struct ReportPlacement {
    let subject: ReportSubject
    let evidence: ReportEvidence

    /// A row per address, where there are several.
    var addresses: Table {
        let columns: [Table.Column] = [
            .number("N"), .text("address"), .number("sessions"), .number("succeeded"), .number("success"),
        ]
        return Table(
            subject.keyColumns + columns,
            rows: subject.series.flatMap { series in
                var order: [String] = []
                var sums: [String: AddressUse] = [:]
                for use in series.heaviest.flatMap(\.record.addresses) {
                    if sums[use.address] == nil { order.append(use.address) }
                    var sum = sums[use.address] ?? AddressUse(address: use.address, offered: 0, succeeded: 0)
                    sum.offered += use.offered
                    sum.succeeded += use.succeeded
                    sums[use.address] = sum
                }
                let batch = series.heaviest.first?.record.key.sessions ?? 0
                return order.compactMap { sums[$0] }.map { use in
                    let share = Double(use.succeeded) / Double(max(1, use.offered))
                    let words: [Prose] = [
                        Prose(Figure.count(batch)), Prose(code: use.address), Prose(Figure.count(use.offered)),
                        Prose(Figure.count(use.succeeded)), Prose(Figure.percent(share)),
                    ]
                    return Table.Row(subject.key(series) + words)
                }
            })
    }

    /// Of each series the repetition with the greatest imbalance.
    var table: Table {
        let columns: [Table.Column] = [
            .number("N"), .number("hosts"), .number("processes"), .number("workers × cap"), .number("sessions per process, mean"),
            .number("most"), .number("most ÷ mean"),
        ]
        return Table(
            subject.keyColumns + columns,
            rows: subject.series.compactMap { series in
                let found = series.heaviest.compactMap { cell in evidence.placements[cell.id].map { (cell.record, $0) } }
                let record = subject.infras[series.infra].record
                let workers = record?.workers.map { $0 * max(1, record?.replicas ?? 1) }
                guard
                    let (cell, placement) = found.max(by: { ($0.1.imbalance(of: workers) ?? 0) < ($1.1.imbalance(of: workers) ?? 0) }),
                    let mean = placement.mean(of: workers), let imbalance = placement.imbalance(of: workers)
                else { return nil }
                let answered = Figure.count(placement.processes.count)
                let silent = workers.map { $0 > placement.processes.count } ?? false
                let numbers = [
                    Figure.count(cell.key.sessions), placement.hosts == 0 ? Figure.absent : Figure.count(placement.hosts),
                    silent ? "\(answered) of \(Figure.count(workers ?? 0))" : answered, ReportCapacity.slots(record),
                    Figure.ratio(mean), Figure.count(placement.most), Figure.significant(imbalance),
                ]
                return Table.Row(subject.key(series) + numbers.map { Prose($0) })
            })
    }
}
