/// Text for a POSIX shell. Whatever it holds, a shell reads it as itself: what is put between single quotes has no meaning
/// there, and a single quote, which ends them, is written outside of them.
enum ShellText {
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: #"'\''"#) + "'"
    }

    /// One word in which placeholders stand for what the shell computes.
    /// - Parameter values: by placeholder, e.g. `{port}`; each is a word of shell that stays one word, such as `"$port"`.
    static func word(_ text: String, _ values: [String: String]) -> String {
        var word = ""
        var plain = ""
        var rest = text[...]
        while let first = rest.first {
            if let (placeholder, value) = values.first(where: { rest.hasPrefix($0.key) }) {
                if !plain.isEmpty { word += quoted(plain) }
                plain = ""
                word += value
                rest = rest.dropFirst(placeholder.count)
            } else {
                plain.append(first)
                rest = rest.dropFirst()
            }
        }
        return word.isEmpty || !plain.isEmpty ? word + quoted(plain) : word
    }
}
