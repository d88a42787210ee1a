/// Why a text is no quantity of the kind that was asked for: what to give instead.
public struct QuantityRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    public init(description: String) { self.description = description }
}

/// Quantities as people write them, behind a flag or in a file.
public enum QuantityText {
    /// The longest span that can be asked for: a year, in seconds.
    public static let longest = 365.0 * 86_400

    /// The most sessions, steps or repetitions that can be asked for.
    public static let most = 10_000_000

    /// A whole number from 1.
    public static func count(_ text: String) throws(QuantityRefusal) -> Int {
        guard let value = Int(text), (1...most).contains(value) else {
            throw QuantityRefusal(description: "give a whole number from 1 to \(most)")
        }
        return value
    }

    /// A share above 0 and at most 1: `5%` or `0.05`.
    public static func share(_ text: String) throws(QuantityRefusal) -> Double {
        let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let number, number >= 0.001, number <= 1 else {
            throw QuantityRefusal(description: "give a share from 0.1% to 100%, like 5% or 0.05")
        }
        return number
    }

    /// Seconds from 0.
    public static func span(_ text: String) throws(QuantityRefusal) -> Nanoseconds {
        guard let value = seconds(text), value >= 0 else {
            throw QuantityRefusal(description: "give seconds from 0, like 0.5 or 500ms")
        }
        return .seconds(value)
    }

    /// Seconds above 0.
    public static func deadline(_ text: String) throws(QuantityRefusal) -> Nanoseconds {
        guard let value = seconds(text), value >= 1e-9 else {
            throw QuantityRefusal(description: "give seconds above 0, like 30 or 500ms")
        }
        return .seconds(value)
    }

    /// A span of which every step has its own draw: `0.2`, `uniform:0.1-0.5` or `lognormal:0.3,0.5`.
    public static func distribution(_ text: String) throws(QuantityRefusal) -> SpanDistribution {
        guard let colon = text.firstIndex(of: ":") else {
            guard let value = seconds(text), value >= 0 else {
                throw QuantityRefusal(description: "give seconds from 0, like 0.5, or a distribution, like uniform:0.1-0.5")
            }
            return .fixed(span: .seconds(value))
        }
        let values = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "uniform":
            guard let (from, to) = pair(values, "-"), let from = seconds(from), let to = seconds(to), from >= 0, to >= from
            else { throw QuantityRefusal(description: "give two spans in seconds, the smaller first, like uniform:0.1-0.5") }
            return .uniform(from: .seconds(from), to: .seconds(to))
        case "lognormal":
            guard let (mean, sigma) = pair(values, ","), let mean = seconds(mean), mean > 0, let sigma = Double(sigma),
                sigma > 0, sigma <= widestSigma
            else {
                throw QuantityRefusal(
                    description: "give a mean above 0 in seconds and a sigma above 0 up to 4, like lognormal:0.3,0.5")
            }
            return .lognormal(mean: .seconds(mean), sigma: sigma)
        default: throw QuantityRefusal(description: "give seconds, uniform:FROM-TO or lognormal:MEAN,SIGMA")
        }
    }

    /// Beyond it, one draw in a thousand would be more than a hundred times the mean.
    private static let widestSigma = 4.0

    /// Sessions per second: `200/s`, `30/min`, `100/h`.
    public static func rate(_ text: String) throws(QuantityRefusal) -> Double {
        let perSecond: [Substring: Double] = ["s": 1, "min": 60, "h": 3600]
        guard let (count, unit) = pair(text[...], "/"), let seconds = perSecond[Substring(unit)], let value = Double(count),
            value.isFinite, value > 0, value <= 1e9, value / seconds >= 1 / longest
        else { throw QuantityRefusal(description: "give sessions per time, like 200/s, 30/min or 100/h") }
        return value / seconds
    }

    /// What stands on both sides of the only separator.
    private static func pair(_ text: Substring, _ separator: Character) -> (String, String)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// A number, of seconds or of the unit behind it: `0.5`, `500ms`, `10s`, `2min` or `2m`, `1h`. Any sign; not what no clock
    /// can count.
    public static func seconds(_ text: String) -> Double? {
        let units = [("ms", 1e-3), ("us", 1e-6), ("min", 60), ("m", 60), ("s", 1), ("h", 3600)]
        let unit = units.first { text.hasSuffix($0.0) }
        let number = unit.map { text.dropLast($0.0.count) } ?? text[...]
        guard let value = Double(number).map({ $0 * (unit?.1 ?? 1) }), value.isFinite, value.magnitude <= longest else { return nil }
        return value
    }
}
