import Foundation

/// Small text files of the kernel. Absent and unreadable are the same: nil.
enum ProcFile {
    static func text(_ path: String) -> String? {
        guard let data = FileManager.default.contents(atPath: path) else { return nil }
        return String(decoding: data, as: UTF8.self)
    }

    static func words(_ path: String) -> [Substring] {
        text(path)?.split(whereSeparator: \.isWhitespace) ?? []
    }

    /// The value behind `name` and a separator, on the first line that has it.
    static func value(_ name: String, separator: Character, in text: String?) -> String? {
        guard let line = text?.split(separator: "\n").first(where: { $0.hasPrefix(name) }),
            let mark = line.firstIndex(of: separator)
        else { return nil }
        return line[line.index(after: mark)...].trimmingCharacters(in: CharacterSet(charactersIn: " \t\""))
    }
}
