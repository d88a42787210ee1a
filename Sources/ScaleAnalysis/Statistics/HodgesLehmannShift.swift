/// By how much the values of B lie above those of A, without an assumption on their distribution but that it is the same one,
/// shifted.
///
/// The median of all differences b − a, and the interval that the Mann–Whitney test leaves: J. L. Hodges and E. L. Lehmann,
/// "Estimates of location based on rank tests", Annals of Mathematical Statistics 34 (1963); M. Hollander and D. A. Wolfe,
/// "Nonparametric Statistical Methods" (1973), chapter 4.
public struct HodgesLehmannShift: Hashable, Sendable {
    public var shift: Double
    /// Holds the shift with the ``attained`` confidence; nil where so few values cannot reach the confidence that was asked for.
    public var interval: ClosedRange<Double>?
    /// The interval's own confidence, at least that asked for; without an interval, the most that so many values can reach.
    public var attained: Double

    /// Nil where a sample is empty.
    public init?(_ a: [Double], _ b: [Double], confidence: Double) {
        guard !a.isEmpty, !b.isEmpty else { return nil }
        let differences = b.flatMap { b in a.map { b - $0 } }.sorted()
        let count = differences.count
        shift = (differences[(count - 1) / 2] + differences[count / 2]) / 2
        // The chance that the true shift is below the k-th difference from below is that of U below k.
        let tails = Self.tails(a.count, b.count)
        let wanted = (1 - confidence) / 2
        // A tail that is the wanted one, but for what a decimal fraction is off in binary, is the wanted one.
        let outside = tails.prefix { $0 <= wanted * (1 + 1e-12) }.count
        if outside > 0 {
            interval = differences[outside - 1]...differences[count - outside]
            attained = 1 - 2 * tails[outside - 1]
        } else {
            interval = nil
            attained = max(0, 1 - 2 * tails[0])
        }
    }

    /// P(U ≤ u) for u from 0 up to the middle.
    private static func tails(_ a: Int, _ b: Int) -> [Double] {
        let middle = (a * b - 1) / 2
        if a + b <= MannWhitneyTest.mostExact { return Array(MannWhitneyTest.cumulative(a, b)[...middle]) }
        let (mean, variance) = (Double(a * b) / 2, Double(a * b) * Double(a + b + 1) / 12)
        return (0...middle).map { NormalDistribution.cumulative((Double($0) + 0.5 - mean) / variance.squareRoot()) }
    }
}
