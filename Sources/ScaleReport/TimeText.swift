import ScaleCore

/// The unit a span of time is shown in.
enum TimeUnit: String {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "µs"

    var nanoseconds: Double {
        switch self {
        case .seconds: 1e9
        case .milliseconds: 1e6
        case .microseconds: 1e3
        }
    }

    /// The one unit in which every value of a column can be read: seconds only where no value is so small that
    /// three decimals would hide it.
    static func fitting(_ values: [Nanoseconds]) -> TimeUnit {
        let spans = values.map { $0.rawValue.magnitude }.filter { $0 > 0 }
        guard let least = spans.min(), let most = spans.max() else { return .milliseconds }
        if most >= 1_000_000_000, least >= 10_000_000 { return .seconds }
        return most >= 1_000_000 ? .milliseconds : .microseconds
    }

    /// Without the unit. Seconds carry three decimals; the others three significant digits, which is as much as the
    /// histograms resolve.
    func show(_ value: Nanoseconds?) -> String {
        guard let value else { return Figure.absent }
        let scaled = Double(value.rawValue) / nanoseconds
        return self == .seconds ? Figure.fixed(scaled, 3, grouped: true) : Figure.significant(scaled)
    }

    /// With the unit and without needless zeros.
    func trimmed(_ value: Nanoseconds) -> String { Figure.plain(Double(value.rawValue) / nanoseconds) + " " + rawValue }
}

extension Nanoseconds {
    /// In a sentence: three significant digits and the unit that suits this value alone.
    var inWords: String {
        let size = rawValue.magnitude
        let unit: TimeUnit = size >= 999_500_000 ? .seconds : size >= 999_500 ? .milliseconds : .microseconds
        return Figure.significant(Double(rawValue) / unit.nanoseconds) + " " + unit.rawValue
    }

    /// A setting, such as a wait or a timeout: exact, in seconds.
    var asSetting: String { Figure.plain(seconds) }
}

extension WallTime {
    /// To the second, for people: `2026-01-09 12:00:00 UTC`.
    public var inWords: String {
        let text = iso8601
        return text.prefix(10) + " " + text.dropFirst(11).prefix(8) + " UTC"
    }
}
