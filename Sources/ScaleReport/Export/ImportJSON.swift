import ScaleCore

/// What `scalebench import --json` prints for each run that it stored.
public enum ImportJSON {
    /// One JSON object without a line end.
    public static func line(
        run: String, db: String, cells: Int, sessions: Int, lines: Int, infra: [String], notices: [String]
    ) -> String {
        JSONText.object([
            ("type", .string("import")), ("run_id", .string(run)), ("db", .string(db)), ("cells", .int(cells)),
            ("sessions", .int(sessions)), ("lines", .int(lines)), ("infra", .array(infra.map { .string($0) })),
            ("notices", .array(notices.map { .string($0) })),
        ]).line
    }
}
