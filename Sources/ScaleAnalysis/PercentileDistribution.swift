import Histogram
import ScaleCore

extension LatencyHistogram {
    /// The percentile distribution as every HdrHistogram's `outputPercentileDistribution` prints it, with five steps for
    /// each halving of the distance to 100 % and values in milliseconds: the text that HdrHistogram's plotter reads.
    ///
    /// Its percentiles are the upper ends of buckets. Its mean and deviation are those of the buckets' middles.
    public var percentileDistribution: String {
        var text = ""
        buckets.outputPercentileDistribution(to: &text, outputValueUnitScalingRatio: 1e6, percentileTicksPerHalfDistance: 5)
        return text
    }
}
