import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleStore

/// `export --format hgrm`: stored distributions as HdrHistogram prints them.
struct DistributionExport {
    let reader: RunReader
    let ids: [Int64]
    let cell: Int64?
    let metric: String?

    /// - Parameter output: a directory for several distributions, a file or `-` for the one of `--cell`.
    func write(to output: String) throws {
        let metrics = try chosenMetrics()
        var found: [(name: String, cell: Int64, metric: Metric)] = []
        for id in ids {
            let snapshot = try reader.snapshot(.id(id))
            for each in snapshot.cells where cell == nil || each.id == cell {
                for metric in metrics where each.record.latencies[metric] != nil {
                    found.append((Self.name(each, metric, in: snapshot), each.id, metric))
                }
            }
        }
        guard !found.isEmpty else {
            let what = cell.map { "cell \($0)" } ?? "the chosen runs"
            throw ScaleError.usage("\(what) has no such distribution in '\(reader.path)'", hint: "see the cells with: scalebench runs show")
        }
        if cell != nil { return try writeOne(found, to: output) }
        guard output != "-" else {
            throw ScaleError.usage(
                "--format hgrm has \(found.count) distributions here", hint: "name a directory with --output, or choose one with --cell")
        }
        let folder = URL(fileURLWithPath: output, isDirectory: true)
        try Artifacts.check(folder, flag: "--output", typed: output)
        var written = 0
        for each in found {
            guard let text = try text(each.cell, each.metric) else { continue }
            try Artifacts.write(text, to: folder.appendingPathComponent(each.name + ".hgrm"))
            written += 1
        }
        // Cells that were imported from a summary have percentiles and no distribution.
        if written == 0 { throw ScaleError.usage("no cell of the chosen runs has a distribution", hint: "choose a run that was measured") }
        Console.error("\(written) distributions are in \(folder.relativePath)")
    }

    private func writeOne(_ found: [(name: String, cell: Int64, metric: Metric)], to output: String) throws {
        let wanted = metric == nil ? found.first { $0.metric == .total } ?? found[0] : found[0]
        guard let text = try text(wanted.cell, wanted.metric) else {
            throw ScaleError.usage("cell \(wanted.cell) has percentiles and no distribution", hint: "choose a cell that was measured")
        }
        let file = try ExportFile(output)
        do {
            try file.write(text)
            try file.finish()
        } catch  where file.readerLeft {
            return
        }
    }

    private func chosenMetrics() throws(ScaleError) -> [Metric] {
        guard let metric else { return Metric.allCases }
        guard let known = Metric(rawValue: metric) else {
            throw .usage(
                "--metric '\(metric)' is not known", hint: "use one of " + Metric.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return [known]
    }

    private func text(_ cell: Int64, _ metric: Metric) throws(ScaleError) -> String? {
        guard let bytes = try reader.histogram(cell: cell, metric: metric) else { return nil }
        return try LatencyHistogram(encoded: bytes).percentileDistribution
    }

    /// `3f2a1b0c-local-2x40-ws-n64-w1-k1-rep1-total`, with nothing in it that a shell or a file system minds.
    private static func name(_ cell: RunSnapshot.Cell, _ metric: Metric, in snapshot: RunSnapshot) -> String {
        let key = cell.record.key
        let infra = snapshot.deployments[cell.deployment]?.infra ?? "deployment"
        let parts = [
            String(snapshot.run.uuid.prefix(8)), infra, key.mode.rawValue, "n\(key.sessions)", "w\(Figure.plain(key.wait.seconds))",
            "k\(key.steps)", "rep\(key.rep)", "c\(cell.id)", metric.rawValue,
        ]
        return String(parts.joined(separator: "-").map { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) ? $0 : "_" })
    }
}
