import Glibc

/// Exact one-sided confidence bounds of a success rate.
///
/// C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of the
/// binomial", Biometrika 26 (1934). The lower bound is the rate at which seeing this many successes or more has the
/// probability 1 − confidence; the upper bound mirrors it. Both are quantiles of a beta distribution.
public enum BinomialBounds {
    /// The rate is at least this, 0 to 1; 0 without trials.
    public static func lower(successes: Int, of trials: Int, confidence: Double = 0.95) -> Double {
        guard trials > 0, successes > 0 else { return 0 }
        let successes = min(successes, trials)
        return BetaDistribution(a: Double(successes), b: Double(trials - successes + 1)).quantile(1 - confidence)
    }

    /// The rate is at most this, 0 to 1; 1 without trials.
    public static func upper(successes: Int, of trials: Int, confidence: Double = 0.95) -> Double {
        guard trials > 0 else { return 1 }
        return 1 - lower(successes: trials - max(0, successes), of: trials, confidence: confidence)
    }

    /// The fewest trials whose success, without one failure, puts the lower bound at `rate` or above: the least n with
    /// rateⁿ ≤ 1 − confidence. 1 for a rate of 0, `Int.max` where no number of trials does.
    static func fewestTrials(for rate: Double, confidence: Double) -> Int {
        if rate <= 0 { return 1 }
        let exact = log1p(-confidence) / log(rate)
        return rate < 1 && exact < 1e15 ? max(1, Int(exact.rounded(.up))) : .max
    }
}
