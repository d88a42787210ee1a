import ScaleCore

/// Holds a cell against what the generator reaches on its host when the server costs nearly nothing.
public enum Ceiling {
    /// The larger of the cell's sessions/s and steps/s, each as a share of the calibrated one: 0 when nothing
    /// succeeded, above 1 when the calibration was made at a worse moment than the cell.
    public static func fraction(
        sessionsPerSecond: Double?, stepsPerSecond: Double?, of calibration: CalibrationRecord
    ) -> Double {
        max(
            share(sessionsPerSecond, of: calibration.sessionsPerSecond), share(stepsPerSecond, of: calibration.stepsPerSecond))
    }

    private static func share(_ rate: Double?, of ceiling: Double) -> Double {
        guard let rate, ceiling > 0 else { return 0 }
        return rate / ceiling
    }
}
