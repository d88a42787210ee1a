import ScaleAnalysis
import ScaleCore

/// What a gate says, as a comment on a pull request: the verdict first, then its checks, and the reasons folded.
public enum GateSummary {
    /// Markdown of GitHub's and GitLab's dialect.
    /// - Parameters:
    ///   - strict: evidence that does not decide counts as a failure.
    ///   - pictures: paths of the charts from the file that this becomes, with what they show; none for a comment, which can show
    ///     no picture of a build.
    public static func markdown(_ result: GateResult, strict: Bool = false, pictures: [(path: String, title: String)] = []) -> String {
        var blocks = [headline(result, strict: strict)]
        let subject = [GateText.versus(result), GateText.everywhere(result)].compactMap(\.self)
        if !subject.isEmpty { blocks.append(subject.map { Markdown.escaped($0) }.joined(separator: "<br>\n")) }
        if !result.checks.isEmpty { blocks.append(Markdown.rendered(GateText.table(result, asCode: true))) }
        let forest = ForestText.lines(result)
        if !forest.isEmpty { blocks.append("```text\n" + forest.joined(separator: "\n") + "\n```") }
        blocks += pictures.map { "![\(Markdown.escaped($0.title))](\(Markdown.destination($0.path)))" }
        if !result.notes.isEmpty { blocks.append(result.notes.map { "- " + Markdown.escaped(Sentence.whole($0)) }.joined(separator: "\n")) }
        blocks += details(result)
        // By which a workflow finds its own comment again.
        blocks.append("<!-- scalebench gate -->")
        return blocks.joined(separator: "\n\n") + "\n"
    }

    private static func headline(_ result: GateResult, strict: Bool) -> String {
        let suffix = strict && result.verdict == .inconclusive ? " (a failure by `--strict`)" : ""
        return "**\(icon(result.verdict)) scalebench: \(result.verdict.rawValue)**\(suffix): \(Markdown.escaped(result.reason))."
    }

    private static func icon(_ verdict: GateVerdict) -> String {
        switch verdict {
        case .pass: "✅"
        case .regression: "❌"
        case .inconclusive: "⚠️"
        case .invalid: "⛔"
        }
    }

    /// A table inside of `details` needs empty lines around it.
    private static func details(_ result: GateResult) -> [String] {
        var inside: [String] = []
        let reasons = result.checks.filter { !$0.reason.isEmpty }
        if !reasons.isEmpty { inside.append(reasons.map { "- " + reason($0, of: result) }.joined(separator: "\n")) }
        let pairs = pairs(result)
        if !pairs.rows.isEmpty { inside.append(Markdown.rendered(pairs)) }
        if let run = result.run {
            inside.append("Run " + Markdown.code(run) + (result.database.map { " in " + Markdown.code($0) } ?? "") + ".")
        }
        if inside.isEmpty { return [] }
        return ["<details>\n<summary>Why, check by check</summary>"] + inside + ["</details>"]
    }

    private static func reason(_ check: GateCheck, of result: GateResult) -> String {
        let coverage = result.sharedConfidence == nil ? check.confidence : nil
        let interval = coverage.map { "; the interval covers \(GateResult.coverage($0))" } ?? ""
        let place = check.place.map { " at " + $0 } ?? ""
        return "**\(check.verdictWords)**: " + Markdown.code(check.name) + Markdown.escaped(place + ": " + check.reason) + interval + "."
    }

    /// B ÷ A of every pair.
    private static func pairs(_ result: GateResult) -> Table {
        let columns: [Table.Column] = [
            .text("metric"), .text("load"), .number("pair"), .number("round"), .text("first"), .number("change"), .text("counts"),
        ]
        return Table(
            columns,
            rows: result.series.flatMap { series in
                series.points.map { point in
                    let texts = [
                        series.load.words, Figure.count(point.pair), Figure.count(point.round), point.first == .a ? "A" : "B",
                        MetricText.change(point.ratio), point.void.map { "no: " + $0 } ?? "yes",
                    ]
                    return Table.Row([Prose(code: series.metric.name)] + texts.map { Prose($0) })
                }
            })
    }
}
