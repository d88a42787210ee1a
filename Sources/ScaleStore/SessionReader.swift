import GRDB
import ScaleCore

/// The parts of a cell that can be large, read one cell at a time.
extension RunReader {
    /// Calls `body` for every session of a cell in ascending order, with the host it landed on; holds one row at a
    /// time. ``SessionRecord/host`` is nil in these records: the name stands beside.
    ///
    /// `body` runs inside the read transaction: it must not call the store.
    public func forEachSession(
        of cell: Int64, _ body: (SessionRecord, _ host: String?) throws -> Void
    ) throws(ScaleError) {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT * FROM sessions WHERE cell_id = ? ORDER BY session", arguments: [cell])
            while let row = try rows.next() { try body(try Self.session(row), try row.optional("host")) }
        }
    }

    /// Every session of a cell in ascending order, and the hosts that ``SessionRecord/host`` points into.
    public func sessions(of cell: Int64) throws(ScaleError) -> (sessions: [SessionRecord], hosts: [String]) {
        var sessions: [SessionRecord] = []
        var hosts: [String] = []
        var indices: [String: Int32] = [:]
        try forEachSession(of: cell) { session, host in
            var session = session
            if let host {
                if indices[host] == nil {
                    indices[host] = Int32(hosts.count)
                    hosts.append(host)
                }
                session.host = indices[host]
            }
            sessions.append(session)
        }
        return (sessions, hosts)
    }

    /// The HDR V2 encoding of a metric's distribution; nil where the cell has none.
    public func histogram(cell: Int64, metric: Metric) throws(ScaleError) -> [UInt8]? {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT hdr FROM histograms WHERE cell_id = ? AND metric = ?",
                arguments: [cell, metric.rawValue])
            guard let row = try rows.next() else { return nil }
            return try row.withUnsafeData(atIndex: 0) { bytes in bytes.map { [UInt8]($0) } }
        }
    }

    /// The time line of a cell in ascending order.
    public func samples(of cell: Int64) throws(ScaleError) -> [CellSample] {
        try read { db in
            let rows = try Row.fetchCursor(
                db, sql: "SELECT * FROM samples WHERE cell_id = ? ORDER BY sample", arguments: [cell])
            var found: [CellSample] = []
            while let row = try rows.next() {
                found.append(
                    CellSample(
                        at: try row.nanoseconds("at_ns"), open: try row.value("open_sessions"),
                        started: try row.value("started"), succeeded: try row.value("succeeded"),
                        failed: try row.value("failed"), loopLag: try row.nanoseconds("loop_lag_ns"),
                        cpu: try row.nanoseconds("cpu_ns")))
            }
            return found
        }
    }

    private static func session(_ row: Row) throws -> SessionRecord {
        var session = SessionRecord(
            session: try row.value("session"), intendedStart: try row.nanoseconds("intended_start_ns"))
        session.start = try row.optionalNanoseconds("start_ns")
        session.queue = try row.optionalNanoseconds("queue_ns")
        session.connect = try row.optionalNanoseconds("connect_ns")
        session.reset = try row.optionalNanoseconds("reset_ns")
        session.steps = try row.optionalNanoseconds("steps_ns")
        session.resetAt = try row.optionalNanoseconds("reset_at_ns")
        session.lastStepAt = try row.optionalNanoseconds("last_step_at_ns")
        session.endedAt = try row.optionalNanoseconds("ended_at_ns")
        session.total = try row.optionalNanoseconds("total_ns")
        session.waited = try row.optionalNanoseconds("waited_ns")
        session.think = try row.optionalNanoseconds("think_ns")
        session.gated = try row.optionalNanoseconds("gated_ns")
        session.stepsDone = try row.value("steps_done")
        if let kind: FailureKind = try row.optionalMember("failure_kind") {
            session.failure = SessionFailure(
                kind: kind, phase: try row.member("failure_phase"), code: try row.optional("failure_code"),
                at: try row.nanoseconds("failure_at_ns"))
        }
        session.pid = try row.optional("pid")
        session.hash = try (row.optional("session_hash") as String?).flatMap { SessionHash($0) }
        return session
    }
}
