import Glibc
import ScaleCore

/// What stands at the path of a database, looked at before SQLite is asked: its own messages do not tell a directory
/// from a missing file. The C library is imported here alone, for `stat` and `mkdir`.
enum StorePath {
    enum Found: Equatable {
        case nothing, file, directory, other
    }

    static func look(at path: String) -> Found {
        var status = stat()
        guard stat(path, &status) == 0 else { return .nothing }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// Refuses whatever cannot be a database file.
    static func requireFile(_ path: String, mustExist: Bool) throws(ScaleError) {
        switch look(at: path) {
        case .file: return
        case .directory:
            throw ScaleError(.storage, "'\(path)' is a directory, not a database", hint: "name a file, e.g. with --db")
        case .other:
            throw ScaleError(.storage, "'\(path)' is not a regular file", hint: "name a file, e.g. with --db")
        case .nothing:
            guard mustExist else { return }
            throw ScaleError(.storage, "there is no database at '\(path)'", hint: "name one with --db")
        }
    }

    /// Makes the directories above `path` that are missing.
    static func makeParents(of path: String) throws(ScaleError) {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
        let parent = String(path[..<slash])
        switch look(at: parent) {
        case .directory: return
        case .file, .other:
            throw ScaleError(
                .storage, "'\(parent)' is not a directory, so '\(path)' cannot be made",
                hint: "choose another place with --db")
        case .nothing: break
        }
        try makeParents(of: parent)
        // Another process may make it at the same moment.
        if mkdir(parent, 0o777) != 0, errno != EEXIST {
            throw ScaleError(
                .storage, "the directory '\(parent)' cannot be made", cause: String(cString: strerror(errno)),
                hint: "choose another place with --db")
        }
    }
}
