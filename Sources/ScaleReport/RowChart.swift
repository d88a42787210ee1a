/// Named rows with one value each along a horizontal axis: what is compared over infrastructures, whose names need
/// room. Rows of one infrastructure stand together under its name.
struct RowChart {
    struct Row {
        /// Within its group, e.g. `ws, wait 1 s`.
        var name: String
        /// Row of the palette.
        var colour: Int
        /// Nil where there is none to draw, which `words` then says.
        var value: Double?
        /// From the value on: where the truth may still lie.
        var upper: Double?
        /// Nothing is known above the value.
        var isOpen = false
        /// Single observations, of which ``value`` is one: drawn with ``Look/dots`` only.
        var dots: [Double] = []
        var words: String
    }

    struct Group {
        var name: String
        var rows: [Row]
    }

    enum Look {
        /// From 0, for values that can be compared by length.
        case bars
        /// A point with its bracket, on an axis that doubles from tick to tick where the values span much.
        case brackets
        /// All observations of a row in seconds, with a bar at its value; on an axis of decades where they span much.
        case dots
    }

    var groups: [Group]
    var look: Look
    /// With the unit.
    var axis: String
    /// In its place where the ticks have their units.
    var decades = ""
    /// A legend above the rows; none where the rows say all.
    var legend: [ChartLegend.Entry] = []
    /// Of the value in the table, e.g. `last_pass`, and of what follows it.
    var columns = (value: "value", upper: "upper")

    private static let rowHeight = 24.0
    private static let groupGap = 14.0
    private static let foot = 58.0

    func chart(name: String, title: String, subtitle: String, section: ChartFile.Section) -> ChartFile {
        ChartFile(
            name: name, title: title, table: table, script: script(name: name, title: title, subtitle: subtitle),
            section: section)
    }

    // MARK: Table

    private var table: String {
        var text = "# row\t\(columns.value)\t\(columns.upper)\tat_least\tinfrastructure\tseries\twords\n"
        for (style, block) in blocks {
            text += (style == blocks.first?.style ? "" : "\n\n") + "# colour \(style + 1)\n"
            for (place, group, row) in block {
                let numbers = [row.value, row.upper].map { $0.map(Figure.plain) ?? "NaN" }
                let words = [group, row.name, row.words].map { Self.field($0) }
                text += ([Figure.plain(place)] + numbers + [row.isOpen ? "1" : "0"] + words).joined(separator: "\t") + "\n"
            }
        }
        return text + dots
    }

    /// The single observations, a block for each colour. Those of a row lie a little apart, so that equal ones can be counted.
    private var dots: String {
        if look != .dots { return "" }
        return blocks.map { style, block in
            let lines = block.flatMap { place, group, row in
                row.dots.enumerated().map { index, dot in
                    let shift = Double(index % 5 - 2) * 2.5
                    return [Figure.plain(place + shift), Figure.plain(dot), Self.field(group), Self.field(row.name)].joined(separator: "\t")
                        + "\n"
                }
            }
            return "\n\n# observations, colour \(style + 1)\n# row\t\(columns.upper)\tinfrastructure\tseries\n" + lines.joined()
        }.joined()
    }

    private static func field(_ text: String) -> String { Markdown.oneLine(text) }

    /// The rows of each colour with their places, in pixels below the panel's upper edge.
    private var blocks: [(style: Int, rows: [(place: Double, group: String, row: Row)])] {
        var found: [(style: Int, rows: [(place: Double, group: String, row: Row)])] = []
        for (group, top) in zip(groups, tops) {
            for (index, row) in group.rows.enumerated() {
                let place = top + (Double(index) + 0.5) * Self.rowHeight
                let known = found.firstIndex { $0.style == row.colour }
                if let known {
                    found[known].rows.append((place, group.name, row))
                } else {
                    found.append((row.colour, [(place, group.name, row)]))
                }
            }
        }
        return found.sorted { $0.style < $1.style }
    }

    // MARK: Layout

    private func lines(_ group: Group) -> [String] { NameLines.wrap(group.name, width: 90, limit: 2) }
    private func nameHeight(_ group: Group) -> Double { Double(lines(group).count) * 18 + 4 }
    private func height(_ group: Group) -> Double {
        nameHeight(group) + Double(group.rows.count) * Self.rowHeight + Self.groupGap
    }

    /// Where the rows of each group begin.
    private var tops: [Double] {
        var next = Self.groupGap / 2
        return groups.map { group in
            defer { next += height(group) }
            return next + nameHeight(group)
        }
    }

    private var panelHeight: Double { groups.reduce(0) { $0 + height($1) } }
    private var rowNames: Double {
        Double(min(34, groups.flatMap(\.rows).map(\.name.count).max() ?? 0)) * ChartCanvas.character
    }
    private var left: Double { 34 + rowNames + 12 }
    /// The words stand to the right of the greatest value.
    private var right: Double {
        let longest = groups.flatMap(\.rows).map(\.words.count).max() ?? 0
        return ChartCanvas.width - 20 - min(230, Double(longest) * ChartCanvas.character + 14)
    }

    private func script(name: String, title: String, subtitle: String) -> String {
        let legend = ChartLegend(entries: legend, width: ChartCanvas.room)
        let top = ChartCanvas.head + (self.legend.isEmpty ? 0 : legend.height) + 8
        let canvas = ChartCanvas(
            name: name, title: title, subtitle: subtitle, height: top + panelHeight + Self.foot)
        var commands = canvas.margins(left: left, right: right, top: top, bottom: top + panelHeight) + canvas.heading
        if !self.legend.isEmpty {
            commands += legend.lines(width: ChartCanvas.width, height: canvas.height, top: ChartCanvas.head)
        }
        commands += ["set yrange [\(Figure.fixed(panelHeight, 1)):0]", "unset ytics", "set border 1 lw 1 lc rgb \"#5a5a5a\""]
        commands += scale
        commands.append(
            canvas.label(
                3, timeDecades == nil ? axis : decades, x: (left + right) / 2, y: top + panelHeight + 42, "center \(ChartCanvas.axis)"))
        commands += names(canvas, top: top)
        commands.append(ChartCanvas.plot(elements))
        return canvas.script(commands)
    }

    private func names(_ canvas: ChartCanvas, top: Double) -> [String] {
        var commands: [String] = []
        var tag = 1001
        var boundary = 0.0
        for (group, first) in zip(groups, tops) {
            let wrapped = lines(group)
            for (index, line) in wrapped.enumerated() {
                let y = top + first - nameHeight(group) + Double(index) * 18 + 10
                commands.append(canvas.label(tag, line, x: 20, y: y, "left \(ChartCanvas.dark)"))
                tag += 1
            }
            for (index, row) in group.rows.enumerated() {
                let y = top + first + (Double(index) + 0.5) * Self.rowHeight
                let text = ChartLegend.clipped(row.name, to: 34)
                commands.append(canvas.label(tag, text, x: left - 12, y: y, "right \(ChartCanvas.axis)"))
                commands.append(
                    canvas.label(tag + 1, ChartLegend.clipped(row.words, to: 31), x: right + 10, y: y, "left \(ChartCanvas.dark)"))
                tag += 2
            }
            boundary += height(group)
            if boundary < panelHeight {
                let y = canvas.fromTop(top + boundary)
                commands.append(
                    "set arrow \(tag) from screen \(canvas.across(20)),\(y) to screen "
                        + "\(canvas.across(ChartCanvas.width - 20)),\(y) nohead lw 0.8 lc rgb \"#d0d0d0\"")
                tag += 1
            }
        }
        return commands
    }

    // MARK: Scale and plot

    private var values: [Double] {
        groups.flatMap(\.rows).flatMap { [$0.value, $0.upper].compactMap { $0 } + $0.dots }.filter { $0 > 0 }
    }

    private var doubles: Bool {
        guard look == .brackets, let least = values.min(), let most = values.max() else { return false }
        return most / least > 6
    }

    private var timeDecades: TimeDecades? {
        guard look == .dots, let least = values.min(), let most = values.max(), most / least > 20 else { return nil }
        return TimeDecades(least: least, most: most)
    }

    /// The ends of the doubling axis.
    private var reach: (low: Double, high: Double) {
        let (least, most) = (values.min() ?? 1, values.max() ?? 1)
        return (
            Logarithm.power2((Logarithm.base2(least) - 0.25).rounded(.down)),
            Logarithm.power2((Logarithm.base2(most) + 0.4).rounded(.up))
        )
    }
    private var octaves: Double { Logarithm.base2(reach.high / reach.low) }

    private var scale: [String] {
        guard let most = values.max() else { return ["set xrange [0:1]", "unset xtics"] }
        if let timeDecades { return timeDecades.settings }
        guard doubles else {
            let end = most * (look == .brackets ? 1.12 : 1.04)
            return ["set xrange [0:\(Figure.fixed(end, 6))]", LinearTicks.setting("x", end: end, most: Int((right - left) / 60))]
        }
        let (low, high) = reach
        // A label needs some 50 pixels.
        let stride = max(1, (octaves * 50 / max(50, right - left)).rounded(.up))
        var ticks: [String] = []
        var tick = low
        while tick <= high * 1.001 {
            ticks.append("\"\(Figure.ratio(tick))\" \(Figure.plain(tick))")
            tick *= Logarithm.power2(stride)
        }
        return [
            "set logscale x 2", "set xrange [\(Figure.plain(low)):\(Figure.plain(high))]",
            "set xtics nomirror (\(ticks.joined(separator: ", ")))",
        ]
    }

    private var elements: [String] {
        blocks.enumerated().flatMap { index, block -> [String] in
            let style = SeriesStyle.number(block.style)
            let data = "table index \(index)"
            if look == .bars {
                return ["\(data) using ($2/2):1:(0):2:($1-8):($1+8) with boxxyerror fs solid 0.85 \(style.ink) notitle"]
            }
            if look == .dots {
                return [
                    "table index \(blocks.count + index) using 2:1 with points pt 7 ps 0.7 lc rgb \"#60\(style.colour.dropFirst())\" notitle",
                    "\(data) using 2:($1-9):(0):(18) with vectors nohead lw 3 \(style.ink) notitle",
                ]
            }
            var found: [String] = []
            if block.rows.contains(where: { $0.row.upper != nil }) {
                found.append(
                    "\(data) using 2:1:($3-$2):(0) with vectors nohead lw 5 lc rgb \"#40\(style.colour.dropFirst())\" notitle")
                found.append("\(data) using 3:1 with points pt 2 ps 0.8 lw 1.8 \(style.ink) notitle")
            }
            if block.rows.contains(where: \.row.isOpen) {
                let share = 26 / (right - left)
                let tip =
                    doubles
                    ? "($2*\(Figure.fixed(Logarithm.power2(share * octaves) - 1, 6)))"
                    : "(\(Figure.fixed((values.max() ?? 1) * 1.12 * share, 6)))"
                found.append(
                    "\(data) using 2:($4==1?$1:NaN):\(tip):(0) with vectors head filled size screen 0.01,20 lw 1.8 \(style.ink) notitle")
            }
            found.append("\(data) using 2:1 with points \(style.marker) \(style.ink) notitle")
            return found
        }
    }
}
