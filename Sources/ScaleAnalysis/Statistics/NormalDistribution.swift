import Glibc

/// The standard normal distribution.
public enum NormalDistribution {
    /// The chance of `z` or less, by the complementary error function: exact far out in the lower tail too.
    public static func cumulative(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }

    public static func density(_ z: Double) -> Double { exp(-z * z / 2) / (2 * Double.pi).squareRoot() }

    /// The z at which ``cumulative(_:)`` reaches `probability`; infinite at 0 and 1.
    ///
    /// By Newton's method on the logarithm, which is concave: from below the root every step comes nearer to it, and none passes
    /// it.
    public static func quantile(_ probability: Double) -> Double {
        if probability <= 0 { return -.infinity }
        if probability >= 1 { return .infinity }
        if probability > 0.5 { return -quantile(1 - probability) }
        // Below the root, as Φ(z) ≤ exp(−z² ÷ 2).
        var z = -(-2 * log(probability)).squareRoot()
        for _ in 0..<100 {
            let reached = cumulative(z)
            let step = log(probability / reached) * reached / density(z)
            z += step
            if step.magnitude <= 1e-15 * max(1, z.magnitude) { break }
        }
        return z
    }
}
