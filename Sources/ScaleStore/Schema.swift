import GRDB
import ScaleCore

/// The schema and its migrations. They are named and append-only: a migration that was once released is never edited,
/// so that a file written by any earlier version can be brought up to date.
enum Schema {
    /// `PRAGMA application_id` of our files: "SCLB". It tells them from anyone else's SQLite file.
    static let applicationID: Int32 = 0x5343_4C42
    /// Where the names of applied migrations stand. GRDB's own migrator, which wrote this table first, asks what is to be
    /// done before its transactions begin: two processes would do it twice.
    private static let ledger = "grdb_migrations"

    struct Migration {
        var name: String
        var apply: (Database) throws -> Void
    }

    static var migrations: [Migration] {
        [
            Migration(name: "v1") { db in
                try db.execute(sql: SchemaV1.sql)
                try db.execute(sql: "PRAGMA application_id = \(applicationID)")
            },
            // Which stages belong to one launch.
            Migration(name: "v2") { db in try db.execute(sql: "ALTER TABLE lifecycle ADD COLUMN launch TEXT") },
            Migration(name: "v3") { db in try db.execute(sql: SchemaV3.sql) },
            Migration(name: "v4", apply: SchemaV4.migrate),
        ]
    }

    enum State {
        /// No file, one without a single table, or one whose making was cut off before its first table.
        case empty
        case current
        /// Ours, with migrations still to apply.
        case older
    }

    /// Refuses files that are not ours or that a newer version wrote.
    static func inspect(_ db: Database, path: String) throws -> State {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let others = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master WHERE tbl_name <> ?", arguments: [ledger]) ?? 0
        if application == 0, others == 0 { return .empty }
        guard application == applicationID else {
            throw ScaleError(
                .storage, "'\(path)' is a SQLite database of another program", hint: "name another file with --db")
        }
        let applied = try applied(db)
        let known = migrations.map(\.name)
        if let unknown = applied.subtracting(known).min() {
            throw ScaleError(
                .storage, "'\(path)' was written by a newer scalebench: schema '\(unknown)' is unknown",
                hint: "use that version, or name another file with --db")
        }
        return applied.isSuperset(of: known) ? .current : .older
    }

    /// Applies what is not applied yet. Its caller holds the write lock, so that no other process is at the same.
    static func migrate(_ db: Database, path: String) throws {
        if try inspect(db, path: path) == .current { return }
        try db.execute(sql: "CREATE TABLE IF NOT EXISTS \(ledger) (identifier TEXT NOT NULL PRIMARY KEY)")
        let applied = try applied(db)
        for migration in migrations where !applied.contains(migration.name) {
            try migration.apply(db)
            try db.execute(sql: "INSERT INTO \(ledger) VALUES (?)", arguments: [migration.name])
        }
    }

    private static func applied(_ db: Database) throws -> Set<String> {
        try db.tableExists(ledger) ? String.fetchSet(db, sql: "SELECT identifier FROM \(ledger)") : []
    }
}
