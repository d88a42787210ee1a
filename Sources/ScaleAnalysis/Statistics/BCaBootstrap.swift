import ScaleCore

/// The bias-corrected and accelerated bootstrap interval of a mean.
///
/// B. Efron, "Better bootstrap confidence intervals", Journal of the American Statistical Association 82 (1987); B. Efron and
/// R. J. Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 14. The ends are nearest ranks, as all percentiles of this
/// project.
public struct BCaBootstrap: Sendable {
    /// The means of the resamples, ascending.
    public var means: [Double]
    /// The normal quantile of the share of resamples below the mean, ties by half.
    public var bias: Double
    /// A sixth of the skewness of the jackknife means.
    public var acceleration: Double
    private let mean: Double
    private let isConstant: Bool

    /// - Parameters:
    ///   - values: two or more; nil below.
    ///   - resamples: from 1.
    ///   - seed: equal ones give equal intervals.
    public init?(_ values: [Double], resamples: Int, seed: UInt64) {
        guard let sample = Moments(values) else { return nil }
        mean = sample.mean
        isConstant = sample.variance == 0
        guard !isConstant else {
            (means, bias, acceleration) = ([sample.mean], 0, 0)
            return
        }
        let sorted = Self.draw(values, resamples: max(1, resamples), seed: seed).sorted()
        means = sorted
        // Draws of the same values in another order sum to almost the same mean.
        let slack = 1e-12 * sample.deviation
        let below = Double(Self.count(sorted, below: mean - slack))
        let upto = Double(Self.count(sorted, below: mean + slack))
        bias = NormalDistribution.quantile((below + upto) / 2 / Double(sorted.count))
        // A jackknife mean differs from the mean of them all by (mean − value) ÷ (n − 1).
        let (squares, cubes) = values.reduce((0.0, 0.0)) { sums, value in
            let off = sample.mean - value
            return (sums.0 + off * off, sums.1 + off * off * off)
        }
        acceleration = -cubes / (6 * squares * squares.squareRoot())
    }

    /// Where the mean lies with this confidence, 0 to 1.
    public func interval(confidence: Double) -> ClosedRange<Double> {
        if isConstant { return mean...mean }
        let low = value(at: (1 - confidence) / 2)
        let high = value(at: (1 + confidence) / 2)
        return min(low, high)...max(low, high)
    }

    /// The end that the normal one at `share` is moved to.
    private func value(at share: Double) -> Double {
        let z = bias + NormalDistribution.quantile(share)
        let moved = NormalDistribution.cumulative(bias + z / (1 - acceleration * z))
        // Without a bias that is a number, all resamples are on one side of the mean.
        guard moved.isFinite else { return bias > 0 ? means[means.count - 1] : means[0] }
        let rank = Int((moved * Double(means.count) - 1e-9).rounded(.up))
        return means[min(max(rank - 1, 0), means.count - 1)]
    }

    private static func draw(_ values: [Double], resamples: Int, seed: UInt64) -> [Double] {
        var random = SplitMix64(seed: seed)
        let count = UInt64(values.count)
        return values.withUnsafeBufferPointer { values in
            [Double](unsafeUninitializedCapacity: resamples) { means, filled in
                for index in 0..<resamples {
                    var sum = 0.0
                    var left = values.count
                    while left > 0 {
                        // Two draws from one number: the high product of 32 bits and n favours no value by more than n ÷ 2³².
                        let bits = random.next()
                        sum += values[Int(truncatingIfNeeded: ((bits >> 32) &* count) >> 32)]
                        left &-= 1
                        if left > 0 {
                            sum += values[Int(truncatingIfNeeded: ((bits & 0xFFFF_FFFF) &* count) >> 32)]
                            left &-= 1
                        }
                    }
                    means.initializeElement(at: index, to: sum / Double(values.count))
                }
                filled = resamples
            }
        }
    }

    /// How many of the ascending values are below `limit`.
    private static func count(_ sorted: [Double], below limit: Double) -> Int {
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] < limit { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
