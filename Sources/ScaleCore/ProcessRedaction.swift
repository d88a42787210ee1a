extension Redaction {
    /// The value of a provider's option: hidden where it is that of a variable, `env.NAME`, or where its key tells of a secret.
    public static func option(_ key: String, _ value: String) -> String {
        isVariable(key: key) || isSecret(name: key) ? mark : process(value, isOption: false)
    }

    /// An option as it is typed behind a flag, `key=value`.
    static func option(_ text: String) -> String {
        guard let sign = text.firstIndex(of: "=") else { return process(text, isOption: false) }
        return text[...sign] + option(String(text[..<sign]), String(text[text.index(after: sign)...]))
    }

    /// Whether what is called so is not to be shown.
    public static func isSecret(name: String) -> Bool { CommandReading.tellsOfSecret(name.lowercased()) }

    /// Whether a provider string, as it is shown, hides a value of a variable that is no secret: then two that read the same
    /// may be of different launches.
    static func hidesVariable(in specification: String) -> Bool {
        specification.split { $0 == "," || $0 == ":" }.contains { option in
            isVariable(key: option) && option.hasSuffix("=" + mark) && !isSecret(name: String(option))
        }
    }

    /// Whether a provider's option is a variable of the servers' environment: nobody knows which of them are secrets.
    fileprivate static func isVariable(key: some StringProtocol) -> Bool { key.hasPrefix("env.") }

    /// A command that starts a process, without the values of variables whose names tell of a secret (`HF_TOKEN=…`) and
    /// of flags that carry one (`--token …`); of a provider's options also without those of `env.NAME`. Where in doubt more
    /// is taken out.
    /// - Parameter isOption: whether it is typed as an option of a provider, where a comma ends it unless double quotes
    ///   are around it, in which `""` is one.
    public static func process(_ text: String, isOption: Bool) -> String {
        var reading = CommandReading(text, isOption: isOption)
        return reading.redacted()
    }
}

private struct CommandReading {
    private static let secretNames = ["token", "key", "secret", "password", "credential"]
    private static let secretFlags = ["token", "api-key", "password", "secret"]

    private let text: [Character]
    private let isOption: Bool
    private var at = 0
    private var shown = ""
    /// Inside the double quotes of an option.
    private var isQuoted = false

    init(_ text: String, isOption: Bool) {
        self.text = Array(text)
        self.isOption = isOption
    }

    private func character(_ index: Int) -> Character? { index < text.count ? text[index] : nil }

    mutating func redacted() -> String {
        while let next = character(at) {
            let name = String(text[at...].prefix { $0.isLetter || $0.isNumber || "_-.".contains($0) })
            if name.isEmpty { copy(next) } else { take(name) }
        }
        return shown
    }

    private mutating func copy(_ next: Character) {
        if isOption, next == "\"" {
            if isQuoted, character(at + 1) == "\"" {
                shown += "\""
                at += 1
            } else if isQuoted || (at > 0 && text[at - 1] == "=") {
                isQuoted.toggle()
            }
        }
        shown.append(next)
        at += 1
    }

    private mutating func take(_ name: String) {
        shown += name
        at += name.count
        let word = name.lowercased()
        if word.hasPrefix("--") {
            guard Self.secretFlags.contains(where: { word == "--" + $0 || word.hasSuffix("-" + $0) }) else { return }
            var end = at
            while let quote = character(end), quote == "\"" || quote == "'" { end += 1 }
            if character(end)?.isWhitespace == true {
                while let blank = character(end), blank.isWhitespace { end += 1 }
                shown += String(text[at..<end])
                at = end
                return hideValue()
            }
        } else if !Self.tellsOfSecret(word), !(isOption && Redaction.isVariable(key: word)) {
            return
        }
        guard character(at) == "=" else { return }
        shown += "="
        at += 1
        hideValue()
    }

    static func tellsOfSecret(_ word: String) -> Bool { secretNames.contains { has(word, $0) } }

    private static func has(_ word: String, _ part: String) -> Bool { word.indices.contains { word[$0...].hasPrefix(part) } }

    /// To the end of the word, as `CommandWords` of the providers cuts it.
    private mutating func hideValue() {
        shown += Redaction.mark
        var quote: Character?
        while let next = character(at) {
            let isDoubled = isOption && isQuoted && next == "\"" && character(at + 1) == "\""
            if isOption, isQuoted, next == "\"", !isDoubled { return }
            if quote == nil, next.isWhitespace || (isOption && !isQuoted && next == ",") { return }
            if next == "\\", quote != "'" {
                at += 1
            } else if quote == next {
                quote = nil
            } else if quote == nil, next == "'" || next == "\"" {
                quote = next
            }
            at += isDoubled ? 2 : 1
        }
        at = min(at, text.count)
    }
}
