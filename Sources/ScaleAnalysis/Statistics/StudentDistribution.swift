import Glibc

/// Student's t distribution.
///
/// Its tails are those of a beta distribution: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical Functions" (1964),
/// 26.7.1.
public struct StudentDistribution: Hashable, Sendable {
    /// Above 0; need not be whole.
    public var degreesOfFreedom: Double

    public init(degreesOfFreedom: Double) { self.degreesOfFreedom = degreesOfFreedom }

    /// The chance of `t` or less.
    public func cumulative(_ t: Double) -> Double { t < 0 ? tail(-t) : 1 - tail(t) }

    /// The chance of a value at least as far from 0 as `t`, on either side.
    public func twoSided(_ t: Double) -> Double { min(1, 2 * tail(t.magnitude)) }

    /// The t at which ``cumulative(_:)`` reaches `probability`; infinite at 0 and 1.
    ///
    /// By Newton's method from the normal quantile. The tail is convex, and heavier than the normal one, so that the start is on
    /// the near side of the root, every step comes nearer to it and none passes it.
    public func quantile(_ probability: Double) -> Double {
        if probability <= 0 { return -.infinity }
        if probability >= 1 { return .infinity }
        if probability == 0.5 { return 0 }
        if probability < 0.5 { return -upper(probability) }
        return upper(1 - probability)
    }

    /// The t beyond which `share` lies, where that is below one half.
    private func upper(_ share: Double) -> Double {
        var t = -NormalDistribution.quantile(share)
        let scale = logScale
        for _ in 0..<1000 {
            let step = (tail(t) - share) / density(t, scale)
            t += step
            if step.magnitude <= 1e-14 * max(1, t) { break }
        }
        return t
    }

    /// The chance of more than `t`, from 0.
    private func tail(_ t: Double) -> Double {
        let square = t * t
        let x = degreesOfFreedom / (degreesOfFreedom + square)
        // Near the middle x is near 1, and what is left of it holds the digits.
        if square < degreesOfFreedom {
            return 0.5 - BetaDistribution(a: 0.5, b: degreesOfFreedom / 2).cumulative(square / (degreesOfFreedom + square)) / 2
        }
        return BetaDistribution(a: degreesOfFreedom / 2, b: 0.5).cumulative(x) / 2
    }

    private var logScale: Double {
        BetaDistribution.logGamma((degreesOfFreedom + 1) / 2) - BetaDistribution.logGamma(degreesOfFreedom / 2)
            - log(degreesOfFreedom * .pi) / 2
    }

    private func density(_ t: Double, _ scale: Double) -> Double {
        exp(scale - (degreesOfFreedom + 1) / 2 * log1p(t * t / degreesOfFreedom))
    }
}
