import GRDB
import ScaleCore

/// What the tables beside `cells` hold of cells, by row id: texts, oddities and addresses.
struct CellDetails {
    private(set) var texts: [Int64: [ServerText]] = [:]
    private(set) var oddities: [Int64: [Oddity: Int]] = [:]
    private(set) var addresses: [Int64: [AddressUse]] = [:]

    init(_ db: Database, _ selection: CellReader.Selection) throws {
        try Self.each(of: "cell_texts", order: "rank", selection, db) { cell, row in
            texts[cell, default: []].append(
                ServerText(
                    kind: try row.member("kind"), phase: try row.member("phase"), code: try row.optional("code"),
                    text: try row.value("text"), count: try row.value("count")))
        }
        try Self.each(of: "cell_oddities", order: "oddity", selection, db) { cell, row in
            oddities[cell, default: [:]][try row.member("oddity")] = try row.value("count") as Int
        }
        try Self.each(of: "cell_addresses", order: "place", selection, db) { cell, row in
            addresses[cell, default: []].append(
                AddressUse(
                    address: try row.value("address"), offered: try row.value("offered"), succeeded: try row.value("succeeded")))
        }
    }

    private static func each(
        of table: String, order: String, _ selection: CellReader.Selection, _ db: Database, _ take: (Int64, Row) throws -> Void
    ) throws {
        let rows = try Row.fetchCursor(
            db, sql: selection.rows(of: table, order: "cell_id, \(table).\(order)"), arguments: selection.arguments)
        while let row = try rows.next() { try take(try row.value("cell_id"), row) }
    }
}
