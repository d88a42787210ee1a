import ScaleAnalysis
import ScaleCore

/// A cell as `--json` prints it: the columns of ``SummaryCSV`` and what they leave out, absent values null.
public enum CellJSON {
    /// One JSON object without a line end.
    public static func line(_ cell: CellRecord, run: RunRecord, deployment: DeploymentRecord?) -> String {
        var members: [(String, JSONText)] = [("type", .string("cell"))]
        let values = SummaryCSV.values(cell, hardware: run.hardware, endpoints: deployment?.endpoints ?? [])
        members += zip(SummaryCSV.columns, values).map { name, value in
            switch value {
            case .text(let text): (name, .string(text))
            case .count(let count): (name, .int(count))
            case .number(let number): (name, .optional(number))
            }
        }
        members += [
            ("infra", deployment.map { .string($0.infra) } ?? .null),
            ("steps", .int(cell.key.steps)),
            ("success_rate", .double(cell.successRate)),
            ("sessions_per_second", .optional(cell.sessionsPerSecond)),
            ("last_success_seconds", .optional(cell.lastSuccess?.seconds)),
            ("steps_per_second", .optional(cell.stepsPerSecond)),
            ("peak_open_sessions", .optional(cell.peakOpen)),
            ("late_starts", .int(cell.lateStarts)),
            ("late_steps", cell.lateSteps.map { .int($0) } ?? .null),
            ("hold", cell.hold.map(hold) ?? .null),
            ("lockstep", cell.lockstep.map { lockstep($0, cell) } ?? .null),
            ("overhead_p99", .optional(cell.latencies[.overhead]?.p99.seconds)),
            ("verdict", .string(cell.verdict.limiter.rawValue)),
            ("verdict_evidence", .string(cell.verdict.evidence)),
            ("valid", .bool(cell.valid)),
            ("failures", failures(cell.failures)),
            ("texts", ServerWords.texts(cell)), ("oddities", ServerWords.oddities(cell)),
            ("addresses", ServerWords.addresses(cell)),
            ("reported_active_sessions", .optional(cell.reportedActiveSessions)),
            ("isolation_breaks", .int(cell.isolationBreaks)),
            ("checks", .array(cell.checks.map { .string($0.named) })),
            ("generator", cell.generator.map(generator) ?? .null),
            ("floor", cell.floor.map(floor) ?? .null),
            ("host", cell.host.map(host) ?? .null),
        ]
        return JSONText.object(members).line
    }

    /// Sessions by kind, over all phases and codes, in the order of the kinds' declaration.
    private static func failures(_ counts: [FailureCount]) -> JSONText {
        var sums: [FailureKind: Int] = [:]
        for each in counts { sums[each.kind, default: 0] += each.count }
        return .object(FailureKind.allCases.compactMap { kind in sums[kind].map { (kind.rawValue, .int($0)) } })
    }

    private static func hold(_ hold: HoldSummary) -> JSONText {
        .object([
            ("duration_seconds", .double(hold.duration.seconds)), ("mean_open", .double(hold.meanOpen)),
            ("least_open", .int(hold.leastOpen)),
        ])
    }

    private static func lockstep(_ lockstep: LockstepSummary, _ cell: CellRecord) -> JSONText {
        var members: [(String, JSONText)] = [("rounds", .int(lockstep.rounds)), ("idle_share", .double(lockstep.idleShare))]
        for metric in [Metric.makespan, .straggler] {
            let spans = cell.latencies[metric]
            for (name, span) in [("p50", spans?.p50), ("p95", spans?.p95), ("p99", spans?.p99), ("max", spans?.max)] {
                members.append(("\(metric.rawValue)_\(name)", .optional(span?.seconds)))
            }
        }
        return .object(members)
    }

    /// The generator's own latency at this N.
    private static func floor(_ floor: LatencyFloor) -> JSONText {
        .object([
            ("connect_p50", .double(floor.connectP50.seconds)), ("connect_p99", .double(floor.connectP99.seconds)),
            ("step_p50", .double(floor.stepP50.seconds)), ("step_p99", .double(floor.stepP99.seconds)),
            ("total_p50", .double(floor.totalP50.seconds)), ("total_p99", .double(floor.totalP99.seconds)),
        ])
    }

    private static func generator(_ use: GeneratorUse) -> JSONText {
        .object([
            ("cpu_seconds", .double(use.cpu.seconds)),
            ("peak_rss_bytes", .int(use.peakRSSBytes)),
            ("threads", .int(use.threads)), ("processes", .int(use.processes)),
            ("loop_lag_p99_seconds", .optional(use.loopLagP99?.seconds)),
            ("ceiling_fraction", .optional(use.ceilingFraction)),
        ])
    }

    private static func host(_ use: HostUse) -> JSONText {
        .object([
            ("open_descriptors", .optional(use.openDescriptors)),
            ("time_wait", .optional(use.timeWaitAfter)),
            ("retransmits", .optional(use.retransmits)),
            ("listen_drops", .optional(use.listenDrops)),
            ("swapped_pages", .optional(use.swappedPages)),
            ("busy_share", .optional(use.busyShare)),
            ("steal_share", .optional(use.stealShare)),
        ])
    }
}

/// A run as `--json` prints it last.
public enum RunJSON {
    /// One JSON object without a line end.
    ///
    /// `max_batch` has one entry per deployment, mode, wait and steps. `last_pass` is null where no N passes,
    /// `first_fail` where none fails; `point` is the max batch by the point rule. `checks` are the consistency checks
    /// across cells that do not hold, `launches` how long each infrastructure took to be ready.
    /// - Parameter db: where the run is stored.
    public static func line(_ snapshot: RunSnapshot, db: String) -> String {
        let subject = ReportSubject([snapshot])
        let batches = subject.series.compactMap { series in
            series.capacity.map { capacity in
                JSONText.object([
                    ("infra", .string(series.cells.first.map { snapshot.name(of: $0.deployment) } ?? "")),
                    ("mode", .string(series.mode.rawValue)),
                    ("wait_seconds", .double(series.wait.seconds)),
                    ("steps", .int(series.steps)),
                    ("last_pass", .optional(capacity.batch.lastPass)),
                    ("first_fail", .optional(capacity.batch.firstFail)),
                    ("point", .optional(capacity.pointBatch.lastPass)),
                ])
            }
        }
        return JSONText.object([
            ("type", .string("run")), ("run_id", .string(snapshot.run.uuid)), ("db", .string(db)),
            ("status", .string(snapshot.run.status.rawValue)), ("max_batch", .array(batches)),
            ("checks", .array(subject.checksAcrossCells.map { .string($0) })), ("launches", LaunchJSON.summary(subject)),
        ]).line
    }
}
