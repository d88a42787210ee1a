import GRDB
import ScaleCore

/// What the tables beside `cells` hold of a run's cells, by row id: texts, oddities and addresses.
struct CellDetails {
    private(set) var texts: [Int64: [ServerText]] = [:]
    private(set) var oddities: [Int64: [Oddity: Int]] = [:]
    private(set) var addresses: [Int64: [AddressUse]] = [:]

    init(_ db: Database, run: Int64) throws {
        try Self.each(of: "cell_texts", order: "rank", run, db) { cell, row in
            texts[cell, default: []].append(
                ServerText(
                    kind: try row.member("kind"), phase: try row.member("phase"), code: try row.optional("code"),
                    text: try row.value("text"), count: try row.value("count")))
        }
        try Self.each(of: "cell_oddities", order: "oddity", run, db) { cell, row in
            oddities[cell, default: [:]][try row.member("oddity")] = try row.value("count") as Int
        }
        try Self.each(of: "cell_addresses", order: "place", run, db) { cell, row in
            addresses[cell, default: []].append(
                AddressUse(
                    address: try row.value("address"), offered: try row.value("offered"), succeeded: try row.value("succeeded")))
        }
    }

    private static func each(
        of table: String, order: String, _ run: Int64, _ db: Database, _ take: (Int64, Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT \(table).* FROM \(table) JOIN cells ON cells.id = cell_id WHERE run_id = ? ORDER BY cell_id, \(table).\(order)
                """, arguments: [run])
        while let row = try rows.next() { try take(try row.value("cell_id"), row) }
    }
}
