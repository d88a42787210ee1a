import ScaleCore

/// The vertical axis of a panel of times: linear from 0, or logarithmic where the values span too much for that.
struct TimeAxis {
    let unit: TimeUnit
    private let least: Double
    private let most: Double
    private let logarithmic: Bool

    /// - Parameter limit: drawn too if it is not far above the values.
    init(_ values: [Nanoseconds], limit: Nanoseconds?) {
        let positive = values.filter { $0 > .zero }
        unit = (positive.max() ?? .seconds(1)) < .seconds(1) ? .milliseconds : .seconds
        let scale = unit.nanoseconds
        let top = positive.max().map { Double($0.rawValue) / scale } ?? 1
        least = positive.min().map { Double($0.rawValue) / scale } ?? top
        let wanted = limit.map { Double($0.rawValue) / scale } ?? 0
        most = wanted <= 2.5 * top ? max(top, wanted) : top
        logarithmic = most / least > 12
    }

    func shows(_ limit: Nanoseconds) -> Bool { Double(limit.rawValue) / unit.nanoseconds <= most }

    /// gnuplot's settings.
    var axis: [String] {
        guard logarithmic else {
            return [
                "unset logscale y", "set yrange [0:\(Figure.fixed(most * 1.12, 6))]",
                "set ytics nomirror autofreq format \"%g\"",
            ]
        }
        let low = least / 1.35
        let high = most * 1.5
        let ticks = Self.ticks(from: low, to: high).map { "\"\($0.text)\" \($0.text)" }
        return [
            "set logscale y 10", "set yrange [\(Figure.fixed(low, 9)):\(Figure.fixed(high, 6))]",
            "set ytics nomirror (\(ticks.joined(separator: ", ")))",
        ]
    }

    /// 1, 2 and 5 of every decade.
    private static func ticks(from low: Double, to high: Double) -> [(value: Double, text: String)] {
        var found: [(value: Double, text: String)] = []
        for decade in -6...9 {
            for digit in ["1", "2", "5"] {
                let text =
                    decade < 0
                    ? "0." + String(repeating: "0", count: -decade - 1) + digit
                    : digit + String(repeating: "0", count: decade)
                if let value = Double(text), value >= low, value <= high { found.append((value, text)) }
            }
        }
        return found
    }
}

/// Logarithms by the standard library alone.
enum Logarithm {
    /// The base-2 logarithm, for laying out axes: exponent, then one bit for each squaring of the significand; good to
    /// one part in a million.
    static func base2(_ value: Double) -> Double {
        guard value > 0, value.isFinite else { return 0 }
        var result = Double(value.exponent)
        var significand = value.significand
        var bit = 0.5
        while bit > 1e-7 {
            significand *= significand
            if significand >= 2 {
                significand /= 2
                result += bit
            }
            bit /= 2
        }
        return result
    }

    /// Two to the power of `exponent`: the squaring of ``base2(_:)`` run backwards, as roots of two.
    static func power2(_ exponent: Double) -> Double {
        let whole = exponent.rounded(.down)
        var fraction = exponent - whole
        var result = Double(sign: .plus, exponent: Int(max(-1000, min(1000, whole))), significand: 1)
        var root = 2.0.squareRoot()
        for _ in 0..<24 {
            fraction *= 2
            if fraction >= 1 {
                fraction -= 1
                result *= root
            }
            root = root.squareRoot()
        }
        return result
    }
}
