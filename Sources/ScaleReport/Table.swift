/// A table of a report.
struct Table: Hashable, Sendable {
    enum Side: Hashable, Sendable { case left, right }

    struct Column: Hashable, Sendable {
        var title: String
        var side: Side

        static func text(_ title: String) -> Column { Column(title: title, side: .left) }
        static func number(_ title: String) -> Column { Column(title: title, side: .right) }
    }

    struct Row: Hashable, Sendable {
        var cells: [Prose]
        /// How many of the first cells are struck out: numbers that are shown and do not count. 0 for a row that counts.
        var struck = 0

        init(_ cells: [Prose], struck: Int = 0) {
            self.cells = cells
            self.struck = struck
        }

        /// - Parameter texts: foreign or ours; nothing in them is markup.
        init(_ texts: [String], struck: Int = 0) { self.init(texts.map { Prose($0) }, struck: struck) }
    }

    var columns: [Column]
    /// A short row is filled up with ``Figure/absent``.
    var rows: [Row]

    init(_ columns: [Column], rows: [Row] = []) {
        self.columns = columns
        self.rows = rows
    }

    /// As many cells as there are columns.
    func filled(_ row: Row) -> [Prose] { columns.indices.map { $0 < row.cells.count ? row.cells[$0] : .absent } }
}
