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
        return quantile(of: 1 - confidence, a: Double(successes), b: Double(trials - successes + 1))
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

    /// The x at which the beta distribution reaches `probability`, by bisection down to the last bit: the function is
    /// monotone, and one bound a cell is not worth a faster method with corner cases.
    private static func quantile(of probability: Double, a: Double, b: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while true {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { return low }
            if incompleteBeta(middle, a: a, b: b) < probability { low = middle } else { high = middle }
        }
    }

    /// The regularized incomplete beta function I_x(a, b) by its continued fraction, DLMF 8.17.22, on the side where
    /// that converges fast, else by the symmetry DLMF 8.17.4.
    static func incompleteBeta(_ x: Double, a: Double, b: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(a * log(x) + b * log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b))
        return x < (a + 1) / (a + b + 2)
            ? front * continuedFraction(x, a: a, b: b) / a
            : 1 - front * continuedFraction(1 - x, a: b, b: a) / b
    }

    /// Evaluated by Lentz's method as modified by Thompson and Barnett, J. Comput. Phys. 64 (1986): a denominator of
    /// zero is replaced by a tiny one. It converges within O(√max(a, b)) terms; the limit is far above that.
    private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
        let tiny = 1e-300
        func nonzero(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
        var result = d
        for m in 1...100_000 {
            let m = Double(m)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / nonzero(1 + even * d)
            c = nonzero(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / nonzero(1 + odd * d)
            c = nonzero(1 + odd / c)
            result *= d * c
            if (d * c - 1).magnitude < 1e-15 { break }
        }
        return result
    }

    /// ln Γ(x) for x above 0: shifted above 10 by the recurrence, then Stirling's series, DLMF 5.11.1. The C library's
    /// `lgamma` writes a global variable, so it is no function to call from many threads.
    static func logGamma(_ x: Double) -> Double {
        var x = x
        var shift = 1.0
        while x < 10 {
            shift *= x
            x += 1
        }
        let inverse = 1 / x
        let square = inverse * inverse
        let series =
            inverse
            * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square / 1188.0))))
        return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - log(shift)
    }
}
