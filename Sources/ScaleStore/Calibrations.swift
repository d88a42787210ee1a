import GRDB
import ScaleCore

extension Store {
    /// Stores a calibration beside those before it.
    public func add(_ calibration: CalibrationRecord) throws(ScaleError) {
        var fields = Fields()
        fields.set("host_key", calibration.key.host)
        fields.set("mode", calibration.key.mode.rawValue)
        fields.set("requests", calibration.key.sessions)
        fields.set("threads", calibration.key.threads)
        fields.set("processes", calibration.key.processes)
        fields.set("measured_at_us", calibration.measuredAt)
        fields.set("version", calibration.version)
        fields.set("sessions_per_second", calibration.sessionsPerSecond)
        fields.set("steps_per_second", calibration.stepsPerSecond)
        fields.set("cpu_per_session_ns", calibration.cpuPerSession)
        fields.set("bytes_per_session", calibration.bytesPerSession)
        fields.set("connect_p50_ns", calibration.floor.connectP50)
        fields.set("connect_p99_ns", calibration.floor.connectP99)
        fields.set("step_p50_ns", calibration.floor.stepP50)
        fields.set("step_p99_ns", calibration.floor.stepP99)
        fields.set("total_p50_ns", calibration.floor.totalP50)
        fields.set("total_p99_ns", calibration.floor.totalP99)
        try write { _ = try fields.insert(into: "calibrations", $0) }
    }
}

extension RunReader {
    /// The calibrations of a host, the latest first; of every host for nil.
    public func calibrations(host: String? = nil) throws(ScaleError) -> [CalibrationRecord] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT * FROM calibrations WHERE ?1 IS NULL OR host_key = ?1 ORDER BY measured_at_us DESC, id DESC
                    """, arguments: [host])
            var found: [CalibrationRecord] = []
            while let row = try rows.next() { found.append(try Self.calibration(row)) }
            return found
        }
    }

    private static func calibration(_ row: Row) throws -> CalibrationRecord {
        CalibrationRecord(
            key: CalibrationKey(
                host: try row.value("host_key"), mode: try row.member("mode"), sessions: try row.value("requests"),
                threads: try row.value("threads"), processes: try row.value("processes")),
            measuredAt: try row.wallTime("measured_at_us"), version: try row.value("version"),
            sessionsPerSecond: try row.value("sessions_per_second"), stepsPerSecond: try row.value("steps_per_second"),
            cpuPerSession: try row.nanoseconds("cpu_per_session_ns"), bytesPerSession: try row.optional("bytes_per_session"),
            floor: LatencyFloor(
                connectP50: try row.nanoseconds("connect_p50_ns"), connectP99: try row.nanoseconds("connect_p99_ns"),
                stepP50: try row.nanoseconds("step_p50_ns"), stepP99: try row.nanoseconds("step_p99_ns"),
                totalP50: try row.nanoseconds("total_p50_ns"), totalP99: try row.nanoseconds("total_p99_ns")))
    }
}
