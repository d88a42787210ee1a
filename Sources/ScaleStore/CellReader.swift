import GRDB
import ScaleCore

/// Reads cells within a transaction that its caller began.
struct CellReader {
    let db: Database

    /// Which cells are read.
    enum Selection {
        case run(Int64)
        /// One, whatever its run holds beside it.
        case cell(Int64)

        /// What a row of `cells` must meet.
        var condition: String {
            switch self {
            case .run: "cells.run_id = ?"
            case .cell: "cells.id = ?"
            }
        }

        var arguments: StatementArguments {
            switch self {
            case .run(let id), .cell(let id): [id]
            }
        }

        /// Rows of a table that points at cells.
        func rows(of table: String, order: String) -> String {
            "SELECT \(table).* FROM cells JOIN \(table) ON cell_id = cells.id WHERE \(condition) ORDER BY \(order)"
        }
    }

    /// In the order they were measured.
    func cells(_ selection: Selection) throws -> [RunSnapshot.Cell] {
        var failures: [Int64: [FailureCount]] = [:]
        let failureRows = try Row.fetchCursor(
            db, sql: selection.rows(of: "cell_failures", order: "cell_failures.id"), arguments: selection.arguments)
        while let row = try failureRows.next() {
            failures[try row.value("cell_id"), default: []].append(
                FailureCount(
                    kind: try row.member("kind"), phase: try row.member("phase"), code: try row.optional("code"),
                    count: try row.value("count"), firstAt: try row.nanoseconds("first_at_ns")))
        }
        let checks = try checks(selection)
        let details = try CellDetails(db, selection)
        var found: [RunSnapshot.Cell] = []
        let rows = try Row.fetchCursor(
            db, sql: "SELECT * FROM cells WHERE \(selection.condition) ORDER BY id", arguments: selection.arguments)
        while let row = try rows.next() {
            let id: Int64 = try row.value("id")
            var record = try Self.record(row, failures: failures[id] ?? [])
            record.checks = checks[id] ?? []
            record.texts = details.texts[id] ?? []
            record.oddities = details.oddities[id] ?? [:]
            record.addresses = details.addresses[id] ?? []
            found.append(RunSnapshot.Cell(id: id, deployment: try row.value("deployment_id"), record: record))
        }
        return found
    }

    /// What each cell's numbers break, in the order of the checks' declaration.
    private func checks(_ selection: Selection) throws -> [Int64: [CheckViolation]] {
        var found: [Int64: [ConsistencyCheck: CheckViolation]] = [:]
        let rows = try Row.fetchCursor(
            db, sql: selection.rows(of: "cell_checks", order: "cell_id"), arguments: selection.arguments)
        while let row = try rows.next() {
            let violation = CheckViolation(try row.member("check_name"), try row.value("sentence"))
            found[try row.value("cell_id"), default: [:]][violation.check] = violation
        }
        return found.mapValues { each in ConsistencyCheck.allCases.compactMap { each[$0] } }
    }

    static func key(_ row: Row) throws -> CellKey {
        CellKey(
            mode: try row.member("mode"), sessions: try row.value("requests"), wait: try row.nanoseconds("wait_ns"),
            steps: try row.value("steps"), rep: try row.value("rep"))
    }

    private static func record(_ row: Row, failures: [FailureCount]) throws -> CellRecord {
        var latencies: [Metric: LatencySummary] = [:]
        for metric in Metric.allCases { latencies[metric] = try summary(metric.rawValue, row) }
        var record = CellRecord(
            key: try key(row), startedAt: try row.wallTime("started_at_us"), wall: try row.nanoseconds("wall_ns"),
            succeeded: try row.value("succeeded"), failed: try row.value("failed"), failures: failures,
            latencies: latencies, sessionsPerSecond: try row.optional("sessions_per_second"),
            stepsPerSecond: try row.optional("steps_per_second"),
            effectiveConcurrency: try row.optional("effective_concurrency"),
            peakOpen: try row.optional("peak_open_sessions"), uniquePids: try row.value("unique_pids"),
            uniqueSessions: try row.value("unique_sessions"), uniqueHosts: try row.value("unique_hosts"),
            lateStarts: try row.value("late_starts"),
            generator: try generator(row),
            server: try use("server", row), verdict: Verdict(try row.member("limiter"), evidence: try row.value("evidence")),
            reportedSessionCap: try row.optional("reported_session_cap"))
        record.lastSuccess = try row.optionalNanoseconds("last_success_ns")
        record.reportedActiveSessions = try row.optional("reported_active_sessions")
        record.lateSteps = try row.optional("late_steps")
        record.hold = try hold(row)
        if let rounds: Int = try row.optional("lockstep_rounds") {
            record.lockstep = LockstepSummary(rounds: rounds, idleShare: try row.value("lockstep_idle_share"))
        }
        record.host = try host(row)
        record.balancer = try use("balancer", row)
        record.floor = try floor(row)
        return record
    }

    private static func generator(_ row: Row) throws -> GeneratorUse? {
        guard let cpu = try row.optionalNanoseconds("generator_cpu_ns") else { return nil }
        return GeneratorUse(
            cpu: cpu, peakRSSBytes: try row.value("generator_peak_rss_bytes"), threads: try row.value("generator_threads"),
            loopLagP99: try row.optionalNanoseconds("generator_loop_lag_p99_ns"),
            loopLagMax: try row.optionalNanoseconds("generator_loop_lag_max_ns"),
            ceilingFraction: try row.optional("generator_ceiling_fraction"),
            processes: try row.value("generator_processes"))
    }

    private static func use(_ whose: String, _ row: Row) throws -> ServerUse? {
        guard let cpu = try row.optionalNanoseconds(whose + "_cpu_ns") else { return nil }
        return ServerUse(cpu: cpu, peakRSSBytes: try row.value(whose + "_peak_rss_bytes"))
    }

    private static func hold(_ row: Row) throws -> HoldSummary? {
        guard let duration = try row.optionalNanoseconds("hold_ns") else { return nil }
        return HoldSummary(
            duration: duration, meanOpen: try row.value("hold_mean_open"), leastOpen: try row.value("hold_least_open"))
    }

    private static func host(_ row: Row) throws -> HostUse? {
        guard try row.value("host_observed") else { return nil }
        return HostUse(
            openDescriptors: try row.optional("host_open_descriptors"),
            availablePorts: try row.optional("host_available_ports"),
            timeWaitBefore: try row.optional("host_time_wait_before"),
            timeWaitAfter: try row.optional("host_time_wait_after"),
            retransmits: try row.optional("host_retransmits"), listenDrops: try row.optional("host_listen_drops"),
            swappedPages: try row.optional("host_swapped_pages"), busyShare: try row.optional("host_busy_share"),
            stealShare: try row.optional("host_steal_share"))
    }

    private static func floor(_ row: Row) throws -> LatencyFloor? {
        guard let totalP99 = try row.optionalNanoseconds("floor_total_p99_ns") else { return nil }
        return LatencyFloor(
            connectP50: try row.nanoseconds("floor_connect_p50_ns"), connectP99: try row.nanoseconds("floor_connect_p99_ns"),
            stepP50: try row.nanoseconds("floor_step_p50_ns"), stepP99: try row.nanoseconds("floor_step_p99_ns"),
            totalP50: try row.nanoseconds("floor_total_p50_ns"), totalP99: totalP99)
    }

    private static func summary(_ metric: String, _ row: Row) throws -> LatencySummary? {
        guard let count: Int = try row.optional(metric + "_count") else { return nil }
        func known(_ name: String) throws -> Nanoseconds { try row.nanoseconds("\(metric)_\(name)_ns") }
        func perhaps(_ name: String) throws -> Nanoseconds? { try row.optionalNanoseconds("\(metric)_\(name)_ns") }
        return LatencySummary(
            count: count, min: try perhaps("min"), mean: try perhaps("mean"), p50: try known("p50"), p90: try perhaps("p90"),
            p95: try known("p95"), p99: try known("p99"), max: try perhaps("max"))
    }
}
