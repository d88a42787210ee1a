import ScaleAnalysis

/// The gnuplot script of the chart of scaling laws.
struct ScalabilityScript {
    let panels: [ScalabilityPanel]
    let name: String
    let title: String
    let subtitle: String

    private static let left = 74.0
    private static let right = ChartCanvas.width - 24
    private static let gap = 60.0
    private static let plotHeight = 220.0
    private static let line = 18.0
    private static let tickHeight = 40.0
    private static let foot = 30.0

    private static let cell = SeriesStyle(colour: "#333333", point: 7, size: "0.6", dash: 1)
    private static let peak = SeriesStyle(colour: "#009E73", point: 13, size: "1.5", dash: 1)

    private static func style(_ law: ScalabilityFit.Law) -> SeriesStyle {
        SeriesStyle(colour: law == .usl ? "#0072B2" : "#D55E00", point: 0, size: "0", dash: law == .usl ? 1 : 2)
    }

    private var columns: Int { panels.count > 1 ? 2 : 1 }
    private var width: Double { (Self.right - Self.left - Double(columns - 1) * Self.gap) / Double(columns) }
    private var axis: String {
        let units = Set(panels.map(\.unit))
        return "throughput" + (units.count == 1 ? " (\(panels[0].unit))" : "")
    }

    /// The parameters of a panel's laws, and why one is missing.
    private func words(_ panel: ScalabilityPanel) -> [String] {
        panel.laws.flatMap { flow($0.words, between: ", ") }
            + panel.refusals.flatMap { flow($0.split(separator: " ").map(String.init), between: " ") }
    }

    /// As many parts on a line as fit.
    private func flow(_ parts: [String], between: String) -> [String] {
        let room = Int((width + 52) / ChartCanvas.character)
        var lines: [String] = []
        for part in parts {
            if let last = lines.last, last.count + part.count + between.count <= room {
                lines[lines.count - 1] = last + between + part
            } else {
                lines.append(lines.isEmpty ? part : "   " + part)
            }
        }
        return lines
    }

    /// From the upper edge of a row of panels to its plots.
    private func head(_ row: Int) -> Double {
        let lines = panels.dropFirst(row * columns).prefix(columns).map { words($0).count }.max() ?? 0
        return 26 + Double(lines) * Self.line + 6
    }

    private var legend: ChartLegend {
        var entries = [ChartLegend.Entry(title: "cell (one repetition)", style: Self.cell, joined: false)]
        for (law, title) in [(ScalabilityFit.Law.usl, "USL, 95 % band"), (.amdahl, "Amdahl, 95 % band")]
        where panels.contains(where: { $0.law(law) != nil }) {
            entries.append(ChartLegend.Entry(title: title, style: Self.style(law), joined: true))
        }
        if panels.contains(where: { peak($0) != nil }) {
            entries.append(ChartLegend.Entry(title: "predicted peak N*, 95 %", style: Self.peak, joined: false))
        }
        if panels.contains(where: { $0.cells.contains { !$0.isFitted } }) {
            entries.append(ChartLegend.Entry(title: "not fitted: invalid or < 95 % success", style: .invalid, joined: false))
        }
        return ChartLegend(entries: entries, width: ChartCanvas.room)
    }

    /// The peak where it is in the picture.
    private func peak(_ panel: ScalabilityPanel) -> (sessions: Double, throughput: Double)? {
        guard let curve = panel.law(.usl)?.curve, let peak = curve.peakSessions, peak <= panel.end else { return nil }
        return (peak, curve.throughput(at: peak))
    }

    var text: String {
        let rows = (panels.count + columns - 1) / columns
        var tops: [Double] = []
        var next = ChartCanvas.head + legend.height + 6
        for row in 0..<rows {
            tops.append(next + head(row))
            next += head(row) + Self.plotHeight + Self.tickHeight
        }
        let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: next + Self.foot)
        var commands: [String] = []
        for (index, panel) in panels.enumerated() {
            commands += index == 0 ? canvas.heading : ChartCanvas.nextPanel
            if index == 0 {
                commands += legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
                commands.append(
                    canvas.label(
                        3, "batch size N (sessions offered at once)", x: (Self.left + Self.right) / 2, y: canvas.height - 18,
                        "center \(ChartCanvas.axis)"))
            }
            let x = Self.left + Double(index % columns) * (width + Self.gap)
            commands += self.panel(panel, index, canvas, x: x, top: tops[index / columns], head: head(index / columns))
        }
        return canvas.script(commands)
    }

    private func panel(
        _ panel: ScalabilityPanel, _ index: Int, _ canvas: ChartCanvas, x: Double, top: Double, head: Double
    ) -> [String] {
        var commands = canvas.margins(left: x, right: x + width, top: top, bottom: top + Self.plotHeight)
        let start = x - (columns == 1 ? 54 : 40)
        let unit = axis == "throughput" ? ", \(panel.unit)" : ""
        let title = ChartLegend.clipped(panel.title + unit, to: Int((width + 40) / ChartCanvas.character))
        commands.append(canvas.label(4, title, x: start, y: top - head + 12, "left \(ChartCanvas.dark)"))
        for (row, words) in words(panel).enumerated() {
            let y = top - head + 26 + (Double(row) + 0.5) * Self.line
            commands.append(canvas.label(20 + row, words, x: start, y: y, "left \(ChartCanvas.faint)"))
        }
        if index % columns == 0 {
            commands.append(canvas.axisTitle(5, axis, x: 14, y: top + Self.plotHeight / 2))
        }
        let batches = BatchAxis(batches: panel.batches, width: width, end: panel.end)
        let end = panel.top * 1.06
        commands +=
            batches.settings + [
                batches.ticks(labelled: true), "unset logscale y", "set yrange [0:\(Figure.fixed(end, 6))]",
                LinearTicks.setting("y", end: end, most: 6),
            ]
        commands += peakMark(panel)
        commands.append(ChartCanvas.plot(elements(panel, index)))
        return commands
    }

    /// The interval of N* as a bar at the height of the peak, cut where the picture ends.
    private func peakMark(_ panel: ScalabilityPanel) -> [String] {
        guard let (sessions, throughput) = peak(panel), let interval = panel.law(.usl)?.peakSessions else { return [] }
        let (place, height) = (Figure.fixed(sessions, 3), Figure.fixed(throughput, 6))
        let low = Figure.fixed(max(interval.low ?? 1, Double(panel.batches.first ?? 1)), 3)
        let high = Figure.fixed(min(interval.high ?? .greatestFiniteMagnitude, panel.end), 3)
        let ink = "nohead front lc rgb \"\(Self.peak.colour)\""
        return [
            "set arrow 1 from first \(place), graph 0 to first \(place), first \(height) \(ink) lw 1.2 dt 3",
            "set arrow 2 from first \(low), first \(height) to first \(high), first \(height) \(ink) lw 3",
            "set label 6 \"\" at first \(place), first \(height) point \(Self.peak.marker) lw 1.6 \(Self.peak.ink) front",
        ]
    }

    private func elements(_ panel: ScalabilityPanel, _ index: Int) -> [String] {
        let (cells, curves) = ("table index \(2 * index)", "table index \(2 * index + 1)")
        var found: [String] = []
        for (law, column) in [(ScalabilityFit.Law.amdahl, 5), (.usl, 2)] where panel.law(law) != nil {
            let ink = "\(Self.style(law).ink) fs transparent solid 0.16 noborder notitle"
            found.append("\(curves) using 1:\(column + 1):\(column + 2) with filledcurves \(ink)")
        }
        for (law, column) in [(ScalabilityFit.Law.amdahl, 5), (.usl, 2)] where panel.law(law) != nil {
            found.append("\(curves) using 1:\(column) with lines \(Self.style(law).line) notitle")
        }
        found.append("\(cells) using 1:($3==1?$2:NaN) with points \(Self.cell.marker) \(Self.cell.ink) notitle")
        if panel.cells.contains(where: { !$0.isFitted }) {
            found.append(
                "\(cells) using 1:($3==0?$2:NaN) with points \(SeriesStyle.invalid.marker) lw 1.6 \(SeriesStyle.invalid.ink) notitle")
        }
        return found
    }
}
