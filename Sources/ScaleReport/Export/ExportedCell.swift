import ScaleCore

/// What a cell's object in ``ExportDocument`` holds.
struct ExportedCell {
    let cell: CellRecord
    let deployment: Int64

    var members: [(String, JSONText)] {
        key + counts + [
            ("latencies", latencies), ("failures", .array(cell.failures.map(failure))),
            (
                "checks",
                .array(cell.checks.map { .object([("check", .string($0.check.rawValue)), ("sentence", .string($0.sentence))]) })
            ),
            (
                "verdict",
                .object([
                    ("limiter", .string(cell.verdict.limiter.rawValue)), ("evidence", .string(cell.verdict.evidence)),
                    ("valid", .bool(cell.valid)),
                ])
            ),
            ("texts", ServerWords.texts(cell)), ("oddities", ServerWords.oddities(cell)), ("addresses", ServerWords.addresses(cell)),
            ("reported_session_cap", .optional(cell.reportedSessionCap)),
            ("reported_active_sessions", .optional(cell.reportedActiveSessions)), ("generator", cell.generator.map(generator) ?? .null),
            ("server", cell.server.map(server) ?? .null), ("balancer", cell.balancer.map(server) ?? .null),
            ("host", cell.host.map(host) ?? .null), ("floor", cell.floor.map(floor) ?? .null), ("hold", cell.hold.map(hold) ?? .null),
            (
                "lockstep",
                cell.lockstep.map { .object([("rounds", .int($0.rounds)), ("idle_ratio", .double($0.idleShare))]) } ?? .null
            ),
        ]
    }

    private var key: [(String, JSONText)] {
        [
            ("deployment", .int(Int(deployment))), ("mode", .string(cell.key.mode.rawValue)), ("sessions", .int(cell.key.sessions)),
            ("wait_seconds", .double(cell.key.wait.seconds)), ("steps", .int(cell.key.steps)), ("repetition", .int(cell.key.rep)),
            ("started_at", .string(cell.startedAt.iso8601)), ("wall_seconds", .double(cell.wall.seconds)),
            ("last_success_seconds", .optional(cell.lastSuccess?.seconds)),
        ]
    }

    private var counts: [(String, JSONText)] {
        [
            ("succeeded", .int(cell.succeeded)), ("failed", .int(cell.failed)), ("success_ratio", .double(cell.successRate)),
            ("sessions_per_second", .optional(cell.sessionsPerSecond)), ("steps_per_second", .optional(cell.stepsPerSecond)),
            ("effective_concurrency", .optional(cell.effectiveConcurrency)), ("peak_open_sessions", .optional(cell.peakOpen)),
            ("unique_pids", .int(cell.uniquePids)), ("unique_sessions", .int(cell.uniqueSessions)),
            ("unique_hosts", .int(cell.uniqueHosts)), ("late_starts", .int(cell.lateStarts)),
            ("late_steps", .optional(cell.lateSteps)),
        ]
    }

    /// Those that were measured, in the order of their declaration.
    private var latencies: JSONText {
        .object(
            Metric.allCases.compactMap { metric in
                cell.latencies[metric].map { summary in
                    (
                        metric.rawValue,
                        .object([
                            ("count", .int(summary.count)), ("min_seconds", .optional(summary.min?.seconds)),
                            ("mean_seconds", .optional(summary.mean?.seconds)), ("p50_seconds", .double(summary.p50.seconds)),
                            ("p90_seconds", .optional(summary.p90?.seconds)), ("p95_seconds", .double(summary.p95.seconds)),
                            ("p99_seconds", .double(summary.p99.seconds)), ("max_seconds", .optional(summary.max?.seconds)),
                        ])
                    )
                }
            })
    }

    private func failure(_ failure: FailureCount) -> JSONText {
        .object([
            ("kind", .string(failure.kind.rawValue)), ("phase", .string(failure.phase.rawValue)),
            ("code", .optional(failure.code.map(Int.init))), ("count", .int(failure.count)),
            ("first_at_seconds", .double(failure.firstAt.seconds)),
        ])
    }

    private func generator(_ use: GeneratorUse) -> JSONText {
        .object([
            ("cpu_seconds", .double(use.cpu.seconds)), ("peak_rss_bytes", .int(use.peakRSSBytes)), ("threads", .int(use.threads)),
            ("processes", .int(use.processes)), ("loop_lag_p99_seconds", .optional(use.loopLagP99?.seconds)),
            ("loop_lag_max_seconds", .optional(use.loopLagMax?.seconds)), ("ceiling_ratio", .optional(use.ceilingFraction)),
        ])
    }

    private func server(_ use: ServerUse) -> JSONText {
        .object([("cpu_seconds", .double(use.cpu.seconds)), ("peak_rss_bytes", .int(use.peakRSSBytes))])
    }

    private func host(_ use: HostUse) -> JSONText {
        .object([
            ("open_descriptors", .optional(use.openDescriptors)), ("available_ports", .optional(use.availablePorts)),
            ("time_wait_before", .optional(use.timeWaitBefore)), ("time_wait_after", .optional(use.timeWaitAfter)),
            ("retransmits", .optional(use.retransmits)), ("listen_drops", .optional(use.listenDrops)),
            ("swapped_pages", .optional(use.swappedPages)), ("busy_ratio", .optional(use.busyShare)),
            ("steal_ratio", .optional(use.stealShare)),
        ])
    }

    private func floor(_ floor: LatencyFloor) -> JSONText {
        .object([
            ("connect_p50_seconds", .double(floor.connectP50.seconds)), ("connect_p99_seconds", .double(floor.connectP99.seconds)),
            ("step_p50_seconds", .double(floor.stepP50.seconds)), ("step_p99_seconds", .double(floor.stepP99.seconds)),
            ("total_p50_seconds", .double(floor.totalP50.seconds)), ("total_p99_seconds", .double(floor.totalP99.seconds)),
        ])
    }

    private func hold(_ hold: HoldSummary) -> JSONText {
        .object([
            ("duration_seconds", .double(hold.duration.seconds)), ("mean_open", .double(hold.meanOpen)),
            ("least_open", .int(hold.leastOpen)),
        ])
    }
}
