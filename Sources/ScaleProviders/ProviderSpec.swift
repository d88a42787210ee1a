import ScaleCore

/// A provider and its options as one string: `NAME`, `NAME:key=value,key=value`, or bare URLs, e.g.
/// `local:workers=2,max-concurrent-envs=40` or `http://127.0.0.1:8000`.
///
/// A value with a comma stands in double quotes, in which `""` is one quote. The first value of some providers may stand
/// without its key, as in `exec:./launch.py,workers=2`: ``Provider/positional``.
public struct ProviderSpec: Hashable, Sendable, CustomStringConvertible {
    public struct Option: Hashable, Sendable {
        public var key: String
        public var value: String

        public init(_ key: String, _ value: String) {
            self.key = key
            self.value = value
        }
    }

    public var name: String
    /// In the order they were written; no key twice.
    public var options: [Option]
    /// What the user typed it for; errors name it.
    public var flag: String

    public init(name: String, options: [Option] = [], flag: String = "--provider") {
        self.name = name
        self.options = options
        self.flag = flag
    }

    /// Reads the string. Whether the provider exists and knows the keys is for ``ProviderRegistry/provider(for:)``.
    public init(_ text: String, flag: String = "--provider") throws(ScaleError) {
        self.init(name: "", flag: flag)
        if text.split(separator: ",", omittingEmptySubsequences: false).allSatisfy(Self.isURL) {
            name = URLProvider.name
            options = [Option(URLProvider.urlsKey, text)]
            return
        }
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        name = String(parts[0])
        let isName = name.utf8.allSatisfy {
            (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard !name.isEmpty, isName else {
            throw Self.refusal(flag, text, "names no provider", "write NAME, NAME:key=value,… or a URL with http://")
        }
        guard parts.count == 2 else { return }
        var written = parts[1]
        if let key = ProviderRegistry.type(named: name)?.positional {
            let first = written.prefix { $0 != "," && $0 != "=" && $0 != "\"" }
            // What is no key is the value of the one that may be left out.
            if written.dropFirst(first.count).first != "=" || first.contains("/") { written = "\(key)=\(written)" }
        }
        for item in try Self.items(written, flag, text) {
            if options.contains(where: { $0.key == item.key }) {
                throw Self.refusal(flag, text, "gives '\(item.key)' twice", "keep one of them")
            }
            options.append(item)
        }
    }

    /// Whether text starts with a scheme and `://`.
    private static func isURL(_ text: Substring) -> Bool {
        let scheme = text.prefix { $0.isASCII && $0.isLetter }
        return !scheme.isEmpty && text.dropFirst(scheme.count).hasPrefix("://")
    }

    /// Splits `key=value,key="va,lue"`.
    private static func items(_ text: Substring, _ flag: String, _ whole: String) throws(ScaleError) -> [Option] {
        var items: [Option] = []
        var rest = text
        repeat {
            let key = rest.prefix { $0 != "=" && $0 != "," }
            rest = rest.dropFirst(key.count)
            guard !key.isEmpty, rest.first == "=" else {
                let problem = key.isEmpty ? "has an option without a key" : "has '\(key)', which is not key=value"
                let hint =
                    UInt16(key) != nil
                    ? "write a URL with its scheme: http://\(whole)" : "write NAME:key=value,key=value"
                throw refusal(flag, whole, problem, hint)
            }
            rest = rest.dropFirst()
            var value = ""
            if rest.first == "\"" {
                rest = rest.dropFirst()
                while true {
                    let piece = rest.prefix { $0 != "\"" }
                    value += piece
                    rest = rest.dropFirst(piece.count)
                    guard !rest.isEmpty else {
                        throw refusal(flag, whole, "has a quote in '\(key)' that does not end", "close it with \"")
                    }
                    rest = rest.dropFirst()
                    guard rest.first == "\"" else { break }
                    value += "\""
                    rest = rest.dropFirst()
                }
                guard rest.isEmpty || rest.first == "," else {
                    throw refusal(
                        flag, whole, "has text after the quoted value of '\(key)'",
                        "end the quote behind the whole value")
                }
            } else {
                value = String(rest.prefix { $0 != "," })
                rest = rest.dropFirst(value.count)
            }
            items.append(Option(String(key), value))
            guard rest.first == "," else { break }
            rest = rest.dropFirst()
        } while true
        return items
    }

    private static func refusal(_ flag: String, _ text: String, _ problem: String, _ hint: String) -> ScaleError {
        .usage("\(flag) '\(Redaction.url(Redaction.process(text, isOption: true)))' \(problem)", hint: hint)
    }

    /// The value of a key; nil when it was not given.
    public func text(_ key: String) -> String? { options.first { $0.key == key }?.value }

    /// The values of all keys that begin with a prefix, by what is behind it: `variables("env.")`.
    public func values(under prefix: String) -> [String: String] {
        var found: [String: String] = [:]
        for option in options where option.key.hasPrefix(prefix) { found[String(option.key.dropFirst(prefix.count))] = option.value }
        return found
    }

    /// The value of a key without which the provider cannot do.
    public func required(_ key: String, example: String) throws(ScaleError) -> String {
        if let text = text(key), !text.isEmpty { return text }
        throw .usage("\(flag) \(name) names no \(key)", hint: "write it like \(example)")
    }

    /// Yes or no; nil when it was not given.
    public func truth(_ key: String) throws(ScaleError) -> Bool? {
        guard let text = text(key) else { return nil }
        if text == "true" || text == "yes" { return true }
        if text == "false" || text == "no" { return false }
        throw .usage("\(flag) \(name): \(key) is '\(text)', which is neither true nor false", hint: "write it like \(name):\(key)=true")
    }

    /// A number of bytes, as `512m` or `2g` (powers of 1024); nil when it was not given.
    public func bytes(_ key: String) throws(ScaleError) -> Int? {
        guard let text = text(key) else { return nil }
        var digits = text.lowercased()[...]
        for end in ["ib", "b"] where digits.hasSuffix(end) { digits = digits.dropLast(end.count) }
        let units: [Character: Double] = ["k": 1024, "m": 1_048_576, "g": 1_073_741_824, "t": 1_099_511_627_776]
        let unit = digits.last.flatMap { units[$0] }
        if unit != nil { digits = digits.dropLast() }
        if let number = Double(digits), number.isFinite, case let value = number * (unit ?? 1), value >= 1, value < 1e18 {
            return Int(value)
        }
        throw .usage("\(flag) \(name): \(key) is '\(text)', which is no amount of memory", hint: "write it like \(name):\(key)=512m")
    }

    /// A whole number in `range`; nil when it was not given.
    public func integer(_ key: String, in range: ClosedRange<Int>) throws(ScaleError) -> Int? {
        guard let text = text(key) else { return nil }
        if let value = Int(text), range.contains(value) { return value }
        throw .usage(
            "\(flag) \(name): \(key) is '\(text)', which is not a whole number from \(range.lowerBound) to \(range.upperBound)",
            hint: "write it like \(name):\(key)=\(range.lowerBound == 0 ? 1 : range.lowerBound)")
    }

    /// A number above 0; nil when it was not given.
    public func positiveNumber(_ key: String) throws(ScaleError) -> Double? {
        guard let text = text(key) else { return nil }
        if let value = Double(text), value.isFinite, value > 0 { return value }
        throw .usage(
            "\(flag) \(name): \(key) is '\(text)', which is not a number above 0",
            hint: "write it like \(name):\(key)=4")
    }

    /// One of the words of an enumeration; nil when it was not given.
    func choice<Word: RawRepresentable & CaseIterable>(_ key: String) throws(ScaleError) -> Word? where Word.RawValue == String {
        guard let text = text(key) else { return nil }
        if let word = Word(rawValue: text) { return word }
        throw .usage(
            "\(flag) \(name): \(key) is '\(text)', which is none of its values",
            hint: "use \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    /// The first key that is not among `known`.
    func stranger(among known: [OptionDescription]) -> String? {
        if known.contains(where: { $0.key == OptionDescription.any }) { return nil }
        let prefixes = known.filter { $0.key.hasSuffix(".NAME") }.map { $0.key.dropLast(4) }
        return options.first { option in
            let isKnown = known.contains { $0.key == option.key } && !option.key.hasSuffix(".NAME")
            return !isKnown && !prefixes.contains { option.key.hasPrefix($0) && option.key.count > $0.count }
        }?.key
    }

    /// Refuses keys that are not among `known`.
    public func check(against known: [OptionDescription]) throws(ScaleError) {
        guard let stranger = stranger(among: known) else { return }
        let list = known.map(\.key).joined(separator: ", ")
        let guess = Spelling.nearest(to: stranger.lowercased(), among: known.map(\.key)).map { "did you mean '\($0)'? " } ?? ""
        throw .usage(
            "\(flag) \(name) has no option '\(stranger)'",
            hint: known.isEmpty ? "it takes none" : guess + "it takes \(list)")
    }

    /// As anyone may read it: without the secrets of URLs and commands, and without the values of variables.
    public var description: String { text(Redaction.option) }

    /// What makes one launch differ from another: as ``description``, with the values of variables that are no secrets.
    var identity: String {
        text { key, value in Redaction.isSecret(name: key) ? Redaction.mark : Redaction.process(value, isOption: false) }
    }

    /// As it can be read again.
    private func text(_ shown: (_ key: String, _ value: String) -> String) -> String {
        if options.isEmpty { return name }
        return name + ":"
            + options.map { option in
                let typed = shown(option.key, option.value)
                let value = typed.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.contains("://") ? Redaction.url(String($0)) : String($0) }.joined(separator: ",")
                let needsQuotes = value.contains(",") || value.hasPrefix("\"")
                let doubled = value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                return option.key + "=" + (needsQuotes ? "\"\(doubled)\"" : value)
            }.joined(separator: ",")
    }
}
