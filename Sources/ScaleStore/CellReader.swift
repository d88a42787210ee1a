import GRDB
import ScaleCore

/// Reads cells within a transaction that its caller began.
struct CellReader {
    let db: Database

    /// In the order they were measured.
    func cells(run: Int64) throws -> [RunSnapshot.Cell] {
        var failures: [Int64: [FailureCount]] = [:]
        let failureRows = try Row.fetchCursor(
            db,
            sql: """
                SELECT cell_failures.* FROM cell_failures JOIN cells ON cells.id = cell_id
                WHERE run_id = ? ORDER BY cell_failures.id
                """, arguments: [run])
        while let row = try failureRows.next() {
            failures[try row.value("cell_id"), default: []].append(
                FailureCount(
                    kind: try row.member("kind"), phase: try row.member("phase"), code: try row.optional("code"),
                    count: try row.value("count"), firstAt: try row.nanoseconds("first_at_ns")))
        }
        var found: [RunSnapshot.Cell] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM cells WHERE run_id = ? ORDER BY id", arguments: [run])
        while let row = try rows.next() {
            let id: Int64 = try row.value("id")
            found.append(
                RunSnapshot.Cell(
                    id: id, deployment: try row.value("deployment_id"),
                    record: try Self.record(row, failures: failures[id] ?? [])))
        }
        return found
    }

    static func key(_ row: Row) throws -> CellKey {
        CellKey(
            mode: try row.member("mode"), sessions: try row.value("requests"), wait: try row.nanoseconds("wait_ns"),
            steps: try row.value("steps"), rep: try row.value("rep"))
    }

    private static func record(_ row: Row, failures: [FailureCount]) throws -> CellRecord {
        var latencies: [Metric: LatencySummary] = [:]
        for metric in Metric.allCases { latencies[metric] = try summary(metric.rawValue, row) }
        var server: ServerUse?
        if let cpu = try row.optionalNanoseconds("server_cpu_ns") {
            server = ServerUse(cpu: cpu, peakRSSBytes: try row.value("server_peak_rss_bytes"))
        }
        return CellRecord(
            key: try key(row), startedAt: try row.wallTime("started_at_us"), wall: try row.nanoseconds("wall_ns"),
            succeeded: try row.value("succeeded"), failed: try row.value("failed"), failures: failures,
            latencies: latencies, sessionsPerSecond: try row.optional("sessions_per_second"),
            stepsPerSecond: try row.optional("steps_per_second"),
            effectiveConcurrency: try row.optional("effective_concurrency"),
            peakOpen: try row.value("peak_open_sessions"), uniquePids: try row.value("unique_pids"),
            uniqueSessions: try row.value("unique_sessions"), uniqueHosts: try row.value("unique_hosts"),
            lateStarts: try row.value("late_starts"),
            generator: GeneratorUse(
                cpu: try row.nanoseconds("generator_cpu_ns"),
                peakRSSBytes: try row.value("generator_peak_rss_bytes"),
                threads: try row.value("generator_threads"),
                loopLagP99: try row.optionalNanoseconds("generator_loop_lag_p99_ns"),
                loopLagMax: try row.optionalNanoseconds("generator_loop_lag_max_ns"),
                ceilingFraction: try row.optional("generator_ceiling_fraction")),
            server: server, verdict: Verdict(try row.member("limiter"), evidence: try row.value("evidence")),
            reportedSessionCap: try row.optional("reported_session_cap"))
    }

    private static func summary(_ metric: String, _ row: Row) throws -> LatencySummary? {
        guard let count: Int = try row.optional(metric + "_count") else { return nil }
        func statistic(_ name: String) throws -> Nanoseconds { try row.nanoseconds("\(metric)_\(name)_ns") }
        return LatencySummary(
            count: count, min: try statistic("min"), mean: try statistic("mean"), p50: try statistic("p50"),
            p90: try statistic("p90"), p95: try statistic("p95"), p99: try statistic("p99"), max: try statistic("max"))
    }
}
