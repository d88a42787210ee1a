import ScaleAnalysis

/// The charts of a gate: its changes with their intervals, and those of each pair.
public enum GateCharts {
    /// None where nothing was compared.
    public static func make(_ result: GateResult) -> [ChartFile] { [changes(result), PairsChart.make(result)].compactMap(\.self) }

    private static func changes(_ result: GateResult) -> ChartFile? {
        let compared = result.checks.filter { ($0.ratio ?? 0) > 0 && ($0.ratio ?? .infinity).isFinite }
        if compared.isEmpty { return nil }
        var groups: [ForestChart.Group] = []
        for check in compared {
            let name = Markdown.oneLine(check.place ?? "")
            let row = ForestChart.Row(
                name: Markdown.oneLine(check.name), ratio: check.ratio ?? 1, low: check.low, high: check.high,
                border: result.border(of: check), tone: tone(check),
                words: "\(MetricText.change(check.ratio ?? 1))  \(check.verdictWords)")
            if let same = groups.firstIndex(where: { $0.name == name }) {
                groups[same].rows.append(row)
            } else {
                groups.append(ForestChart.Group(name: name, rows: [row]))
            }
        }
        let sides = result.sides
        let axis = result.kind == .stored ? "change (measured ÷ baseline)" : "change (\(sides.after) ÷ \(sides.before))"
        let coverage = result.sharedConfidence.map { "\(GateResult.coverage($0)) intervals" }
        return ForestChart(groups: groups, axis: axis).chart(
            name: "gate", title: "Gate: \(result.verdict.rawValue)",
            subtitle: [GateText.versus(result), coverage].compactMap(\.self).joined(separator: " · "))
    }

    private static func tone(_ check: GateCheck) -> ForestChart.Tone {
        switch check.verdict {
        case .pass: .even
        case .regression: .worse
        case .inconclusive, .invalid: .open
        }
    }
}
