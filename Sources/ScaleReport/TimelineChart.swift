import ScaleAnalysis
import ScaleCore

/// One cell over its time: sessions that were open, started, over, and the generator's own lag below them.
enum TimelineChart {
    /// One for each of the first infrastructures.
    static let mostCharts = 3
    private static let left = 74.0
    private static let right = ChartCanvas.width - 24

    /// The cells that are drawn: for each infrastructure the first repetition of the smallest batch that fails, which
    /// shows how it fails, else of the largest one.
    static func chosen(_ subject: ReportSubject) -> [(series: ReportSubject.Series, cell: RunSnapshot.Cell)] {
        var found: [(series: ReportSubject.Series, cell: RunSnapshot.Cell)] = []
        for infra in subject.infras.indices where found.count < mostCharts {
            let all = subject.series.filter { $0.infra == infra }
            let failing = all.first { $0.capacity?.batch.firstFail != nil }
            guard let series = failing ?? all.first else { continue }
            let valid = series.cells.filter { $0.record.valid }
            let batch = series.capacity?.batch.firstFail ?? valid.map(\.record.key.sessions).max()
            guard let cell = valid.first(where: { $0.record.key.sessions == batch }) ?? series.cells.last else { continue }
            found.append((series, cell))
        }
        return found
    }

    /// Those whose samples are known.
    static func make(_ subject: ReportSubject, samples: [Int64: [CellSample]]) -> [ChartFile] {
        let drawn = chosen(subject).filter { (samples[$0.cell.id]?.count ?? 0) >= 2 }
        return drawn.enumerated().map { index, each in
            let name = index == 0 ? "timeline" : "timeline-\(index + 1)"
            let key = each.cell.record.key
            let title = "One cell over its time, N = \(Figure.count(key.sessions))"
            let run = subject.infras[each.series.infra].run.prefix(8)
            let cell = each.cell.record
            let mark = cell.valid ? "" : cell.isTerminated ? "servers ended · " : "invalid (\(cell.verdict.limiter.rawValue)) · "
            let subtitle = mark + "\(each.series.title), repetition \(key.rep), run \(run)"
            let found = samples[each.cell.id] ?? []
            return ChartFile(
                name: name, title: title + " on " + subject.infras[each.series.infra].name, table: table(found),
                script: script(found, name: name, title: title, subtitle: subtitle), section: .grid)
        }
    }

    private static func table(_ samples: [CellSample]) -> String {
        var text = "# at_s\topen\tstarted\tsucceeded\tfailed\tloop_lag_ms\tgenerator_cpu_s\n"
        for sample in samples {
            let counts = [sample.open, sample.started, sample.succeeded, sample.failed].map(String.init)
            let rest = [Figure.fixed(Double(sample.loopLag.rawValue) / 1e6, 6), Figure.fixed(sample.cpu.seconds, 6)]
            text += ([Figure.fixed(sample.at.seconds, 6)] + counts + rest).joined(separator: "\t") + "\n"
        }
        return text
    }

    private static let curves: [(title: String, column: Int, style: SeriesStyle)] = [
        ("open", 2, SeriesStyle(colour: "#0072B2", point: 7, size: "0.7", dash: 1)),
        ("started so far", 3, SeriesStyle(colour: "#000000", point: 9, size: "0.8", dash: 2)),
        ("succeeded so far", 4, SeriesStyle(colour: "#009E73", point: 5, size: "0.6", dash: 4)),
        ("failed so far", 5, SeriesStyle(colour: "#D55E00", point: 13, size: "0.8", dash: 1)),
    ]

    private static func script(_ samples: [CellSample], name: String, title: String, subtitle: String) -> String {
        let entries = curves.map { ChartLegend.Entry(title: $0.title, style: $0.style, joined: true) }
        let legend = ChartLegend(entries: entries, width: ChartCanvas.room)
        let top = ChartCanvas.head + legend.height + 12
        let middle = top + 240
        let lagTop = middle + 20
        let bottom = lagTop + 110
        let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: bottom + 58)
        let end = max(samples.map(\.at.seconds).max() ?? 1, 0.001)
        let most = samples.flatMap { [$0.open, $0.started, $0.succeeded, $0.failed] }.max() ?? 1
        var commands = canvas.heading + legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
        commands += canvas.margins(left: left, right: right, top: top, bottom: middle)
        commands += [
            "set xrange [0:\(Figure.fixed(end * 1.015, 6))]", LinearTicks.setting("x", end: end, most: 10, labelled: false),
            "set yrange [0:\(Figure.fixed(Double(max(1, most)) * 1.08, 3))]",
            LinearTicks.setting("y", end: Double(max(1, most)) * 1.08, most: 6),
            canvas.axisTitle(3, "sessions", x: 22, y: (top + middle) / 2),
        ]
        // A mark on every sample would be a smear.
        let stride = max(1, samples.count / 12)
        commands.append(
            ChartCanvas.plot(
                curves.enumerated().flatMap { index, curve -> [String] in
                    let place = "table using 1:\(curve.column)"
                    return [
                        "\(place) with lines \(curve.style.line) notitle",
                        "\(place) every \(stride)::\(min(stride - 1, index * stride / 4)) with points "
                            + "\(curve.style.marker) \(curve.style.ink) notitle",
                    ]
                }))
        return canvas.script(commands + lagPanel(samples, canvas, end: end, top: lagTop, bottom: bottom))
    }

    private static func lagPanel(
        _ samples: [CellSample], _ canvas: ChartCanvas, end: Double, top: Double, bottom: Double
    ) -> [String] {
        let most = max(0.01, samples.map { Double($0.loopLag.rawValue) / 1e6 }.max() ?? 0) * 1.15
        return ChartCanvas.nextPanel + canvas.margins(left: left, right: right, top: top, bottom: bottom) + [
            LinearTicks.setting("x", end: end, most: 10),
            "set yrange [0:\(Figure.fixed(most, 6))]",
            LinearTicks.setting("y", end: most, most: 4),
            canvas.axisTitle(3, "loop lag (ms)", x: 22, y: (top + bottom) / 2),
            canvas.label(
                4, "time since the cell began (s)", x: (left + right) / 2, y: bottom + 42, "center \(ChartCanvas.axis)"),
            ChartCanvas.plot(["table using 1:6 with impulses lw 2 lc rgb \"#CC79A7\" notitle"]),
        ]
    }
}
