import Glibc

/// The difference of two rates and how sure it is, by Newcombe's hybrid score interval.
///
/// R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
/// Statistics in Medicine 17 (1998), method 10: from the Wilson intervals of both rates. It stays sound at rates near 1, where the
/// normal one is too short.
public struct ProportionDifference: Hashable, Sendable {
    public var successesA: Int
    public var trialsA: Int
    public var successesB: Int
    public var trialsB: Int

    /// Nil where either side has no trials.
    public init?(successesA: Int, trialsA: Int, successesB: Int, trialsB: Int) {
        guard trialsA > 0, trialsB > 0 else { return nil }
        self.successesA = successesA
        self.trialsA = trialsA
        self.successesB = successesB
        self.trialsB = trialsB
    }

    /// Rate of B − rate of A.
    public var difference: Double { Double(successesB) / Double(trialsB) - Double(successesA) / Double(trialsA) }

    /// Two-sided: beyond each end lies half of 1 − confidence.
    public func interval(confidence: Double) -> ClosedRange<Double> {
        let z = NormalDistribution.quantile((1 + confidence) / 2)
        let a = WilsonInterval(successes: successesA, trials: trialsA, z: z)
        let b = WilsonInterval(successes: successesB, trials: trialsB, z: z)
        let down = hypot(b.rate - b.low, a.high - a.rate)
        let up = hypot(b.high - b.rate, a.rate - a.low)
        return (difference - down)...(difference + up)
    }
}

/// E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of the American Statistical
/// Association 22 (1927).
private struct WilsonInterval {
    var rate: Double
    var low: Double
    var high: Double

    init(successes: Int, trials: Int, z: Double) {
        let n = Double(trials)
        rate = Double(successes) / n
        let middle = (2 * n * rate + z * z) / (2 * (n + z * z))
        let reach = z * (z * z + 4 * n * rate * (1 - rate)).squareRoot() / (2 * (n + z * z))
        low = successes == 0 ? 0 : middle - reach
        high = successes == trials ? 1 : middle + reach
    }
}
