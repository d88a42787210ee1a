import Foundation

/// Small text files of the kernel. Absent and unreadable are the same: nil.
enum ProcFile {
    /// All bytes: a file of the kernel has no size to ask for, and gives at most a page or so at a time.
    static func bytes(_ path: String) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: 16_384)
        var size = 0
        while true {
            if size == bytes.count { bytes += [UInt8](repeating: 0, count: size) }
            let count = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress.map { $0 + size }, $0.count - size)
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { break }
            size += count
        }
        bytes.removeLast(bytes.count - size)
        return bytes
    }

    static func text(_ path: String) -> String? {
        bytes(path).map { String(decoding: $0, as: UTF8.self) }
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
