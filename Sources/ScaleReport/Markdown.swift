/// Builds a Markdown document (GitHub's dialect) that also reads well as plain text.
struct Markdown {
    private(set) var text = ""

    mutating func heading(_ level: Int, _ title: String) {
        block(String(repeating: "#", count: level) + " " + title)
    }

    mutating func paragraph(_ sentence: String) { block(sentence) }

    mutating func bullets(_ items: [String]) {
        if items.isEmpty { return }
        block(items.map { "- " + $0 }.joined(separator: "\n"))
    }

    /// Left out when it has no rows.
    mutating func table(_ table: Table) {
        if !table.rows.isEmpty { block(table.rendered) }
    }

    /// A code block that any content fits into: the fence is longer than every run of backticks inside.
    mutating func code(_ content: String, language: String) {
        let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: content) + 1))
        block(fence + language + "\n" + content + "\n" + fence)
    }

    mutating func image(_ description: String, path: String) {
        block("![\(Self.escaped(description))](\(Self.destination(path)))")
    }

    private mutating func block(_ content: String) {
        if !text.isEmpty { text += "\n" }
        text += content + "\n"
    }

    /// Foreign text as one line of literal text: nothing in it is read as Markdown or HTML, and no table cell ends.
    static func escaped(_ foreign: String) -> String {
        var result = ""
        for scalar in oneLine(foreign).unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#", "!":
                result += "\\"
                result.unicodeScalars.append(scalar)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Foreign text as inline code. A pipe ends a table cell even in there, so it is escaped for tables only.
    static func code(_ foreign: String, inTable: Bool = false) -> String {
        var content = oneLine(foreign)
        if content.isEmpty { return Figure.absent }
        let fence = String(repeating: "`", count: longestRun(of: "`", in: content) + 1)
        if content.hasPrefix("`") || content.hasSuffix("`") { content = " " + content + " " }
        if inTable { content = content.split(separator: "|", omittingEmptySubsequences: false).joined(separator: "\\|") }
        return fence + content + fence
    }

    /// Control characters, line ends among them, become spaces.
    static func oneLine(_ foreign: String) -> String {
        var result = ""
        for scalar in foreign.unicodeScalars {
            let isControl =
                scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
                || scalar == "\u{2028}" || scalar == "\u{2029}"
            result.unicodeScalars.append(isControl ? " " : scalar)
        }
        return result
    }

    /// A link's target: in angle brackets where it holds more than a plain path.
    static func destination(_ path: String) -> String {
        let isPlain = path.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_./:%".utf8.contains(byte)
        }
        if isPlain, !path.isEmpty { return path }
        var target = ""
        for character in oneLine(path) {
            switch character {
            case "<": target += "%3C"
            case ">": target += "%3E"
            case "\\": target += "%5C"
            default: target.append(character)
            }
        }
        return "<\(target)>"
    }

    private static func longestRun(of character: Character, in text: String) -> Int {
        var longest = 0
        var run = 0
        for each in text {
            run = each == character ? run + 1 : 0
            longest = max(longest, run)
        }
        return longest
    }
}

/// A table whose columns are padded to one width, so that it can be read without rendering.
struct Table {
    enum Side { case left, right }

    struct Column {
        var title: String
        var side: Side

        static func text(_ title: String) -> Column { Column(title: title, side: .left) }
        static func number(_ title: String) -> Column { Column(title: title, side: .right) }
    }

    var columns: [Column]
    /// Cells are Markdown already: escape foreign text first. A short row is filled up with ``Figure/absent``.
    var rows: [[String]] = []

    init(_ columns: [Column], rows: [[String]] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// Without a line end after the last row.
    var rendered: String {
        let body = rows.map { row in columns.indices.map { $0 < row.count ? row[$0] : Figure.absent } }
        let widths = columns.indices.map { index in
            max(3, ([columns[index].title] + body.map { $0[index] }).map(\.count).max() ?? 0)
        }
        func line(_ cells: [String]) -> String {
            let padded = cells.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - cells[index].count)
                return columns[index].side == .left ? cells[index] + space : space + cells[index]
            }
            return "| " + padded.joined(separator: " | ") + " |"
        }
        let rule = columns.indices.map { index in
            let dashes = String(repeating: "-", count: widths[index] - 1)
            return columns[index].side == .left ? dashes + "-" : dashes + ":"
        }
        return ([line(columns.map(\.title)), "| " + rule.joined(separator: " | ") + " |"] + body.map(line))
            .joined(separator: "\n")
    }
}
