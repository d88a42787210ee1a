import GRDB

/// Migration `v4`: what servers said, what they did that is unusual, several addresses of a target, the end of the last
/// success, and the names that came with them.
enum SchemaV4 {
    static func migrate(_ db: Database) throws {
        try db.execute(sql: sql)
        // SQLite cannot change a CHECK. Its documented way for changes that touch no stored row is to edit the schema's
        // text (https://www.sqlite.org/lang_altertable.html, section 7): rows of a million sessions stay where they are.
        try db.execute(sql: "PRAGMA writable_schema = ON")
        for (table, column, last, added) in [
            ("cells", "limiter", "unknown", "session-leak"), ("cell_failures", "kind", "provider_terminated", "closed_idle"),
            ("sessions", "failure_kind", "provider_terminated", "closed_idle"),
        ] {
            try db.execute(
                sql: "UPDATE sqlite_master SET sql = replace(sql, ?, ?) WHERE type = 'table' AND name = ?",
                arguments: ["\(column) = '\(last)')", "\(column) = '\(last)' OR \(column) = '\(added)')", table])
        }
        let version = try Int.fetchOne(db, sql: "PRAGMA schema_version") ?? 0
        try db.execute(sql: "PRAGMA schema_version = \(version + 1)")
        try db.execute(sql: "PRAGMA writable_schema = RESET")
    }

    private static let sql = """
        ALTER TABLE cells ADD COLUMN last_success_ns INTEGER CHECK (last_success_ns >= 0);
        ALTER TABLE cells ADD COLUMN reported_active_sessions INTEGER;
        CREATE TABLE cell_texts (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            rank INTEGER NOT NULL CHECK (rank >= 1),
            kind TEXT NOT NULL,
            phase TEXT NOT NULL CHECK (phase IN ('queue', 'connect', 'reset', 'step', 'close')),
            code INTEGER,
            text TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            PRIMARY KEY (cell_id, rank)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE cell_oddities (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            oddity TEXT NOT NULL,
            count INTEGER NOT NULL CHECK (count > 0),
            PRIMARY KEY (cell_id, oddity)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE cell_addresses (
            cell_id INTEGER NOT NULL REFERENCES cells (id) ON DELETE CASCADE,
            place INTEGER NOT NULL CHECK (place >= 1),
            address TEXT NOT NULL,
            offered INTEGER NOT NULL CHECK (offered >= 0),
            succeeded INTEGER NOT NULL CHECK (succeeded BETWEEN 0 AND offered),
            PRIMARY KEY (cell_id, place)
        ) STRICT, WITHOUT ROWID;
        """
}
