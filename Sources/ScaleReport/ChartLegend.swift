/// The legend of a chart, above its panels so that it never covers data. It is laid out here, in pixels, because
/// gnuplot's own key knows neither how high it will be nor how many columns it will take.
struct ChartLegend {
    struct Entry {
        var title: String
        var style: SeriesStyle
        /// Whether a line runs through the points.
        var joined: Bool
    }

    /// An average character of the 13 pixel font, on the wide side.
    private static let character = 7.3
    private static let sample = 34.0
    private static let row = 20.0
    private static let left = 20.0
    /// Clear of the panel's own labels, which begin at 1.
    private static let firstTag = 101

    private let entries: [Entry]
    private let columns: Int
    private let columnWidth: Double

    /// - Parameter width: what the legend may take, in pixels.
    init(entries: [Entry], width: Double) {
        // One long title among many would give every one a row of its own.
        let most = entries.count > 4 ? width / 2 - 24 : width
        let room = Int((most - Self.sample) / Self.character)
        self.entries = entries.map { Entry(title: Self.clipped($0.title, to: room), style: $0.style, joined: $0.joined) }
        let longest = Double(self.entries.map(\.title.count).max() ?? 0)
        columnWidth = Self.sample + 10 + longest * Self.character + 14
        columns = max(1, min(entries.count, Int(width / columnWidth)))
    }

    var height: Double { Double((entries.count + columns - 1) / columns) * Self.row }

    /// The commands that draw it into a picture of this size, `top` pixels below its upper edge; row by row.
    func lines(width: Double, height: Double, top: Double) -> [String] {
        var commands: [String] = []
        for (index, entry) in entries.enumerated() {
            let x = Self.left + Double(index % columns) * columnWidth
            let y = Figure.fixed(1 - (top + (Double(index / columns) + 0.5) * Self.row) / height, 5)
            func across(_ pixels: Double) -> String { Figure.fixed((x + pixels) / width, 5) }
            let style = entry.style
            let tag = Self.firstTag + index
            if entry.joined {
                let ends = "from screen \(across(0)),\(y) to screen \(across(Self.sample)),\(y)"
                commands.append("set arrow \(tag) \(ends) nohead \(style.line)")
            }
            let middle = "screen \(across(Self.sample / 2)),\(y)"
            commands.append("set label \(tag) \"\" at \(middle) point \(style.marker) lw 1.6 \(style.ink)")
            let text = "screen \(across(Self.sample + 8)),\(y) left textcolor rgb \"#1a1a1a\""
            commands.append("set label \(tag + entries.count) \(GnuplotText.quoted(entry.title)) at \(text)")
        }
        return commands
    }

    /// At most `count` characters. What is cut out is marked and comes before the end, which tells series apart.
    static func clipped(_ text: String, to count: Int) -> String {
        let text = Markdown.oneLine(text)
        if text.count <= count { return text }
        let end = count / 3
        return text.prefix(max(0, count - end - 1)) + "…" + text.suffix(end)
    }
}
