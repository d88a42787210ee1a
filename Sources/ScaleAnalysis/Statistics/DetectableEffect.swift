import Glibc

/// The smallest change that a paired comparison would find.
///
/// H. S. Bloom, "Minimum detectable effects: a simple way to report the statistical power of experimental designs", Evaluation
/// Review 19 (1995): the multiple of the standard error at which the test's critical value is left behind with the wanted power.
public enum DetectableEffect {
    /// A share: 0.05 where B has to lose 5 % to be found out. Nil below two values.
    /// - Parameters:
    ///   - logRatios: of the pairs, ln(b ÷ a); only their spread counts.
    ///   - alpha: of the two-sided test.
    ///   - power: the chance that such a change is found, 0.5 to 1.
    public static func share(logRatios: [Double], alpha: Double = 0.05, power: Double = 0.8) -> Double? {
        guard let sample = Moments(logRatios) else { return nil }
        return share(deviation: sample.deviation, pairs: logRatios.count, alpha: alpha, power: power)
    }

    /// The same from the standard deviation of the log ratios and the number of pairs, 2 or more.
    public static func share(deviation: Double, pairs: Int, alpha: Double = 0.05, power: Double = 0.8) -> Double {
        let student = StudentDistribution(degreesOfFreedom: Double(pairs - 1))
        let multiple = student.quantile(1 - alpha / 2) + student.quantile(power)
        return -expm1(-multiple * deviation / Double(pairs).squareRoot())
    }
}
