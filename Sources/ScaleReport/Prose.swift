/// A piece of text that knows which of its words are ours and which are foreign, so that one sentence can be shown as
/// Markdown, as HTML and on a terminal.
///
/// The literal parts of a string are our own words; **whatever is interpolated is foreign** and is escaped by each
/// renderer, unless it is prose itself:
///
///     let text: Prose = "\(strong: Prose(name)) held \(count) sessions; the limit was \(code: limiter.rawValue)"
struct Prose: Hashable, Sendable {
    indirect enum Span: Hashable, Sendable {
        /// Ours: shown as it is, free of any markup.
        case words(String)
        /// From outside: shown as literal text on one line, whatever is in it.
        case foreign(String)
        /// From outside, to be read letter by letter.
        case code(String)
        case strong(Prose)
        case link(Prose, target: String)
    }

    private(set) var spans: [Span] = []

    init() {}
    init(_ foreign: String) { append(.foreign(foreign)) }
    /// - Parameter words: made by this program, from nothing but its own words and numbers.
    init(ours words: String) { append(.words(words)) }
    init(strong: Prose) { append(.strong(strong)) }
    init(link text: Prose, target: String) { append(.link(text, target: target)) }
    /// ``Figure/absent`` for an empty text.
    init(code: String) { append(code.isEmpty ? .words(Figure.absent) : .code(code)) }

    static let absent: Prose = "–"

    var isEmpty: Bool { spans.isEmpty }

    mutating func append(_ span: Span) {
        switch (spans.last, span) {
        case (_, .words("")), (_, .foreign("")): break
        // Equal texts are equal prose, however they were put together.
        case (.words(let before)?, .words(let more)): spans[spans.count - 1] = .words(before + more)
        case (.foreign(let before)?, .foreign(let more)): spans[spans.count - 1] = .foreign(before + more)
        default: spans.append(span)
        }
    }

    static func += (text: inout Prose, more: Prose) { more.spans.forEach { text.append($0) } }

    static func + (text: Prose, more: Prose) -> Prose {
        var sum = text
        sum += more
        return sum
    }

    /// For a terminal: one line without markup, code in backticks.
    var plain: String {
        spans.map { span in
            switch span {
            case .words(let text): text
            case .foreign(let text): Markdown.oneLine(text)
            case .code(let text): "`" + Markdown.oneLine(text) + "`"
            case .strong(let text), .link(let text, _): text.plain
            }
        }.joined()
    }
}

extension Prose: ExpressibleByStringInterpolation {
    struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var prose = Prose()

        init(literalCapacity: Int, interpolationCount: Int) {}

        mutating func appendLiteral(_ literal: String) { prose.append(.words(literal)) }
        mutating func appendInterpolation(_ foreign: String) { prose += Prose(foreign) }
        mutating func appendInterpolation(_ text: Prose) { prose += text }
        mutating func appendInterpolation(strong text: Prose) { prose += Prose(strong: text) }
        mutating func appendInterpolation(code text: String) { prose += Prose(code: text) }
        mutating func appendInterpolation(link text: Prose, to target: String) { prose += Prose(link: text, target: target) }
    }

    init(stringLiteral value: String) { append(.words(value)) }
    init(stringInterpolation: StringInterpolation) { self = stringInterpolation.prose }
}

extension [Prose] {
    func joined(separator: Prose = "") -> Prose {
        var sum = Prose()
        for (index, text) in enumerated() { sum += index == 0 ? text : separator + text }
        return sum
    }

    /// `a`, `a and b`, `a, b and c`.
    var listed: Prose {
        guard let last else { return Prose() }
        return count == 1 ? last : Array(dropLast()).joined(separator: ", ") + " and " + last
    }
}
