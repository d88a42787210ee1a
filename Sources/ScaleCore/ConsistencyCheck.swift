/// What the numbers of a cell, or of cells beside each other, must agree on. The raw values are stored and keep their
/// meaning.
public enum ConsistencyCheck: String, Hashable, Sendable, Codable, CaseIterable {
    /// No step is shorter than the wait it asked for, and no session than its waits.
    case wait = "below-wait"
    /// Little's law: effective concurrency = steps/s × the mean step.
    case little = "little"
    /// Effective concurrency ≤ peak open ≤ N.
    case concurrencyOrder = "concurrency-order"
    /// Sessions that were offered at once were open at once.
    case concurrencyReached = "concurrency-not-reached"
    /// steps/s ≤ the sessions that can be in a step ÷ the wait.
    case stepBound = "above-step-bound"
    /// Failures have more than one cause.
    case failureSpread = "one-failure"
    /// The generator is well below its calibrated ceiling.
    case generatorCeiling = "generator-ceiling"
    /// Across cells: a longer wait lowers the throughput.
    case waitMatters = "independent-of-wait"
    /// Across cells: a larger N has more successes.
    case growth = "success-plateau"

    /// Whether it compares cells with each other, so that no single one can break it.
    public var isAcrossCells: Bool { self == .waitMatters || self == .growth }
}

/// A consistency check that did not hold. It changes no verdict: it is what a reader must know beside the numbers.
public struct CheckViolation: Hashable, Sendable, Codable {
    public var check: ConsistencyCheck
    /// One sentence with the numbers, without a period at its end.
    public var sentence: String

    public init(_ check: ConsistencyCheck, _ sentence: String) {
        self.check = check
        self.sentence = sentence
    }
}
