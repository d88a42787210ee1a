import Histogram
import ScaleCore

/// The distribution of one latency: counts in logarithmic buckets of three significant digits, from 100 ns to 1 hour,
/// with the exact least, greatest and mean value kept beside them.
///
/// This file holds the one definition of a percentile in the project, **nearest rank**: the p-th percentile of n
/// values is the value of rank ⌈p/100 × n⌉ in ascending order (rank 1 at least). A bucket stands for its highest
/// value, cut to the exact least and greatest, so a percentile is never below the true one by any amount and never
/// above it by more than 0.1 % (64 ns for values under 131 µs). Percentiles are taken from merged counts; they are
/// never averaged.
///
/// A value type of about 220 kB once it holds its buckets. Every loop records into its own and the owner merges.
public struct LatencyHistogram: Sendable {
    /// The smallest difference that is told apart.
    public static let lowestDiscernible = Nanoseconds(100)
    /// The greatest value with a bucket of its own.
    public static let highestTrackable = Nanoseconds.seconds(3600)

    @usableFromInline var buckets = LatencyHistogram.emptyBuckets()
    /// Exact, where the values themselves were recorded; at bucket precision after decoding.
    @usableFromInline var least = Int64.max
    @usableFromInline var greatest = Int64.min
    @usableFromInline var sum: Int128 = 0
    @usableFromInline var overflowed = 0
    @usableFromInline var underflowed = 0

    /// Values above ``highestTrackable``. They are counted, in the last bucket, and their true size shows in the
    /// summary's `max` and `mean`.
    public var overflow: Int { overflowed }
    /// Values below zero. They are counted as zero.
    public var underflow: Int { underflowed }

    public init() {}

    public init(_ values: [Nanoseconds]) {
        for value in values { record(value) }
    }

    static func emptyBuckets() -> Histogram<UInt64> {
        Histogram(
            lowestDiscernibleValue: UInt64(lowestDiscernible.rawValue),
            highestTrackableValue: UInt64(highestTrackable.rawValue), numberOfSignificantValueDigits: .three)
    }

    /// The hot path: called once per message, it neither allocates nor locks.
    @inlinable
    public mutating func record(_ value: Nanoseconds) {
        var raw = value.rawValue
        if raw < 0 {
            underflowed &+= 1
            raw = 0
        }
        if raw < least { least = raw }
        if raw > greatest { greatest = raw }
        sum &+= Int128(raw)
        if raw > 3_600_000_000_000 {
            overflowed &+= 1
            raw = 3_600_000_000_000
        }
        buckets.record(UInt64(bitPattern: raw))
    }

    /// Adds all of `other`'s values: the result is the distribution of both together.
    public mutating func merge(_ other: LatencyHistogram) {
        if other.isEmpty { return }
        buckets.add(other.buckets)
        least = Swift.min(least, other.least)
        greatest = Swift.max(greatest, other.greatest)
        sum += other.sum
        overflowed += other.overflowed
        underflowed += other.underflowed
    }

    public var count: Int { Int(clamping: buckets.totalCount) }
    public var isEmpty: Bool { buckets.totalCount == 0 }

    /// Nil when nothing was recorded.
    public var summary: LatencySummary? {
        if isEmpty { return nil }
        let values = values(atPercentiles: [50, 90, 95, 99])
        return LatencySummary(
            count: count, min: Nanoseconds(least), mean: mean, p50: values[0], p90: values[1], p95: values[2],
            p99: values[3], max: Nanoseconds(greatest))
    }

    /// The value by nearest rank; nil when nothing was recorded.
    /// - Parameter percentile: 0 to 100, cut to that range; 0 is the least value and 100 the greatest.
    public func value(atPercentile percentile: Double) -> Nanoseconds? {
        isEmpty ? nil : values(atPercentiles: [percentile])[0]
    }

    /// One walk over the buckets for any number of percentiles in ascending order; only for a histogram with values.
    private func values(atPercentiles ascending: [Double]) -> [Nanoseconds] {
        var found: [Nanoseconds] = []
        found.reserveCapacity(ascending.count)
        for entry in buckets.recordedValues() {
            while found.count < ascending.count,
                entry.totalCountToThisValue >= Self.rank(ascending[found.count], of: buckets.totalCount)
            {
                found.append(Nanoseconds(Swift.min(Swift.max(Int64(entry.value), least), greatest)))
            }
            if found.count == ascending.count { break }
        }
        // An overflowed value is worth more than its bucket says.
        if let last = ascending.last, last >= 100 { found[found.count - 1] = Nanoseconds(greatest) }
        return found
    }

    /// ⌈p/100 × n⌉, from 1 to n. A product within rounding error of a whole number counts as that number, so that
    /// P99 of 1,000 values is rank 990 whatever the last bit of the division.
    static func rank(_ percentile: Double, of count: UInt64) -> UInt64 {
        let exact = Swift.min(Swift.max(percentile, 0), 100) * Double(count) / 100
        let nearest = exact.rounded()
        let whole = (exact - nearest).magnitude <= 1e-12 * Double(count) ? nearest : exact.rounded(.up)
        return Swift.min(Swift.max(UInt64(whole), 1), count)
    }

    /// Rounded to the nearest nanosecond, halves up.
    private var mean: Nanoseconds {
        let count = Int128(buckets.totalCount)
        return Nanoseconds(Int64(clamping: (2 * sum + count) / (2 * count)))
    }
}
