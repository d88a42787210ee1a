import ScaleCore

extension DuelAssessment {
    /// What a duel says by all its rounds, and why, in one sentence without its full stop.
    ///
    /// A regression of the first round counts when the second one, on fresh launches, finds one of the same metric at the same
    /// load: what a launch or its neighbours happened to do to one side is not found twice. Each round is judged by itself, so
    /// that a false regression has to happen twice.
    /// - Parameter unmeasured: why there is no second round, in one sentence without its full stop, where one was needed.
    public static func verdict(_ rounds: [DuelRound], rule: DuelRule, unmeasured: String? = nil) -> (GateVerdict, String) {
        guard let first = rounds.first else { return (.inconclusive, "no pair was measured") }
        guard first.verdict == .regression, rule.confirms else { return (first.verdict, first.reason) }
        guard rounds.count > 1, rounds[1].pairs > 0 else {
            let why = unmeasured.map { ": " + $0 } ?? ""
            return (.inconclusive, first.reason + "; it could not be measured a second time" + why)
        }
        let second = rounds[1]
        if second.verdict == .invalid {
            return (.inconclusive, first.reason + "; it was not confirmed, as the second round is invalid: " + second.reason)
        }
        let again = DuelLine.all(second.findings, second.success)
        let found = DuelLine.all(first.findings, first.success).filter { $0.verdict == .regression }
        for line in found where again.contains(where: { $0.isSame(as: line) && $0.verdict == .regression }) {
            return (.regression, line.reason + "; a second round confirms it")
        }
        let answer = found.lazy.compactMap { line in again.first { $0.isSame(as: line) } }.first
        return (.inconclusive, first.reason + "; a second round does not confirm it" + (answer.map { ": " + $0.reason } ?? ""))
    }
}
