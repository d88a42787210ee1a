import Glibc

/// How much larger one sample is than another, as a ratio, where nothing pairs their values: the Hodges–Lehmann shift of the
/// logarithms, with the interval that the Mann–Whitney test leaves. See ``HodgesLehmannShift`` and ``MannWhitneyTest``.
public struct UnpairedEffect: Hashable, Sendable {
    /// After ÷ before.
    public var ratio: Double
    /// Nil where so few values cannot reach the confidence that was asked for.
    public var low: Double?
    public var high: Double?
    /// Of the interval, at least that asked for.
    public var confidence: Double
    /// Two-sided, that both come from the same distribution.
    public var pValue: Double

    /// Nil where a sample is empty or has a value that is not above 0.
    public init?(before: [Double], after: [Double], confidence: Double = 0.95) {
        guard (before + after).allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        guard let shift = HodgesLehmannShift(before.map { log($0) }, after.map { log($0) }, confidence: confidence) else { return nil }
        ratio = exp(shift.shift)
        low = shift.interval.map { exp($0.lowerBound) }
        high = shift.interval.map { exp($0.upperBound) }
        self.confidence = shift.attained
        pValue = MannWhitneyTest.pValue(before, after)
    }
}
