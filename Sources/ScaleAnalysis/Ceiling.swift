import ScaleCore

/// Holds a cell against what the generator reaches on its host when the server costs nearly nothing.
public enum Ceiling {
    /// The larger of the cell's sessions/s and steps/s, each as a share of the calibrated one: 0 when nothing
    /// succeeded, above 1 when the calibration was made at a worse moment than the cell. Steps that sessions take once are
    /// not a rate: all of a burst may be answered within a moment.
    public static func fraction(of cell: CellRecord, to calibration: CalibrationRecord) -> Double {
        let steps = cell.key.steps == 1 ? 0 : share(cell.stepsPerSecond, of: calibration.stepsPerSecond)
        return max(share(cell.sessionsPerSecond, of: calibration.sessionsPerSecond), steps)
    }

    private static func share(_ rate: Double?, of ceiling: Double) -> Double {
        guard let rate, ceiling > 0 else { return 0 }
        return rate / ceiling
    }
}
