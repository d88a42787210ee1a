import ScaleAnalysis

extension ComparisonReport {
    /// More rows are no picture but a poster.
    private static let mostRows = 28
    /// More pictures would not be looked at.
    private static let mostPages = 4

    /// The changes with their intervals, a row each; several pictures where there are many. None where nothing was compared.
    public var charts: [ChartFile] {
        var pages: [[ForestChart.Group]] = []
        for group in groups {
            if let last = pages.last, last.reduce(0, { $0 + $1.rows.count }) + group.rows.count <= Self.mostRows {
                pages[pages.count - 1].append(group)
            } else {
                pages.append([group])
            }
        }
        let shown = pages.prefix(Self.mostPages)
        let legend = comparison.sides.enumerated().map { "\(Self.letter($0.offset)): \($0.element.name)" }.joined(separator: " · ")
        return shown.enumerated().map { index, groups in
            let page = pages.count > 1 ? "picture \(index + 1) of \(pages.count) · " : ""
            return ForestChart(groups: groups, axis: "change against A", titles: [.even: "same", .open: "unsure"]).chart(
                name: index == 0 ? "compare" : "compare-\(index + 1)", title: "Changes against \(comparison.sides[0].name)",
                subtitle: page + "95 % intervals · " + legend)
        }
    }

    /// By load.
    private var groups: [ForestChart.Group] {
        var groups: [ForestChart.Group] = []
        for row in comparison.rows {
            let rows = row.changes.enumerated().compactMap { index, change -> ForestChart.Row? in
                guard let effect = change.effect else { return nil }
                let name = row.metric.name + (row.changes.count > 1 ? ", \(Self.letter(index + 1))" : "")
                return ForestChart.Row(
                    name: name, ratio: effect.ratio, low: effect.low, high: effect.high, border: nil, tone: Self.tone(change.word),
                    words: "\(MetricText.change(effect.ratio))  \(change.word?.rawValue ?? "too few")")
            }
            if rows.isEmpty { continue }
            if groups.last?.name == row.load.words {
                groups[groups.count - 1].rows += rows
            } else {
                groups.append(ForestChart.Group(name: row.load.words, rows: rows))
            }
        }
        return groups
    }

    private static func tone(_ word: RunComparison.Word?) -> ForestChart.Tone {
        switch word {
        case .better: .better
        case .worse: .worse
        case .same: .even
        case .unsure, nil: .open
        }
    }
}
