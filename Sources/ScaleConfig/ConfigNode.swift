import Yams

/// A value of a YAML file with its place. Scalars are texts: what they mean is for whoever asks.
struct ConfigNode: Hashable, Sendable {
    enum Content: Hashable, Sendable {
        case text(String)
        case list([ConfigNode])
        case mapping([Entry])
    }

    struct Entry: Hashable, Sendable {
        var key: String
        var place: ConfigPlace
        var value: ConfigNode
    }

    var place: ConfigPlace
    var content: Content

    /// In words, for somebody who wrote the wrong kind.
    var kind: String {
        switch content {
        case .text(let text): text.isEmpty ? "empty" : "a single value"
        case .list: "a list"
        case .mapping: "a mapping of keys"
        }
    }
}

// MARK: - From YAML

extension ConfigNode {
    /// More is no experiment, and what a parser does with it is not worth finding out.
    static let mostBytes = 65_536
    static let deepest = 16
    static let mostNodes = 10_000
    /// Each may double what stands in the file.
    static let mostAliases = 16

    /// Reads a file of one document. Anchors and aliases are resolved.
    static func read(_ text: String) throws(ConfigProblem) -> ConfigNode {
        try checkLimits(text)
        let root: Node?
        do {
            root = try Parser(yaml: text).singleRoot()
        } catch let error as YamlError {
            throw problem(error)
        } catch {
            throw ConfigProblem(.start, "this cannot be read as YAML: \(error)")
        }
        guard let root else { throw ConfigProblem(.start, "the file is empty") }
        var count = 0
        return try node(root, depth: 0, &count)
    }

    private static func node(_ node: Node, depth: Int, _ count: inout Int) throws(ConfigProblem) -> ConfigNode {
        let place = place(node.mark)
        count += 1
        if count > mostNodes { throw ConfigProblem(place, "the file says more than \(mostNodes) things with its aliases; say less") }
        if depth > deepest { throw ConfigProblem(place, "this is nested more than \(deepest) deep; nothing here needs that") }
        switch node {
        case .scalar(let scalar): return ConfigNode(place: place, content: .text(text(scalar)))
        case .sequence(let items):
            var list: [ConfigNode] = []
            for item in items { list.append(try Self.node(item, depth: depth + 1, &count)) }
            return ConfigNode(place: place, content: .list(list))
        case .mapping(let pairs):
            var entries: [Entry] = []
            for (key, value) in pairs {
                guard case .scalar(let name) = key else { throw ConfigProblem(Self.place(key.mark), "a key must be a single word") }
                entries.append(
                    Entry(key: name.string, place: Self.place(key.mark), value: try Self.node(value, depth: depth + 1, &count)))
            }
            return ConfigNode(place: place, content: .mapping(entries))
        case .alias: throw ConfigProblem(place, "this alias leads nowhere")
        }
    }

    /// YAML's ways to say that there is nothing are an empty text.
    private static func text(_ scalar: Node.Scalar) -> String {
        scalar.style == .plain && ["~", "null", "Null", "NULL"].contains(scalar.string) ? "" : scalar.string
    }

    private static func place(_ mark: Mark?) -> ConfigPlace {
        mark.map { ConfigPlace(line: $0.line, column: $0.column) } ?? .start
    }

    private static func problem(_ error: YamlError) -> ConfigProblem {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            let before = context.map { "\($0.text) at \(place($0.mark)): " } ?? ""
            return ConfigProblem(place(mark), "this is not YAML: \(before)\(problem)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map { "'\($0)'" }.joined(separator: ", ")
            return ConfigProblem(place(context.mark), "\(names) \(keys.count == 1 ? "stands" : "stand") here more than once; keep one")
        case .reader(let problem, _, _, _): return ConfigProblem(.start, "this is not YAML: \(problem)")
        default: return ConfigProblem(.start, "this cannot be read as YAML")
        }
    }
}

// MARK: - Limits

extension ConfigNode {
    /// YAML 1.1's line breaks.
    private static let lineEnds: Set<Character> = ["\n", "\r", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"]

    /// What would keep a parser busy for long or take its stack is refused before it sees it: brackets and indents that
    /// nest too deep, and aliases of aliases, which grow exponentially.
    private static func checkLimits(_ text: String) throws(ConfigProblem) {
        if text.utf8.count > mostBytes {
            throw ConfigProblem(.start, "the file has \(text.utf8.count) bytes; an experiment fits into \(mostBytes)")
        }
        var (aliases, brackets) = (0, 0)
        var (marked, nested): (ConfigPlace?, ConfigPlace?) = (nil, nil)
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: lineEnds.contains).enumerated() {
            var scan = LineScan(brackets: brackets)
            scan.read(line)
            (aliases, brackets) = (aliases + scan.aliases, scan.brackets)
            let place = ConfigPlace(line: index + 1, column: 1)
            if scan.indent > LineScan.widestIndent || scan.deepest > LineScan.mostBrackets {
                throw ConfigProblem(place, "this is nested too deep; nothing here needs that")
            }
            if aliases > mostAliases { throw ConfigProblem(place, "this is one alias more than the \(mostAliases) that a file may have") }
            if marked == nil, scan.hasMarkedKey { marked = place }
            if nested == nil, scan.hasNestedKey { nested = place }
        }
        // The parser takes a digest of every key with all that is in it, and looks at each word several times for that.
        if let place = marked ?? (aliases > 0 ? nested : nil) {
            throw ConfigProblem(place, "a key must be a single word: no '? ' before it, no list, no mapping and no alias")
        }
    }

    /// A line as far as it nests. It knows nothing of quotes and comments, and so may count a bracket in a text: where it
    /// stopped at what looks like a comment, a quote before that would hide the rest of the line from it.
    private struct LineScan {
        static let widestIndent = 80
        static let mostBrackets = 40

        var brackets: Int
        var deepest = 0
        var indent = 0
        var aliases = 0
        /// Behind `? `.
        var hasMarkedKey = false
        /// A list, a mapping or an alias before a colon.
        var hasNestedKey = false
        private var key = KeyScan()

        init(brackets: Int) { self.brackets = brackets }

        mutating func read(_ line: Substring) {
            var (before, isIndent): (UInt8, Bool) = (UInt8(ascii: " "), true)
            for byte in line.utf8 {
                isIndent = isIndent && [UInt8(ascii: " "), UInt8(ascii: "-"), UInt8(ascii: "?"), UInt8(ascii: ":")].contains(byte)
                if isIndent { indent += 1 }
                switch byte {
                case UInt8(ascii: "["), UInt8(ascii: "{"): brackets += 1
                case UInt8(ascii: "]"), UInt8(ascii: "}"): brackets = max(0, brackets - 1)
                default: break
                }
                deepest = max(deepest, brackets)
                if before == UInt8(ascii: "*"), byte != UInt8(ascii: " "), byte != UInt8(ascii: "*") { aliases += 1 }
                before = byte
                key.read(byte, isIndent: isIndent)
            }
            key.read(UInt8(ascii: " "), isIndent: false)
            (hasMarkedKey, hasNestedKey) = (key.isMarked, key.isNested)
        }
    }

    /// Looks for keys that are no single words.
    private struct KeyScan {
        private enum State { case other, opening, question, alias, closing, colon }

        var isMarked = false
        var isNested = false
        private var state = State.opening

        mutating func read(_ byte: UInt8, isIndent: Bool) {
            let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
            switch (state, byte) {
            case (.question, _) where isBlank: (isMarked, state) = (true, .opening)
            case (.colon, _) where isBlank: (isNested, state) = (true, .opening)
            case (.closing, UInt8(ascii: ":")), (.alias, UInt8(ascii: ":")): state = .colon
            case (.opening, UInt8(ascii: "?")): state = .question
            case (_, UInt8(ascii: "*")): state = .alias
            case (_, UInt8(ascii: "]")), (_, UInt8(ascii: "}")): state = .closing
            case (_, UInt8(ascii: "[")), (_, UInt8(ascii: "{")), (_, UInt8(ascii: ",")): state = .opening
            case (.alias, _) where isBlank: state = .closing
            case (.opening, _) where isBlank || isIndent, (.closing, _) where isBlank, (.alias, _): break
            default: state = .other
            }
        }
    }
}
