import ScaleCore

/// One round of a batch in lock-step: all its sessions step once, and the slowest keeps the others waiting.
public struct LockstepRound: Hashable, Sendable, BitwiseCopyable {
    /// When the batch was let go, since the cell began.
    public var released: Nanoseconds
    /// When the last of it was answered, or failed; ``released`` when there was none.
    public var ended: Nanoseconds
    /// How many were answered.
    public var sessions = 0
    /// The sum of their times in step.
    public var stepTime = Nanoseconds.zero

    public init(released: Nanoseconds) {
        self.released = released
        ended = released
    }

    public mutating func answered(from start: Nanoseconds, to end: Nanoseconds) {
        sessions += 1
        stepTime += end - start
        ended = max(ended, end)
    }

    /// A session failed, and the others waited until it did.
    public mutating func lost(at time: Nanoseconds) { ended = max(ended, time) }

    /// From the release to the last answer.
    public var makespan: Nanoseconds { ended - released }

    /// What the slowest cost: the makespan less the mean step. Nil where nobody was answered.
    public var straggling: Nanoseconds? {
        sessions == 0 ? nil : makespan - Nanoseconds(stepTime.rawValue / Int64(sessions))
    }

    /// The share of its time that the batch spent waiting: 1 − in-step time ÷ (sessions × makespan), each summed over
    /// the rounds; a session counts in the rounds that it was answered in. Nil where there are none.
    public static func idleShare(_ rounds: [LockstepRound]) -> Double? {
        let busy = rounds.reduce(0) { $0 + $1.stepTime.seconds }
        let all = rounds.reduce(0) { $0 + Double($1.sessions) * $1.makespan.seconds }
        return all > 0 ? 1 - busy / all : nil
    }

    /// The rounds of a batch from those of its parts, which were let go together.
    public static func merged(_ parts: [[LockstepRound]]) -> [LockstepRound] {
        (0..<(parts.map(\.count).max() ?? 0)).map { round in
            let shares = parts.compactMap { round < $0.count ? $0[round] : nil }
            var whole = shares[0]
            for share in shares.dropFirst() {
                whole.released = min(whole.released, share.released)
                whole.ended = max(whole.ended, share.ended)
                whole.sessions += share.sessions
                whole.stepTime += share.stepTime
            }
            return whole
        }
    }
}
