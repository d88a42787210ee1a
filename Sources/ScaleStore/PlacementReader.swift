import GRDB
import ScaleCore

extension RunReader {
    /// Where the sessions of cells landed, by row id of the cell; a cell of which no process is known is not in it.
    ///
    /// One aggregate over the sessions of these cells alone: no row leaves the database.
    public func placements(of cells: [Int64]) throws(ScaleError) -> [Int64: CellPlacement] {
        try read { db in
            let statement = try db.makeStatement(
                sql: """
                    SELECT host, pid, count(*) AS sessions FROM sessions WHERE cell_id = ? AND pid IS NOT NULL
                    GROUP BY host, pid ORDER BY host, pid
                    """)
            var found: [Int64: CellPlacement] = [:]
            for cell in cells {
                var processes: [CellPlacement.Process] = []
                let rows = try Row.fetchCursor(statement, arguments: [cell])
                while let row = try rows.next() {
                    processes.append(
                        CellPlacement.Process(
                            host: try row.optional("host"), pid: try row.value("pid"), sessions: try row.value("sessions")))
                }
                if !processes.isEmpty { found[cell] = CellPlacement(processes: processes) }
            }
            return found
        }
    }
}
