import ScaleAnalysis
import ScaleCore

/// Success rate and P99 of a whole session against the batch size: two panels over one logarithmic axis, one line per
/// deployment, mode and wait.
public enum ScalingChart {
    /// Nil for a run without a finished cell.
    public static func make(_ snapshot: RunSnapshot, name: String = "scaling") -> ChartFile? {
        make(ReportSubject([snapshot]), name: name)
    }

    static func make(_ subject: ReportSubject, name: String = "scaling") -> ChartFile? {
        let data = ScalingData(subject)
        if data.batches.isEmpty { return nil }
        let name = subject.fileName(name)
        let title = "Success rate and P99 session time by batch size"
        let subtitle = subject.subtitle(bars: "bars: lowest to highest")
        return ChartFile(
            name: name, title: title, table: data.table,
            script: ScalingScript(data: data, name: name, title: title, subtitle: subtitle).text)
    }
}

/// What the chart draws, by value.
struct ScalingData {
    struct Point {
        var sessions: Int
        var reps: Int
        /// Per cent: of all repetitions together, of the worst and of the best one.
        var success: (pooled: Double, least: Double, most: Double)
        /// Per cent: the exact one-sided bounds of all repetitions together, 95 % each.
        var bounds: (lower: Double, upper: Double)
        /// Of the middle repetition (of two, the slower), the fastest and the slowest; nil where none succeeded.
        var p99: (middle: Nanoseconds, least: Nanoseconds, most: Nanoseconds)?

        /// Nil for no cells.
        init?(sessions: Int, cells: [CellRecord]) {
            let rates = cells.map { 100 * Double($0.counted) / Double(max(1, $0.key.sessions)) }
            guard let least = rates.min(), let most = rates.max() else { return nil }
            self.sessions = sessions
            reps = cells.count
            let offered = cells.reduce(0) { $0 + $1.key.sessions }
            let succeeded = cells.reduce(0) { $0 + $1.counted }
            success = (100 * Double(succeeded) / Double(max(1, offered)), least, most)
            bounds = (
                100 * BinomialBounds.lower(successes: succeeded, of: offered),
                100 * BinomialBounds.upper(successes: succeeded, of: offered)
            )
            let times = cells.compactMap { $0.latencies[.total]?.p99 }.sorted()
            if let first = times.first, let last = times.last {
                p99 = (times[times.count / 2], first, last)
            }
        }
    }

    struct Line {
        var title: String
        var points: [Point]
        /// Row of the largest N that passes; nil where none does.
        var best: Int?
    }

    var lines: [Line] = []
    /// One per cell that says nothing about the server.
    var invalid: [Point] = []
    /// Whether the servers were ended in one of these.
    var hasEnded = false
    /// Every N of the chart, ascending.
    var batches: [Int] = []
    /// The P99 a session may take, where all lines share one limit.
    var limit: Nanoseconds?

    init(_ subject: ReportSubject) {
        let series = subject.series
        for each in series {
            let points = each.batches.compactMap { Point(sessions: $0, cells: each.valid(at: $0)) }
            let best = each.capacity?.batch.lastPass
            lines.append(
                Line(title: each.title, points: points, best: points.firstIndex { $0.sessions == best }))
            hasEnded = hasEnded || each.records.contains(where: \.isTerminated)
            invalid += each.records.filter { !$0.valid }.compactMap { Point(sessions: $0.key.sessions, cells: [$0]) }
        }
        batches = Set(series.flatMap(\.batches)).sorted()
        let limits = Set(series.map(\.latencyLimit))
        if limits.count == 1 { limit = limits.first ?? nil }
    }

    /// Every P99 that is drawn, bars included.
    var times: [Nanoseconds] {
        (lines.flatMap(\.points) + invalid).compactMap(\.p99).flatMap { [$0.least, $0.most] }
    }

    /// One block per line, and a last one of the invalid cells.
    var table: String {
        var text =
            "# series\tsessions\treps\tsuccess_percent\tsuccess_percent_min\tsuccess_percent_max"
            + "\tp99_total_s\tp99_total_s_min\tp99_total_s_max\tsuccess_percent_lower\tsuccess_percent_upper\n"
        for (index, line) in lines.enumerated() {
            text += (index == 0 ? "" : "\n\n") + "# series \(index + 1): \(Markdown.oneLine(line.title))\n"
            for point in line.points { text += Self.row(series: String(index + 1), point) }
            if line.points.isEmpty { text += Self.emptyRow }
        }
        if !invalid.isEmpty {
            text += "\n\n# cells that the generator or this host limited\(hasEnded ? ", or whose servers were ended" : ""): not counted\n"
            for point in invalid { text += Self.row(series: "0", point) }
        }
        return text
    }

    /// Keeps a block in its place: gnuplot counts only blocks that hold a row.
    private static let emptyRow = "NaN" + String(repeating: "\tNaN", count: 10) + "\n"

    private static func row(series: String, _ point: Point) -> String {
        let shares = [point.success.pooled, point.success.least, point.success.most].map { Figure.fixed($0, 3) }
        let times = point.p99.map { [$0.middle, $0.least, $0.most].map { Figure.fixed($0.seconds, 6) } }
        let bounds = [point.bounds.lower, point.bounds.upper].map { Figure.fixed($0, 3) }
        let cells = [series, String(point.sessions), String(point.reps)] + shares + (times ?? ["NaN", "NaN", "NaN"]) + bounds
        return cells.joined(separator: "\t") + "\n"
    }
}
