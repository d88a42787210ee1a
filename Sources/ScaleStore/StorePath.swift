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
    /// - Parameter flag: what the user named it by.
    static func requireFile(_ path: String, mustExist: Bool, flag: String = "--db") throws(ScaleError) {
        switch look(at: path) {
        case .file: return
        case .directory:
            throw ScaleError(.storage, "'\(path)' is a directory, not a database", hint: "name a file with \(flag)")
        case .other:
            throw ScaleError(.storage, "'\(path)' is not a regular file", hint: "name a file with \(flag)")
        case .nothing:
            guard mustExist else { return }
            throw .usage("\(flag): there is no database at '\(path)'", hint: "name one that is there")
        }
    }

    /// Makes sure that a missing file can be made: its folder is made where that alone is missing, and takes files.
    static func prepare(_ path: String) throws(ScaleError) {
        let folder = parent(of: path)
        switch look(at: folder) {
        case .directory: break
        case .file, .other:
            throw ScaleError(
                .storage, "'\(folder)' is not a directory, so '\(path)' cannot be made", hint: "choose another place with --db")
        case .nothing: try makeFolder(folder, of: path)
        }
        try probe(folder, for: path)
    }

    /// One folder, as a name may be new; two that are missing are a path that was mistyped.
    private static func makeFolder(_ folder: String, of path: String) throws(ScaleError) {
        let above = parent(of: folder)
        switch look(at: above) {
        case .directory: break
        case .nothing:
            throw .usage(
                "'\(path)' cannot be made: there is no folder '\(above)'", hint: "make it first, or choose another place with --db")
        case .file, .other:
            throw ScaleError(
                .storage, "'\(above)' is not a directory, so '\(path)' cannot be made", hint: "choose another place with --db")
        }
        // Another process may make it at the same moment.
        if mkdir(folder, 0o777) != 0, errno != EEXIST {
            throw ScaleError(
                .storage, "the directory '\(folder)' cannot be made", cause: String(cString: strerror(errno)),
                hint: "choose another place with --db")
        }
    }

    /// What a folder allows is not all in its mode: it is tried, with a file of a name that nobody else has.
    private static func probe(_ folder: String, for path: String) throws(ScaleError) {
        let probe = "\(path).\(getpid())-\(UInt64.random(in: 0 ... .max)).probe"
        let descriptor = open(probe, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw ScaleError(
                .storage, "'\(path)' cannot be made in '\(folder)'", cause: String(cString: strerror(errno)),
                hint: "choose another place with --db")
        }
        close(descriptor)
        unlink(probe)
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
