import ScaleCore

/// Holds rules against one stored run.
public struct RuleJudge: Sendable {
    private let snapshot: RunSnapshot
    private let infras: [StoredInfra]

    public init(_ snapshot: RunSnapshot) {
        self.snapshot = snapshot
        infras = snapshot.infras
    }

    /// A rule and where it is checked has a check each, in the order of the rules.
    /// - Throws: `usage` for an infrastructure, a load or a metric that was not measured, naming what was.
    public func checks(_ rules: GateRules) throws(ScaleError) -> (checks: [GateCheck], notes: [String]) {
        var checks: [GateCheck] = []
        var notes: [String] = []
        for rule in rules.rules {
            let chosen = infras.filter { (rule.scope.infra ?? $0.name) == $0.name }
            if chosen.isEmpty { throw unmeasured(rule, "infra=\(rule.scope.infra ?? "")", there: infras.map(\.name)) }
            let before = checks.count
            for infra in chosen {
                let found = rule.metric.isOfAllBatches ? capacities(rule, infra) : try loads(rule, infra, &notes)
                checks += found.map { check in
                    var check = check
                    check.infra = infras.count > 1 ? infra.name : nil
                    return snapshot.run.source == .imported ? check.invalid(Self.imported) : check
                }
            }
            if checks.count == before { throw unmeasured(rule, "the load that it names", there: chosen.flatMap { loadsThere($0, rule) }) }
        }
        return (checks, notes)
    }

    static let imported = "the run is imported, and no gate rests on imported numbers"

    private func unmeasured(_ rule: GateRule, _ what: String, there: [String]) -> ScaleError {
        let names = there.reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let most = names.prefix(8).joined(separator: "; ") + (names.count > 8 ? "; … (\(names.count.grouped) in all)" : "")
        return .usage(
            "the rule '\(rule.text)' cannot be checked: \(what) was not measured in run \(snapshot.run.uuid.prefix(8))",
            hint: names.isEmpty ? "it has no cell; name another run with --run" : "measured: \(most)")
    }

    private func loadsThere(_ infra: StoredInfra, _ rule: GateRule) -> [String] {
        infra.loads.map { (infras.count > 1 ? infra.name + ", " : "") + $0.load.words }
    }

    // MARK: Over all N

    private func capacities(_ rule: GateRule, _ infra: StoredInfra) -> [GateCheck] {
        Capacity.all(of: infra.cells, think: snapshot.run.plan.latencyThink)
            .filter { rule.scope.holds($0.mode, $0.wait, $0.steps) }
            .map { CapacityCheck(rule: rule, infra: infra, capacity: $0).check }
    }

    // MARK: At one load

    private func loads(_ rule: GateRule, _ infra: StoredInfra, _ notes: inout [String]) throws(ScaleError) -> [GateCheck] {
        guard case .cell(let metric) = rule.metric else { return [] }
        var checks: [GateCheck] = []
        let loads = infra.loads.filter { rule.scope.holds($0.load) }
        let hasValid = loads.contains { $0.cells.contains(where: \.valid) }
        for (load, cells) in loads {
            let valid = cells.filter(\.valid)
            var check = GateCheck(
                name: rule.text, load: load, metric: metric, verdict: .invalid, reason: "", before: rule.limit, samples: valid.count)
            if let reason = cells.invalidity {
                // Nobody asked for this load. That its servers died is another matter.
                if hasValid, rule.scope.sessions == nil, cells.allSatisfy({ !$0.isTerminated }) {
                    notes.append("\(rule.text) is not checked at \(load.words): \(reason)")
                    continue
                }
                check.reason = reason
            } else {
                try judge(&check, rule, metric, valid)
                if valid.count < cells.count {
                    notes.append(
                        "\((cells.count - valid.count).counted("repetition", "repetitions")) of \(cells.count.grouped) at \(load.words) did not count"
                    )
                }
            }
            checks.append(check)
        }
        notes = notes.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        return checks
    }

    /// - Parameter cells: valid, and at least one.
    private func judge(_ check: inout GateCheck, _ rule: GateRule, _ metric: CellMetric, _ cells: [CellRecord]) throws(ScaleError) {
        if metric.quantity == .successRate { return success(&check, rule, cells) }
        let values = cells.map { metric.value(in: $0) }
        if zip(cells, values).contains(where: { $0.succeeded > 0 && $1 == nil }) {
            throw .usage(
                "the rule '\(rule.text)' cannot be checked: the cells at \(check.load?.words ?? "") have no \(metric.name)",
                hint: "use another metric, or name the load that has it behind an @")
        }
        check.after = SampleMedian.of(values.compactMap(\.self))
        let samples = cells.reduce(0) { $0 + (metric.samples(in: $1) ?? 0) }
        if check.after == nil {
            (check.verdict, check.reason) = (.regression, "no session succeeded, so that none kept it")
        } else if samples < metric.fewestSamples {
            check.verdict = .inconclusive
            check.reason = metric.tooFew(samples, over: cells.count)
        } else {
            // A repetition without a success keeps no limit.
            let kept = values.count { $0.map(rule.holds) ?? false }
            let all = cells.count == 1 ? "the only repetition" : "all of \(cells.count.grouped) repetitions"
            switch kept {
            case cells.count: (check.verdict, check.reason) = (.pass, "\(all) kept it")
            case 0: (check.verdict, check.reason) = (.regression, "\(all) missed it")
            default:
                (check.verdict, check.reason) = (
                    .inconclusive, "\(kept.grouped) of \(cells.count.grouped) repetitions kept it: measure more"
                )
            }
        }
    }

    private func success(_ check: inout GateCheck, _ rule: GateRule, _ cells: [CellRecord]) {
        let offered = cells.reduce(0) { $0 + $1.key.sessions }
        let succeeded = cells.reduce(0) { $0 + $1.counted }
        let lower = BinomialBounds.lower(successes: succeeded, of: offered)
        let upper = BinomialBounds.upper(successes: succeeded, of: offered)
        check.after = offered == 0 ? nil : Double(succeeded) / Double(offered)
        let counts = "\(succeeded.grouped) of \(offered.counted("session", "sessions")) succeeded"
        func percent(_ share: Double) -> String { (share * 100).rounded(places: 2) + " %" }
        if rule.holds(lower) {
            (check.verdict, check.reason) = (.pass, "\(counts), at least \(percent(lower)) with 95 % confidence")
        } else if !rule.holds(upper) {
            (check.verdict, check.reason) = (.regression, "\(counts), at most \(percent(upper)) with 95 % confidence")
        } else {
            check.verdict = .inconclusive
            let least = BinomialBounds.fewestTrials(for: rule.limit, confidence: 0.95)
            let remedy =
                offered < least ? "without a failure \(least.grouped) sessions could show it" : "measure more sessions to decide it"
            check.reason = "\(counts), between \(percent(lower)) and \(percent(upper)): \(remedy)"
        }
    }
}

extension GateCheck {
    /// The same one, that must not be judged.
    func invalid(_ reason: String) -> GateCheck {
        var check = self
        (check.verdict, check.reason, check.isUnjudged) = (.invalid, reason, false)
        return check
    }
}

extension CellMetric {
    /// How many observations of one cell are behind its value; nil for none.
    func samples(in cell: CellRecord) -> Int? {
        guard case .latency(let metric, _) = quantity else { return 1 }
        return cell.latencies[metric]?.count
    }

    /// Why a percentile of so few says nothing.
    func tooFew(_ samples: Int, over cells: Int) -> String {
        "\(name) of \(samples.counted("sample", "samples")) over \(cells.counted("repetition", "repetitions")) says little: "
            + "at least \(fewestSamples.grouped) are needed, so that ten lie beyond it"
    }
}
