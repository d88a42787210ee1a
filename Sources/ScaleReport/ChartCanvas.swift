/// What every chart's script shares: the two terminals, the heading, and places given in pixels.
///
/// All lengths are pixels of the SVG, counted from the upper left corner; the PNG is drawn at twice the size. Text is
/// laid out here because gnuplot's own margins depend on the fonts of the machine that draws.
struct ChartCanvas {
    var name: String
    var title: String
    var subtitle: String
    var height: Double

    static let width = 880.0
    /// Where the legend or the first panel begins.
    static let head = 60.0
    /// What the widest text may take.
    static let room = width - 40
    /// An average character of the 13 pixel font, on the wide side.
    static let character = 7.3

    static let dark = "textcolor rgb \"#1a1a1a\""
    static let axis = "textcolor rgb \"#333333\""
    static let faint = "textcolor rgb \"#5a5a5a\""

    /// The whole script around the commands of its panels. Each panel sets its own margins, ranges and labels, and
    /// ends in one `plot`.
    func script(_ panels: [String]) -> String {
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
        lines += frame + panels + ["unset multiplot", "unset output", "}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private var frame: [String] {
        [
            "unset label",
            "unset arrow",
            "unset key",
            "unset colorbox",
            "set border 3 lw 1 lc rgb \"#5a5a5a\"",
            "set grid xtics ytics lt 1 lw 0.6 lc rgb \"#e2e2e2\"",
            "set tics nomirror scale 0.5 \(Self.axis)",
            "set errorbars 0",
            "set style fill solid 1 noborder",
        ]
    }

    /// Title and subtitle, for the first panel.
    var heading: [String] {
        [
            label(1, ChartLegend.clipped(title, to: 80), x: 20, y: 22, "left font \",17\" textcolor rgb \"#111111\""),
            label(2, ChartLegend.clipped(subtitle, to: 118), x: 20, y: 44, "left \(Self.faint)"),
        ]
    }

    /// The inner edges of a panel.
    func margins(left: Double, right: Double, top: Double, bottom: Double) -> [String] {
        [
            "set lmargin at screen \(across(left))", "set rmargin at screen \(across(right))",
            "set tmargin at screen \(fromTop(top))", "set bmargin at screen \(fromTop(bottom))",
        ]
    }

    /// Forgets the labels and arrows of the panel before.
    static let nextPanel = ["unset label", "unset arrow"]

    func label(_ tag: Int, _ text: String, x: Double, y: Double, _ look: String) -> String {
        "set label \(tag) \(GnuplotText.quoted(text)) at screen \(across(x)),\(fromTop(y)) \(look)"
    }

    /// The name of a vertical axis. gnuplot's own would stand at a distance that depends on the tick labels.
    func axisTitle(_ tag: Int, _ text: String, x: Double, y: Double) -> String {
        label(tag, text, x: x, y: y, "center rotate by 90 \(Self.axis)")
    }

    func pixels(_ value: Double) -> String { Figure.fixed(value, 0) }
    func across(_ pixels: Double) -> String { Figure.fixed(pixels / Self.width, 5) }
    /// Counted from the top, as gnuplot's share of the picture counted from the bottom.
    func fromTop(_ pixels: Double) -> String { Figure.fixed(1 - pixels / height, 5) }

    static func plot(_ elements: [String]) -> String {
        "plot " + (elements.isEmpty ? ["NaN notitle"] : elements).joined(separator: ", \\\n    ")
    }
}

/// Ticks of a logarithmic axis of batch sizes.
struct BatchAxis {
    let batches: [Int]
    let width: Double

    private var least: Double { Double(batches.first ?? 1) }
    private var most: Double { Double(batches.last ?? 1) }
    /// The factor that the axis goes on for at either end.
    private var room: Double { least == most ? 2 : Logarithm.power2(0.035 * max(1, Logarithm.base2(most / least))) }
    private var span: Double { most / least * room * room }

    var settings: [String] {
        ["set logscale x 2", "set xrange [\(Figure.fixed(least / room, 4)):\(Figure.fixed(most * room, 4))]"]
    }

    /// A tick at every batch; those whose label would touch the label to its right go without one.
    func ticks(labelled: Bool) -> String {
        var freeUntil = Double.infinity
        var shown: [String] = []
        for batch in batches.reversed() {
            let place = width * Logarithm.base2(Double(batch) / least * room) / Logarithm.base2(span)
            let half = Double(Figure.count(batch).count) * 3.8 + 2.5
            let fits = place + half <= freeUntil
            if fits { freeUntil = place - half }
            shown.append("\"\(labelled && fits ? Figure.count(batch) : "")\" \(batch)")
        }
        return "set xtics (\(shown.reversed().joined(separator: ", ")))"
    }

    /// The factor that moves a point by so many pixels.
    func shift(_ pixels: Double) -> String { Figure.fixed(Logarithm.power2(pixels / width * Logarithm.base2(span)), 5) }
}

/// Ticks of a linear axis that begins at 0.
enum LinearTicks {
    /// gnuplot's setting: 1, 2 or 5 times a power of ten apart.
    /// - Parameter most: how many there is room for.
    static func setting(_ axis: String, end: Double, most: Int, labelled: Bool = true) -> String {
        let least = end / Double(max(1, most))
        var decade = 1.0
        while decade > least, decade > 1e-9 { decade /= 10 }
        while decade * 10 < least, decade < 1e15 { decade *= 10 }
        let step = [1.0, 2, 5, 10].map { $0 * decade }.first { $0 >= least } ?? decade * 10
        var ticks: [String] = []
        var number = 0.0
        while number * step <= end * 1.0001, ticks.count <= 40 {
            ticks.append("\"\(labelled ? text(number, step) : "")\" \(Figure.fixed(number * step, places(step)))")
            number += 1
        }
        return "set \(axis)tics nomirror (\(ticks.joined(separator: ", ")))"
    }

    private static func text(_ number: Double, _ step: Double) -> String {
        Figure.fixed(number * step, number == 0 ? 0 : places(step), grouped: true)
    }

    private static func places(_ step: Double) -> Int {
        var places = 0
        var reach = step
        while reach < 0.999, places < 9 {
            reach *= 10
            places += 1
        }
        return places
    }
}

/// A name on several lines, broken where people would break it.
enum NameLines {
    /// At most `limit` lines of at most `width` characters; what does not fit is cut out of the last line's middle.
    static func wrap(_ name: String, width: Int, limit: Int = 2) -> [String] {
        let name = Markdown.oneLine(name)
        var lines: [String] = []
        var rest = Substring(name)
        while rest.count > width, lines.count < limit - 1 {
            let head = rest.prefix(width)
            // Before all between parts; a break near the beginning would waste the line.
            let end =
                [",", " -_/:"].lazy.compactMap { breaks in
                    head.lastIndex { breaks.contains($0) }.map { head.index(after: $0) }
                }.first { rest.distance(from: rest.startIndex, to: $0) >= width / 3 } ?? head.endIndex
            lines.append(String(rest[..<end]))
            rest = rest[end...].drop { $0 == " " }
        }
        lines.append(ChartLegend.clipped(String(rest), to: width))
        return lines
    }
}
