import ScaleAnalysis
import ScaleCore

/// What a gate says, for a terminal: the verdict in one line, its checks as a table, and why each that did not pass.
public enum GateText {
    /// Lines without their ends.
    public static func lines(_ result: GateResult, strict: Bool = false) -> [String] {
        var lines = [headline(result, strict: strict)]
        lines += [versus(result), everywhere(result)].compactMap(\.self).map { "  " + $0 }
        if !result.checks.isEmpty {
            lines.append("")
            lines += rows(table(result)).map { "  " + $0 }
            let chart = ForestText.lines(result)
            if !chart.isEmpty { lines += [""] + chart.map { "  " + $0 } }
            let open = result.checks.filter { $0.verdict != .pass }
            if !open.isEmpty { lines += [""] + open.map { "  \($0.verdictWords): " + Markdown.oneLine($0.sentence) } }
        }
        if !result.notes.isEmpty { lines += [""] + result.notes.map { "  Note: " + Sentence.whole(Markdown.oneLine($0)) } }
        if let place = place(result) { lines += ["", place] }
        return lines
    }

    /// `regression: …`, in one line.
    public static func headline(_ result: GateResult, strict: Bool = false) -> String {
        let suffix = strict && result.verdict == .inconclusive ? " (a failure by --strict)" : ""
        return result.verdict.rawValue + ": " + Markdown.oneLine(result.reason) + suffix
    }

    /// What is judged against what.
    static func versus(_ result: GateResult) -> String? {
        if result.subject.isEmpty { return nil }
        let subject = Markdown.oneLine(result.subject)
        guard let baseline = result.baseline.map({ Markdown.oneLine($0) }) else { return subject }
        switch result.kind {
        case .stored: return "\(subject) against \(baseline)"
        case .duel: return "B: \(subject) · A: \(baseline)"
        case .selfTest: return "\(subject) against itself"
        }
    }

    /// Where the numbers are.
    static func place(_ result: GateResult) -> String? {
        guard let run = result.run else { return nil }
        return "run \(run)" + (result.database.map { " in " + Markdown.oneLine($0) } ?? "")
    }

    /// The checks; columns in which nothing stands are left out.
    /// - Parameter asCode: names as Markdown's code, which needs no escapes.
    static func table(_ result: GateResult, asCode: Bool = false) -> Table {
        let sides = result.sides
        let shared = SharedLoad(result.checks.compactMap(\.load))
        let hasChange = result.checks.contains { $0.ratio != nil }
        var columns: [Table.Column] = [.text("check"), .text("load"), .number(sides.before), .number(sides.after)]
        if hasChange { columns.append(.number(result.changeTitle)) }
        columns += [.number(result.sample), .text("verdict")]
        return Table(
            columns,
            rows: result.checks.map { check in
                var cells: [Prose] = [
                    asCode ? Prose(code: check.name) : Prose(check.name), Prose(place(of: check, shared)),
                    Prose(MetricText.value(check.before, of: check.metric)),
                    Prose(MetricText.value(check.after, of: check.metric)),
                ]
                if hasChange { cells.append(Prose(ours: MetricText.change(check.ratio, check.low, check.high))) }
                cells.append(Prose(ours: check.samples == 0 ? Figure.absent : Figure.count(check.samples)))
                cells.append(check.verdict == .pass ? Prose(ours: check.verdictWords) : Prose(strong: Prose(ours: check.verdictWords)))
                return Table.Row(cells)
            })
    }

    /// What all of its loads have in common.
    static func everywhere(_ result: GateResult) -> String? {
        SharedLoad(result.checks.compactMap(\.load)).words.map { "load: " + $0 }
    }

    private static func place(of check: GateCheck, _ shared: SharedLoad) -> String {
        let parts = [check.infra, check.load.map { shared.rest(of: $0) }].compactMap(\.self)
        return parts.isEmpty ? "all loads" : parts.joined(separator: ", ")
    }

    static func rows(_ table: Table) -> [String] {
        let right = Set(table.columns.filter { $0.side == .right }.map(\.title))
        let rows = table.rows.map { row in table.filled(row).map(\.plain) }
        return Columns(table.columns.map(\.title), rows, right: right).text.split(separator: "\n").map(String.init)
    }
}
