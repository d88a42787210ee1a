/// Corrections of p-values for how many there are. Each keeps the order of its input.
public enum MultipleTesting {
    /// Adjusted so that rejecting those at or below α makes one false rejection or more with a chance of at most α, however the
    /// tests depend on each other.
    ///
    /// S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
    public static func holm(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var largest = 0.0
        for (place, index) in order(pValues).enumerated() {
            largest = max(largest, min(1, pValues[index] * Double(pValues.count - place)))
            adjusted[index] = largest
        }
        return adjusted
    }

    /// Adjusted so that of those at or below q a share of at most q is false on average, where the tests are independent or
    /// depend on each other positively.
    ///
    /// Y. Benjamini and Y. Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57 (1995).
    public static func benjaminiHochberg(_ pValues: [Double]) -> [Double] {
        var adjusted = pValues
        var smallest = 1.0
        for (place, index) in order(pValues).enumerated().reversed() {
            smallest = min(smallest, pValues[index] * Double(pValues.count) / Double(place + 1))
            adjusted[index] = smallest
        }
        return adjusted
    }

    private static func order(_ pValues: [Double]) -> [Int] { pValues.indices.sorted { pValues[$0] < pValues[$1] } }
}
