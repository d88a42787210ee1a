/// A chart as text: the numbers, and the gnuplot script that draws them. Written side by side into one folder, the
/// pair needs nothing else, so anyone can redraw it with `gnuplot NAME.gp` in there.
public struct ChartFile: Hashable, Sendable {
    /// The name of all its files, without an extension.
    public var name: String
    /// What the chart shows, in one sentence without a full stop.
    public var title: String
    /// Tab-separated numbers; lines that begin with `#` are comments, blocks are parted by two empty lines.
    public var table: String
    /// A gnuplot script (5.4 or newer) that reads the table and writes the SVG and the PNG.
    public var script: String
    /// Which part of a report it belongs to.
    public var section: Section

    public enum Section: Hashable, Sendable {
        case headline, capacity, grid, failures, lifecycle
    }

    public init(name: String, title: String, table: String, script: String, section: Section = .headline) {
        self.name = name
        self.title = title
        self.table = table
        self.script = script
        self.section = section
    }

    public var tableName: String { name + ".tsv" }
    public var scriptName: String { name + ".gp" }
    public var svgName: String { name + ".svg" }
    public var pngName: String { name + ".png" }
}

/// Foreign text inside a gnuplot script. The scripts switch gnuplot's markup off, so a string is all there is to close.
enum GnuplotText {
    /// A single-quoted string: nothing but the quote is special in one (gnuplot manual, "Quotes").
    static func quoted(_ foreign: String) -> String {
        "'" + Markdown.oneLine(foreign).split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    /// A comment: whatever follows on its line. A backslash at the end would join the next line to it.
    static func comment(_ foreign: String) -> String {
        var text = Markdown.oneLine(foreign)
        while text.hasSuffix("\\") { text.removeLast() }
        return "# " + text
    }
}

/// How a series is drawn: Okabe and Ito's colours, which people of every colour vision can tell apart ("Color
/// Universal Design", 2008), without the yellow that white paper swallows. The point type tells them apart in grey.
struct SeriesStyle {
    var colour: String
    var point: Int
    /// The size that makes the point types look equally big.
    var size: String
    var dash: Int

    /// In gnuplot's words.
    var ink: String { "lc rgb \"\(colour)\"" }
    var line: String { "lw 1.8 dt \(dash) \(ink)" }
    var marker: String { "pt \(point) ps \(size)" }

    /// Round the point of another series.
    static func ring(_ colour: String) -> SeriesStyle { SeriesStyle(colour: colour, point: 6, size: "2.0", dash: 1) }
    /// A filled area in a legend.
    static func area(_ colour: String) -> SeriesStyle { SeriesStyle(colour: colour, point: 5, size: "1.3", dash: 1) }
    /// What is shown but not counted.
    static let invalid = SeriesStyle(colour: "#7a7a7a", point: 2, size: "1.0", dash: 1)

    static let colours = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000"]
    /// Filled circle, square, up triangle, diamond, down triangle, pentagon.
    private static let points = [(7, "0.9"), (5, "0.8"), (9, "1.0"), (13, "1.1"), (11, "1.0"), (15, "0.9")]

    static func number(_ index: Int) -> SeriesStyle {
        let (point, size) = points[index % points.count]
        return SeriesStyle(
            colour: colours[index % colours.count], point: point, size: size,
            dash: [1, 2, 4, 5][index / colours.count % 4])
    }
}
