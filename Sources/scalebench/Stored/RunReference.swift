import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleStore

/// A stored run as it is typed behind a flag: `FILE` for the latest of a database that is no duel, or `FILE#RUN`.
struct RunReference {
    var file: String
    /// Behind which it stands.
    var flag: String
    /// An id or the beginning of one; nil for the latest.
    var run: String?

    init(_ text: String, flag: String) throws(ScaleError) {
        self.flag = flag
        let sides = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        // A file may be called anything.
        if sides.count == 2, !FileManager.default.fileExists(atPath: text) {
            (file, run) = (sides[0], sides[1])
            if sides[1].isEmpty { throw .usage("\(flag) '\(text)' names no run behind the #", hint: "give its id, or leave the # out") }
        } else {
            (file, run) = (text, nil)
        }
        if file.isEmpty { throw .usage("\(flag) '\(text)' names no database", hint: "write FILE or FILE#RUN") }
    }

    var selector: RunSelector { run.map { $0 == "latest" ? .latestGrid : .uuid($0) } ?? .latestGrid }

    /// The run, from its database.
    /// - Throws: what a reader throws, with the flag that is to be changed.
    func snapshot() throws(ScaleError) -> RunSnapshot {
        do {
            return try RunReader(path: file, flag: flag).snapshot(selector)
        } catch {
            var error = error
            if error.hint?.contains("--db") == true {
                error.hint = flag.hasPrefix("-") ? "name one with \(flag)" : "name a database that is there"
            }
            if error.hint?.contains("--run") == true { error.hint = "leave #\(run ?? "") out for the latest run" }
            throw error
        }
    }
}

extension RunSnapshot {
    /// In a sentence: what was measured, and the run.
    var words: String {
        let names = infras.map(\.name)
        let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? " and \(names.count - 3) more" : "")
        return (names.isEmpty ? "" : shown + ", ") + "run \(run.uuid.prefix(8)) of \(String(run.startedAt.iso8601.prefix(10)))"
    }
}
