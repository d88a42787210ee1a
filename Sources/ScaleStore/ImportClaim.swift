import GRDB
import ScaleCore

/// What became of the wish to import files.
public enum ImportClaim: Hashable, Sendable {
    /// A new run; its row id.
    case begun(Int64)
    /// The same files are stored already.
    case stored(uuid: String)
    /// Another process is importing the same files.
    case held(owner: String)
}

extension Store {
    /// Begins an imported run unless one of the same plan hash is there, in one transaction: of two processes that import
    /// the same files at the same moment one stores them. What a killed import left of them goes.
    /// - Parameters:
    ///   - run: with the owner that it is to have.
    ///   - isHeld: whether the process that a stored owner names still imports. It must not use the store.
    public func claim(imported run: RunRecord, isHeld: (String) -> Bool) throws(ScaleError) -> ImportClaim {
        try write { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT id, uuid, status, owner FROM runs WHERE plan_hash = ? AND source = 'imported' ORDER BY id",
                arguments: [run.planHash])
            let finished = RunStatus.finished.rawValue
            if let whole = rows.first(where: { $0["status"] == finished }) { return .stored(uuid: try whole.value("uuid")) }
            for row in rows {
                if let owner: String = row["owner"], isHeld(owner) { return .held(owner: owner) }
            }
            for row in rows {
                let id: Int64 = try row.value("id")
                try db.execute(sql: "DELETE FROM runs WHERE id = ?", arguments: [id])
            }
            return .begun(try Self.fields(of: run).insert(into: "runs", db))
        }
    }
}
