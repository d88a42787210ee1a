/// Ratios with their intervals around no change, a row each: a forest plot. The axis is logarithmic, so that half and double lie
/// equally far from no change.
struct ForestChart {
    enum Tone: Int, CaseIterable {
        case better, even, worse, open

        var title: String {
            switch self {
            case .better: "better"
            case .even: "no worse"
            case .worse: "worse"
            case .open: "not decided"
            }
        }

        var style: SeriesStyle {
            switch self {
            case .better: SeriesStyle(colour: "#009E73", point: 9, size: "1.1", dash: 1)
            case .even: SeriesStyle(colour: "#0072B2", point: 7, size: "1.0", dash: 1)
            case .worse: SeriesStyle(colour: "#D55E00", point: 5, size: "1.0", dash: 1)
            case .open: SeriesStyle(colour: "#7a7a7a", point: 6, size: "1.1", dash: 1)
            }
        }
    }

    struct Row {
        var name: String
        var ratio: Double
        var low: Double?
        var high: Double?
        /// From which on a worsening counts; nil where none was fixed.
        var border: Double?
        var tone: Tone
        /// To the right of the panel.
        var words: String
    }

    struct Group {
        /// Empty for rows without a heading.
        var name: String
        var rows: [Row]
    }

    var groups: [Group]
    /// What is divided by what, e.g. `B ÷ A`.
    var axis: String
    /// What a tone is called, where it is not its own title.
    var titles: [Tone: String] = [:]

    private static let rowHeight = 26.0
    private static let groupGap = 12.0
    private static let foot = 62.0
    private static let zone = "#fbe3d6"

    func chart(name: String, title: String, subtitle: String) -> ChartFile {
        ChartFile(name: name, title: title, table: table, script: script(name: name, title: title, subtitle: subtitle))
    }

    // MARK: Table

    private var tones: [Tone] { Tone.allCases.filter { tone in groups.contains { $0.rows.contains { $0.tone == tone } } } }

    /// A block for each tone, and one for the zones in which a worsening counts.
    private var table: String {
        var blocks = tones.map { tone in
            "# \(tone.title)\n# row\tratio\tlow\thigh\tgroup\tname\twords\n"
                + placed.filter { $0.row.tone == tone }.map { place, group, row in
                    let numbers = [place, row.ratio, row.low ?? .nan, row.high ?? .nan].map { $0.isNaN ? "NaN" : Figure.plain($0) }
                    return (numbers + [group, row.name, row.words].map { Markdown.oneLine($0) }).joined(separator: "\t") + "\n"
                }.joined()
        }
        let zones = placed.compactMap { place, _, row in row.border.map { "\(Figure.plain(place))\t\(Figure.plain($0))\n" } }
        if !zones.isEmpty { blocks.append("# a worsening counts from there on\n# row\tborder\n" + zones.joined()) }
        return blocks.joined(separator: "\n\n")
    }

    /// Rows with their places, in pixels below the panel's upper edge.
    private var placed: [(place: Double, group: String, row: Row)] {
        var found: [(place: Double, group: String, row: Row)] = []
        var next = Self.groupGap / 2
        for group in groups {
            next += headHeight(group)
            for row in group.rows {
                found.append((next + Self.rowHeight / 2, group.name, row))
                next += Self.rowHeight
            }
            next += Self.groupGap
        }
        return found
    }

    private func headHeight(_ group: Group) -> Double { group.name.isEmpty ? 0 : 22 }
    private var panelHeight: Double {
        groups.reduce(0) { $0 + headHeight($1) + Double($1.rows.count) * Self.rowHeight + Self.groupGap }
    }

    // MARK: Layout

    private var rows: [Row] { groups.flatMap(\.rows) }
    private var left: Double { 34 + Double(min(44, rows.map(\.name.count).max() ?? 0)) * ChartCanvas.character }
    private var right: Double { ChartCanvas.width - 24 - Double(min(36, rows.map(\.words.count).max() ?? 0)) * ChartCanvas.character }

    /// The factor that the axis reaches to either side.
    private var reach: Double {
        let ratios = rows.flatMap { [$0.ratio, $0.low, $0.high, $0.border].compactMap(\.self) }.filter { $0 > 0 && $0.isFinite }
        return max(1.02, Logarithm.power2((ratios.map { abs(Logarithm.base2($0)) }.max() ?? 0) * 1.12))
    }

    private func script(name: String, title: String, subtitle: String) -> String {
        var entries = tones.map { ChartLegend.Entry(title: titles[$0] ?? $0.title, style: $0.style, joined: true) }
        if rows.contains(where: { $0.border != nil }) {
            entries.append(ChartLegend.Entry(title: "worse by enough to count", style: .area(Self.zone), joined: false))
        }
        let legend = ChartLegend(entries: entries, width: ChartCanvas.room)
        let top = ChartCanvas.head + legend.height + 8
        let canvas = ChartCanvas(name: name, title: title, subtitle: subtitle, height: top + panelHeight + Self.foot)
        var commands = canvas.margins(left: left, right: right, top: top, bottom: top + panelHeight) + canvas.heading
        commands += legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
        commands += ["set yrange [\(Figure.fixed(panelHeight, 1)):0]", "unset ytics", "set border 1 lw 1 lc rgb \"#5a5a5a\""] + scale
        commands.append("set arrow 1 from first 1, graph 0 to first 1, graph 1 nohead lw 1.4 lc rgb \"#333333\" back")
        commands.append(canvas.label(3, axis, x: (left + right) / 2, y: top + panelHeight + 44, "center \(ChartCanvas.axis)"))
        commands += names(canvas, top: top)
        commands.append(ChartCanvas.plot(elements))
        return canvas.script(commands)
    }

    private func names(_ canvas: ChartCanvas, top: Double) -> [String] {
        var commands: [String] = []
        var tag = 1001
        func add(_ text: String, x: Double, y: Double, _ look: String) {
            commands.append(canvas.label(tag, text, x: x, y: top + y, look))
            tag += 1
        }
        for (place, _, row) in placed {
            add(ChartLegend.clipped(row.name, to: 44), x: left - 12, y: place, "right \(ChartCanvas.axis)")
            add(ChartLegend.clipped(row.words, to: 36), x: right + 10, y: place, "left \(ChartCanvas.dark)")
        }
        var next = Self.groupGap / 2
        for group in groups {
            if !group.name.isEmpty { add(ChartLegend.clipped(group.name, to: 110), x: 20, y: next + 10, "left \(ChartCanvas.dark)") }
            next += headHeight(group) + Double(group.rows.count) * Self.rowHeight + Self.groupGap
        }
        return commands
    }

    /// In per cent where the changes are small, else in factors.
    private var scale: [String] {
        let reach = reach
        // A tick's label is a format.
        var ticks = ["\"0 %%\" 1"]
        if reach <= 1.6 {
            let step = [0.005, 0.01, 0.02, 0.05, 0.1, 0.2].first { (reach - 1) / $0 <= 4.5 } ?? 0.2
            var number = 1.0
            while 1 + number * step <= reach {
                let percent = Figure.plain((number * step * 1000).rounded() / 10)
                ticks += [
                    "\"+\(percent) %%\" \(Figure.fixed(1 + number * step, 5))", "\"-\(percent) %%\" \(Figure.fixed(1 - number * step, 5))",
                ]
                number += 1
            }
        } else {
            ticks = ["\"× 1\" 1"]
            let stride = max(1, (Logarithm.base2(reach) / 4).rounded(.up))
            let doubles = (1...4).map { Logarithm.power2(Double($0) * stride).rounded() }
            for factor in reach < 4 ? [1.5, 2, 3] : doubles where factor <= reach {
                ticks += [
                    "\"× \(Figure.plain(factor))\" \(Figure.plain(factor))", "\"÷ \(Figure.plain(factor))\" \(Figure.fixed(1 / factor, 6))",
                ]
            }
        }
        return [
            "set logscale x 2", "set xrange [\(Figure.fixed(1 / reach, 6)):\(Figure.fixed(reach, 6))]",
            "set xtics nomirror (\(ticks.joined(separator: ", ")))",
        ]
    }

    private var elements: [String] {
        var found: [String] = []
        if rows.contains(where: { $0.border != nil }) {
            let (low, high) = (Figure.fixed(1 / reach, 6), Figure.fixed(reach, 6))
            let half = Figure.plain(Self.rowHeight / 2 - 2)
            found.append(
                "table index \(tones.count) using 2:1:($2<1?\(low):$2):($2<1?$2:\(high)):($1-\(half)):($1+\(half)) "
                    + "with boxxyerror fs solid 1 lc rgb \"\(Self.zone)\" notitle")
        }
        for (index, tone) in tones.enumerated() {
            let data = "table index \(index) using"
            let look = "lw 2.2 \(tone.style.ink) notitle"
            found.append("\(data) 3:1:($4-$3):(0) with vectors nohead \(look)")
            for column in ["3", "4"] { found.append("\(data) \(column):($1-5):(0):(10) with vectors nohead \(look)") }
            found.append("\(data) 2:1 with points \(tone.style.marker) lw 1.8 \(tone.style.ink) notitle")
        }
        return found
    }
}
