/// A report as one HTML file that needs nothing else: no script, no other file, no network. It is well-formed XML as well.
struct HTML {
    private var text = ""
    /// Of the section that is being written, for those who hear the page.
    private var section = ""
    private let drawings: [String: String]

    /// - Parameter drawings: by a chart's name the SVG that was drawn of it; a chart without one is left out.
    static func text(_ document: ReportDocument, drawings: [String: String]) -> String {
        var page = HTML(drawings: drawings)
        page.head(document.title)
        page.contents(document)
        for part in document.parts { page.add(part) }
        page.text += "</main>\n</body>\n</html>\n"
        return page.text
    }

    private init(drawings: [String: String]) { self.drawings = drawings }

    private mutating func head(_ title: Prose) {
        text += """
            <!DOCTYPE html>
            <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
            <head>
            <meta charset="utf-8" />
            <meta name="viewport" content="width=device-width, initial-scale=1" />
            <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
            <meta name="generator" content="scalebench" />
            <title>\(Self.escaped(title.plain))</title>
            <style>
            \(HTMLStyle.sheet)
            </style>
            </head>
            <body>
            <main id="top">
            <h1>\(Self.inline(title))</h1>

            """
    }

    private mutating func contents(_ document: ReportDocument) {
        let items = document.contents
        if items.count < 2 { return }
        text += "<nav aria-label=\"Contents\" id=\"contents\"><ul>\n"
        for item in items { text += "<li><a href=\"#\(item.anchor)\">\(Self.inline(item.title))</a></li>\n" }
        text += "</ul></nav>\n"
    }

    private mutating func add(_ part: ReportDocument.Part) {
        switch part {
        case .heading(let level, let title, let anchor):
            section = title.plain
            text += "<h\(level) id=\"\(anchor)\">\(Self.inline(title))</h\(level)>\n"
        case .paragraph(let words): text += "<p>\(Self.inline(words))</p>\n"
        case .bullets(let items):
            text += "<ul>\n" + items.map { "<li>\(Self.inline($0))</li>\n" }.joined() + "</ul>\n"
        case .table(let table): add(table)
        case .code(let content, let language):
            text += "<pre class=\"\(Self.escaped(language))\" tabindex=\"0\"><code>\(Self.escaped(content))</code></pre>\n"
        case .figure(let name, let description):
            guard let drawing = drawings[name], let svg = InlineSVG.embedding(drawing, name: "c-" + name, title: description)
            else { return }
            text += "<figure tabindex=\"0\">\n\(svg)\n<figcaption>\(Self.escaped(description))</figcaption>\n</figure>\n"
        }
    }

    private mutating func add(_ table: Table) {
        // Scrolls by itself, so that a wide table never makes the page wide; reached with the keyboard.
        text += "<div class=\"table\" role=\"region\" tabindex=\"0\" aria-label=\"\(Self.escaped(section))\">\n<table>\n<thead><tr>"
        for column in table.columns {
            // A long title above short values would stand on as many lines as it has words.
            let room = column.title.count > 12 ? " style=\"min-width:\((column.title.count + 2) / 2)ch\"" : ""
            text += "<th scope=\"col\"\(Self.side(column))\(room)>\(Self.escaped(column.title))</th>"
        }
        text += "</tr></thead>\n<tbody>\n"
        for row in table.rows {
            text += row.struck > 0 ? "<tr class=\"invalid\">" : "<tr>"
            for (index, cell) in table.filled(row).enumerated() {
                let shown = Self.inline(cell)
                let strikes = index < row.struck && cell != .absent
                let isShort = table.columns[index].side == .left && cell.plain.count <= Self.shortCell
                let look = isShort ? " class=\"short\"" : Self.side(table.columns[index])
                text += "<td\(look)>" + (strikes ? "<del>\(shown)</del>" : shown) + "</td>"
            }
            text += "</tr>\n"
        }
        text += "</tbody>\n</table>\n</div>\n"
    }

    private static func side(_ column: Table.Column) -> String { column.side == .right ? " class=\"n\"" : "" }

    static func inline(_ prose: Prose) -> String {
        prose.spans.map { span in
            switch span {
            case .words(let text): escaped(unbroken(text))
            case .foreign(let text): escaped(isFigure(text) ? unbroken(text, everywhere: true) : Markdown.oneLine(text))
            case .code(let text):
                "<code\(text.count <= Self.shortCode ? " class=\"short\"" : "")>\(escaped(Markdown.oneLine(text)))</code>"
            case .strong(let text): "<strong>\(inline(text))</strong>"
            case .link(let text, let target): "<a href=\"\(escaped(target))\">\(inline(text))</a>"
            }
        }.joined()
    }

    /// Code of no more characters stays on one line, and so does the text of a table's cell.
    private static let shortCode = 24
    private static let shortCell = 30

    /// A number with its unit, which no line end should part.
    private static func isFigure(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        return (0x30...0x39).contains(first) && text.utf8.count <= 20
    }

    private static func unbroken(_ text: String, everywhere: Bool = false) -> String {
        var result = ""
        var before: Unicode.Scalar?
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let joins = everywhere || before == "≥" || scalars.dropFirst(index + 1).first == "%"
            result.unicodeScalars.append(scalar == " " && joins ? "\u{A0}" : scalar)
            before = scalar
        }
        return result
    }

    /// Text as content or as a quoted attribute. What XML 1.0 forbids becomes a space.
    static func escaped(_ foreign: String) -> String {
        var result = ""
        for scalar in foreign.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\n", "\t": result.unicodeScalars.append(scalar)
            default:
                let isForbidden = scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
                result.unicodeScalars.append(isForbidden ? " " : scalar)
            }
        }
        return result
    }
}
