import ScaleCore

/// Whether one N is held, on the evidence of its repetitions.
public enum PassOutcome: String, Hashable, Sendable, Codable, CaseIterable {
    case pass, fail
    /// The evidence does not decide: more repetitions would.
    case undecided
}

/// What the rule found, with everything it decided by.
public struct PassJudgement: Hashable, Sendable {
    public var outcome: PassOutcome
    /// The ancestor's rule: the mean of the repetitions' rates reaches the threshold. It knows no doubt.
    public var passesPointRule: Bool
    /// Sessions over all repetitions.
    public var succeeded: Int
    public var offered: Int
    /// The exact one-sided bounds of the pooled success rate, each at the rule's confidence.
    public var lowerBound: Double
    public var upperBound: Double
    /// The worst repetition's success rate; nil without repetitions.
    public var worstRate: Double?
    /// The mean of the repetitions' success rates; nil without repetitions.
    public var meanRate: Double?
    /// Whether this many sessions could not have passed even without a single failure: below 59 at 95 %.
    public var tooFewToPass: Bool
}

/// The statistical pass rule. At the threshold 0.95:
///
/// - **pass** when every repetition reaches 0.95 and the lower bound of the pooled rate does too;
/// - **fail** when the upper bound is below 0.95, or a repetition is below 0.90;
/// - **undecided** otherwise.
///
/// One repetition is one cell: its success rate and its number of sessions. The bounds are those of
/// ``BinomialBounds``, one-sided at 95 % each.
public struct PassRule: Hashable, Sendable {
    /// The success rate that is asked for, 0 to 1.
    public var threshold: Double
    /// Of each one-sided bound.
    public var confidence: Double
    /// A repetition this far below the threshold fails the whole.
    public var repMargin: Double

    public init(threshold: Double = 0.95, confidence: Double = 0.95, repMargin: Double = 0.05) {
        self.threshold = threshold
        self.confidence = confidence
        self.repMargin = repMargin
    }

    /// The fewest sessions over all repetitions that can pass, which they do when none fails: 59 at 95 % and 95 %.
    /// `Int.max` where no number can.
    public var fewestToPass: Int { BinomialBounds.fewestTrials(for: threshold, confidence: confidence) }

    /// Sums and means of rates are not exact in binary: a rate this near to a limit is at the limit.
    private static let tolerance = 1e-12

    public struct Rep: Hashable, Sendable {
        public var succeeded: Int
        public var offered: Int

        public init(succeeded: Int, offered: Int) {
            self.succeeded = succeeded
            self.offered = offered
        }

        var rate: Double { offered == 0 ? 0 : Double(succeeded) / Double(offered) }
    }

    public func judge(_ reps: [Rep]) -> PassJudgement {
        let succeeded = reps.reduce(0) { $0 + $1.succeeded }
        let offered = reps.reduce(0) { $0 + $1.offered }
        let lower = BinomialBounds.lower(successes: succeeded, of: offered, confidence: confidence)
        let upper = BinomialBounds.upper(successes: succeeded, of: offered, confidence: confidence)
        let worst = reps.map(\.rate).min()
        let mean = reps.isEmpty ? nil : reps.reduce(0) { $0 + $1.rate } / Double(reps.count)
        let best = BinomialBounds.lower(successes: offered, of: offered, confidence: confidence)

        let outcome: PassOutcome
        if let worst {
            if worst >= threshold - Self.tolerance, lower >= threshold {
                outcome = .pass
            } else if upper < threshold || worst < threshold - repMargin - Self.tolerance {
                outcome = .fail
            } else {
                outcome = .undecided
            }
        } else {
            outcome = .undecided
        }
        return PassJudgement(
            outcome: outcome, passesPointRule: (mean ?? 0) >= threshold - Self.tolerance && !reps.isEmpty,
            succeeded: succeeded, offered: offered, lowerBound: lower, upperBound: upper, worstRate: worst,
            meanRate: mean, tooFewToPass: best < threshold)
    }

    public func judge(_ cells: [CellRecord]) -> PassJudgement {
        judge(cells.map { Rep(succeeded: $0.counted, offered: $0.key.sessions) })
    }
}

extension CellRecord {
    /// Its sessions were held open, and no step of theirs was answered within that time: nothing was held up.
    public var heldInVain: Bool { hold != nil && (stepsPerSecond ?? 0) == 0 }

    /// The successes that the pass rule counts.
    public var counted: Int { heldInVain ? 0 : succeeded }
}
