import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore

/// Where charts are written and drawn.
struct ChartFolder {
    let url: URL

    /// Every chart of the stored runs, with what they need beyond the snapshots read.
    static func charts(of snapshots: [RunSnapshot], from reader: RunReader) throws(ScaleError) -> [ChartFile] {
        let set = ChartSet(snapshots)
        var totals: [Int64: LatencyHistogram] = [:]
        for cell in set.cellsOfTotals {
            if let bytes = try reader.histogram(cell: cell, metric: .total) { totals[cell] = try LatencyHistogram(encoded: bytes) }
        }
        var samples: [Int64: [CellSample]] = [:]
        for cell in set.cellsOfSamples { samples[cell] = try reader.samples(of: cell) }
        return set.charts(totals: totals, samples: samples)
    }

    /// Writes table and script of each, then has gnuplot draw them.
    /// - Returns: those that were drawn, and one sentence about the others.
    func write(_ charts: [ChartFile]) async throws(ScaleError) -> (drawn: [ChartFile], problem: String?) {
        for chart in charts {
            try Artifacts.write(chart.table, to: url.appendingPathComponent(chart.tableName))
            try Artifacts.write(chart.script, to: url.appendingPathComponent(chart.scriptName))
        }
        let outcomes = await outcomes(of: charts)
        let drawn = zip(charts, outcomes).filter { $0.1 == .drawn }.map(\.0)
        if outcomes.contains(.missing) {
            return (
                drawn,
                "no chart was drawn: gnuplot cannot be started; install gnuplot-nox, then run it on the .gp files in \(url.path)"
            )
        }
        for (chart, outcome) in zip(charts, outcomes) {
            if case .refused(let reason) = outcome { return (drawn, "\(chart.scriptName) was not drawn: \(reason)") }
        }
        return (drawn, nil)
    }

    /// The pictures of charts that were drawn.
    func drawings(of charts: [ChartFile]) throws(ScaleError) -> [(chart: ChartFile, svg: String)] {
        var found: [(chart: ChartFile, svg: String)] = []
        for chart in charts {
            let file = url.appendingPathComponent(chart.svgName)
            do {
                found.append((chart, String(decoding: try Data(contentsOf: file), as: UTF8.self)))
            } catch {
                throw ScaleError(.storage, "\(file.path) cannot be read again", cause: (error as NSError).localizedDescription)
            }
        }
        return found
    }

    /// In the order of the charts; drawn at once on as many processors as there are.
    private func outcomes(of charts: [ChartFile]) async -> [Gnuplot.Outcome] {
        let folder = url.path
        let width = max(1, ProcessInfo.processInfo.activeProcessorCount)
        return await withTaskGroup(of: (Int, Gnuplot.Outcome).self) { group in
            var outcomes = Array(repeating: Gnuplot.Outcome.missing, count: charts.count)
            var next = 0
            func start() {
                guard next < charts.count else { return }
                let (index, script) = (next, charts[next].scriptName)
                next += 1
                group.addTask { (index, await Gnuplot.draw(script, in: folder)) }
            }
            for _ in 0..<width { start() }
            while let (index, outcome) = await group.next() {
                outcomes[index] = outcome
                if outcome != .missing { start() }
            }
            return outcomes
        }
    }
}
