import GRDB
import ScaleCore

/// Writes one cell within a transaction that its caller began.
struct CellWriter {
    let db: Database

    func write(_ cell: FinishedCell, run: Int64, deployment: Int64) throws -> Int64 {
        try replaceTerminated(cell.record.key, run: run, deployment: deployment)
        let id = try aggregates(of: cell.record, run: run, deployment: deployment).insert(into: "cells", db)
        for failure in cell.record.failures { try write(failure, cell: id) }
        for violation in cell.record.checks { try write(violation, cell: id) }
        try write(textsOf: cell.record, cell: id)
        try write(odditiesOf: cell.record, cell: id)
        try write(addressesOf: cell.record, cell: id)
        try write(cell.sessions, hosts: cell.hosts, cell: id)
        for (metric, bytes) in cell.histograms { try write(bytes, metric: metric, cell: id) }
        for (index, sample) in cell.samples.enumerated() { try write(sample, index: index, cell: id) }
        return id
    }

    /// A cell in which the servers were ended makes room for one in which they were not.
    private func replaceTerminated(_ key: CellKey, run: Int64, deployment: Int64) throws {
        try db.execute(
            sql: """
                DELETE FROM cells WHERE run_id = ? AND deployment_id = ? AND mode = ? AND requests = ? AND wait_ns = ? AND steps = ? AND rep = ?
                AND EXISTS (SELECT 1 FROM cell_failures f WHERE f.cell_id = cells.id AND f.kind = ?)
                """,
            arguments: [
                run, deployment, key.mode.rawValue, key.sessions, key.wait.rawValue, key.steps, key.rep,
                FailureKind.providerTerminated.rawValue,
            ])
    }

    private func aggregates(of record: CellRecord, run: Int64, deployment: Int64) -> Fields {
        var fields = Fields()
        fields.set("run_id", run)
        fields.set("deployment_id", deployment)
        fields.set("mode", record.key.mode.rawValue)
        fields.set("requests", record.key.sessions)
        fields.set("wait_seconds", record.key.wait.seconds)
        fields.set("wait_ns", record.key.wait)
        fields.set("steps", record.key.steps)
        fields.set("rep", record.key.rep)
        fields.set("started_at_us", record.startedAt)
        fields.set("wall_ns", record.wall)
        fields.set("last_success_ns", record.lastSuccess)
        fields.set("succeeded", record.succeeded)
        fields.set("failed", record.failed)
        fields.set("sessions_per_second", record.sessionsPerSecond)
        fields.set("steps_per_second", record.stepsPerSecond)
        fields.set("effective_concurrency", record.effectiveConcurrency)
        fields.set("peak_open_sessions", record.peakOpen)
        fields.set("unique_pids", record.uniquePids)
        fields.set("unique_sessions", record.uniqueSessions)
        fields.set("unique_hosts", record.uniqueHosts)
        fields.set("late_starts", record.lateStarts)
        fields.set("late_steps", record.lateSteps)
        fields.set("hold_ns", record.hold?.duration)
        fields.set("hold_mean_open", record.hold?.meanOpen)
        fields.set("hold_least_open", record.hold?.leastOpen)
        fields.set("lockstep_rounds", record.lockstep?.rounds)
        fields.set("lockstep_idle_share", record.lockstep?.idleShare)
        fields.set("limiter", record.verdict.limiter.rawValue)
        fields.set("evidence", record.verdict.evidence)
        fields.set("valid", record.valid)
        fields.set("reported_session_cap", record.reportedSessionCap)
        fields.set("reported_active_sessions", record.reportedActiveSessions)
        fields.set("generator_cpu_ns", record.generator?.cpu)
        fields.set("generator_peak_rss_bytes", record.generator?.peakRSSBytes)
        fields.set("generator_threads", record.generator?.threads)
        fields.set("generator_processes", record.generator?.processes)
        fields.set("generator_loop_lag_p99_ns", record.generator?.loopLagP99)
        fields.set("generator_loop_lag_max_ns", record.generator?.loopLagMax)
        fields.set("generator_ceiling_fraction", record.generator?.ceilingFraction)
        fields.set("server_cpu_ns", record.server?.cpu)
        fields.set("server_peak_rss_bytes", record.server?.peakRSSBytes)
        fields.set("balancer_cpu_ns", record.balancer?.cpu)
        fields.set("balancer_peak_rss_bytes", record.balancer?.peakRSSBytes)
        set(record.host, in: &fields)
        set(record.floor, in: &fields)
        for metric in Metric.allCases { set(record.latencies[metric], of: metric, in: &fields) }
        return fields
    }

    private func set(_ host: HostUse?, in fields: inout Fields) {
        fields.set("host_observed", host != nil)
        fields.set("host_open_descriptors", host?.openDescriptors)
        fields.set("host_available_ports", host?.availablePorts)
        fields.set("host_time_wait_before", host?.timeWaitBefore)
        fields.set("host_time_wait_after", host?.timeWaitAfter)
        fields.set("host_retransmits", host?.retransmits)
        fields.set("host_listen_drops", host?.listenDrops)
        fields.set("host_swapped_pages", host?.swappedPages)
        fields.set("host_busy_share", host?.busyShare)
        fields.set("host_steal_share", host?.stealShare)
    }

    private func set(_ floor: LatencyFloor?, in fields: inout Fields) {
        fields.set("floor_connect_p50_ns", floor?.connectP50)
        fields.set("floor_connect_p99_ns", floor?.connectP99)
        fields.set("floor_step_p50_ns", floor?.stepP50)
        fields.set("floor_step_p99_ns", floor?.stepP99)
        fields.set("floor_total_p50_ns", floor?.totalP50)
        fields.set("floor_total_p99_ns", floor?.totalP99)
    }

    private func set(_ summary: LatencySummary?, of metric: Metric, in fields: inout Fields) {
        let name = metric.rawValue
        fields.set(name + "_count", summary?.count)
        fields.set(name + "_min_ns", summary?.min)
        fields.set(name + "_mean_ns", summary?.mean)
        fields.set(name + "_p50_ns", summary?.p50)
        fields.set(name + "_p90_ns", summary?.p90)
        fields.set(name + "_p95_ns", summary?.p95)
        fields.set(name + "_p99_ns", summary?.p99)
        fields.set(name + "_max_ns", summary?.max)
    }

    private func write(_ failure: FailureCount, cell: Int64) throws {
        var fields = Fields()
        fields.set("cell_id", cell)
        fields.set("kind", failure.kind.rawValue)
        fields.set("phase", failure.phase.rawValue)
        fields.set("code", failure.code)
        fields.set("count", failure.count)
        fields.set("first_at_ns", failure.firstAt)
        try fields.insert(into: "cell_failures", db)
    }

    private func write(_ violation: CheckViolation, cell: Int64) throws {
        var fields = Fields()
        fields.set("cell_id", cell)
        fields.set("check_name", violation.check.rawValue)
        fields.set("sentence", violation.sentence)
        try fields.insert(into: "cell_checks", db)
    }

    private func write(textsOf record: CellRecord, cell: Int64) throws {
        for (rank, each) in record.texts.enumerated() {
            var fields = Fields()
            fields.set("cell_id", cell)
            fields.set("rank", rank + 1)
            fields.set("kind", each.kind.rawValue)
            fields.set("phase", each.phase.rawValue)
            fields.set("code", each.code)
            fields.set("text", each.text)
            fields.set("count", each.count)
            try fields.insert(into: "cell_texts", db)
        }
    }

    private func write(odditiesOf record: CellRecord, cell: Int64) throws {
        for (oddity, count) in record.oddities {
            var fields = Fields()
            fields.set("cell_id", cell)
            fields.set("oddity", oddity.rawValue)
            fields.set("count", count)
            try fields.insert(into: "cell_oddities", db)
        }
    }

    private func write(addressesOf record: CellRecord, cell: Int64) throws {
        for (place, use) in record.addresses.enumerated() {
            var fields = Fields()
            fields.set("cell_id", cell)
            fields.set("place", place + 1)
            fields.set("address", use.address)
            fields.set("offered", use.offered)
            fields.set("succeeded", use.succeeded)
            try fields.insert(into: "cell_addresses", db)
        }
    }

    /// The one part whose size is that of the cell: one prepared statement, positional values, nothing kept per row.
    private func write(_ sessions: [SessionRecord], hosts: [String], cell: Int64) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO sessions (cell_id, session, intended_start_ns, start_ns, queue_ns, connect_ns, reset_ns,
                steps_ns, reset_at_ns, last_step_at_ns, ended_at_ns, total_ns, waited_ns, think_ns, gated_ns,
                steps_done, failure_kind, failure_phase, failure_code, failure_at_ns, host, pid, session_hash)
                VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
                """)
        let cellValue = cell.databaseValue
        let hostValues = hosts.map(\.databaseValue)
        for session in sessions {
            var host = DatabaseValue.null
            if let index = session.host {
                guard hostValues.indices.contains(Int(index)) else {
                    throw ScaleError(.defect, "session \(session.session) names host \(index) of \(hosts.count)")
                }
                host = hostValues[Int(index)]
            }
            // Of this type, and read through a buffer: arguments made of an array of plain values would cost a key path
            // and an allocation for each.
            let values: [(any DatabaseValueConvertible)?] = [
                cellValue, session.session.databaseValue, session.intendedStart.databaseValue,
                session.start.databaseValue, session.queue.databaseValue, session.connect.databaseValue,
                session.reset.databaseValue, session.steps.databaseValue, session.resetAt.databaseValue,
                session.lastStepAt.databaseValue, session.endedAt.databaseValue, session.total.databaseValue,
                session.waited.databaseValue, session.think.databaseValue, session.gated.databaseValue,
                session.stepsDone.databaseValue,
                session.failure?.kind.rawValue.databaseValue ?? .null,
                session.failure?.phase.rawValue.databaseValue ?? .null,
                session.failure?.code?.databaseValue ?? .null, (session.failure?.at).databaseValue, host,
                session.pid?.databaseValue ?? .null, session.hash?.text.databaseValue ?? .null,
            ]
            statement.setUncheckedArguments(values.withUnsafeBufferPointer { StatementArguments($0) })
            try statement.execute()
        }
    }

    /// The bytes go in as a literal: binding them would need Foundation's `Data`.
    private func write(_ bytes: [UInt8], metric: Metric, cell: Int64) throws {
        let digits = Array("0123456789abcdef".utf8)
        var hex: [UInt8] = []
        hex.reserveCapacity(2 * bytes.count)
        for byte in bytes {
            hex.append(digits[Int(byte >> 4)])
            hex.append(digits[Int(byte & 15)])
        }
        try db.execute(
            sql: """
                INSERT INTO histograms (cell_id, metric, hdr)
                VALUES (?, ?, x'\(String(decoding: hex, as: UTF8.self))')
                """,
            arguments: [cell, metric.rawValue])
    }

    private func write(_ sample: CellSample, index: Int, cell: Int64) throws {
        var fields = Fields()
        fields.set("cell_id", cell)
        fields.set("sample", index)
        fields.set("at_ns", sample.at)
        fields.set("open_sessions", sample.open)
        fields.set("started", sample.started)
        fields.set("succeeded", sample.succeeded)
        fields.set("failed", sample.failed)
        fields.set("loop_lag_ns", sample.loopLag)
        fields.set("cpu_ns", sample.cpu)
        try fields.insert(into: "samples", db)
    }
}

extension Nanoseconds {
    fileprivate var databaseValue: DatabaseValue { rawValue.databaseValue }
}

extension Optional<Nanoseconds> {
    fileprivate var databaseValue: DatabaseValue { self?.rawValue.databaseValue ?? .null }
}
