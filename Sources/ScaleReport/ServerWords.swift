import ScaleCore

/// What servers said and did beside their answers, as JSON: the same in `--json` and in the exported document.
enum ServerWords {
    /// The most frequent first.
    static func texts(_ cell: CellRecord) -> JSONText {
        .array(
            cell.texts.map { text in
                .object([
                    ("kind", .string(text.kind.rawValue)), ("phase", .string(text.phase.rawValue)),
                    ("code", .optional(text.code.map(Int.init))), ("text", .string(text.text)), ("count", .int(text.count)),
                ])
            })
    }

    /// Counts by name, in the order of their declaration.
    static func oddities(_ cell: CellRecord) -> JSONText {
        .object(Oddity.allCases.compactMap { oddity in cell.oddities[oddity].map { (oddity.rawValue, .int($0)) } })
    }

    static func addresses(_ cell: CellRecord) -> JSONText {
        .array(
            cell.addresses.map { use in
                .object([("address", .string(use.address)), ("offered", .int(use.offered)), ("succeeded", .int(use.succeeded))])
            })
    }
}
