/// What a cell that holds its sessions open found: how many really were.
public struct HoldSummary: Hashable, Sendable, Codable {
    /// From the release on: the window in which steps count.
    public var duration: Nanoseconds
    /// Sessions past reset and not over, averaged over the window by time.
    public var meanOpen: Double
    /// The fewest of them at one moment of the window.
    public var leastOpen: Int

    public init(duration: Nanoseconds, meanOpen: Double, leastOpen: Int) {
        self.duration = duration
        self.meanOpen = meanOpen
        self.leastOpen = leastOpen
    }
}

/// What a cell whose sessions step together found; its distributions are ``Metric/makespan`` and ``Metric/straggler``.
public struct LockstepSummary: Hashable, Sendable, Codable {
    /// Rounds in which at least one step succeeded.
    public var rounds: Int
    /// 1 − in-step time of the successful steps ÷ (sessions of the round × its makespan), over all rounds: the share of
    /// the batch's time that was spent waiting for its slowest session.
    public var idleShare: Double

    public init(rounds: Int, idleShare: Double) {
        self.rounds = rounds
        self.idleShare = idleShare
    }
}
