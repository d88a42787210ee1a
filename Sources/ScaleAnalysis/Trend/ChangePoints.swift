/// A place in a series from which on its values are others.
public struct ChangePoint: Hashable, Sendable, Codable {
    /// Of the first value that is different.
    public var index: Int
    /// Means of the values since the change point before, and up to the one after.
    public var before: Double
    public var after: Double
    /// By Student's t for these two stretches.
    public var pValue: Double

    public init(index: Int, before: Double, after: Double, pValue: Double) {
        self.index = index
        self.before = before
        self.after = after
        self.pValue = pValue
    }

    /// By which share the larger of both means is above the smaller one; infinite from 0.
    public var magnitude: Double {
        let (low, high) = (min(before, after), max(before, after))
        return low > 0 ? high / low - 1 : high > low ? .infinity : 0
    }
}

/// Finds change points in a history of measurements.
///
/// E-divisive of D. S. Matteson and N. A. James, "A nonparametric approach for multiple change point analysis of multivariate data",
/// Journal of the American Statistical Association 109 (2014): a stretch is parted where the energy distance of what is before and
/// after is largest, and both parts again. As in M. Fleming, P. Kołaczkowski, I. Kumar, S. Das, S. McCarthy, P. Pattabhiraman and
/// H. Ingo, "Hunter: using change point detection to hunt for performance regressions", ICPE 2023 (today Apache Otava): a t test
/// takes the place of permutations, so that equal histories have equal change points; a window slides over long histories, so that
/// an old change does not hide a new one; and candidates found by a lenient level are then dropped, weakest first, until all that
/// are left stand by the strict one.
public struct ChangePoints: Hashable, Sendable {
    /// Values that are looked at together.
    public var window: Int
    /// The largest p-value of a change point.
    public var mostP: Double
    /// The smallest ``ChangePoint/magnitude`` of one.
    public var leastMagnitude: Double
    /// How many values there are at least on either side: one alone may be an outlier.
    public var fewest: Int

    public init(window: Int = 50, mostP: Double = 0.001, leastMagnitude: Double = 0.05, fewest: Int = 2) {
        self.window = max(2 * fewest, window)
        self.mostP = mostP
        self.leastMagnitude = leastMagnitude
        self.fewest = max(1, fewest)
    }

    /// In the order of the values, which are above or equal to 0.
    public func find(in values: [Double]) -> [ChangePoint] {
        strict(candidates(in: values), in: values)
    }

    // MARK: - Candidates

    /// So much more may the p-value of a candidate be: what is parted later can make it stronger.
    private static let leniency = 10.0

    private func candidates(in values: [Double]) -> [Int] {
        var found: [Int] = []
        var start = 0
        while values.count - start >= 2 * fewest {
            let end = min(start + window, values.count)
            let fresh = parts(of: values, start..<end).sorted()
            for index in fresh where !found.contains(index) { found.append(index) }
            if end == values.count { break }
            // Windows overlap by half, and begin where the values last changed.
            start = max(fresh.last ?? 0, start + window / 2)
        }
        return found.sorted()
    }

    private func parts(of values: [Double], _ range: Range<Int>) -> [Int] {
        guard let place = mostDistant(Array(values[range])) else { return [] }
        let index = range.lowerBound + place
        guard let test = TTest.pooled(Array(values[range.lowerBound..<index]), Array(values[index..<range.upperBound])),
            test.pValue <= min(0.5, mostP * Self.leniency)
        else { return [] }
        return parts(of: values, range.lowerBound..<index) + [index] + parts(of: values, index..<range.upperBound)
    }

    /// Where the scaled energy distance of what is before, and of what follows up to any later value, is largest. The free end of
    /// what follows is what lets it see a change that is taken back. Nil where there are too few values, or none differ.
    private func mostDistant(_ values: [Double]) -> Int? {
        let count = values.count
        guard count >= 2 * fewest else { return nil }
        let sums = DistanceSums(values)
        var best = (distance: 0.0, place: 0)
        for place in fewest...(count - fewest) {
            for end in (place + fewest)...count {
                let (before, after) = (Double(place), Double(end - place))
                let between = 2 * sums.between(0..<place, place..<end) / (before * after)
                let withinBefore = before > 1 ? sums.between(0..<place, 0..<place) / (before * (before - 1)) : 0
                let withinAfter = after > 1 ? sums.between(place..<end, place..<end) / (after * (after - 1)) : 0
                let distance = before * after / (before + after) * (between - withinBefore - withinAfter)
                if distance > best.distance { best = (distance, place) }
            }
        }
        return best.distance > 0 ? best.place : nil
    }

    // MARK: - Decision

    private func strict(_ candidates: [Int], in values: [Double]) -> [ChangePoint] {
        var places = candidates
        while true {
            let ends = [0] + places + [values.count]
            let points = places.indices.compactMap { point(values, ends[$0], ends[$0 + 1], ends[$0 + 2]) }
            let weakest =
                points.filter { $0.pValue > mostP }.max { $0.pValue < $1.pValue }
                ?? points.filter { $0.magnitude < leastMagnitude }.min { $0.magnitude < $1.magnitude }
            guard let weakest else { return points }
            places.removeAll { $0 == weakest.index }
        }
    }

    private func point(_ values: [Double], _ start: Int, _ index: Int, _ end: Int) -> ChangePoint? {
        let (before, after) = (Array(values[start..<index]), Array(values[index..<end]))
        guard !before.isEmpty, !after.isEmpty else { return nil }
        return ChangePoint(
            index: index, before: before.reduce(0, +) / Double(before.count), after: after.reduce(0, +) / Double(after.count),
            pValue: TTest.pooled(before, after)?.pValue ?? 1)
    }
}

/// Sums of |x − y| over rectangles of all pairs, each in constant time.
private struct DistanceSums {
    private let width: Int
    private var sums: [Double]

    init(_ values: [Double]) {
        width = values.count + 1
        sums = [Double](repeating: 0, count: width * width)
        for (row, x) in values.enumerated() {
            var line = 0.0
            for (column, y) in values.enumerated() {
                line += (x - y).magnitude
                sums[(row + 1) * width + column + 1] = sums[row * width + column + 1] + line
            }
        }
    }

    func between(_ rows: Range<Int>, _ columns: Range<Int>) -> Double {
        sums[rows.upperBound * width + columns.upperBound] - sums[rows.lowerBound * width + columns.upperBound]
            - sums[rows.upperBound * width + columns.lowerBound] + sums[rows.lowerBound * width + columns.lowerBound]
    }
}
