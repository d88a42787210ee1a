import ScaleCore
import ScaleReport

/// A calibration in words for the console.
enum CalibrationText {
    static func line(_ calibration: CalibrationRecord) -> String {
        let key = calibration.key
        var text = "ceiling at \(key.mode.rawValue) N=\(key.sessions): \(Figure.fixed(calibration.sessionsPerSecond, 0)) sessions/s, "
        text += "\(Figure.fixed(calibration.stepsPerSecond, 0)) steps/s, "
        text += "\(Figure.fixed(calibration.cpuPerSession.seconds * 1e6, 0)) µs of processor time"
        if let bytes = calibration.bytesPerSession { text += " and \(bytes) bytes" }
        text += " a session; floor of total P50 \(milliseconds(calibration.floor.totalP50)), P99 "
        return text + milliseconds(calibration.floor.totalP99)
    }

    private static func milliseconds(_ span: Nanoseconds) -> String { Figure.fixed(span.seconds * 1e3, 2) + " ms" }
}
