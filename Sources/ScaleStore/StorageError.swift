import GRDB
import ScaleCore

/// Runs work on the database at `path` and says what went wrong in one sentence.
func storage<Value>(_ path: String, _ work: () throws -> Value) throws(ScaleError) -> Value {
    do {
        return try work()
    } catch let error as ScaleError {
        throw error
    } catch let error as DatabaseError {
        throw ScaleError(database: error, path: path)
    } catch let error as RowDecodingError {
        // What follows is the whole row.
        let cause = "\(error)".split(separator: " - row:", maxSplits: 1).first.map(String.init)
        throw ScaleError(
            .storage, "'\(path)' holds a row that this version cannot read", cause: cause,
            hint: "name another file with --db, or remove this one")
    } catch {
        throw ScaleError(.storage, "'\(path)' cannot be read or written", cause: "\(error)")
    }
}

extension ScaleError {
    init(database error: DatabaseError, path: String) {
        let cause = error.message
        switch error.resultCode {
        case .SQLITE_NOTADB:
            self.init(.storage, "'\(path)' is not a SQLite database", cause: cause, hint: "name another file with --db")
        case .SQLITE_CORRUPT, .SQLITE_FORMAT:
            self.init(
                .storage, "the database '\(path)' is damaged", cause: cause,
                hint: "name another file with --db; what is left can be read with: sqlite3 '\(path)' .recover")
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            self.init(.storage, "'\(path)' is not writable", cause: cause, hint: "choose another place with --db")
        case .SQLITE_CANTOPEN:
            self.init(
                .storage, "'\(path)' cannot be opened", cause: cause,
                hint: "it and its directory must be readable and writable")
        case .SQLITE_FULL:
            self.init(.storage, "there is no space left to write '\(path)'", cause: cause)
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.storage, "'\(path)' is locked by another process", cause: cause, hint: "wait for it to end")
        case .SQLITE_CONSTRAINT:
            self.init(.storage, "a record contradicts the schema of '\(path)'", cause: cause)
        case .SQLITE_IOERR:
            self.init(.storage, "the disk failed under '\(path)'", cause: cause)
        default:
            self.init(.storage, "'\(path)' cannot be read or written", cause: cause)
        }
    }
}
