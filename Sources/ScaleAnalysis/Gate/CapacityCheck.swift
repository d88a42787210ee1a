import ScaleCore

/// A rule on a max batch, held against the bracket that was found.
struct CapacityCheck {
    var rule: GateRule
    var infra: StoredInfra
    var capacity: Capacity

    private var bracket: Capacity.Bracket { rule.metric == .sloMaxBatch ? capacity.sloBatch : capacity.batch }

    var check: GateCheck {
        let cells = infra.cells.filter { $0.key.mode == capacity.mode && $0.key.wait == capacity.wait && $0.key.steps == capacity.steps }
        let (verdict, reason, value) = judgement(cells)
        return GateCheck(
            name: rule.text, load: capacity.load, verdict: verdict,
            reason: reason, before: rule.limit, after: value, samples: cells.count(where: \.valid))
    }

    private func judgement(_ cells: [CellRecord]) -> (GateVerdict, String, Double?) {
        if let reason = cells.invalidity { return (.invalid, reason, nil) }
        guard rule.metric == .batchPerCore else { return inSessions(rule.limit) }
        guard let cores = infra.record?.cores, cores > 0 else {
            return (.invalid, "the cores of \(infra.name) are not known, so that nothing can be divided by them", nil)
        }
        let (verdict, reason, value) = inSessions(rule.limit * cores)
        return (verdict, "\(reason) on \(cores.rounded(places: 2)) cores", value.map { $0 / cores })
    }

    /// - Parameter limit: as so many sessions.
    private func inSessions(_ limit: Double) -> (GateVerdict, String, Double?) {
        if rule.metric == .sloMaxBatch, capacity.steps == 0 || bracket == .none && capacity.points.isEmpty {
            return (.invalid, "held sessions have no latency criterion", nil)
        }
        // The least whole number of sessions that keeps the rule.
        let wanted = rule.comparison == .above ? limit.rounded(.down) + 1 : limit.rounded(.up)
        let needed = Int(min(wanted, Double(QuantityText.most)))
        let value = bracket.lastPass.map(Double.init)
        if let pass = bracket.lastPass, pass >= needed { return (.pass, "N = \(pass.grouped) passes\(criterion)", value) }
        if let fail = bracket.firstFail, fail <= needed {
            return (.regression, "N = \(fail.grouped) fails\(criterion)" + (value == nil ? " and no N passes" : ""), value)
        }
        return (.inconclusive, open(needed), value)
    }

    private var criterion: String { rule.metric == .sloMaxBatch ? " with its latency limit" : "" }

    /// What to measure.
    private func open(_ needed: Int) -> String {
        let held = bracket.lastPass.map { "N = \($0.grouped) passes, and " } ?? ""
        if let undecided = capacity.undecided.first(where: { $0 > bracket.lastPass ?? 0 && $0 <= needed }) {
            return held + "N = \(undecided.grouped) is not decided: measure more repetitions of it"
        }
        if let invalid = capacity.invalid.first(where: { $0 > bracket.lastPass ?? 0 && $0 <= needed }) {
            return held + "N = \(invalid.grouped) says nothing, as its cells are invalid: measure it with a stronger generator"
        }
        if let fail = bracket.firstFail { return held + "N = \(fail.grouped) fails: measure N = \(needed.grouped)" }
        return held + "no larger N was measured: measure N = \(needed.grouped)"
    }
}
