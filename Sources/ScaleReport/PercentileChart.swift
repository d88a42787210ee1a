import ScaleAnalysis
import ScaleCore

/// The whole distribution of a session's time, with an axis that gives every nine of a percentile the same room: what a
/// mean and a P99 leave out.
enum PercentileChart {
    /// The series that are drawn, with their cells.
    static func chosen(_ subject: ReportSubject) -> [(series: ReportSubject.Series, cells: [RunSnapshot.Cell])] {
        subject.series.map { ($0, $0.heaviest) }.filter { !$0.1.isEmpty }
    }

    /// Nil where no distribution is known.
    static func make(_ subject: ReportSubject, totals: [Int64: LatencyHistogram]) -> ChartFile? {
        var lines: [Line] = []
        for (series, cells) in chosen(subject) {
            var merged = LatencyHistogram()
            for cell in cells { if let histogram = totals[cell.id] { merged.merge(histogram) } }
            if merged.isEmpty { continue }
            let batch = Figure.count(cells[0].record.key.sessions)
            lines.append(Line(title: "N = \(batch): \(series.title)", points: points(merged), count: merged.count))
        }
        if lines.isEmpty { return nil }
        let name = subject.fileName("percentiles")
        let title = "How long a session takes, by percentile"
        let passes = chosen(subject).allSatisfy { $0.series.best != nil }
        let subtitle = "largest batch that passes" + (passes ? " · " : " or has a success · ") + subject.subtitle(bars: "pooled")
        return ChartFile(
            name: name, title: title, table: table(lines),
            script: script(lines, name: name, title: title, subtitle: subtitle), section: .grid)
    }

    private struct Line {
        var title: String
        /// Percentile and value.
        var points: [(percentile: Double, value: Nanoseconds)]
        var count: Int

        /// Nines that its count resolves: beyond them every percentile is the greatest value.
        var resolved: Double { 100 * (1 - 1 / Double(max(2, count))) }
    }

    /// Ten or so for each halving of what is left above, as far as the count resolves.
    private static func points(_ histogram: LatencyHistogram) -> [(percentile: Double, value: Nanoseconds)] {
        var found: [(percentile: Double, value: Nanoseconds)] = []
        var above = 1.0
        let least = 1 / Double(histogram.count)
        while true {
            let percentile = 100 * (1 - above)
            if let value = histogram.value(atPercentile: percentile) { found.append((percentile, value)) }
            if above <= least { return found }
            above = max(least, above * 0.9)
        }
    }

    private static func table(_ lines: [Line]) -> String {
        var text = "# percentile\ttotal_s\n"
        for (index, line) in lines.enumerated() {
            text += (index == 0 ? "" : "\n\n") + "# series \(index + 1): \(Markdown.oneLine(line.title)), \(line.count) sessions\n"
            for point in line.points { text += "\(Figure.fixed(point.percentile, 6))\t\(Figure.fixed(point.value.seconds, 9))\n" }
        }
        return text
    }

    private static func script(_ lines: [Line], name: String, title: String, subtitle: String) -> String {
        let entries = lines.enumerated().map { index, line in
            ChartLegend.Entry(title: line.title, style: .number(index), joined: true)
        }
        let legend = ChartLegend(entries: entries, width: ChartCanvas.room)
        let top = ChartCanvas.head + legend.height + 12
        let bottom = top + 320
        let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: bottom + 58)
        let times = TimeAxis(lines.flatMap { $0.points.map(\.value) }, limit: nil)
        // The last tick is the one that the greatest count reaches.
        let most = lines.map(\.resolved).max() ?? 99
        let ticks = ["0", "50", "90", "99", "99.9", "99.99", "99.999", "99.9999"]
        let shown = ticks.filter { (Double($0) ?? 0) <= most }
        let marks = shown.map { "\"\($0)\" \(Figure.plain(place(Double($0) ?? 0)))" }
        var commands = canvas.heading + legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
        commands += canvas.margins(left: 74, right: ChartCanvas.width - 24, top: top, bottom: bottom)
        commands += [
            "set logscale x 10", "set xrange [1:\(Figure.fixed(place(most) * 1.15, 3))]",
            "set xtics nomirror (\(marks.joined(separator: ", ")))",
            canvas.label(3, "percentile of the sessions (%)", x: 465, y: bottom + 42, "center \(ChartCanvas.axis)"),
            canvas.axisTitle(4, "total (\(times.unit.rawValue))", x: 22, y: (top + bottom) / 2),
        ]
        commands += times.axis
        let scale = times.unit == .milliseconds ? 1000 : 1
        commands.append(
            ChartCanvas.plot(
                lines.indices.flatMap { index -> [String] in
                    let style = SeriesStyle.number(index)
                    let place = "table index \(index) using (100/(100-$1)):($2*\(scale))"
                    return [
                        "\(place) with lines \(style.line) notitle",
                        "\(place) every 12::\(index * 2) with points \(style.marker) \(style.ink) notitle",
                    ]
                }))
        return canvas.script(commands)
    }

    /// One over the share of sessions above a percentile.
    private static func place(_ percentile: Double) -> Double { 100 / (100 - percentile) }
}
