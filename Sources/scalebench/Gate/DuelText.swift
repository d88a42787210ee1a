import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleRun

/// How a duel goes on, for people.
enum DuelText {
    static func line(_ event: RunEvent) -> String? {
        switch event {
        case .loadFound(let sessions, let trials): found(sessions, trials)
        case .pairFinished(let pair): line(pair)
        case .roundFinished(let round): line(round)
        default: nil
        }
    }

    private static func found(_ sessions: Int, _ trials: [LoadSearch.Trial]) -> String {
        let tried = trials.map { "\($0.sessions): \(Figure.significant($0.stepsPerSecond))" }.joined(separator: ", ")
        return "load: N=\(sessions), about 70 % of the N from which a's steps/s no longer grow (steps/s by N: \(tried))"
    }

    private static func line(_ pair: DuelPair) -> String {
        let metric = CellMetric.stepsPerSecond
        let values = [pair.a, pair.b].map { cell in metric.value(in: cell).map { Figure.significant($0) } ?? "–" }
        var line =
            "pair \(pair.number) \(pair.load.mode.rawValue) N=\(pair.load.sessions), \(pair.first.rawValue) first: "
            + "a \(values[0]), b \(values[1]) steps/s"
        if let a = metric.value(in: pair.a), let b = metric.value(in: pair.b), a > 0 { line += ", b/a \(Figure.fixed(b / a, 4))" }
        if let reason = DuelValidity.reason(pair) { line += "; does not count: \(reason)" }
        return line
    }

    private static func line(_ round: DuelRound) -> String {
        let name = round.number == 1 ? "first round" : "confirmation"
        return "\(name), \(round.pairs) pair\(round.pairs == 1 ? "" : "s"): \(round.verdict.rawValue), \(round.reason)"
    }
}
