import ScaleAnalysis
import ScaleCore
import Testing

@Suite struct PercentileDistributionTests {
    /// HdrHistogram for Python 0.10 gives the same values, mean, greatest value and buckets; its steps of percentiles are
    /// others. Those here are of the Java original: five from 0 to 50 %, five more to 75 %, and so on.
    @Test func isWhatHdrHistogramPrints() {
        let histogram = LatencyHistogram([1, 2, 3, 4, 1000].map { Nanoseconds.milliseconds($0) })
        let lines = histogram.percentileDistribution.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        #expect(
            lines.prefix(3) == [
                "       Value     Percentile TotalCount 1/(1-Percentile)", "", "       1.000 0.000000000000          1           1.00",
            ])
        #expect(lines.contains("       3.000 0.500000000000          3           2.00"), "\(lines)")
        #expect(lines.contains("    1000.342 1.000000000000          5"), "\(lines)")
        #expect(lines.contains("#[Max     =     1000.342, Total count    =            5]"), "\(lines)")
        #expect(lines.suffix(2) == ["#[Buckets =           26, SubBuckets     =         2048]", ""], "\(lines)")
    }

    @Test func anEmptyOneHasNoLines() {
        #expect(LatencyHistogram().percentileDistribution.split(separator: "\n").count == 4)
    }
}
