import ScaleCore

/// How long each infrastructure took from the launch to its end, over all launches and replicas.
struct ReportLifecycle {
    let subject: ReportSubject

    var table: Table {
        struct Stage {
            var name: String
            var records: [LifecycleRecord]
        }
        var names: [String] = []
        var stages: [String: [LifecycleRecord]] = [:]
        for (run, snapshot) in subject.snapshots.enumerated() {
            for deployment in snapshot.lifecycle.keys.sorted() {
                let name = subject.name(of: deployment, run: run)
                if stages[name] == nil { names.append(name) }
                stages[name, default: []] += snapshot.lifecycle[deployment] ?? []
            }
        }
        let columns: [Table.Column] = [
            .text("infrastructure"), .text("stage"), .number("count"), .number("median"), .number("longest"), .text("outcome"),
        ]
        return Table(
            columns,
            rows: names.flatMap { name in
                LifecycleRecord.Stage.allCases.compactMap { stage in
                    row(name, (stages[name] ?? []).filter { $0.stage == stage })
                }
            })
    }

    private func row(_ name: String, _ records: [LifecycleRecord]) -> Table.Row? {
        let times = records.map(\.duration).sorted()
        guard let first = records.first, let longest = times.last else { return nil }
        let bad = records.filter { $0.outcome != "ok" }
        let outcome: Prose = bad.first.map { "\(String(bad.count)) not ok: \($0.outcome)" } ?? "ok"
        // Of an even count the shorter of the two in the middle, by nearest rank as everywhere.
        let median = times[(times.count - 1) / 2]
        return Table.Row(
            [name, first.stage.words, Figure.count(times.count), median.inWords, longest.inWords].map { Prose($0) } + [outcome])
    }
}

extension LifecycleRecord.Stage {
    fileprivate var words: String { self == .firstReset ? "first reset" : rawValue }
}
