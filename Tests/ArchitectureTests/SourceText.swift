/// A Swift source file, and the part of it that is code.
struct SourceFile: Sendable {
    /// Relative to the repository.
    var path: String
    /// As they stand in the file.
    var lines: [String]
    /// The same lines with comments and the text of string literals left out, so that neither is taken for code.
    var code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = Self.split(text)
        code = Self.split(Self.codeOnly(text))
    }

    /// The folder under `Sources/` or `Tests/`.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : nil
    }

    private static func split(_ text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Keeps line breaks, so that a line of the result is that line of the file. An interpolation counts as text up to
    /// the first quotation mark inside it.
    static func codeOnly(_ text: String) -> String {
        var scanner = CodeScanner(text)
        scanner.run()
        return String(decoding: scanner.code, as: UTF8.self)
    }
}

/// Walks over Swift source once and keeps what is neither comment nor string.
private struct CodeScanner {
    private let bytes: [UInt8]
    private var at = 0
    private(set) var code: [UInt8] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func run() {
        while at < bytes.count {
            if sees("//") {
                skip(until: "\n", consuming: false)
            } else if sees("/*") {
                skipBlockComment()
            } else if let hashes = rawStringHashes {
                skipString(hashes: hashes)
            } else {
                code.append(bytes[at])
                at += 1
            }
        }
    }

    private func sees(_ word: String, from index: Int? = nil) -> Bool {
        bytes[(index ?? at)...].starts(with: word.utf8)
    }

    /// The number of `#` before the string that begins here; nil where none begins.
    private var rawStringHashes: Int? {
        var end = at
        while end < bytes.count, bytes[end] == UInt8(ascii: "#") { end += 1 }
        return end < bytes.count && bytes[end] == UInt8(ascii: "\"") ? end - at : nil
    }

    private mutating func advance(_ count: Int) {
        for _ in 0..<count where at < bytes.count {
            if bytes[at] == UInt8(ascii: "\n") { code.append(bytes[at]) }
            at += 1
        }
    }

    private mutating func skip(until word: String, consuming: Bool) {
        while at < bytes.count, !sees(word) { advance(1) }
        if consuming { advance(word.utf8.count) }
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                advance(2)
            } else if sees("*/") {
                depth -= 1
                advance(2)
            } else {
                advance(1)
            }
        } while depth > 0 && at < bytes.count
    }

    private mutating func skipString(hashes: Int) {
        let fence = String(repeating: "#", count: hashes)
        advance(hashes)
        let quotes = sees("\"\"\"") ? "\"\"\"" : "\""
        advance(quotes.utf8.count)
        code += Array("\"\"".utf8)
        while at < bytes.count, !sees(quotes + fence) {
            // A backslash escapes only with the string's own number of hashes behind it.
            advance(sees("\\" + fence) ? 2 + hashes : 1)
        }
        advance(quotes.utf8.count + hashes)
    }
}
