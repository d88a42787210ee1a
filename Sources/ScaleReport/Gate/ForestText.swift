import ScaleAnalysis

/// The compared checks as a forest plot of characters: a line for each, its interval around no change. It stands in a comment
/// on a pull request, where no picture of a build can.
enum ForestText {
    private static let half = 24
    private static let width = 2 * half + 1

    /// Lines without their ends; none where nothing was compared.
    static func lines(_ result: GateResult) -> [String] {
        let compared = result.checks.filter { $0.ratio != nil }
        if compared.isEmpty { return [] }
        let reach = reach(compared.flatMap { [$0.ratio, $0.low, $0.high, result.border(of: $0)].compactMap(\.self) })
        let names = compared.map { check -> String in
            let parts = [check.name, check.infra, check.load.map { "N \(Figure.count($0.sessions))" }].compactMap(\.self)
            return ChartLegend.clipped(parts.joined(separator: ", "), to: 36)
        }
        let margin = names.map(\.count).max() ?? 0
        let head = String(repeating: " ", count: margin + 2) + scale(reach)
        return [head]
            + zip(compared, names).map { check, name in
                let line = line(check, border: result.border(of: check), reach: reach)
                return name + String(repeating: " ", count: margin - name.count + 2) + line + "  " + check.verdictWords
            } + [String(repeating: " ", count: margin + 2) + "│ no change · ┊ the smallest worsening that counts"]
    }

    /// In per cent to either side, a round number.
    private static func reach(_ ratios: [Double]) -> Double {
        let most = ratios.filter(\.isFinite).map { abs($0 - 1) * 100 }.max() ?? 1
        return [1.0, 2, 5, 10, 20, 50, 100, 200, 500].first { $0 >= most } ?? 1000
    }

    private static func scale(_ reach: Double) -> String {
        let (low, high) = ("-\(Figure.plain(min(100, reach))) %", "+\(Figure.plain(reach)) %")
        let gap = half - low.count
        return low + String(repeating: " ", count: gap) + "0" + String(repeating: " ", count: half - high.count) + high
    }

    private static func line(_ check: GateCheck, border: Double?, reach: Double) -> String {
        func place(_ ratio: Double) -> Int {
            // Nothing can become less by more than all of it.
            let shift = (ratio - 1) * 100 / (ratio < 1 ? min(100, reach) : reach) * Double(half)
            return half + Int(min(Double(half), max(-Double(half), shift)).rounded())
        }
        var marks = Array(repeating: Character(" "), count: width)
        if let border { marks[place(border)] = "┊" }
        marks[half] = "│"
        if let low = check.low, let high = check.high {
            let (from, to) = (place(low), place(high))
            for index in from...max(from, to) { marks[index] = "─" }
            marks[from] = "├"
            marks[max(from, to)] = "┤"
        }
        if let ratio = check.ratio { marks[place(ratio)] = "●" }
        return String(marks)
    }
}
