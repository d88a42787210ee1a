import ScaleAnalysis
import ScaleCore

/// A history over its runs, with a bar at the mean of each stretch between change points.
public enum TrendChart {
    private static let left = 84.0
    private static let right = ChartCanvas.width - 48
    private static let panel = 280.0

    /// One for each history of two runs or more.
    public static func all(_ series: [TrendSeries]) -> [ChartFile] {
        series.filter { $0.points.count > 1 }.enumerated().map { index, series in
            let name = index == 0 ? "trend" : "trend-\(index + 1)"
            let title = series.metric.name + " over \(Figure.count(series.points.count)) runs"
            return ChartFile(
                name: name, title: title + " of " + series.place, table: table(series),
                script: script(series, name: name, title: title, subtitle: series.place + " · " + series.host.words))
        }
    }

    /// Percentages for success, else as measured.
    private static func scale(_ series: TrendSeries) -> Double { series.metric == .successRate ? 100 : 1 }

    /// Where each stretch begins, and where the next one does.
    private static func stretches(_ series: TrendSeries) -> [(start: Int, end: Int, mean: Double)] {
        let starts = [0] + series.changes.map(\.index)
        let ends = series.changes.map(\.index) + [series.points.count]
        return zip(starts, ends).map { start, end in
            (start, end, series.points[start..<end].reduce(0) { $0 + $1.value } / Double(end - start))
        }
    }

    private static func table(_ series: TrendSeries) -> String {
        let scale = scale(series)
        let values = series.points.enumerated().map { index, point in
            ["\(index + 1)", Figure.plain(point.value * scale), point.startedAt.iso8601, point.run, point.git ?? "", "\(point.cells)"]
                .joined(separator: "\t") + "\n"
        }
        let means = stretches(series).map { "\($0.start + 1)\t\($0.end)\t\(Figure.plain($0.mean * scale))\n" }
        let changes = series.changes.map { change in
            [
                "\(change.index + 1)", Figure.plain(series.points[change.index].value * scale), Figure.plain(change.pValue),
                series.words(change),
            ]
            .joined(separator: "\t") + "\n"
        }
        // gnuplot takes an empty block for none, and the numbers of the blocks after it would shift.
        return "# number\tvalue\tstarted_at\trun\tcommit\tcells\n" + values.joined()
            + "\n\n# first\tlast\tmean\n" + means.joined()
            + (changes.isEmpty ? "" : "\n\n# number\tvalue\tp\tchange\n" + changes.joined())
    }

    private static func script(_ series: TrendSeries, name: String, title: String, subtitle: String) -> String {
        let value = SeriesStyle.number(0)
        var entries = [
            ChartLegend.Entry(title: "median of a run", style: value, joined: false),
            ChartLegend.Entry(title: "mean between changes", style: mean, joined: true),
        ]
        if !series.changes.isEmpty {
            entries.append(ChartLegend.Entry(title: "first run after a change", style: .ring("#D55E00"), joined: false))
        }
        let legend = ChartLegend(entries: entries, width: ChartCanvas.room)
        let top = ChartCanvas.head + legend.height + 14
        let bottom = top + panel
        let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: bottom + 62)
        let values = series.points.map { $0.value * scale(series) }
        let (least, most) = (values.min() ?? 0, values.max() ?? 1)
        // At least a tenth of the values' own size, so that noise does not fill the picture.
        let room = max((most - least) * 0.15, most * 0.05, 1e-9)
        let axis = SeriesAxis(series.points.map { String($0.startedAt.iso8601.prefix(10)) }, marked: series.changes.map(\.index))
        var commands = canvas.heading + legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
        commands += canvas.margins(left: left, right: right, top: top, bottom: bottom)
        commands += [
            "set xrange [0.5:\(series.points.count).5]", axis.ticks(width: right - left),
            "set yrange [\(Figure.plain(max(0, least - room))):\(Figure.plain(most + room))]", "set ytics nomirror autofreq",
            canvas.axisTitle(3, series.metric.axis, x: 20, y: (top + bottom) / 2),
            canvas.label(4, "runs, by their days", x: (left + right) / 2, y: bottom + 44, "center \(ChartCanvas.axis)"),
        ]
        var elements = [
            "table index 1 using ($1-0.4):3:($2-$1+0.8):(0) with vectors nohead \(mean.line) notitle",
            "table index 0 using 1:2 with points \(value.marker) \(value.ink) notitle",
        ]
        if !series.changes.isEmpty {
            let ring = SeriesStyle.ring("#D55E00")
            elements.append("table index 2 using 1:2 with points \(ring.marker) lw 1.6 \(ring.ink) notitle")
        }
        commands.append(ChartCanvas.plot(elements))
        return canvas.script(commands)
    }

    private static let mean = SeriesStyle(colour: "#000000", point: 0, size: "0", dash: 1)
}

/// Ticks at runs, labelled where there is room.
private struct SeriesAxis {
    var labels: [String]
    /// These come first where two are too near.
    var marked: [Int]

    init(_ labels: [String], marked: [Int]) {
        self.labels = labels
        self.marked = marked
    }

    func ticks(width: Double) -> String {
        let count = labels.count
        let least = Double(labels.map(\.count).max() ?? 1) * ChartCanvas.character + 12
        var shown: [Int] = []
        for index in marked + [0, count - 1] + Array(0..<count)
        where shown.allSatisfy({ Double(abs($0 - index)) * width / Double(count) >= least }) {
            shown.append(index)
        }
        return "set xtics nomirror (" + shown.sorted().map { "\"\(labels[$0])\" \($0 + 1)" }.joined(separator: ", ") + ")"
    }
}
