import Foundation

/// Reads which commit a folder is at, from Git's own files: no program is run for a label.
enum GitCheckout {
    /// Nil outside a checkout, before the first commit, and for layouts it does not know.
    static func commit(of folder: String) -> String? {
        var place = URL(fileURLWithPath: folder, isDirectory: true).standardizedFileURL
        while true {
            if let directory = gitDirectory(in: place) { return head(of: directory) }
            if place.path == "/" { return nil }
            place.deleteLastPathComponent()
        }
    }

    /// `.git`, or where the file `.git` of a worktree points.
    private static func gitDirectory(in folder: URL) -> URL? {
        let entry = folder.appendingPathComponent(".git")
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: entry.path, isDirectory: &isDirectory) else { return nil }
        if isDirectory.boolValue { return entry }
        guard let target = ProcFile.value("gitdir", separator: ":", in: ProcFile.text(entry.path)) else { return nil }
        return URL(fileURLWithPath: target, relativeTo: folder)
    }

    private static func head(of git: URL) -> String? {
        guard let head = line(git.appendingPathComponent("HEAD")) else { return nil }
        guard head.hasPrefix("ref: ") else { return commit(head) }
        let name = String(head.dropFirst(5))
        let common = line(git.appendingPathComponent("commondir")).map { URL(fileURLWithPath: $0, relativeTo: git) } ?? git
        for place in [git, common] {
            if let found = line(place.appendingPathComponent(name)) { return commit(found) }
        }
        let packed = ProcFile.text(common.appendingPathComponent("packed-refs").path)
        return packed?.split(separator: "\n").first { $0.hasSuffix(" " + name) }.flatMap { commit(String($0.prefix { $0 != " " })) }
    }

    private static func line(_ file: URL) -> String? {
        ProcFile.text(file.path)?.split(separator: "\n").first.map(String.init)
    }

    private static func commit(_ text: String) -> String? {
        [40, 64].contains(text.count) && text.allSatisfy(\.isHexDigit) ? text : nil
    }
}
