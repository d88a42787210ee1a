/// Bars that are stacked from parts, one panel per series over its batch sizes.
struct StackChart {
    struct Bar {
        var batch: Int
        /// In the axis's unit, in the order of the parts; empty where there is nothing to draw.
        var parts: [Double]
        /// Single values drawn over the bar, in the order of the marks; nil where there is none.
        var marks: [Double?]
        /// What stands where there is nothing to draw.
        var absence = ""

        var height: Double { parts.reduce(0, +) }
    }

    struct Panel {
        var title: String
        var bars: [Bar]
    }

    enum Mark {
        /// As wide as the bar.
        case line(title: String)
        case point(title: String)

        var title: String {
            switch self {
            case .line(let title), .point(let title): title
            }
        }
    }

    /// What a part is called, in the legend and in the table.
    struct Part {
        var title: String
        var column: String
        var colour: String
    }

    var panels: [Panel]
    var parts: [Part]
    var marks: [(mark: Mark, column: String)]
    /// With the unit.
    var axis: String
    /// The axis ends here at the latest; nil for no such limit.
    var most: Double?

    private static let left = 74.0
    private static let right = ChartCanvas.width - 24
    private static let panelHeight = 180.0
    private static let titleHeight = 26.0
    private static let tickHeight = 34.0
    private static let foot = 34.0

    private var columns: Int { panels.count > 1 && panels.allSatisfy { $0.bars.count <= 8 } ? 2 : 1 }
    private var rows: Int { (panels.count + columns - 1) / columns }

    func chart(name: String, title: String, subtitle: String, section: ChartFile.Section) -> ChartFile {
        ChartFile(
            name: name, title: title, table: table, script: script(name: name, title: title, subtitle: subtitle),
            section: section)
    }

    private var table: String {
        var text = "# place\tsessions\t" + (parts.map(\.column) + marks.map(\.column)).joined(separator: "\t") + "\n"
        for (index, panel) in panels.enumerated() {
            text += (index == 0 ? "" : "\n\n") + "# series \(index + 1): \(Markdown.oneLine(panel.title))\n"
            for (place, bar) in panel.bars.enumerated() {
                let values = parts.indices.map { $0 < bar.parts.count ? Figure.fixed(bar.parts[$0], 6) : "NaN" }
                let over = marks.indices.map { index in
                    index < bar.marks.count ? bar.marks[index].map { Figure.fixed($0, 6) } ?? "NaN" : "NaN"
                }
                text += ([String(place), String(bar.batch)] + values + over).joined(separator: "\t") + "\n"
            }
        }
        return text
    }

    private var legend: ChartLegend {
        var entries = parts.map { ChartLegend.Entry(title: $0.title, style: .area($0.colour), joined: false) }
        for (index, each) in marks.enumerated() where panels.contains(where: { Self.has($0, mark: index) }) {
            switch each.mark {
            case .line(let title): entries.append(ChartLegend.Entry(title: title, style: Self.line, joined: true))
            case .point(let title): entries.append(ChartLegend.Entry(title: title, style: Self.point, joined: false))
            }
        }
        return ChartLegend(entries: entries, width: ChartCanvas.room)
    }

    private static func has(_ panel: Panel, mark index: Int) -> Bool {
        panel.bars.contains { index < $0.marks.count && $0.marks[index] != nil }
    }

    private static let line = SeriesStyle(colour: "#000000", point: 0, size: "0", dash: 1)
    private static let point = SeriesStyle(colour: "#000000", point: 12, size: "1.1", dash: 1)

    /// A point this many times above the bars would press them flat: it stands at the upper edge with its value.
    private static let mostAbove = 3.0

    /// The greatest value that a panel has to show.
    private func top(_ panel: Panel) -> Double {
        var (bars, points) = (0.0, 0.0)
        for bar in panel.bars {
            bars = max(bars, bar.height)
            for (index, value) in bar.marks.enumerated() {
                guard let value else { continue }
                if case .line = marks[index].mark { bars = max(bars, value) } else { points = max(points, value) }
            }
        }
        return bars > 0 ? min(max(bars, points), bars * Self.mostAbove) : points
    }

    /// One scale for all panels, where none would be flat by it.
    private var sharedTop: Double? {
        let tops = panels.map { top($0) }.filter { $0 > 0 }
        guard let most = tops.max(), let least = tops.min() else { return 1 }
        return most / least <= 4 ? most : nil
    }

    private func script(name: String, title: String, subtitle: String) -> String {
        let top = ChartCanvas.head + legend.height + 6
        let each = Self.titleHeight + Self.panelHeight + Self.tickHeight
        let canvas = ChartCanvas(
            name: name, title: title,
            subtitle: (sharedTop == nil ? "each panel has its own scale · " : "") + subtitle,
            height: top + Double(rows) * each + Self.foot)
        let width = (Self.right - Self.left - Double(columns - 1) * 60) / Double(columns)
        var commands: [String] = []
        for (index, panel) in panels.enumerated() {
            let x = Self.left + Double(index % columns) * (width + 60)
            let y = top + Double(index / columns) * each + Self.titleHeight
            commands += index == 0 ? canvas.heading : ChartCanvas.nextPanel
            if index == 0 {
                commands += legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
                commands.append(
                    canvas.label(
                        3, "batch size N (sessions offered at once)", x: (Self.left + Self.right) / 2,
                        y: canvas.height - 18, "center \(ChartCanvas.axis)"))
            }
            commands += canvas.margins(left: x, right: x + width, top: y, bottom: y + Self.panelHeight)
            let room = Int(width / ChartCanvas.character)
            commands.append(
                canvas.label(4, ChartLegend.clipped(panel.title, to: room), x: x, y: y - 14, "left \(ChartCanvas.dark)"))
            if index % columns == 0 {
                commands.append(canvas.axisTitle(5, axis, x: 22, y: y + Self.panelHeight / 2))
            }
            commands += settings(panel, width: width)
            commands.append(ChartCanvas.plot(elements(panel, block: index)))
        }
        return canvas.script(commands)
    }

    /// Where the panel's axis ends.
    private func end(_ panel: Panel) -> Double {
        let top = (sharedTop ?? top(panel)) * 1.12
        return min(top > 0 ? top : 1, most ?? .infinity)
    }

    private func settings(_ panel: Panel, width: Double) -> [String] {
        let each = width / Double(max(1, panel.bars.count))
        var ticks: [String] = []
        var freeFrom = -Double.infinity
        for (place, bar) in panel.bars.enumerated() {
            let half = Double(Figure.count(bar.batch).count) * 3.8 + 2.5
            let middle = (Double(place) + 0.5) * each
            let fits = middle - half >= freeFrom
            if fits { freeFrom = middle + half }
            ticks.append("\"\(fits ? Figure.count(bar.batch) : "")\" \(place)")
        }
        let end = end(panel)
        var lines = [
            "set xtics (\(ticks.joined(separator: ", ")))", "set xrange [-0.6:\(Figure.fixed(Double(panel.bars.count) - 0.4, 1))]",
            "set yrange [0:\(Figure.fixed(end, 6))]", LinearTicks.setting("y", end: end, most: 8),
        ]
        for (place, bar) in panel.bars.enumerated() where bar.parts.isEmpty {
            lines.append(
                "set label \(2001 + place) \(GnuplotText.quoted(bar.absence)) at first \(place), graph 0.03 left rotate by 90 \(ChartCanvas.faint)"
            )
        }
        return lines
    }

    private func elements(_ panel: Panel, block: Int) -> [String] {
        if !panel.bars.contains(where: { !$0.parts.isEmpty }) { return [] }
        let half = panel.bars.count == 1 ? "0.15" : "0.36"
        var found: [String] = []
        for (index, part) in parts.enumerated() {
            let below = index == 0 ? "0" : (0..<index).map { "$\($0 + 3)" }.joined(separator: "+")
            let above = (0...index).map { "$\($0 + 3)" }.joined(separator: "+")
            found.append(
                "table index \(block) using 1:(\(below)):($1-\(half)):($1+\(half)):(\(below)):(\(above)) "
                    + "with boxxyerror lc rgb \"\(part.colour)\" notitle")
        }
        for (index, each) in marks.enumerated() {
            let column = parts.count + 3 + index
            guard Self.has(panel, mark: index) else { continue }
            switch each.mark {
            case .line:
                found.append(
                    "table index \(block) using ($1-\(half)-0.06):\(column):(2*\(half)+0.12):(0) "
                        + "with vectors nohead \(Self.line.line) notitle")
            case .point:
                let end = Figure.fixed(end(panel), 6)
                let look = "lw 1.6 \(Self.point.ink) notitle"
                let block = "table index \(block) using"
                found.append("\(block) 1:($\(column)<=\(end)?$\(column):NaN) with points \(Self.point.marker) \(look)")
                guard panel.bars.contains(where: { index < $0.marks.count && ($0.marks[index] ?? 0) > self.end(panel) }) else { continue }
                let edge = "($\(column)>\(end)?\(end)*0.96:NaN)"
                found.append("\(block) 1:\(edge) with points pt 8 ps 1.1 \(look)")
                found.append(
                    "\(block) 1:\(edge):(sprintf(\"%.3g\", $\(column))) with labels center offset 0,-0.9 font \",11\" "
                        + "\(ChartCanvas.dark) notitle")
            }
        }
        return found
    }
}
