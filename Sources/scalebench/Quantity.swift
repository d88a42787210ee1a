import ArgumentParser
import Foundation
import ScaleCore

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

    /// Threads: more than this many loops on one host help nobody.
    static let threads: @Sendable (String) throws -> Int = { text in
        guard let value = Int(text), (1...256).contains(value) else {
            throw Refusal(description: "give a whole number from 1 to 256")
        }
        return value
    }

    /// Seconds from 0.
    static let span: @Sendable (String) throws -> Nanoseconds = { text in
        guard let value = seconds(text), value >= 0 else { throw Refusal(description: "give seconds from 0, like 0.5") }
        return .seconds(value)
    }

    /// Seconds above 0.
    static let deadline: @Sendable (String) throws -> Nanoseconds = { text in
        guard let value = seconds(text), value >= 1e-9 else { throw Refusal(description: "give seconds above 0, like 30") }
        return .seconds(value)
    }

    /// Any sign; not what no clock can count.
    static func seconds(_ text: String) -> Double? {
        guard let value = Double(text), value.isFinite, value.magnitude <= longest else { return nil }
        return value
    }

    /// How the user spelled a flag that has several names.
    static func typed(_ names: String...) -> String {
        let words = CommandLine.arguments
        return names.first { name in words.contains { $0 == name || $0.hasPrefix(name + "=") } } ?? names[0]
    }
}
