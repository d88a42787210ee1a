import ArgumentParser
import Foundation
import ScaleCore
import ScaleRun

/// Numbers as they are typed after a flag. What is refused is named with its flag by the argument parser, which puts
/// these sentences behind it.
enum Quantity {
    typealias Refusal = QuantityRefusal

    /// The most sessions, steps or repetitions that can be asked for.
    static let most = QuantityText.most

    /// A whole number from 1.
    static let count: @Sendable (String) throws -> Int = { try QuantityText.count($0) }

    /// `--reps`.
    static let repetitions: @Sendable (String) throws -> Repetitions = { text in
        if text == "auto" { return .auto }
        guard let value = Int(text), (1...most).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to \(most), or auto")
        }
        return .fixed(value)
    }

    /// How often something may be done again; 0 is a number too.
    static let repeats: @Sendable (String) throws -> Int = { text in
        if let number = Int(text), (0...1000).contains(number) { return number }
        throw Refusal(description: "give a whole number from 0 to 1000")
    }

    /// Sessions of many cells together.
    static let budget: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), value >= 1 else { throw Refusal(description: "give a whole number of sessions from 1") }
        return value
    }

    /// A share above 0 and at most 1: `5%` or `0.05`.
    static let share: @Sendable (String) throws -> Double = { try QuantityText.share($0) }

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
    static let span: @Sendable (String) throws -> Nanoseconds = { try QuantityText.span($0) }

    /// Seconds above 0.
    static let deadline: @Sendable (String) throws -> Nanoseconds = { try QuantityText.deadline($0) }

    /// A span of which every step has its own draw: `0.2`, `uniform:0.1-0.5` or `lognormal:0.3,0.5`.
    static let distribution: @Sendable (String) throws -> SpanDistribution = { try QuantityText.distribution($0) }

    /// Sessions per second: `200/s`, `30/min`, `100/h`.
    static let rate: @Sendable (String) throws -> Double = { try QuantityText.rate($0) }

    /// A number of seconds, of any sign; see ``QuantityText``.
    static func seconds(_ text: String) -> Double? { QuantityText.seconds(text) }

    /// How the user spelled a flag that has several names.
    static func typed(_ names: String...) -> String {
        let words = CommandLine.arguments
        return names.first { name in words.contains { $0 == name || $0.hasPrefix(name + "=") } } ?? names[0]
    }
}
