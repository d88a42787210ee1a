import ScaleAnalysis
import ScaleCore

/// A launch as `scalebench lifecycle --json` prints it, and what a run's last line says of all of them.
public enum LaunchJSON {
    /// The last launch of a run as one JSON object without a line end; nil where there is none.
    /// - Parameter number: from 1.
    public static func lastLine(_ snapshot: RunSnapshot, number: Int) -> String? {
        let last = snapshot.lifecycle.max { a, b in a.key < b.key }
        guard let (deployment, records) = last, let launch = Launch.all(of: records).last else { return nil }
        return JSONText.object([
            ("type", .string("launch")), ("repetition", .int(number)), ("infra", .string(snapshot.name(of: deployment))),
            ("launch", launch.mark.map(JSONText.string) ?? .null), ("outcome", .string(launch.failure ?? "ok")),
            ("first_observation_seconds", .optional(launch.firstObservation?.seconds)),
            ("stages", .array(launch.stages.map(stage))),
        ]).line
    }

    private static func stage(_ record: LifecycleRecord) -> JSONText {
        .object([
            ("replica", .int(record.replica)), ("stage", .string(record.stage.rawValue)), ("start_seconds", .double(record.start.seconds)),
            ("duration_seconds", .double(record.duration.seconds)), ("outcome", .string(record.outcome)),
        ])
    }

    /// Of each infrastructure: how many launches, and the distributions of their stages.
    static func summary(_ subject: ReportSubject) -> JSONText {
        .array(
            ReportLifecycle(subject: subject).launched.map { launched in
                let stages = LifecycleRecord.Stage.allCases.compactMap { stage -> JSONText? in
                    let records = launched.stages(stage)
                    if records.isEmpty { return nil }
                    let times = SpanStatistics(records.filter(\.isOk).map(\.duration))
                    return .object(
                        [("stage", .string(stage.rawValue)), ("failed", .int(records.count { !$0.isOk }))] + statistics(times))
                }
                return .object([
                    ("infra", .string(launched.name)), ("launches", .int(launched.launches.count)),
                    ("failed", .int(launched.failures.count)),
                    ("first_observation", launched.untilSession.map { .object(statistics($0)) } ?? .null), ("stages", .array(stages)),
                ])
            })
    }

    private static func statistics(_ times: SpanStatistics?) -> [(String, JSONText)] {
        [
            ("count", .int(times?.count ?? 0)), ("min_seconds", .optional(times?.min.seconds)),
            ("median_seconds", .optional(times?.median.seconds)), ("p90_seconds", .optional(times?.p90.seconds)),
            ("max_seconds", .optional(times?.max.seconds)),
        ]
    }
}
