import ScaleCore

/// One finished cell as far as a decision about further ones goes: a repetition of one N.
public struct Trial: Hashable, Sendable {
    public var sessions: Int
    /// From 1.
    public var rep: Int
    public var succeeded: Int
    /// False where the generator's own limits stopped it.
    public var isValid: Bool

    public init(sessions: Int, rep: Int, succeeded: Int, isValid: Bool = true) {
        self.sessions = sessions
        self.rep = rep
        self.succeeded = succeeded
        self.isValid = isValid
    }

    public init(_ cell: CellRecord) {
        self.init(sessions: cell.key.sessions, rep: cell.key.rep, succeeded: cell.succeeded, isValid: cell.valid)
    }
}

/// When another repetition of an N is worth its sessions.
public struct RetestRule: Hashable, Sendable {
    /// What is known of one N.
    public enum Standing: Hashable, Sendable {
        case passes, fails
        /// Another repetition may decide.
        case undecided
        /// The repetitions are used up, or no number of them could make it pass and nothing says that it fails.
        case open
        /// The generator stopped it each time.
        case invalid
    }

    public var rule: PassRule
    /// Repetitions of one N, those that count and those that do not.
    public var most: Int
    /// An N whose cells are all invalid is given up after so many: one can be a disturbance of the host.
    public static let invalidTries = 2

    public init(rule: PassRule = PassRule(), most: Int) {
        self.rule = rule
        self.most = most
    }

    /// Of the repetitions of one N, in any order.
    public func standing(_ trials: [Trial]) -> Standing {
        guard let sessions = trials.first?.sessions else { return .undecided }
        let reps = trials.filter(\.isValid).map { PassRule.Rep(succeeded: $0.succeeded, offered: $0.sessions) }
        if reps.isEmpty { return trials.count < min(Self.invalidTries, most) ? .undecided : .invalid }
        let judgement = rule.judge(reps)
        switch judgement.outcome {
        case .pass: return .passes
        case .fail: return .fails
        case .undecided:
            let left = most - trials.count
            if left < 1 { return .open }
            // Below the threshold more repetitions may yet fail it. Above it they must be able to make it pass, which
            // one repetition below the threshold prevents for good.
            if judgement.upperBound >= rule.threshold, !judgement.passesPointRule { return .undecided }
            let best = reps + Array(repeating: PassRule.Rep(succeeded: sessions, offered: sessions), count: left)
            return rule.judge(best).outcome == .pass ? .undecided : .open
        }
    }
}

/// The order of cells that may be measured in any: by chance, so that nothing that drifts on a host favours one of them,
/// and the same for the same seed, so that a run which goes on after an interruption takes the same one next.
struct SeededOrder {
    var seed: UInt64

    /// A number that says nothing about the cell it is of.
    func rank(_ parts: Int...) -> UInt64 {
        parts.reduce(SplitMix64.mixed(seed &+ SplitMix64.gamma)) { mixed, part in
            SplitMix64.mixed((mixed ^ UInt64(truncatingIfNeeded: part)) &+ SplitMix64.gamma)
        }
    }
}
