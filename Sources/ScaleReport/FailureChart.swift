import ScaleCore

/// What failed, as a share of the sessions that were offered, by kind and batch size.
enum FailureChart {
    /// Kinds that get a colour of their own; the rarest share the last.
    private static let mostKinds = 7

    static func draws(_ series: ReportSubject.Series) -> Bool { series.records.contains { $0.valid && !$0.failures.isEmpty } }

    /// Nil where nothing failed.
    static func make(_ subject: ReportSubject) -> ChartFile? {
        var counts: [FailureKind: Int] = [:]
        for failure in subject.series.flatMap(\.records).filter(\.valid).flatMap(\.failures) {
            counts[failure.kind, default: 0] += failure.count
        }
        if counts.isEmpty { return nil }
        // Ties by the order of the enumeration, so that equal records give equal charts.
        let ranked = FailureKind.allCases.enumerated().filter { counts[$0.element] != nil }.sorted {
            let (a, b) = (counts[$0.element] ?? 0, counts[$1.element] ?? 0)
            return a == b ? $0.offset < $1.offset : a > b
        }.map(\.element)
        let named = ranked.count > mostKinds ? Array(ranked.prefix(mostKinds - 1)) : ranked
        let series = subject.series.filter { draws($0) }
        var parts = named.enumerated().map { index, kind in
            StackChart.Part(title: kind.rawValue, column: kind.rawValue + "_percent", colour: SeriesStyle.colours[index])
        }
        if named.count < ranked.count {
            parts.append(StackChart.Part(title: "other kinds", column: "other_percent", colour: "#9a9a9a"))
        }
        return StackChart(
            panels: series.map { each in
                StackChart.Panel(title: each.title, bars: each.batches.map { bar(each, $0, named, parts.count) })
            },
            parts: parts, marks: [], axis: "failed (% of sessions)", most: 103
        ).chart(
            name: subject.fileName("failures"), title: "Failed sessions by kind and batch size",
            subtitle: subject.subtitle(bars: "together"), section: .failures)
    }

    private static func bar(
        _ series: ReportSubject.Series, _ batch: Int, _ kinds: [FailureKind], _ count: Int
    ) -> StackChart.Bar {
        let cells = series.valid(at: batch)
        if cells.isEmpty { return StackChart.Bar(batch: batch, parts: [], marks: [], absence: series.absence(at: batch)) }
        let offered = Double(max(1, cells.reduce(0) { $0 + $1.key.sessions }))
        var shares = Array(repeating: 0.0, count: count)
        for failure in cells.flatMap(\.failures) {
            shares[kinds.firstIndex(of: failure.kind) ?? count - 1] += 100 * Double(failure.count) / offered
        }
        return StackChart.Bar(batch: batch, parts: shares, marks: [])
    }
}
