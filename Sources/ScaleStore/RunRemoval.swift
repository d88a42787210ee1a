import GRDB
import ScaleCore

extension Store {
    /// Removes runs with everything that hangs on them, all of them or none. The file keeps its size: see ``compact()``.
    /// - Parameter writer: the process that still writes a run of this owner; it must not use the store. Asked within the
    ///   transaction: a run that was taken up a moment ago is not removed.
    /// - Throws: ``ScaleError`` of code `usage` when one of them is still written, of code `storage`, also when one of them
    ///   is not there.
    public func remove(runs ids: [Int64], writer: (String) -> Int32? = { _ in nil }) throws(ScaleError) {
        try write { db in
            for id in ids {
                let running = try Row.fetchOne(
                    db, sql: "SELECT uuid, owner FROM runs WHERE id = ? AND status = 'running' AND owner IS NOT NULL", arguments: [id])
                if let running, let pid = writer(try running.value("owner")) {
                    let uuid: String = try running.value("uuid")
                    throw ScaleError.usage(
                        "process \(pid) of this host still writes the run \(uuid)", hint: "wait until it has ended, or stop it first")
                }
                try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id])
                if db.changesCount == 0 { throw ScaleError(.storage, "there is no run \(id) to remove in '\(path)'") }
            }
        }
    }

    /// Gives the space of removed rows back to the disk. The whole file is written once more: it takes about a second
    /// for every few hundred megabytes that stay, and as much free space beside it.
    public func compact() throws(ScaleError) {
        try storage(path) {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM")
                // In WAL mode the smaller file is in the log until then.
                _ = try Row.fetchAll(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
            }
        }
    }
}

/// How large a results file is inside.
public struct StoreSize: Hashable, Sendable {
    /// The database, without its log.
    public var bytes: Int
    /// Of these, what removed rows left: later runs are written there.
    public var freeBytes: Int
    /// The rows of `sessions` by the run's row id: nearly all of a file.
    public var sessions: [Int64: Int]

    /// The share of the file that a run fills, by its sessions; nil where no run has any.
    public func share(of run: Int64) -> Double? {
        let all = sessions.values.reduce(0, +)
        return all == 0 ? nil : Double(sessions[run] ?? 0) / Double(all)
    }
}

extension RunReader {
    /// Reads no session: a cell is stored with all of them or with none.
    public func size() throws(ScaleError) -> StoreSize {
        try read { db in
            func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA " + name) ?? 0 }
            let page = try pragma("page_size")
            var sessions: [Int64: Int] = [:]
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT run_id, sum(succeeded + failed) AS stored FROM cells
                    WHERE EXISTS (SELECT 1 FROM sessions WHERE cell_id = cells.id) GROUP BY run_id
                    """)
            while let row = try rows.next() { sessions[try row.value("run_id")] = try row.value("stored") }
            return StoreSize(
                bytes: try pragma("page_count") * page, freeBytes: try pragma("freelist_count") * page, sessions: sessions)
        }
    }

    /// The row id of the run that is meant.
    /// - Throws: as ``snapshot(_:)``.
    public func id(of selector: RunSelector) throws(ScaleError) -> Int64 {
        try read { db in try find(selector, db) }
    }

    /// The row id of the run that a cell belongs to; nil where there is no such cell.
    public func run(ofCell cell: Int64) throws(ScaleError) -> Int64? {
        try read { try Int64.fetchOne($0, sql: "SELECT run_id FROM cells WHERE id = ?", arguments: [cell]) }
    }

    /// The owners of runs that are not over, whether or not they live.
    public func owners() throws(ScaleError) -> [String] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT owner FROM runs WHERE status = 'running' AND owner IS NOT NULL ORDER BY id")
        }
    }
}
