import ScaleAnalysis
import ScaleCore

/// Stored runs as one JSON document of the schema `scalebench/3` (`docs/schema/scalebench-3.schema.json`): units are in the
/// names, absent values are null. It is made in pieces, so that no more than one run is in memory.
public enum ExportDocument {
    public static let schema = "scalebench/3"

    /// What stands before the first run.
    public static func opening(version: String) -> String {
        "{\"schema\":\"\(schema)\",\"version\":\(JSONText.string(version).line),\"runs\":["
    }

    /// What stands between two runs.
    public static let separator = ","
    /// What stands behind the last run.
    public static let closing = "\n]}\n"

    /// One run, its cells one to a line.
    public static func run(_ snapshot: RunSnapshot) -> String {
        let cells = snapshot.cells.map { "\n" + JSONText.object(ExportedCell(cell: $0.record, deployment: $0.deployment).members).line }
        let members = ExportedRun(snapshot: snapshot).members
        // The cells go last, so that the object can be closed behind them.
        return "\n" + JSONText.object(members).line.dropLast() + ",\"cells\":[" + cells.joined(separator: ",") + "\n]}"
    }
}

/// What a run's object holds beside its cells.
private struct ExportedRun {
    let snapshot: RunSnapshot
    let subject: ReportSubject

    init(snapshot: RunSnapshot) {
        self.snapshot = snapshot
        subject = ReportSubject([snapshot])
    }

    private var run: RunRecord { snapshot.run }

    var members: [(String, JSONText)] {
        [
            ("id", .string(run.uuid)), ("source", .string(run.source.rawValue)), ("status", .string(run.status.rawValue)),
            ("started_at", .string(run.startedAt.iso8601)),
            ("finished_at", run.finishedAt.map { .string($0.iso8601) } ?? .null), ("command", .string(run.command)),
            ("version", .string(run.version)), ("git", run.git.map(JSONText.string) ?? .null),
            ("hardware", run.hardware.isEmpty ? .null : .string(run.hardware)),
            ("experiment", run.experiment.map(JSONText.string) ?? .null), ("plan_hash", .string(run.planHash)), ("plan", plan),
            ("generator_host", run.host.map(host) ?? .null),
            ("deployments", .array(snapshot.deploymentOrder.compactMap(deployment))),
            ("max_batch", .array(subject.series.compactMap(batch))),
            ("checks_across_cells", .array(subject.checksAcrossCells.map { .string($0) })),
        ]
    }

    /// Of an imported run only the grid is known.
    private var plan: JSONText {
        let plan = run.plan
        let isKnown = run.source == .measured
        func known(_ value: JSONText) -> JSONText { isKnown ? value : .null }
        return .object([
            ("modes", .array(plan.modes.map { .string($0.rawValue) })), ("sessions", .array(plan.sessions.map { .int($0) })),
            ("wait_seconds", .array(plan.waits.map { .double($0.seconds) })), ("steps", .int(plan.steps)),
            ("repetitions", .int(plan.reps)), ("most_repetitions", .optional(plan.mostReps)),
            ("is_search", .bool(plan.search != nil)),
            ("shape", known(.string(plan.shape.description))), ("pacing", known(.string(plan.pacing.description))),
            ("wait_spread", plan.waitSpread.map { .string($0.description) } ?? .null),
            ("think", plan.think.map { .string($0.description) } ?? .null),
            ("action", plan.action.map(JSONText.string) ?? .null), ("trace", plan.trace.map { .string($0.fingerprint) } ?? .null),
            ("http_connections", known(.string(plan.httpConnections.description))),
            (
                "timeouts",
                known(
                    .object([
                        ("connect_seconds", .double(plan.timeouts.connect.seconds)),
                        ("reset_seconds", .double(plan.timeouts.reset.seconds)),
                        ("step_seconds", .double(plan.timeouts.step.seconds)),
                        ("close_seconds", .double(plan.timeouts.close.seconds)),
                    ]))
            ),
            // A text: readers of JSON lose the low digits of a 64-bit number.
            ("seed", known(.string(String(plan.seed)))),
        ])
    }

    private func host(_ host: HostFacts) -> JSONText {
        .object([
            ("cpu_model", .string(host.cpuModel)), ("cores", .int(host.cores)), ("memory_bytes", .int(host.memoryBytes)),
            ("kernel", .string(host.kernel)), ("system", .string(host.system)), ("descriptor_limit", .int(host.descriptorLimit)),
            ("descriptor_hard_limit", .int(host.descriptorHardLimit)), ("port_first", .optional(host.portRange.first)),
            ("port_last", .optional(host.portRange.last)), ("accept_queue_limit", .int(host.acceptQueueLimit)),
        ])
    }

    private func deployment(_ id: Int64) -> JSONText? {
        guard let record = snapshot.deployments[id] else { return nil }
        let stages = snapshot.lifecycle[id] ?? []
        return .object([
            ("id", .int(Int(id))), ("name", .string(snapshot.name(of: id))), ("provider", .string(record.provider)),
            ("infra", .string(record.infra)), ("cores", .optional(record.cores)), ("replicas", .int(record.replicas)),
            ("workers_per_replica", .optional(record.workers)), ("session_cap_per_worker", .optional(record.sessionCap)),
            ("endpoints", .array(record.endpoints.map { .string($0) })),
            ("balancer", record.balancer.map(JSONText.string) ?? .null),
            (
                "lifecycle",
                .array(
                    stages.map { stage in
                        .object([
                            ("replica", .int(stage.replica)), ("stage", .string(stage.stage.rawValue)),
                            ("start_seconds", .double(stage.start.seconds)),
                            ("duration_seconds", .double(stage.duration.seconds)), ("outcome", .string(stage.outcome)),
                            ("launch", stage.launch.map(JSONText.string) ?? .null),
                        ])
                    })
            ),
        ])
    }

    private func batch(_ series: ReportSubject.Series) -> JSONText? {
        guard let capacity = series.capacity, let deployment = series.cells.first?.deployment else { return nil }
        return .object([
            ("deployment", .int(Int(deployment))), ("mode", .string(series.mode.rawValue)),
            ("wait_seconds", .double(series.wait.seconds)), ("steps", .int(series.steps)),
            ("last_pass", .optional(capacity.batch.lastPass)), ("first_fail", .optional(capacity.batch.firstFail)),
            ("at_least", .bool(capacity.batch.atLeastTop)), ("islands", .array(capacity.batch.islands.map { .int($0) })),
            ("undecided", .array(capacity.undecided.map { .int($0) })),
            ("slo_last_pass", .optional(capacity.sloBatch.lastPass)), ("point_last_pass", .optional(capacity.pointBatch.lastPass)),
        ])
    }
}
