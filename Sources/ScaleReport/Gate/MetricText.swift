import ScaleAnalysis
import ScaleCore

/// Values, changes and loads of a comparison in words.
public enum MetricText {
    /// With its unit: `1,234 /s`, `99.2 %`, `2.41 s`. Without a metric it is a number of sessions.
    public static func value(_ value: Double?, of metric: CellMetric?) -> String {
        guard let value else { return Figure.absent }
        switch metric?.quantity {
        case .stepsPerSecond, .sessionsPerSecond: return Figure.significant(value) + " /s"
        case .successRate: return Figure.percent(value)
        case .latency: return Nanoseconds.seconds(value).inWords
        case nil: return Figure.ratio(value)
        }
    }

    /// What machines read beside a value.
    static func unit(of metric: CellMetric?) -> String {
        switch metric?.quantity {
        case .stepsPerSecond, .sessionsPerSecond: "1/s"
        case .successRate: "share"
        case .latency: "s"
        case nil: "sessions"
        }
    }

    /// A ratio as a change: `-9.8 %`, `+12.0 %`, `0.0 %`.
    public static func change(_ ratio: Double) -> String { signed(ratio) + " %" }

    /// A change with its interval: `-9.8 % (-12.1 to -7.4)`; ``Figure/absent`` where nothing was compared.
    public static func change(_ ratio: Double?, _ low: Double?, _ high: Double?) -> String {
        guard let ratio else { return Figure.absent }
        guard let low, let high else { return change(ratio) }
        return change(ratio) + " (\(signed(low)) to \(signed(high)))"
    }

    private static func signed(_ ratio: Double) -> String {
        let text = Figure.fixed((ratio - 1) * 100, 1)
        return ratio > 1 && text != "0.0" ? "+" + text : text
    }
}

/// Sentences that are stored without their beginning and end.
enum Sentence {
    /// With a capital letter and a full stop.
    static func whole(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() + "." }
}

extension GateResult {
    /// The ratio from which on a worsening counts, for one of its checks.
    func border(of check: GateCheck) -> Double? {
        check.border ?? series.first { $0.load == check.load && $0.metric == check.metric }?.border
    }

    /// What the two columns of values are called.
    var sides: (before: String, after: String) {
        switch kind {
        case .stored: (before: "held against", after: "measured")
        case .duel: (before: "A", after: "B")
        case .selfTest: (before: "first", after: "second")
        }
    }

    /// What one observation of a check is.
    var sample: String { kind == .stored ? "cells" : "pairs" }

    /// The coverage of the intervals where all checks share one.
    var sharedConfidence: Double? {
        let all = Set(checks.filter { $0.ratio != nil }.compactMap(\.confidence))
        return all.count == 1 ? all.first : nil
    }

    /// `change (95 % interval)`.
    var changeTitle: String {
        guard checks.contains(where: { $0.low != nil }) else { return "change" }
        return sharedConfidence.map { "change (\(Self.coverage($0)) interval)" } ?? "change (interval)"
    }

    static func coverage(_ confidence: Double) -> String { Figure.plain((confidence * 1000).rounded() / 10) + " %" }
}

extension GateCheck {
    /// The verdict, and that one which holds up nothing is none.
    var verdictWords: String { isUnjudged ? "not judged" : verdict.rawValue }
}
