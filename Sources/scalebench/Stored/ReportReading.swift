import ArgumentParser
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleStore

/// What a report can be written as; the raw values are the extensions of its file.
enum ReportForm: String, CaseIterable, ExpressibleByArgument {
    case md, html
}

/// Reads what reports are made from.
enum ReportReading {
    /// With the distributions and places that it shows. One distribution is held at a time.
    static func report(on snapshots: [RunSnapshot], from reader: RunReader) throws(ScaleError) -> RunReport {
        let report = RunReport(snapshots)
        var evidence = ReportEvidence()
        for (index, cells) in report.pools.enumerated() {
            for metric in RunReport.pooledMetrics {
                var merged = LatencyHistogram()
                for cell in cells {
                    if let bytes = try reader.histogram(cell: cell, metric: metric) {
                        merged.merge(try LatencyHistogram(encoded: bytes))
                    }
                }
                if let summary = merged.summary { evidence.latencies[index, default: [:]][metric] = summary }
            }
        }
        evidence.placements = try reader.placements(of: report.cellsOfPlacement)
        return report.adding(evidence)
    }
}

/// Which stored runs a report is on.
struct RunSelection: ParsableArguments {
    @Option(help: ArgumentHelp("A run's id, or its beginning; may be repeated. Default: the latest.", valueName: "uuid"))
    var run: [String] = []

    @Option(
        help: ArgumentHelp(
            "Only this infrastructure, of the runs named by --run, else of every run that has it; may be repeated.",
            valueName: "name"))
    var infra: [String] = []

    @Flag(help: "Every run of the database.")
    var all = false

    func check() throws(ScaleError) {
        if all && !run.isEmpty { throw .usage("--all and --run are both given", hint: "use one of them") }
    }

    /// In the order they are named; of many from the oldest to the latest.
    func snapshots(from reader: RunReader) throws(ScaleError) -> [RunSnapshot] {
        let runs = Array(try reader.runs().reversed())
        var selectors: [RunSelector] = run.isEmpty ? [.latest] : run.map { .uuid($0) }
        if !infra.isEmpty {
            let stored = runs.flatMap(\.infra).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
            for name in infra where !stored.contains(name) {
                throw .usage(
                    "--infra '\(name)' is no infrastructure in '\(reader.path)'",
                    hint: stored.isEmpty ? "nothing is stored there" : "stored are " + stored.joined(separator: ", "))
            }
            if run.isEmpty { selectors = runs.filter { !Set($0.infra).isDisjoint(with: infra) }.map { .id($0.id) } }
        } else if all {
            selectors = runs.map { .id($0.id) }
        }
        var found: [RunSnapshot] = []
        for selector in selectors {
            let snapshot = try reader.snapshot(selector)
            if !infra.isEmpty && snapshot.deployments.values.allSatisfy({ !infra.contains($0.infra) }) {
                throw .usage(
                    "the run \(snapshot.run.uuid) has no infrastructure '\(infra.joined(separator: "', '"))'",
                    hint: "leave --run or --infra out")
            }
            // One run twice would count its cells twice.
            if !found.contains(where: { $0.run.uuid == snapshot.run.uuid }) { found.append(narrowed(snapshot)) }
        }
        if found.isEmpty { throw ScaleError(.storage, "there is no run in '\(reader.path)'", hint: "name another with --db") }
        return found
    }

    /// Without the infrastructures that were not asked for.
    private func narrowed(_ snapshot: RunSnapshot) -> RunSnapshot {
        if infra.isEmpty { return snapshot }
        var narrow = snapshot
        narrow.deployments = snapshot.deployments.filter { infra.contains($0.value.infra) }
        narrow.lifecycle = snapshot.lifecycle.filter { narrow.deployments[$0.key] != nil }
        narrow.cells = snapshot.cells.filter { narrow.deployments[$0.deployment] != nil }
        return narrow
    }
}
