import ScaleAnalysis
import ScaleCore

extension CheckViolation {
    /// As `--json` shows it: `below-wait: P99 total 410 ms is below the wait of 1 s`.
    var named: String { check.rawValue + ": " + sentence }
}

extension ReportSubject {
    /// The checks across cells that do not hold, per run and deployment in the order of launch.
    private var violationsAcrossCells: [(run: Int, deployment: Int64, violation: CheckViolation)] {
        snapshots.enumerated().flatMap { run, snapshot in
            Set(snapshot.cells.map(\.deployment)).sorted().flatMap { deployment in
                let records = snapshot.cells.filter { $0.deployment == deployment }.map(\.record)
                return ConsistencyRules.violations(across: records, plan: snapshot.run.plan).map { (run, deployment, $0) }
            }
        }
    }

    /// As `--json` shows them; with the deployment's name where there are several.
    var checksAcrossCells: [String] {
        violationsAcrossCells.map { run, deployment, violation in
            let place = infras.count > 1 ? name(of: deployment, run: run) + ", " : ""
            return violation.check.rawValue + ": " + place + violation.sentence
        }
    }

    fileprivate var noticesAcrossCells: [Prose] {
        violationsAcrossCells.map { run, deployment, violation in
            let place: Prose = infras.count > 1 ? "\(name(of: deployment, run: run)), " : ""
            return "Cells beside each other (\(code: violation.check.rawValue)): \(place)\(violation.sentence)."
        }
    }
}

/// The consistency checks that do not hold, as notices.
extension ReportNotices {
    var across: [Prose] { subject.noticesAcrossCells }

    /// One notice per N and check, with the sentence of the first repetition that breaks it. What another notice of this
    /// N says already is left out.
    func checks(_ series: ReportSubject.Series) -> [Prose] {
        series.batches.flatMap { sessions -> [Prose] in
            let cells = series.records.filter { $0.key.sessions == sessions }
            return ConsistencyCheck.allCases.compactMap { check -> Prose? in
                if check == .concurrencyReached && sessions == series.best { return nil }
                let broken = cells.filter { cell in cell.checks.contains { $0.check == check } }
                if check == .generatorCeiling && !broken.contains(where: \.valid) { return nil }
                guard let violation = broken.first?.checks.first(where: { $0.check == check }) else { return nil }
                let which = cells.count > 1 ? " in \(broken.count) of \(cells.count) repetitions" : ""
                return "N = \(Figure.count(sessions)): inconsistent\(which) (\(code: check.rawValue)): \(violation.sentence)."
            }
        }
    }
}
