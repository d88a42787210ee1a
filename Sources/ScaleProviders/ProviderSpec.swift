import ScaleCore

/// A provider and its options as one string: `NAME`, `NAME:key=value,key=value`, or bare URLs, e.g.
/// `local:workers=2,max-concurrent-envs=40` or `http://127.0.0.1:8000`.
///
/// A value with a comma stands in double quotes, in which `""` is one quote.
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
        for item in try Self.items(parts[1], flag, text) {
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

    /// Refuses keys that are not among `known`.
    public func check(against known: [OptionDescription]) throws(ScaleError) {
        guard let stranger = options.first(where: { option in !known.contains { $0.key == option.key } }) else {
            return
        }
        let list = known.map(\.key).joined(separator: ", ")
        throw .usage(
            "\(flag) \(name) has no option '\(stranger.key)'",
            hint: known.isEmpty ? "it takes none" : "it takes \(list)")
    }

    /// As it can be read again, without the secrets of URLs and commands.
    public var description: String {
        if options.isEmpty { return name }
        return name + ":"
            + options.map { option in
                let typed = option.key == "command" ? Redaction.process(option.value, isOption: false) : option.value
                let value = typed.split(separator: ",", omittingEmptySubsequences: false)
                    .map { $0.contains("://") ? Redaction.url(String($0)) : String($0) }.joined(separator: ",")
                let needsQuotes = value.contains(",") || value.hasPrefix("\"")
                let doubled = value.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
                return option.key + "=" + (needsQuotes ? "\"\(doubled)\"" : value)
            }.joined(separator: ",")
    }
}
