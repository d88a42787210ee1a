import ScaleCore

/// A calibration as `scalebench calibrate --json` prints it: absent values null.
public enum CalibrationJSON {
    /// One JSON object without a line end.
    public static func line(_ calibration: CalibrationRecord) -> String {
        let floor = calibration.floor
        return JSONText.object([
            ("type", .string("calibration")), ("host_key", .string(calibration.key.host)),
            ("mode", .string(calibration.key.mode.rawValue)), ("requests", .int(calibration.key.sessions)),
            ("threads", .int(calibration.key.threads)), ("processes", .int(calibration.key.processes)),
            ("sessions_per_second", .double(calibration.sessionsPerSecond)),
            ("steps_per_second", .double(calibration.stepsPerSecond)),
            ("cpu_seconds_per_session", .double(calibration.cpuPerSession.seconds)),
            ("bytes_per_session", .optional(calibration.bytesPerSession)),
            ("connect_p50", .double(floor.connectP50.seconds)), ("connect_p99", .double(floor.connectP99.seconds)),
            ("step_p50", .double(floor.stepP50.seconds)), ("step_p99", .double(floor.stepP99.seconds)),
            ("total_p50", .double(floor.totalP50.seconds)), ("total_p99", .double(floor.totalP99.seconds)),
        ]).line
    }
}
