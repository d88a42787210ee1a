import ScaleAnalysis
import ScaleCore

extension ComparisonReport {
    /// One JSON object of the schema `scalebench-comparison/1` without a line end; absent values are null.
    public var json: String {
        JSONText.object([
            ("schema", .string("scalebench-comparison/1")), ("type", .string("comparison")), ("sides", .array(comparison.sides.map(side))),
            ("obstacles", .array(comparison.obstacles.map { $0.map(JSONText.string) ?? .null })),
            ("rows", .array(comparison.rows.map(row))), ("max_batch", .array(comparison.batches.map(batch))),
            ("notes", .array(comparison.notes.map { .string($0) })),
        ]).line
    }

    private func side(_ side: RunComparison.Side) -> JSONText {
        .object([
            ("name", .string(side.name)), ("run_id", .string(side.run.uuid)), ("infra", .string(side.infra.name)),
            ("source", .string(side.run.source.rawValue)), ("version", .string(side.run.version)),
            ("started_at", .string(side.run.startedAt.iso8601)),
        ])
    }

    private func row(_ row: RunComparison.Row) -> JSONText {
        .object([
            ("load", GateJSON.load(row.load)), ("metric", .string(row.metric.name)), ("unit", .string(MetricText.unit(of: row.metric))),
            ("better", .string(row.metric.isHigherBetter ? "higher" : "lower")), ("base", .optional(row.base)),
            ("base_cells", .int(row.baseCells)), ("changes", .array(row.changes.map(change))),
        ])
    }

    private func change(_ change: RunComparison.Change) -> JSONText {
        .object([
            ("value", .optional(change.value)), ("cells", .int(change.cells)), ("ratio", .optional(change.effect?.ratio)),
            ("low", .optional(change.effect?.low)), ("high", .optional(change.effect?.high)),
            ("confidence", .optional(change.effect?.low == nil ? nil : change.effect?.confidence)),
            ("p_value", .optional(change.effect?.pValue)), ("word", change.word.map { .string($0.rawValue) } ?? .null),
            ("gap", change.gap.map { .string(Self.name($0)) } ?? .null),
        ])
    }

    private static func name(_ gap: RunComparison.Gap) -> String {
        switch gap {
        case .tooFewCells: "too_few_cells"
        case .tooFewSamples: "too_few_samples"
        case .noValue: "no_value"
        case .invalid: "invalid"
        case .notComparable: "not_comparable"
        }
    }

    private func batch(_ batch: RunComparison.Batch) -> JSONText {
        .object([
            ("load", GateJSON.load(batch.load)),
            (
                "sides",
                .array(
                    zip(batch.capacities, comparison.sides).map { capacity, side in
                        guard let capacity else { return .null }
                        return .object([
                            ("last_pass", .optional(capacity.batch.lastPass)), ("first_fail", .optional(capacity.batch.firstFail)),
                            ("per_core", .optional(Self.perCore(capacity, side))),
                        ])
                    })
            ),
        ])
    }
}
