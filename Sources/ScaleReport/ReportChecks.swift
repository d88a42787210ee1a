import ScaleAnalysis
import ScaleCore

extension CheckViolation {
    /// As `--json` shows it: `below-wait: P99 total 410 ms is below the wait of 1 s`.
    var named: String { check.rawValue + ": " + sentence }
}

extension RunSnapshot {
    /// The checks across cells that do not hold, per deployment in the order of measurement.
    private var violationsAcrossCells: [(deployment: Int64, violation: CheckViolation)] {
        deploymentOrder.flatMap { deployment in
            let records = cells.filter { $0.deployment == deployment }.map(\.record)
            return ConsistencyRules.violations(across: records, plan: run.plan).map { (deployment, $0) }
        }
    }

    /// As `--json` shows them; with the deployment's name where there are several.
    var checksAcrossCells: [String] {
        let several = deploymentOrder.count > 1
        return violationsAcrossCells.map { deployment, violation in
            let place = several ? name(of: deployment) + ", " : ""
            return violation.check.rawValue + ": " + place + violation.sentence
        }
    }

    fileprivate var noticesAcrossCells: [String] {
        let several = deploymentOrder.count > 1
        return violationsAcrossCells.map { deployment, violation in
            let place = several ? Markdown.escaped(name(of: deployment)) + ", " : ""
            return "Cells beside each other (`\(violation.check.rawValue)`): " + place + Markdown.escaped(violation.sentence) + "."
        }
    }
}

/// The consistency checks that do not hold, as notices.
extension ReportNotices {
    var across: [String] { snapshot.noticesAcrossCells }

    /// One notice per N and check, with the sentence of the first repetition that breaks it. What another notice of this
    /// N says already is left out.
    func checks(_ series: CellSeries, _ capacity: Capacity) -> [String] {
        series.batches.flatMap { sessions -> [String] in
            let cells = series.cells.filter { $0.key.sessions == sessions }
            return ConsistencyCheck.allCases.compactMap { check in
                if check == .concurrencyReached && sessions == capacity.batch.lastPass { return nil }
                let broken = cells.filter { cell in cell.checks.contains { $0.check == check } }
                if check == .generatorCeiling && !broken.contains(where: \.valid) { return nil }
                guard let violation = broken.first?.checks.first(where: { $0.check == check }) else { return nil }
                let which = cells.count > 1 ? " in \(broken.count) of \(cells.count) repetitions" : ""
                return "N = \(Figure.count(sessions)): inconsistent\(which) (`\(check.rawValue)`): "
                    + Markdown.escaped(violation.sentence) + "."
            }
        }
    }
}
