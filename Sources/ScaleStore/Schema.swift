import GRDB
import ScaleCore

/// The schema and its migrations. They are named and append-only: a migration that was once released is never edited,
/// so that a file written by any earlier version can be brought up to date.
enum Schema {
    /// `PRAGMA application_id` of our files: "SCLB". It tells them from anyone else's SQLite file.
    static let applicationID: Int32 = 0x5343_4C42

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("v1") { db in
            try db.execute(sql: SchemaV1.sql)
            try db.execute(sql: "PRAGMA application_id = \(applicationID)")
        }
        // Which stages belong to one launch.
        migrator.registerMigration("v2") { db in try db.execute(sql: "ALTER TABLE lifecycle ADD COLUMN launch TEXT") }
        migrator.registerMigration("v3") { db in try db.execute(sql: SchemaV3.sql) }
        migrator.registerMigration("v4", migrate: SchemaV4.migrate)
        return migrator
    }

    enum State {
        /// No file, or one without a single table.
        case empty
        case current
        /// Ours, with migrations still to apply.
        case older
    }

    /// Refuses files that are not ours or that a newer version wrote.
    static func inspect(_ db: Database, path: String) throws -> State {
        let application = try Int32.fetchOne(db, sql: "PRAGMA application_id") ?? 0
        let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        if application == 0, tables == 0 { return .empty }
        guard application == applicationID else {
            throw ScaleError(
                .storage, "'\(path)' is a SQLite database of another program", hint: "name another file with --db")
        }
        let applied = try migrator.appliedIdentifiers(db)
        if let unknown = applied.subtracting(migrator.migrations).min() {
            throw ScaleError(
                .storage, "'\(path)' was written by a newer scalebench: schema '\(unknown)' is unknown",
                hint: "use that version, or name another file with --db")
        }
        return try migrator.hasCompletedMigrations(db) ? .current : .older
    }
}
