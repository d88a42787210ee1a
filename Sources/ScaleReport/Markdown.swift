/// A report in Markdown (GitHub's dialect) that also reads well as plain text.
struct Markdown {
    private(set) var text = ""

    /// - Parameter chartPath: the path of a chart's picture from the report, by the chart's name.
    static func text(_ document: ReportDocument, chartPath: (String) -> String) -> String {
        var page = Markdown()
        page.heading(1, inline(document.title))
        for part in document.parts {
            switch part {
            case .heading(let level, let title, _): page.heading(level, inline(title))
            case .paragraph(let text): page.block(inline(text))
            case .bullets(let items): page.block(items.map { "- " + inline($0) }.joined(separator: "\n"))
            case .table(let table): page.block(rendered(table))
            case .code(let content, let language): page.code(content, language: language)
            case .figure(let name, let description):
                page.block("![\(escaped(description))](\(destination(chartPath(name))))")
            }
        }
        return page.text
    }

    private mutating func heading(_ level: Int, _ title: String) {
        block(String(repeating: "#", count: level) + " " + title)
    }

    /// A code block that any content fits into: the fence is longer than every run of backticks inside.
    private mutating func code(_ content: String, language: String) {
        let fence = String(repeating: "`", count: max(3, Self.longestRun(of: "`", in: content) + 1))
        block(fence + language + "\n" + content + "\n" + fence)
    }

    private mutating func block(_ content: String) {
        if !text.isEmpty { text += "\n" }
        text += content + "\n"
    }

    // MARK: Spans

    static func inline(_ prose: Prose, inTable: Bool = false) -> String {
        prose.spans.map { span in
            switch span {
            case .words(let text): text
            case .foreign(let text): escaped(text)
            case .code(let text): code(text, inTable: inTable)
            case .strong(let text): "**" + inline(text, inTable: inTable) + "**"
            case .link(let text, let target): "[" + inline(text, inTable: inTable) + "](" + destination(target) + ")"
            }
        }.joined()
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
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "-_./:%#".utf8.contains(byte)
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

    // MARK: Tables

    /// Columns are padded to one width, so that a table can be read without rendering. No line end after the last row.
    static func rendered(_ table: Table) -> String {
        let columns = table.columns
        let body = table.rows.map { row in
            table.filled(row).enumerated().map { index, cell in
                let text = inline(cell, inTable: true)
                return index < row.struck && cell != .absent ? "~~" + text + "~~" : text
            }
        }
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
