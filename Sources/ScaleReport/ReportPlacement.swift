import ScaleCore

/// On which server processes the sessions of the largest load landed.
struct ReportPlacement {
    let subject: ReportSubject
    let evidence: ReportEvidence

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
                guard let (cell, placement) = found.max(by: { ($0.1.imbalance ?? 0) < ($1.1.imbalance ?? 0) }),
                    let mean = placement.mean, let imbalance = placement.imbalance
                else { return nil }
                let numbers = [
                    Figure.count(cell.key.sessions), placement.hosts == 0 ? Figure.absent : Figure.count(placement.hosts),
                    Figure.count(placement.processes.count), ReportCapacity.slots(subject.infras[series.infra].record),
                    Figure.ratio(mean), Figure.count(placement.most), Figure.significant(imbalance),
                ]
                return Table.Row(subject.key(series) + numbers.map { Prose($0) })
            })
    }
}
