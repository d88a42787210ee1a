import ScaleCore

/// The values that the repetitions of one cell gave: shown as a range, because percentiles and rates of several runs
/// have no honest mean.
enum Span {
    /// In a sentence, with the unit that suits the largest: `1.14–1.16 s`.
    static func words(_ values: [Nanoseconds]) -> String? {
        guard let least = values.min(), let most = values.max() else { return nil }
        let size = most.rawValue.magnitude
        let unit: TimeUnit = size >= 999_500_000 ? .seconds : size >= 999_500 ? .milliseconds : .microseconds
        func show(_ value: Nanoseconds) -> String { Figure.significant(Double(value.rawValue) / unit.nanoseconds) }
        return range(show(least), show(most)) + " " + unit.rawValue
    }

    /// In a column of one unit.
    static func column(_ values: [Nanoseconds], in unit: TimeUnit) -> String {
        guard let least = values.min(), let most = values.max() else { return Figure.absent }
        return range(unit.show(least), unit.show(most))
    }

    static func rates(_ values: [Double]) -> String? {
        guard let least = values.min(), let most = values.max() else { return nil }
        return range(Figure.significant(least), Figure.significant(most))
    }

    private static func range(_ least: String, _ most: String) -> String { least == most ? least : least + "–" + most }
}
