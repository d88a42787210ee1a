/// A mean, or a difference of two, with its standard error: what Student's t says about it.
public struct TTest: Hashable, Sendable {
    /// The mean, or the difference of the means.
    public var estimate: Double
    /// 0 where the values do not differ at all.
    public var standardError: Double
    public var degreesOfFreedom: Double

    /// Of the mean of `values`; nil below two of them. The log ratios of pairs make this the paired test.
    public static func mean(of values: [Double]) -> TTest? {
        guard let sample = Moments(values) else { return nil }
        return TTest(
            estimate: sample.mean, standardError: (sample.variance / sample.count).squareRoot(), degreesOfFreedom: sample.count - 1)
    }

    /// Of mean(b) − mean(a), without the assumption that both vary alike; nil where either has fewer than two values.
    ///
    /// B. L. Welch, "The generalization of 'Student's' problem when several different population variances are involved",
    /// Biometrika 34 (1947).
    public static func welch(_ a: [Double], _ b: [Double]) -> TTest? {
        guard let a = Moments(a), let b = Moments(b) else { return nil }
        let (fromA, fromB) = (a.variance / a.count, b.variance / b.count)
        let sum = fromA + fromB
        let degrees =
            sum > 0
            ? sum * sum / (fromA * fromA / (a.count - 1) + fromB * fromB / (b.count - 1)) : a.count + b.count - 2
        return TTest(estimate: b.mean - a.mean, standardError: sum.squareRoot(), degreesOfFreedom: degrees)
    }

    /// Of mean(b) − mean(a), where both vary alike ("Student's" two-sample test); nil where there are fewer than three values in
    /// all, or a sample is empty. Unlike ``welch(_:_:)`` it learns of the spread of few values from that of many.
    public static func pooled(_ a: [Double], _ b: [Double]) -> TTest? {
        guard !a.isEmpty, !b.isEmpty, a.count + b.count > 2 else { return nil }
        let (countA, countB) = (Double(a.count), Double(b.count))
        let (ofA, ofB) = (Moments(a), Moments(b))
        let degrees = countA + countB - 2
        let squares = (ofA?.variance ?? 0) * (countA - 1) + (ofB?.variance ?? 0) * (countB - 1)
        return TTest(
            estimate: (ofB?.mean ?? b[0]) - (ofA?.mean ?? a[0]),
            standardError: (squares / degrees * (1 / countA + 1 / countB)).squareRoot(), degreesOfFreedom: degrees)
    }

    /// Two-sided, that the true value is 0. Where the values do not differ, 1 or 0 as the estimate is 0 or not.
    public var pValue: Double {
        if standardError == 0 { return estimate == 0 ? 1 : 0 }
        return StudentDistribution(degreesOfFreedom: degreesOfFreedom).twoSided(estimate / standardError)
    }

    /// Where the true value lies with this confidence, 0 to 1; the estimate alone where the values do not differ.
    public func interval(confidence: Double) -> ClosedRange<Double> {
        if standardError == 0 { return estimate...estimate }
        let reach = standardError * StudentDistribution(degreesOfFreedom: degreesOfFreedom).quantile((1 + confidence) / 2)
        return (estimate - reach)...(estimate + reach)
    }
}

/// Mean and variance of a sample of two or more.
struct Moments {
    var count: Double
    var mean: Double
    /// With n − 1 below the line; 0 where the values are all the same, whatever their sum rounds to.
    var variance: Double

    init?(_ values: [Double]) {
        guard values.count >= 2 else { return nil }
        count = Double(values.count)
        if values.allSatisfy({ $0 == values[0] }) {
            (mean, variance) = (values[0], 0)
            return
        }
        let mean = values.reduce(0, +) / count
        self.mean = mean
        variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    }

    var deviation: Double { variance.squareRoot() }
}
