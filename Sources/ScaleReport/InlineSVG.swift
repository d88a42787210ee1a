/// A picture that gnuplot wrote, made fit to stand inside an HTML page beside others.
///
/// Only what draws is taken over, by an explicit list: no script, no style sheet, no link and no event handler can be in
/// the result, whatever the picture holds. Identifiers get the chart's name in front, because several pictures share one
/// page, and those that nothing refers to are dropped.
struct InlineSVG {
    /// Elements that draw, beside `svg` itself. Everything else is left out with all that is in it.
    private static let elements: Set<String> = [
        "g", "defs", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "use", "clipPath",
        "pattern", "filter", "feFlood", "feComposite", "linearGradient", "stop",
    ]
    private static let attributes: Set<String> = [
        "x", "y", "x1", "y1", "x2", "y2", "dx", "dy", "cx", "cy", "r", "rx", "ry", "d", "points", "width", "height", "viewBox",
        "transform", "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
        "stroke-linecap", "stroke-linejoin", "color", "opacity", "font-family", "font-size", "font-weight", "font-style",
        "text-anchor", "clip-path", "filter", "patternUnits", "patternTransform", "filterUnits", "flood-color",
        "flood-opacity", "result", "in", "in2", "operator", "shape-rendering", "offset", "stop-color",
    ]

    private let title: String
    private let name: String
    private var source: Substring.UTF8View
    private var result = ""
    private var open: [String] = []
    /// How many elements that are left out are open; their content is as well.
    private var hidden = 0
    private var references: Set<String> = []
    private var isStarted = false

    /// - Parameters:
    ///   - name: unique in the page; letters, digits and hyphens.
    ///   - title: what the picture shows, for those who cannot see it.
    /// - Returns: one `svg` element in well-formed XML; nil for a text that is not one.
    static func embedding(_ svg: String, name: String, title: String) -> String? {
        var picture = InlineSVG(title: title, name: name, source: Substring(svg).utf8)
        picture.references = referred(in: svg)
        return picture.run() ? picture.result : nil
    }

    private init(title: String, name: String, source: Substring.UTF8View) {
        self.title = title
        self.name = name
        self.source = source
    }

    private static func referred(in svg: String) -> Set<String> {
        let parts = svg.utf8.split(separator: UInt8(ascii: "#"), omittingEmptySubsequences: false).dropFirst()
        return Set(parts.compactMap { String($0.prefix(while: isNameByte)) })
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: false
        }
    }

    /// - Returns: whether it was one element, whose tags match.
    private mutating func run() -> Bool {
        while let first = source.first {
            if first != UInt8(ascii: "<") {
                let text = source.prefix { $0 != UInt8(ascii: "<") }
                source = source[text.endIndex...]
                take(text: text)
            } else if skip(from: "<!--", to: "-->") || skip(from: "<?", to: "?>") || skip(from: "<!", to: ">") {
                continue
            } else if !takeTag() {
                return false
            }
        }
        return open.isEmpty && !result.isEmpty
    }

    private mutating func skip(from start: String, to end: String) -> Bool {
        guard source.starts(with: start.utf8) else { return false }
        source = source.dropFirst(start.utf8.count)
        while !source.isEmpty, !source.starts(with: end.utf8) { source = source.dropFirst() }
        source = source.dropFirst(end.utf8.count)
        return true
    }

    private mutating func take(text: Substring.UTF8View) {
        guard hidden == 0, open.contains("text") else { return }
        result += Self.wellFormed(String(decoding: text, as: UTF8.self))
    }

    /// Only an ampersand that begins a known entity stays one.
    private static func wellFormed(_ text: String) -> String {
        var result = ""
        for (index, part) in text.split(separator: "&", omittingEmptySubsequences: false).enumerated() {
            if index > 0 {
                let known = ["amp;", "lt;", "gt;", "quot;", "apos;"].contains { part.hasPrefix($0) }
                result += known ? "&" : "&amp;"
            }
            for scalar in part.unicodeScalars {
                switch scalar {
                case "<": result += "&lt;"
                case ">": result += "&gt;"
                case "\"": result += "&quot;"
                case "\t", "\n": result.unicodeScalars.append(scalar)
                default: if scalar.value >= 0x20, scalar.value != 0xFFFE, scalar.value != 0xFFFF { result.unicodeScalars.append(scalar) }
                }
            }
        }
        return result
    }

    private mutating func takeTag() -> Bool {
        source = source.dropFirst()
        let isEnd = source.first == UInt8(ascii: "/")
        if isEnd { source = source.dropFirst() }
        let name = word()
        if name.isEmpty { return false }
        guard let (found, isEmpty) = takeAttributes() else { return false }
        if isEnd { return close(name) }
        begin(name, found, isEmpty: isEmpty)
        return true
    }

    private mutating func word() -> String {
        let word = source.prefix { Self.isNameByte($0) || $0 == UInt8(ascii: ":") }
        source = source[word.endIndex...]
        return String(decoding: word, as: UTF8.self)
    }

    private mutating func skipBlanks() { source = source.drop { $0 == 0x20 || (0x09...0x0D).contains($0) } }

    /// Up to and with the end of the tag; nil where it has none.
    private mutating func takeAttributes() -> (found: [(name: String, value: String)], isEmpty: Bool)? {
        var found: [(name: String, value: String)] = []
        while true {
            skipBlanks()
            guard let first = source.first else { return nil }
            if first == UInt8(ascii: ">") {
                source = source.dropFirst()
                return (found, false)
            }
            if first == UInt8(ascii: "/") {
                source = source.dropFirst()
                guard source.first == UInt8(ascii: ">") else { return nil }
                source = source.dropFirst()
                return (found, true)
            }
            let name = word()
            skipBlanks()
            guard !name.isEmpty, source.first == UInt8(ascii: "=") else { return nil }
            source = source.dropFirst()
            skipBlanks()
            guard let quote = source.first, quote == 0x22 || quote == 0x27 else { return nil }
            source = source.dropFirst()
            let value = source.prefix { $0 != quote }
            source = source[value.endIndex...]
            guard source.first == quote else { return nil }
            source = source.dropFirst()
            found.append((name, String(decoding: value, as: UTF8.self)))
        }
    }

    private mutating func begin(_ name: String, _ found: [(name: String, value: String)], isEmpty: Bool) {
        let isRoot = !isStarted
        isStarted = true
        if isRoot ? name != "svg" : hidden > 0 || open.isEmpty || !Self.elements.contains(name) {
            if !isEmpty {
                hidden += 1
                open.append(name)
            }
            return
        }
        result += "<" + name
        var written: Set<String> = []
        for (attribute, value) in found {
            guard let text = Self.attribute(attribute, value, named: self.name, references),
                written.insert(attribute == "xlink:href" ? "href" : attribute).inserted
            else { continue }
            result += " " + text
        }
        if isRoot {
            result +=
                " xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-labelledby=\"\(self.name)-title\">"
                + "<title id=\"\(self.name)-title\">\(HTML.escaped(title))</title>"
            if isEmpty { result += "</svg>" } else { open.append(name) }
        } else if isEmpty {
            result += "/>"
        } else {
            result += ">"
            open.append(name)
        }
    }

    private mutating func close(_ name: String) -> Bool {
        guard open.popLast() == name else { return false }
        if hidden > 0 {
            hidden -= 1
        } else {
            result += "</" + name + ">" + (name == "g" ? "\n" : "")
        }
        return true
    }

    /// Nil for what is not taken over. References stay inside the picture.
    private static func attribute(
        _ name: String, _ value: String, named prefix: String, _ references: Set<String>
    ) -> String? {
        switch name {
        case "id":
            return references.contains(value) ? "id=\"\(prefix)-\(wellFormed(value))\"" : nil
        case "href", "xlink:href":
            guard value.hasPrefix("#") else { return nil }
            return "href=\"#\(prefix)-\(wellFormed(String(value.dropFirst())))\""
        default:
            guard attributes.contains(name) else { return nil }
            // CSS reads function names in any case.
            if value.lowercased().contains("url(") {
                guard value.lowercased().hasPrefix("url(#"), value.hasSuffix(")") else { return nil }
                return "\(name)=\"url(#\(prefix)-\(wellFormed(String(value.dropFirst(5))))\""
            }
            return "\(name)=\"\(wellFormed(value))\""
        }
    }
}
