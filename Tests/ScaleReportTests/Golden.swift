import Foundation
import Testing

/// Texts that are compared with a stored file. With `SCALEBENCH_REWRITE_GOLDEN=1` in the environment the files are
/// written instead, for a person to read the change before committing it.
enum Golden {
    static func check(_ text: String, _ name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        if ProcessInfo.processInfo.environment["SCALEBENCH_REWRITE_GOLDEN"] == "1" {
            let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Golden")
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
            return
        }
        let file = try #require(
            Bundle.module.url(forResource: "Golden", withExtension: nil)?.appendingPathComponent(name),
            "the golden files are not in the test bundle", sourceLocation: sourceLocation)
        guard let data = try? Data(contentsOf: file) else {
            Issue.record("there is no golden file \(name)", sourceLocation: sourceLocation)
            return
        }
        if let difference = difference(expected: String(decoding: data, as: UTF8.self), actual: text) {
            Issue.record("\(name): \(difference)", sourceLocation: sourceLocation)
        }
    }

    /// The first line that differs, with the lines before it; nil for equal texts.
    static func difference(expected: String, actual: String) -> String? {
        if expected == actual { return nil }
        let old = expected.split(separator: "\n", omittingEmptySubsequences: false)
        let new = actual.split(separator: "\n", omittingEmptySubsequences: false)
        let place = zip(old, new).enumerated().first { $1.0 != $1.1 }?.offset ?? min(old.count, new.count)
        var text = "differs from line \(place + 1) on (\(old.count) lines expected, \(new.count) found)\n"
        for line in old[max(0, place - 2)..<place] { text += "  \(line)\n" }
        for line in old.dropFirst(place).prefix(3) { text += "- \(line)\n" }
        for line in new.dropFirst(place).prefix(3) { text += "+ \(line)\n" }
        return text
    }
}
