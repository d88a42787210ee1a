import ScaleAnalysis
import ScaleCore

/// What a gate says, as one JSON object of the schema `scalebench-gate/1`; every key is there, absent values are null.
public enum GateJSON {
    public static let schema = "scalebench-gate/1"

    /// One JSON object without a line end.
    /// - Parameter strict: evidence that does not decide counts as a regression.
    public static func line(_ result: GateResult, strict: Bool = false) -> String {
        JSONText.object([
            ("schema", .string(schema)), ("type", .string("gate")), ("kind", .string(result.kind.rawValue)),
            ("verdict", .string(result.verdict.rawValue)), ("strict", .bool(strict)),
            ("exit_status", .int(Int(result.verdict.exitStatus(strict: strict)))), ("reason", .string(result.reason)),
            ("subject", .string(result.subject)), ("baseline", text(result.baseline)), ("run_id", text(result.run)),
            ("db", text(result.database)), ("notes", .array(result.notes.map { .string($0) })),
            ("checks", .array(result.checks.map { check($0, of: result) })), ("series", .array(result.series.map(series))),
        ]).line
    }

    private static func text(_ value: String?) -> JSONText { value.map(JSONText.string) ?? .null }

    static func load(_ load: CellLoad?) -> JSONText {
        guard let load else { return .null }
        return .object([
            ("mode", .string(load.mode.rawValue)), ("num_requests", load.sessions == 0 ? .null : .int(load.sessions)),
            ("wait_seconds", .double(load.wait.seconds)),
            ("steps", .int(load.steps)),
        ])
    }

    private static func check(_ check: GateCheck, of result: GateResult) -> JSONText {
        .object([
            ("name", .string(check.name)), ("infra", text(check.infra)), ("load", load(check.load)), ("metric", text(check.metric?.name)),
            ("unit", .string(MetricText.unit(of: check.metric))), ("verdict", .string(check.verdict.rawValue)),
            ("unjudged", .bool(check.isUnjudged)), ("reason", .string(check.reason)), ("before", .optional(check.before)),
            ("after", .optional(check.after)), ("ratio", .optional(check.ratio)), ("low", .optional(check.low)),
            ("high", .optional(check.high)), ("confidence", .optional(check.confidence)),
            ("border", .optional(result.border(of: check))), ("samples", .int(check.samples)),
        ])
    }

    private static func series(_ series: GateResult.Series) -> JSONText {
        .object([
            ("load", load(series.load)), ("metric", .string(series.metric.name)), ("border", .double(series.border)),
            (
                "points",
                .array(
                    series.points.map { point in
                        .object([
                            ("pair", .int(point.pair)), ("round", .int(point.round)), ("first", .string(point.first.rawValue)),
                            ("ratio", .double(point.ratio)), ("void", text(point.void)),
                        ])
                    })
            ),
        ])
    }
}
