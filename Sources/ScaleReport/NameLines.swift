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
