import ScaleCore

/// Holds a stored run against another one, cell by cell, without pairs.
///
/// - A **regression** needs the Mann–Whitney test's consent after Holm's correction for all comparisons, an interval wholly on the
///   worse side of no change, and a shift of the smallest effect that counts or more.
/// - A **pass** needs an interval that rules that effect out; it is not corrected, as all comparisons have to pass.
public struct BaselineJudge: Sendable {
    let run: RunSnapshot
    let baseline: RunSnapshot
    let rule: BaselineRule

    public init(_ run: RunSnapshot, against baseline: RunSnapshot, rule: BaselineRule = BaselineRule()) {
        self.run = run
        self.baseline = baseline
        self.rule = rule
    }

    /// What is said beside every such comparison.
    public static let limits =
        "an unpaired comparison does not cancel drift: another hour, day or neighbour of the host can look like a change, or hide one; a duel "
        + "(--a, --b) measures both in turns"

    public func checks() -> (checks: [GateCheck], notes: [String]) {
        var notes = [Self.limits]
        let differences = RunDifferences(baseline.run, run.run)
        if let version = differences.version { notes.append("the versions differ: \(version)") }
        if let reason = obstacle(differences) {
            return ([GateCheck(name: "baseline", verdict: .invalid, reason: reason)], notes)
        }
        if rule.forces {
            notes += [("hosts", differences.host), ("plans", differences.plan)].filter { !$0.1.isEmpty }.map {
                "compared by --force although the \($0.0) differ: \($0.1.joined(separator: "; "))"
            }
        }
        let pairs = joined(&notes)
        if pairs.isEmpty {
            return (
                [
                    GateCheck(
                        name: "baseline", verdict: .invalid, reason: "the runs have no load in common, so that nothing can be compared")
                ], notes
            )
        }
        var checks = pairs.compactMap { $0.invalidity }
        let good = pairs.filter { $0.invalidity == nil }
        checks += judged(good) + good.compactMap(success)
        let fewest = good.map { min($0.before.count, $0.after.count) }.min() ?? BaselineRule.preferredCells
        if (BaselineRule.fewestCells..<BaselineRule.preferredCells).contains(fewest) {
            notes.append(
                "\(fewest.counted("repetition", "repetitions")) of a side are few: \(BaselineRule.preferredCells) make the intervals narrower"
            )
        }
        return (checks, notes)
    }

    /// Why the runs must not be compared at all.
    private func obstacle(_ differences: RunDifferences) -> String? {
        for (name, each) in [("run", run.run), ("baseline", baseline.run)] where each.source == .imported {
            return "the \(name) is imported, and no gate rests on imported numbers"
        }
        if rule.forces { return nil }
        if !differences.host.isEmpty {
            return
                "baseline and run are of different hosts (\(differences.host.joined(separator: "; "))); --force compares them all the same"
        }
        if !differences.plan.isEmpty {
            return "baseline and run have different plans (\(differences.plan.joined(separator: "; "))); --force compares them all the same"
        }
        return nil
    }

    // MARK: Cells

    /// The valid repetitions of one load on both sides.
    struct Pair {
        var infra: String?
        var load: CellLoad
        var before: [CellRecord]
        var after: [CellRecord]
        /// Of a load that says nothing.
        var invalidity: GateCheck?

        func check(_ name: String, _ metric: CellMetric) -> GateCheck {
            GateCheck(
                name: name, load: load, infra: infra, metric: metric, verdict: .inconclusive, reason: "",
                samples: min(before.count, after.count))
        }
    }

    /// By infrastructure, where a run has several, and load.
    private func joined(_ notes: inout [String]) -> [Pair] {
        let (ours, theirs) = (run.infras, baseline.infras)
        let bySingle = ours.count == 1 && theirs.count == 1
        var pairs: [Pair] = []
        var alone: [String] = []
        for infra in ours {
            guard let other = bySingle ? theirs.first : theirs.first(where: { $0.name == infra.name }) else {
                alone.append("the infrastructure \(infra.name)")
                continue
            }
            let loads = other.loads
            for (load, cells) in infra.loads {
                guard let match = loads.first(where: { $0.load == load }) else {
                    alone.append(load.words)
                    continue
                }
                pairs.append(pair(bySingle ? nil : infra.name, load, before: match.cells, after: cells))
            }
        }
        if !alone.isEmpty, !pairs.isEmpty { notes.append("not compared, as the baseline has none of it: \(Self.listed(alone))") }
        return withoutChosen(pairs, &notes)
    }

    private func pair(_ infra: String?, _ load: CellLoad, before: [CellRecord], after: [CellRecord]) -> Pair {
        var pair = Pair(infra: infra, load: load, before: before.filter(\.valid), after: after.filter(\.valid))
        for (whose, cells) in [("the baseline", before), ("the run", after)] {
            guard let reason = cells.invalidity, pair.invalidity == nil else { continue }
            pair.invalidity = GateCheck(name: "baseline", load: load, infra: infra, verdict: .invalid, reason: "of \(whose), \(reason)")
        }
        return pair
    }

    /// Loads that only the generator kept from counting are left out where others count: a grid goes as far as it can.
    private func withoutChosen(_ pairs: [Pair], _ notes: inout [String]) -> [Pair] {
        guard pairs.contains(where: { $0.invalidity == nil }) else { return pairs }
        var kept: [Pair] = []
        for pair in pairs {
            let ended = (run.cells + baseline.cells).contains { CellLoad($0.record.key) == pair.load && $0.record.isTerminated }
            guard let check = pair.invalidity, !ended else {
                kept.append(pair)
                continue
            }
            notes.append("not compared at \(pair.load.words): \(check.reason)")
        }
        return kept
    }

    private static func listed(_ words: [String]) -> String {
        words.prefix(4).joined(separator: "; ") + (words.count > 4 ? "; and \((words.count - 4).grouped) more" : "")
    }
}
