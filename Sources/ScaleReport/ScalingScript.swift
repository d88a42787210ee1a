import ScaleCore

/// The gnuplot script of the scaling chart. All lengths are pixels of the SVG; the PNG is drawn at twice the size.
struct ScalingScript {
    let data: ScalingData
    let name: String
    let title: String
    let subtitle: String

    private static let width = 880.0
    private static let left = 74.0
    private static let right = 80.0
    private static let head = 60.0
    private static let successPanel = 180.0
    private static let gap = 22.0
    private static let timePanel = 250.0
    private static let foot = 58.0

    private var panelTop: Double { Self.head + legend.height + 12 }
    private var timeTop: Double { panelTop + Self.successPanel + Self.gap }
    private var height: Double { timeTop + Self.timePanel + Self.foot }

    var text: String {
        var lines = [
            GnuplotText.comment("\(title). Redraw it with: gnuplot \(name).gp"),
            "# Needs gnuplot 5.4 or newer with the terminals svg and pngcairo, and the .tsv of the same name beside it.",
            "table = " + GnuplotText.quoted(name + ".tsv"),
            "picture = " + GnuplotText.quoted(name),
            "set datafile separator \"\\t\"",
            "set encoding utf8",
            "do for [kind in \"svg png\"] {",
            "if (kind eq \"svg\") {",
            "    set terminal svg size \(pixels(Self.width)),\(pixels(height)) noenhanced \\",
            "        font \"sans-serif,13\" background \"#ffffff\"",
            "} else {",
            "    set terminal pngcairo size \(pixels(Self.width * 2)),\(pixels(height * 2)) noenhanced \\",
            "        font \"sans,10\" fontscale 2 linewidth 2 pointscale 2 background \"#ffffff\"",
            "}",
            "set output picture.\".\".kind",
            "set multiplot",
        ]
        lines += frame + successPanel + timePanel
        lines += ["unset multiplot", "unset output", "}"]
        return lines.joined(separator: "\n") + "\n"
    }

    // MARK: Parts

    /// What both panels share: margins, the axis of batches, the grid.
    private var frame: [String] {
        [
            "unset label",
            "unset arrow",
            "unset key",
            "set lmargin at screen \(across(Self.left))",
            "set rmargin at screen \(across(Self.width - Self.right))",
            "set border 3 lw 1 lc rgb \"#5a5a5a\"",
            "set grid xtics ytics lt 1 lw 0.6 lc rgb \"#e2e2e2\"",
            "set tics nomirror scale 0.5 textcolor rgb \"#333333\"",
            "set errorbars 0",
            "set logscale x 2",
            "set xrange [\(Figure.fixed(least / room, 4)):\(Figure.fixed(most * room, 4))]",
        ]
    }

    private var successPanel: [String] {
        var lines = [
            "set tmargin at screen \(fromTop(panelTop))",
            "set bmargin at screen \(fromTop(panelTop + Self.successPanel))",
            heading(1, ChartLegend.clipped(title, to: 80), at: 22, "font \",17\" textcolor rgb \"#111111\""),
            heading(2, ChartLegend.clipped(subtitle, to: 112), at: 44, "textcolor rgb \"#5a5a5a\""),
            "set xtics (\(ticks(labelled: false)))",
            "unset logscale y",
            "set yrange [0:106]",
            "set ytics nomirror 0,25,100 format \"%g\"",
            axisTitle("success rate (%)", top: panelTop, height: Self.successPanel),
        ]
        lines += threshold("95 %", at: "95") + legend.lines(width: Self.width, height: height, top: Self.head)
        let drawn = curves(column: 4, scale: 1)
        lines.append("plot " + (drawn.isEmpty ? ["NaN notitle"] : drawn).joined(separator: ", \\\n    "))
        return lines
    }

    private var timePanel: [String] {
        let scale = times.unit == .milliseconds ? 1000 : 1
        var lines = [
            "unset label",
            "unset arrow",
            "set tmargin at screen \(fromTop(timeTop))",
            "set bmargin at screen \(fromTop(timeTop + Self.timePanel))",
            "set xtics (\(ticks(labelled: true)))",
            "set label 6 \"batch size N (sessions offered at once)\" at screen \(across(Self.left + plotWidth / 2)),"
                + "\(fromTop(timeTop + Self.timePanel + 42)) center textcolor rgb \"#333333\"",
            axisTitle("P99 of a session (\(times.unit.rawValue))", top: timeTop, height: Self.timePanel),
        ]
        lines += times.axis
        if let limit = data.limit, times.shows(limit) {
            let value = Figure.fixed(limit.seconds * Double(scale), 6)
            lines += threshold("SLO \(times.unit.trimmed(limit))", at: value)
        }
        if data.times.isEmpty {
            lines.append("unset ytics")
            lines.append(
                "set label 4 \"no session succeeded, so there is no P99\" at graph 0.5,0.5 center textcolor rgb \"#5a5a5a\"")
            lines.append("plot NaN notitle")
        } else {
            lines.append("plot " + curves(column: 7, scale: scale).joined(separator: ", \\\n    "))
        }
        return lines
    }

    private var times: TimeAxis { TimeAxis(data.times, limit: data.limit) }

    // MARK: Plot elements

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
        if !data.invalid.isEmpty {
            entries.append(ChartLegend.Entry(title: "invalid: limited by generator or host", style: .invalid, joined: false))
        }
        return ChartLegend(entries: entries, width: Self.width - 40)
    }

    /// The factor that sets the points of one line 4 pixels beside those of the next, 16 at most from first to last,
    /// so that equal values do not hide each other.
    private func dodge(_ index: Int) -> String {
        let count = Double(data.lines.count)
        let pixels = min(4, 16 / max(1, count - 1)) * (Double(index) - (count - 1) / 2)
        return Figure.fixed(Logarithm.power2(pixels / plotWidth * Logarithm.base2(batchSpan)), 5)
    }

    // MARK: Layout

    private var plotWidth: Double { Self.width - Self.left - Self.right }
    private var least: Double { Double(data.batches.first ?? 1) }
    private var most: Double { Double(data.batches.last ?? 1) }
    /// The factor that the axis goes on for at either end.
    private var room: Double { least == most ? 2 : Logarithm.power2(0.035 * max(1, Logarithm.base2(most / least))) }
    private var batchSpan: Double { most / least * room * room }

    /// A tick at every batch; those whose label would touch the label to its right go without one.
    private func ticks(labelled: Bool) -> String {
        var freeUntil = Double.infinity
        var shown: [String] = []
        for batch in data.batches.reversed() {
            let place = plotWidth * Logarithm.base2(Double(batch) / least * room) / Logarithm.base2(batchSpan)
            let half = Double(Figure.count(batch).count) * 3.8 + 2.5
            let fits = place + half <= freeUntil
            if fits { freeUntil = place - half }
            shown.append("\"\(labelled && fits ? Figure.count(batch) : "")\" \(batch)")
        }
        return shown.reversed().joined(separator: ", ")
    }

    /// The name of a vertical axis. gnuplot's own would stand at a distance that depends on the tick labels.
    private func axisTitle(_ text: String, top: Double, height: Double) -> String {
        "set label 5 \(GnuplotText.quoted(text)) at screen \(across(22)),\(fromTop(top + height / 2)) "
            + "center rotate by 90 textcolor rgb \"#333333\""
    }

    private func heading(_ tag: Int, _ text: String, at top: Double, _ look: String) -> String {
        "set label \(tag) \(GnuplotText.quoted(text)) at screen \(across(20)),\(fromTop(top)) left \(look)"
    }

    /// A dashed line across a panel, named beside it.
    private func threshold(_ title: String, at value: String) -> [String] {
        [
            "set label 3 \(GnuplotText.quoted(title)) at graph 1.012, first \(value) left textcolor rgb \"#333333\"",
            "set arrow 1 from graph 0, first \(value) to graph 1, first \(value) nohead lw 1.4 dt 2 lc rgb \"#333333\"",
        ]
    }

    private func pixels(_ value: Double) -> String { Figure.fixed(value, 0) }
    private func across(_ pixels: Double) -> String { Figure.fixed(pixels / Self.width, 5) }
    /// Counted from the top, as gnuplot's share of the picture counted from the bottom.
    private func fromTop(_ pixels: Double) -> String { Figure.fixed(1 - pixels / height, 5) }
}
