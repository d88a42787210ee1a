/// A span of monotonic time in whole nanoseconds. Negative spans are allowed: a start can lie before its intention.
public struct Nanoseconds: Hashable, Comparable, Sendable, Codable, BitwiseCopyable {
    public var rawValue: Int64

    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }

    public static let zero = Nanoseconds(0)

    /// Rounds to the nearest nanosecond and saturates at about ±292 years; not-a-number counts as zero.
    public static func seconds(_ value: Double) -> Nanoseconds {
        let scaled = (value * 1e9).rounded()
        if scaled.isNaN { return .zero }
        if scaled >= Double(Int64.max) { return Nanoseconds(.max) }
        if scaled <= Double(Int64.min) { return Nanoseconds(.min) }
        return Nanoseconds(Int64(scaled))
    }

    @inlinable public static func milliseconds(_ value: Int64) -> Nanoseconds { Nanoseconds(value &* 1_000_000) }
    @inlinable public static func microseconds(_ value: Int64) -> Nanoseconds { Nanoseconds(value &* 1_000) }

    @inlinable public var seconds: Double { Double(rawValue) / 1e9 }

    @inlinable public static func < (a: Nanoseconds, b: Nanoseconds) -> Bool { a.rawValue < b.rawValue }
    @inlinable public static func + (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds {
        Nanoseconds(a.rawValue &+ b.rawValue)
    }
    @inlinable public static func - (a: Nanoseconds, b: Nanoseconds) -> Nanoseconds {
        Nanoseconds(a.rawValue &- b.rawValue)
    }
    @inlinable public static func += (a: inout Nanoseconds, b: Nanoseconds) { a = a + b }
    @inlinable public static func * (a: Nanoseconds, factor: Int) -> Nanoseconds {
        Nanoseconds(a.rawValue &* Int64(factor))
    }

    public init(from decoder: any Decoder) throws {
        rawValue = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
}

/// A point on the machine's monotonic clock (`CLOCK_MONOTONIC`): comparable within one boot of one host only.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Nanoseconds since the clock's own, unspecified origin.
    public var nanoseconds: Int64

    @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// Later than every reading: a deadline that never comes.
    public static let never = MonotonicTime(nanoseconds: .max)

    @inlinable public static func < (a: MonotonicTime, b: MonotonicTime) -> Bool { a.nanoseconds < b.nanoseconds }
    @inlinable public static func - (a: MonotonicTime, b: MonotonicTime) -> Nanoseconds {
        Nanoseconds(a.nanoseconds &- b.nanoseconds)
    }
    /// Saturates, so that adding to ``never`` stays never.
    @inlinable public static func + (a: MonotonicTime, b: Nanoseconds) -> MonotonicTime {
        let (sum, overflow) = a.nanoseconds.addingReportingOverflow(b.rawValue)
        return MonotonicTime(nanoseconds: overflow ? .max : sum)
    }
}

/// Wall-clock time in whole microseconds since 1970-01-01 UTC. It labels a run; it never measures one.
public struct WallTime: Hashable, Comparable, Sendable, Codable, BitwiseCopyable {
    public var microseconds: Int64

    public init(microseconds: Int64) { self.microseconds = microseconds }

    public static func < (a: WallTime, b: WallTime) -> Bool { a.microseconds < b.microseconds }

    public init(from decoder: any Decoder) throws {
        microseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(microseconds)
    }

    /// ISO 8601 in UTC with microseconds, e.g. `2026-01-09T12:00:00.000000Z`.
    public var iso8601: String {
        let (days, micros) = microseconds.flooredQuotientAndRemainder(dividingBy: 86_400_000_000)
        let date = Self.civil(daysSinceEpoch: days)
        let second = micros / 1_000_000
        return Self.padded(date.year, 4) + "-" + Self.padded(date.month, 2) + "-" + Self.padded(date.day, 2) + "T"
            + Self.padded(second / 3600, 2) + ":" + Self.padded(second / 60 % 60, 2) + ":" + Self.padded(second % 60, 2)
            + "." + Self.padded(micros % 1_000_000, 6) + "Z"
    }

    /// The proleptic Gregorian date of a day number; Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    static func civil(daysSinceEpoch: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = (daysSinceEpoch + 719_468).flooredQuotientAndRemainder(dividingBy: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension Int64 {
    fileprivate func flooredQuotientAndRemainder(dividingBy divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
