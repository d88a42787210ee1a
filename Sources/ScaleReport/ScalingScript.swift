import ScaleCore

/// The gnuplot script of the scaling chart. All lengths are pixels of the SVG; the PNG is drawn at twice the size.
struct ScalingScript {
    let data: ScalingData
    let name: String
    let title: String
    let subtitle: String

    private static let left = 74.0
    private static let right = 80.0
    private static let successHeight = 180.0
    private static let gap = 22.0
    private static let timeHeight = 250.0
    private static let foot = 58.0

    private var panelTop: Double { ChartCanvas.head + legend.height + 12 }
    private var timeTop: Double { panelTop + Self.successHeight + Self.gap }
    private var height: Double { timeTop + Self.timeHeight + Self.foot }
    private var plotWidth: Double { ChartCanvas.width - Self.left - Self.right }
    private var batches: BatchAxis { BatchAxis(batches: data.batches, width: plotWidth) }
    private var canvas: ChartCanvas { ChartCanvas(name: name, title: title, subtitle: subtitle, height: height) }

    var text: String { canvas.script(batches.settings + successPanel + timePanel) }

    // MARK: Parts

    private func margins(top: Double, height: Double) -> [String] {
        canvas.margins(left: Self.left, right: ChartCanvas.width - Self.right, top: top, bottom: top + height)
    }

    private var successPanel: [String] {
        var lines = margins(top: panelTop, height: Self.successHeight) + canvas.heading
        lines += [
            batches.ticks(labelled: false),
            "unset logscale y",
            "set yrange [0:106]",
            "set ytics nomirror 0,25,100 format \"%g\"",
            canvas.axisTitle(5, "success rate (%)", x: 22, y: panelTop + Self.successHeight / 2),
        ]
        lines += threshold("95 %", at: "95")
        lines += legend.lines(width: ChartCanvas.width, height: height, top: ChartCanvas.head)
        lines.append(ChartCanvas.plot(bands + curves(column: 4, scale: 1)))
        return lines
    }

    private var timePanel: [String] {
        let scale = times.unit == .milliseconds ? 1000 : 1
        var lines = ChartCanvas.nextPanel + margins(top: timeTop, height: Self.timeHeight)
        lines += [
            batches.ticks(labelled: true),
            canvas.label(
                6, "batch size N (sessions offered at once)", x: Self.left + plotWidth / 2,
                y: timeTop + Self.timeHeight + 42, "center \(ChartCanvas.axis)"),
            canvas.axisTitle(5, "P99 of a session (\(times.unit.rawValue))", x: 22, y: timeTop + Self.timeHeight / 2),
        ]
        lines += times.axis
        if let limit = data.limit, times.shows(limit) {
            let value = Figure.fixed(limit.seconds * Double(scale), 6)
            lines += threshold("SLO \(times.unit.trimmed(limit))", at: value)
        }
        if data.times.isEmpty {
            lines += [
                "unset ytics",
                "set label 4 \"no session succeeded, so there is no P99\" at graph 0.5,0.5 center \(ChartCanvas.faint)",
                ChartCanvas.plot([]),
            ]
        } else {
            lines.append(ChartCanvas.plot(curves(column: 7, scale: scale)))
        }
        return lines
    }

    private var times: TimeAxis { TimeAxis(data.times, limit: data.limit) }

    // MARK: Plot elements

    /// The exact bounds behind the lines; of a single point as wide as its mark.
    private var bands: [String] {
        data.lines.enumerated().filter { !$0.element.points.isEmpty }.map { index, line in
            let ink = "\(SeriesStyle.number(index).ink) fs transparent solid 0.16 noborder notitle"
            if line.points.count > 1 {
                return "table index \(index) using ($2*\(dodge(index))):10:11 with filledcurves \(ink)"
            }
            let edges = "($2*\(dodge(index))/\(batches.shift(6))):($2*\(dodge(index))*\(batches.shift(6)))"
            return "table index \(index) using ($2*\(dodge(index))):10:\(edges):10:11 with boxxyerror \(ink)"
        }
    }

    /// Each line with its bars, the ring round the largest batch that passes, and the invalid cells.
    /// - Parameters:
    ///   - column: of the value; the two after it hold the ends of its bar.
    ///   - scale: from the table's unit to the axis's.
    private func curves(column: Int, scale: Int) -> [String] {
        func value(_ column: Int) -> String { "($\(column)*\(scale))" }
        var elements: [String] = []
        for (index, line) in data.lines.enumerated() where !line.points.isEmpty {
            let style = SeriesStyle.number(index)
            let place = "($2*\(dodge(index))):\(value(column))"
            let block = "table index \(index)"
            if line.points.contains(where: { $0.reps > 1 }) {
                let ends = "\(value(column + 1)):\(value(column + 2))"
                elements.append("\(block) using \(place):\(ends) with yerrorbars pt -1 lw 1.2 \(style.ink) notitle")
            }
            elements.append("\(block) using \(place) with linespoints \(style.line) \(style.marker) notitle")
            if let best = line.best {
                let ring = SeriesStyle.ring(style.colour)
                elements.append(
                    "\(block) every ::\(best)::\(best) using \(place) with points \(ring.marker) lw 1.6 \(ring.ink) notitle")
            }
        }
        if !data.invalid.isEmpty {
            let cross = SeriesStyle.invalid
            let place = "table index \(data.lines.count) using 2:\(value(column))"
            elements.append("\(place) with points \(cross.marker) lw 1.6 \(cross.ink) notitle")
        }
        return elements
    }

    private var legend: ChartLegend {
        var entries = data.lines.enumerated().map { index, line in
            ChartLegend.Entry(title: line.title, style: .number(index), joined: true)
        }
        if data.lines.contains(where: { $0.best != nil }) {
            entries.append(ChartLegend.Entry(title: "largest batch that passes", style: .ring("#333333"), joined: false))
        }
        if !data.lines.isEmpty {
            entries.append(ChartLegend.Entry(title: "band: exact 95 % bounds", style: .area("#d0d0d0"), joined: false))
        }
        if !data.invalid.isEmpty {
            let title = "invalid: limited by generator or host" + (data.hasEnded ? ", or servers ended" : "")
            entries.append(ChartLegend.Entry(title: title, style: .invalid, joined: false))
        }
        return ChartLegend(entries: entries, width: ChartCanvas.room)
    }

    /// The factor that sets the points of one line 4 pixels beside those of the next, 16 at most from first to last,
    /// so that equal values do not hide each other.
    private func dodge(_ index: Int) -> String {
        let count = Double(data.lines.count)
        let pixels = min(4, 16 / max(1, count - 1)) * (Double(index) - (count - 1) / 2)
        return batches.shift(pixels)
    }

    /// A dashed line across a panel, named beside it.
    private func threshold(_ title: String, at value: String) -> [String] {
        [
            "set label 3 \(GnuplotText.quoted(title)) at graph 1.012, first \(value) left textcolor rgb \"#333333\"",
            "set arrow 1 from graph 0, first \(value) to graph 1, first \(value) nohead lw 1.4 dt 2 lc rgb \"#333333\"",
        ]
    }
}
