/// A report by its meaning: what every format of it is rendered from.
struct ReportDocument: Sendable {
    enum Part: Sendable {
        /// Levels 2 and 3; the anchor is unique in the document.
        case heading(level: Int, title: Prose, anchor: String)
        case paragraph(Prose)
        case bullets([Prose])
        case table(Table)
        case code(String, language: String)
        /// A chart by its name, with what it shows.
        case figure(name: String, description: String)
    }

    var title: Prose
    private(set) var parts: [Part] = []
    private var anchors: Set<String> = ["contents", "top"]

    init(title: Prose) { self.title = title }

    /// The headings of level 2, for a table of contents.
    var contents: [(title: Prose, anchor: String)] {
        parts.compactMap { part in
            guard case .heading(2, let title, let anchor) = part else { return nil }
            return (title, anchor)
        }
    }

    mutating func heading(_ level: Int, _ title: Prose) {
        let name = Self.slug(title)
        var anchor = name
        var number = 2
        while !anchors.insert(anchor).inserted {
            anchor = "\(name)-\(number)"
            number += 1
        }
        parts.append(.heading(level: level, title: title, anchor: anchor))
    }

    mutating func paragraph(_ text: Prose) { parts.append(.paragraph(text)) }

    /// Left out when there are none.
    mutating func bullets(_ items: [Prose]) {
        if !items.isEmpty { parts.append(.bullets(items)) }
    }

    /// Left out when it has no rows.
    mutating func table(_ table: Table) {
        if !table.rows.isEmpty { parts.append(.table(table)) }
    }

    mutating func code(_ content: String, language: String) { parts.append(.code(content, language: language)) }

    mutating func figure(_ chart: ChartFile) { parts.append(.figure(name: chart.name, description: chart.title)) }

    /// A heading with its table, or nothing when that has no rows.
    mutating func section(_ level: Int, _ title: Prose, _ words: Prose?, _ table: Table) {
        if table.rows.isEmpty { return }
        heading(level, title)
        if let words { paragraph(words) }
        self.table(table)
    }

    mutating func section(_ title: Prose, _ table: Table) { section(2, title, nil, table) }

    /// Small letters and digits of ASCII with hyphens between; a letter first.
    private static func slug(_ title: Prose) -> String {
        var slug = ""
        for byte in title.plain.utf8 {
            switch byte {
            case 0x61...0x7A, 0x30...0x39: slug.unicodeScalars.append(Unicode.Scalar(byte))
            case 0x41...0x5A: slug.unicodeScalars.append(Unicode.Scalar(byte + 0x20))
            default: if !slug.isEmpty, !slug.hasSuffix("-") { slug += "-" }
            }
        }
        while slug.hasSuffix("-") { slug.removeLast() }
        guard let first = slug.utf8.first, !(0x30...0x39).contains(first) else { return "s-" + slug }
        return slug
    }
}
