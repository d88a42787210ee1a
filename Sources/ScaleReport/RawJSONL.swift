import ScaleCore

/// One line per session with the keys that readers of older raw files know. Times are seconds; absent latencies are
/// 0.0, an absent pid is 0 and absent texts are empty, because those readers expect a value everywhere.
///
/// `connect_latency` and `total_latency` run from the intended start, as the percentiles of ``SummaryCSV`` do.
/// `step_latency` is the mean of the session's successful steps.
public enum RawJSONL {
    /// - Parameters:
    ///   - hosts: what ``SessionRecord/host`` points into.
    ///   - hardware: the user's label; empty where there is none, which reads `cpu-basic`.
    /// - Returns: one JSON object without a line end.
    public static func line(_ session: SessionRecord, of cell: CellRecord, hosts: [String], hardware: String) -> String {
        let began = session.start ?? session.intendedStart
        let timestamp = WallTime(microseconds: cell.startedAt.microseconds + began.rawValue / 1000)
        let lag = session.lag ?? .zero
        let step = session.stepsDone > 0 ? session.steps.map { $0.seconds / Double(session.stepsDone) } : nil
        let host = session.host.flatMap { hosts.indices.contains(Int($0)) ? hosts[Int($0)] : nil }
        let members: [(String, JSONText)] = [
            ("request_id", .int(session.session)),
            ("mode", .string(cell.key.mode.rawValue)),
            ("timestamp", .string(timestamp.iso8601)),
            ("wait_requested", .double(cell.key.wait.seconds)),
            ("batch_size", .int(cell.key.sessions)),
            ("hardware", .string(hardware.isEmpty ? SummaryCSV.unnamedHardware : hardware)),
            ("connect_latency", .double(session.connect.map { ($0 + lag).seconds } ?? 0)),
            ("reset_latency", .double(session.reset?.seconds ?? 0)),
            ("step_latency", .double(step ?? 0)),
            ("total_latency", .double(session.total.map { ($0 + lag).seconds } ?? 0)),
            ("waited_seconds", .double(session.waited?.seconds ?? 0)),
            ("pid", .int(Int(session.pid ?? 0))),
            ("session_hash", .string(session.hash?.text ?? "")),
            ("host_url", .string(host ?? "")),
            ("success", .bool(session.succeeded)),
            ("error_type", error(session).map(JSONText.string) ?? .null),
            ("error_message", message(session, of: cell).map(JSONText.string) ?? .null),
        ]
        return JSONText.object(members).line
    }

    /// A session that neither failed nor succeeded never ended: the generator's own doing.
    private static func error(_ session: SessionRecord) -> String? {
        session.succeeded ? nil : (session.failure?.kind ?? .internal).rawValue
    }

    /// `reset: capacity_reached`, `connect: refused (errno 111)`, and behind that what the servers said most often to those
    /// that failed so: of a session's own text no more is stored.
    private static func message(_ session: SessionRecord, of cell: CellRecord) -> String? {
        if session.succeeded { return nil }
        guard let failure = session.failure else { return "the session did not end" }
        let code = failure.kind.named(failure.code).map { " (\($0))" } ?? ""
        let said = cell.texts.first { $0.kind == failure.kind && $0.phase == failure.phase && $0.code == failure.code }
        return failure.phase.rawValue + ": " + failure.kind.rawValue + code + (said.map { ": " + $0.text } ?? "")
    }
}
