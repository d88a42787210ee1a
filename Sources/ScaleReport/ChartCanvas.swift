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
