import ScaleAnalysis
import ScaleCore
import Testing

private func histogram(_ values: some Sequence<Int64>) -> LatencyHistogram {
    var made = LatencyHistogram()
    for value in values { made.record(Nanoseconds(value)) }
    return made
}

@Suite struct LatencyHistogramTests {
    @Test func emptyHasNoSummary() {
        #expect(LatencyHistogram().summary == nil)
        #expect(LatencyHistogram().value(atPercentile: 99) == nil)
        #expect(LatencyHistogram().count == 0)
    }

    @Test func oneValueIsEveryPercentile() {
        let summary = histogram([1_234_567]).summary
        let value = Nanoseconds(1_234_567)
        #expect(
            summary
                == LatencySummary(
                    count: 1, min: value, mean: value, p50: value, p90: value, p95: value, p99: value, max: value))
    }

    /// Values 1 to n at the histogram's finest resolution, where the rank can be read off the value.
    @Test(arguments: [
        (50.0, 1, 1), (50, 2, 1), (50, 3, 2), (50, 100, 50), (90, 10, 9), (95, 20, 19), (95, 21, 20), (99, 100, 99),
        (99, 101, 100), (99, 1000, 990), (99.9, 1000, 999), (29, 100, 29), (57, 100, 57), (0, 5, 1), (100, 5, 5),
        (-3, 5, 1), (250, 5, 5),
    ])
    func percentileIsNearestRank(percentile: Double, count: Int, rank: Int) throws {
        let steps = histogram((1...count).map { Int64($0) * 64 })
        let value = try #require(steps.value(atPercentile: percentile))
        #expect(value.rawValue / 64 == Int64(rank))
    }

    @Test func percentilesAreAtMostAThousandthAboveTheTrueOnes() throws {
        var state: UInt64 = 0x9E37_79B9_7F4A_7C15
        let values: [Int64] = (0..<5_000).map { index in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Over seven decades, from 100 µs to more than 15 minutes.
            return 100_000 + Int64(state >> 33) << Int64(index % 11)
        }
        let sorted = values.sorted()
        let recorded = histogram(values)
        for tenths in [10, 100, 500, 900, 950, 990, 999] {
            let exact = sorted[tenths * 5_000 / 1_000 - 1]
            let value = try #require(recorded.value(atPercentile: Double(tenths) / 10)).rawValue
            #expect(value >= exact)
            #expect(Double(value) <= Double(exact) * 1.001)
        }
    }

    @Test func leastGreatestAndMeanAreExact() throws {
        let summary = try #require(histogram([1_000_000_001, 3, 2_000_000_003]).summary)
        #expect(summary.min == Nanoseconds(3))
        #expect(summary.max == Nanoseconds(2_000_000_003))
        #expect(summary.mean == Nanoseconds(1_000_000_002))
        #expect(summary.p50 >= Nanoseconds(1_000_000_001))
        #expect(histogram([1, 2]).summary?.mean == Nanoseconds(2), "halves are rounded up")
    }

    @Test func valuesBelowZeroCountAsZero() throws {
        let recorded = histogram([-5, -1_000, 640])
        #expect(recorded.underflow == 2)
        let summary = try #require(recorded.summary)
        #expect(summary.count == 3)
        #expect(summary.min == .zero)
    }

    @Test func valuesAboveAnHourAreNotLost() throws {
        let twoHours: Int64 = 7_200_000_000_000
        let recorded = histogram([1_000, twoHours, Int64.max])
        #expect(recorded.overflow == 2)
        let summary = try #require(recorded.summary)
        #expect(summary.count == 3)
        #expect(summary.max == Nanoseconds(.max))
        #expect(summary.p50 >= LatencyHistogram.highestTrackable)
        #expect(recorded.value(atPercentile: 100) == Nanoseconds(.max))
    }

    @Test func mergingEqualsRecordingTogether() {
        let (some, others) = ((1...700).map { Int64($0) * 91_003 }, (1...90).map { Int64($0) * 77_000_011 })
        var merged = histogram(some)
        merged.merge(histogram(others + [-1]))
        merged.merge(LatencyHistogram())
        let together = histogram(some + others + [-1])
        #expect(merged.summary == together.summary)
        #expect(merged.encoded == together.encoded)
        #expect(merged.underflow == 1)
        var fromEmpty = LatencyHistogram()
        fromEmpty.merge(together)
        #expect(fromEmpty.summary == together.summary)
    }
}
