import ScaleAnalysis
import ScaleCore

@testable import ScaleReport

/// Parts of a report as Markdown, to be read in a test.
extension Fixture {
    static func headline(_ snapshot: RunSnapshot, _ evidence: ReportEvidence = ReportEvidence()) -> [String] {
        ReportHeadline(subject: ReportSubject([snapshot]), evidence: evidence).sentences.map { Markdown.inline($0) }
    }

    static func notices(_ snapshots: RunSnapshot...) -> [String] {
        ReportNotices(subject: ReportSubject(snapshots)).items.map { Markdown.inline($0) }
    }

    static func facts(_ snapshot: RunSnapshot) -> [[String]] {
        ReportMethod(0, of: ReportSubject([snapshot])).facts.map { $0.map { Markdown.inline($0, inTable: true) } }
    }

    static func results(_ snapshot: RunSnapshot) -> [[String]] {
        rows(ReportCapacity(subject: ReportSubject([snapshot]), evidence: ReportEvidence()).table)
    }

    static func rows(_ table: Table) -> [[String]] {
        table.rows.map { row in table.filled(row).map { Markdown.inline($0, inTable: true) } }
    }

    /// What a report asks for: pools of as many sessions as their cells had, around the middle of their `total`; three
    /// processes on each host.
    static func evidence(_ snapshots: [RunSnapshot]) -> ReportEvidence {
        let report = RunReport(snapshots)
        let cells = Dictionary(snapshots.flatMap(\.cells).map { ($0.id, $0.record) }) { first, _ in first }
        var evidence = ReportEvidence()
        for (index, pool) in report.pools.enumerated() {
            let records = pool.compactMap { cells[$0] }
            for metric in RunReport.pooledMetrics {
                let summaries = records.compactMap { $0.latencies[metric] }
                guard let last = summaries.last else { continue }
                evidence.latencies[index, default: [:]][metric] = summary(
                    last.p50, count: summaries.reduce(0) { $0 + $1.count })
            }
            for (cell, record) in zip(pool, records) {
                evidence.placements[cell] = CellPlacement(
                    processes: [3, 2, 1].map {
                        CellPlacement.Process(host: "h", pid: 100 + $0, sessions: record.succeeded * $0 / 6)
                    })
            }
        }
        return evidence
    }
}
