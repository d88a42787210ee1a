/// Ranks of a sample, from 1. Equal values share the mean of the ranks they take together.
struct Midranks {
    /// Twice the rank, which is whole even where values share one; in the order of the values.
    var doubled: [Int]
    /// How many share a rank, for each that more than one do.
    var ties: [Int]

    init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        doubled = [Int](repeating: 0, count: values.count)
        ties = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            // Ranks start + 1 … end.
            for place in start..<end { doubled[order[place]] = start + 1 + end }
            if end - start > 1 { ties.append(end - start) }
            start = end
        }
    }

    /// Σ (t³ − t), by which ties lessen the variance of a sum of ranks.
    var tieTerm: Double {
        ties.reduce(0) { sum, size in
            let size = Double(size)
            return sum + size * size * size - size
        }
    }
}
