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
