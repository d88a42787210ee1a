import ScaleCore

/// Splits a command line into words as a shell does, and does nothing else that a shell does: no variables, no patterns,
/// no operators. Quotes of both kinds keep spaces; a backslash keeps the next character, but not inside single quotes.
enum CommandWords {
    /// The text that ``split(_:)`` makes these words of.
    static func join(_ words: [String]) -> String {
        words.map { "'" + $0.replacing("'", with: "'\\''") + "'" }.joined(separator: " ")
    }

    /// Nil for a quote or a backslash that does not end.
    static func split(_ text: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var quote: Character?
        var rest = text[...]
        while let character = rest.popFirst() {
            switch (character, quote) {
            case ("\\", nil), ("\\", "\""):
                guard let next = rest.popFirst() else { return nil }
                // Between double quotes it stays a backslash before anything but what it protects there.
                let stays = quote == "\"" && next != "\"" && next != "\\"
                word = (word ?? "") + (stays ? "\\" : "") + String(next)
            case (_, let open?):
                if character == open { quote = nil } else { word = (word ?? "") + String(character) }
            case ("\"", nil), ("'", nil):
                quote = character
                word = word ?? ""
            default:
                if character.isWhitespace {
                    if let word { words.append(word) }
                    word = nil
                } else {
                    word = (word ?? "") + String(character)
                }
            }
        }
        if quote != nil { return nil }
        if let word { words.append(word) }
        return words
    }
}
