import ScaleCore

/// What a gate says. The raw values are what JSON and the store call them.
public enum GateVerdict: String, Hashable, Sendable, Codable, CaseIterable {
    case pass
    /// Worse by at least the smallest effect that counts, or a threshold missed.
    case regression
    /// The evidence decides neither.
    case inconclusive
    /// What was measured must not be judged.
    case invalid
}

extension GateVerdict {
    /// The process exit status, as documented under "Exit status".
    /// - Parameter strict: evidence that does not decide counts as a regression.
    public func exitStatus(strict: Bool) -> Int32 {
        switch self {
        case .pass: 0
        case .regression: ScaleError.Code.regression.exitStatus
        case .inconclusive: strict ? ScaleError.Code.regression.exitStatus : ScaleError.Code.inconclusive.exitStatus
        case .invalid: ScaleError.Code.invalidMeasurement.exitStatus
        }
    }
}
