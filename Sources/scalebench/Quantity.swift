import ArgumentParser
import Foundation
import ScaleCore
import ScaleRun

/// Numbers as they are typed after a flag. What is refused is named with its flag by the argument parser, which puts
/// these sentences behind it.
enum Quantity {
    struct Refusal: Error, CustomStringConvertible {
        var description: String
    }

    /// The longest span that can be asked for: a year.
    static let longest = 365.0 * 86_400

    /// The most sessions, steps or repetitions that can be asked for.
    static let most = 10_000_000

    /// A whole number from 1.
    static let count: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), (1...most).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to \(most)")
        }
        return value
    }

    /// `--reps`.
    static let repetitions: @Sendable (String) throws -> Repetitions = { text in
        if text == "auto" { return .auto }
        guard let value = Int(text), (1...most).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to \(most), or auto")
        }
        return .fixed(value)
    }

    /// Sessions of many cells together.
    static let budget: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), value >= 1 else { throw Refusal(description: "give a whole number of sessions from 1") }
        return value
    }

    /// A share above 0 and at most 1: `5%` or `0.05`.
    static let share: @Sendable (String) throws -> Double = { text in
        let number = text.hasSuffix("%") ? Double(text.dropLast()).map { $0 / 100 } : Double(text)
        guard let number, number >= 0.001, number <= 1 else {
            throw Refusal(description: "give a share from 0.1% to 100%, like 5% or 0.05")
        }
        return number
    }

    /// Threads: more than this many loops on one host help nobody.
    static let threads: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), (1...256).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to 256")
        }
        return value
    }

    static let processes: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), (1...RunRequest.mostProcesses).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to \(RunRequest.mostProcesses)")
        }
        return value
    }

    /// Seconds from 0.
    static let span: @Sendable (String) throws -> Nanoseconds = { text in
        guard let value = seconds(text), value >= 0 else { throw Refusal(description: "give seconds from 0, like 0.5 or 500ms") }
        return .seconds(value)
    }

    /// Seconds above 0.
    static let deadline: @Sendable (String) throws -> Nanoseconds = { text in
        guard let value = seconds(text), value >= 1e-9 else { throw Refusal(description: "give seconds above 0, like 30 or 500ms") }
        return .seconds(value)
    }

    /// A span of which every step has its own draw: `0.2`, `uniform:0.1-0.5` or `lognormal:0.3,0.5`.
    static let distribution: @Sendable (String) throws -> SpanDistribution = { text in
        guard let colon = text.firstIndex(of: ":") else {
            guard let value = seconds(text), value >= 0 else {
                throw Refusal(description: "give seconds from 0, like 0.5, or a distribution, like uniform:0.1-0.5")
            }
            return .fixed(span: .seconds(value))
        }
        let values = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "uniform":
            guard let (from, to) = pair(values, "-"), let from = seconds(from), let to = seconds(to), from >= 0, to >= from
            else { throw Refusal(description: "give two spans in seconds, the smaller first, like uniform:0.1-0.5") }
            return .uniform(from: .seconds(from), to: .seconds(to))
        case "lognormal":
            guard let (mean, sigma) = pair(values, ","), let mean = seconds(mean), mean > 0, let sigma = Double(sigma),
                sigma > 0, sigma <= widestSigma
            else {
                throw Refusal(
                    description: "give a mean above 0 in seconds and a sigma above 0 up to 4, like lognormal:0.3,0.5")
            }
            return .lognormal(mean: .seconds(mean), sigma: sigma)
        default: throw Refusal(description: "give seconds, uniform:FROM-TO or lognormal:MEAN,SIGMA")
        }
    }

    /// Beyond it, one draw in a thousand would be more than a hundred times the mean.
    private static let widestSigma = 4.0

    /// Sessions per second: `200/s`, `30/min`, `100/h`.
    static let rate: @Sendable (String) throws -> Double = { text in
        let refusal = Refusal(description: "give sessions per time, like 200/s, 30/min or 100/h")
        let perSecond: [Substring: Double] = ["s": 1, "min": 60, "h": 3600]
        guard let (count, unit) = pair(text[...], "/"), let seconds = perSecond[Substring(unit)], let value = Double(count),
            value.isFinite, value > 0, value <= 1e9, value / seconds >= 1 / longest
        else { throw refusal }
        return value / seconds
    }

    /// What stands on both sides of the only separator.
    private static func pair(_ text: Substring, _ separator: Character) -> (String, String)? {
        let parts = text.split(separator: separator, omittingEmptySubsequences: false)
        return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
    }

    /// A number, of seconds or of the unit behind it: `0.5`, `500ms`, `10s`, `2min` or `2m`, `1h`. Any sign; not what no clock
    /// can count.
    static func seconds(_ text: String) -> Double? {
        let units = [("ms", 1e-3), ("us", 1e-6), ("min", 60), ("m", 60), ("s", 1), ("h", 3600)]
        let unit = units.first { text.hasSuffix($0.0) }
        let number = unit.map { text.dropLast($0.0.count) } ?? text[...]
        guard let value = Double(number).map({ $0 * (unit?.1 ?? 1) }), value.isFinite, value.magnitude <= longest else { return nil }
        return value
    }

    /// How the user spelled a flag that has several names.
    static func typed(_ names: String...) -> String {
        let words = CommandLine.arguments
        return names.first { name in words.contains { $0 == name || $0.hasPrefix(name + "=") } } ?? names[0]
    }
}
