/// The JSON of an action as a user writes it: text with placeholders like `{{wait}}`. Which names there are is for the
/// template that fills them in to say.
public enum ActionText {
    public enum Part: Sendable, Hashable {
        case text([UInt8])
        /// What stands between the braces, without spaces.
        case placeholder(String)
    }

    /// The text cut at its placeholders; no two texts follow each other.
    public static func parts(_ text: String) -> [Part] {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Array(text.utf8)[...]
        let open = Array("{{".utf8)
        let close = Array("}}".utf8)
        while !rest.isEmpty {
            guard rest.starts(with: open), let end = index(of: close, in: rest), isName(rest[(rest.startIndex + 2)..<end]) else {
                literal.append(rest.removeFirst())
                continue
            }
            if !literal.isEmpty { parts.append(.text(literal)) }
            literal = []
            parts.append(.placeholder(String(decoding: rest[(rest.startIndex + 2)..<end], as: UTF8.self).filter { $0 != " " }))
            rest = rest[(end + 2)...]
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        return parts
    }

    /// Whether a step's wait is sent with it. What a constant makes the environment wait is not known.
    public static func asksForWait(_ text: String) -> Bool { parts(text).contains(.placeholder("wait")) }

    private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
        !bytes.isEmpty && bytes.allSatisfy { (97...122).contains($0) || $0 == 32 || $0 == 95 }
    }

    private static func index(of needle: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        bytes.indices.dropLast(needle.count - 1).first { bytes[$0...].starts(with: needle) }
    }
}
