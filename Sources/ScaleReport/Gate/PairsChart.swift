import ScaleAnalysis

/// B ÷ A pair by pair, in the order they were measured, with the estimate and its interval: drift and outliers are seen here.
enum PairsChart {
    private static let panelHeight = 190.0
    private static let titleHeight = 30.0
    private static let tickHeight = 30.0
    private static let foot = 36.0
    private static let left = 76.0
    private static let right = ChartCanvas.width - 24
    private static let zone = "#fbe3d6"
    private static let band = "#d9e8f3"
    /// More would be no picture but a poster.
    private static let mostPanels = 6

    private enum Mark: Int, CaseIterable {
        case aFirst, bFirst, void

        var title: String {
            switch self {
            case .aFirst: "A was measured first"
            case .bFirst: "B was measured first"
            case .void: "void"
            }
        }

        var style: SeriesStyle {
            switch self {
            case .aFirst: SeriesStyle.number(0)
            case .bFirst: SeriesStyle.number(4)
            case .void: SeriesStyle.invalid
            }
        }

        func holds(_ point: GateResult.Series.Point) -> Bool {
            switch self {
            case .aFirst: point.void == nil && point.first == .a
            case .bFirst: point.void == nil && point.first == .b
            case .void: point.void != nil
            }
        }
    }

    /// Nil where nothing was paired.
    static func make(_ result: GateResult) -> ChartFile? {
        let all = result.series.filter { series in series.points.contains { $0.ratio > 0 && $0.ratio.isFinite } }
        if all.isEmpty { return nil }
        let series = Array(all.prefix(mostPanels))
        let (name, title) = ("gate-pairs", "Change from A to B, pair by pair")
        let rest = series.count < all.count ? " · \(series.count) of \(all.count) series" : ""
        let subtitle = (GateText.versus(result) ?? "") + rest
        return ChartFile(
            name: name, title: title, table: table(series),
            script: script(ChartScript(result: result, series: series, name: name, title: title, subtitle: subtitle)))
    }

    private struct ChartScript {
        var result: GateResult
        var series: [GateResult.Series]
        var name: String
        var title: String
        var subtitle: String
    }

    /// A block for each series and mark.
    private static func table(_ series: [GateResult.Series]) -> String {
        series.flatMap { each in
            Mark.allCases.map { mark in
                let rows = each.points.enumerated().filter { mark.holds($0.element) }
                // A block without a line would not be counted.
                let lines =
                    rows.isEmpty
                    ? ["NaN\tNaN\tNaN\tNaN\t"]
                    : rows.map { index, point in
                        [
                            String(index + 1), Figure.plain((point.ratio - 1) * 100), String(point.pair), String(point.round),
                            point.void ?? "",
                        ]
                        .map { Markdown.oneLine($0) }.joined(separator: "\t")
                    }
                return "# \(each.metric.name), \(each.load.words): \(mark.title)\n# place\tchange_percent\tpair\tround\tvoid\n"
                    + lines.joined(separator: "\n") + "\n"
            }
        }.joined(separator: "\n\n")
    }

    private static func script(_ chart: ChartScript) -> String {
        let legend = ChartLegend(entries: entries(chart), width: ChartCanvas.room)
        let top = ChartCanvas.head + legend.height + 6
        let each = titleHeight + panelHeight + tickHeight
        let canvas = ChartCanvas(
            name: chart.name, title: chart.title, subtitle: chart.subtitle, height: top + Double(chart.series.count) * each + foot)
        var commands: [String] = []
        for (index, series) in chart.series.enumerated() {
            let y = top + Double(index) * each + titleHeight
            if index == 0 {
                commands += canvas.heading + legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
                commands.append(
                    canvas.label(
                        3, "pairs, in the order they were measured", x: (left + right) / 2, y: canvas.height - 16,
                        "center \(ChartCanvas.axis)"))
            } else {
                commands += ChartCanvas.nextPanel + ["unset object"]
            }
            commands += canvas.margins(left: left, right: right, top: y, bottom: y + panelHeight)
            let title = "\(series.metric.name), \(series.load.words)"
            commands.append(canvas.label(4, ChartLegend.clipped(title, to: 110), x: left, y: y - 14, "left \(ChartCanvas.dark)"))
            commands.append(canvas.axisTitle(5, "change (%)", x: 22, y: y + panelHeight / 2))
            let check = chart.result.checks.first { $0.load == series.load && $0.metric == series.metric }
            commands += panel(series, check: check)
            let elements = Mark.allCases.filter { mark in series.points.contains { mark.holds($0) } }.map { mark in
                "table index \(index * Mark.allCases.count + mark.rawValue) using 1:2 with points \(mark.style.marker) lw 1.6 "
                    + "\(mark.style.ink) notitle"
            }
            commands.append(ChartCanvas.plot(elements))
        }
        return canvas.script(commands)
    }

    private static func entries(_ chart: ChartScript) -> [ChartLegend.Entry] {
        let points = chart.series.flatMap(\.points)
        return Mark.allCases.filter { mark in points.contains { mark.holds($0) } }.map {
            ChartLegend.Entry(title: $0.title, style: $0.style, joined: false)
        } + [
            ChartLegend.Entry(title: "estimate with its interval", style: .area(band), joined: false),
            ChartLegend.Entry(title: "worse by enough to count", style: .area(zone), joined: false),
        ]
    }

    /// Ranges, zones and lines of one panel.
    private static func panel(_ series: GateResult.Series, check: GateCheck?) -> [String] {
        func percent(_ ratio: Double) -> Double { (ratio - 1) * 100 }
        let ratios = series.points.map(\.ratio) + [series.border] + [check?.low, check?.high].compactMap(\.self)
        let reach = max(1, ratios.filter(\.isFinite).map { abs(percent($0)) }.max() ?? 1) * 1.15
        let count = series.points.count
        let edge = series.border < 1 ? -reach : reach
        var lines = [
            "set xrange [0.4:\(Figure.fixed(Double(count) + 0.6, 1))]",
            "set yrange [\(Figure.fixed(-reach, 4)):\(Figure.fixed(reach, 4))]", "set ytics autofreq", ticks(series.points),
            zone(1, from: percent(series.border), to: edge, colour: zone),
            "set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead lw 1.4 lc rgb \"#333333\" back",
        ]
        if let check, let ratio = check.ratio {
            if let low = check.low, let high = check.high { lines.append(zone(2, from: percent(low), to: percent(high), colour: band)) }
            let y = Figure.fixed(percent(ratio), 4)
            lines.append("set arrow 2 from graph 0, first \(y) to graph 1, first \(y) nohead lw 1.6 lc rgb \"#0072B2\" back")
        }
        for (index, point) in series.points.enumerated() where index > 0 && point.round != series.points[index - 1].round {
            let x = Figure.fixed(Double(index) + 0.5, 1)
            lines.append("set arrow \(10 + index) from first \(x), graph 0 to first \(x), graph 1 nohead dt 2 lw 1.2 lc rgb \"#7a7a7a\"")
            lines.append("set label \(10 + index) ' round \(point.round)' at first \(x), graph 0.94 left \(ChartCanvas.faint)")
        }
        return lines
    }

    private static func zone(_ tag: Int, from: Double, to: Double, colour: String) -> String {
        "set object \(tag) rectangle from graph 0, first \(Figure.fixed(min(from, to), 4)) to graph 1, first "
            + "\(Figure.fixed(max(from, to), 4)) behind fillstyle solid 1 noborder fillcolor rgb \"\(colour)\""
    }

    private static func ticks(_ points: [GateResult.Series.Point]) -> String {
        let stride = max(1, (points.count + 23) / 24)
        let ticks = points.enumerated().filter { $0.offset.isMultiple(of: stride) }.map { "\"\($0.element.pair)\" \($0.offset + 1)" }
        return "set xtics nomirror (\(ticks.joined(separator: ", ")))"
    }
}
