/// The middle of a sample, and the mean of the two middle ones of an even number.
enum SampleMedian {
    static func of(_ values: [Double]) -> Double? {
        if values.isEmpty { return nil }
        let sorted = values.sorted()
        return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
    }
}
