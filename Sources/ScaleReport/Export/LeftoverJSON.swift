import ScaleCore

/// What `scalebench clean --json` prints for each resource of a ledger.
public enum LeftoverJSON {
    /// One JSON object without a line end.
    /// - Parameters:
    ///   - run: the id of the run that it was made for; nil where none is named.
    ///   - found: what is there of it, in words.
    ///   - outcome: what became of it, in a word.
    ///   - cause: why that is so, where it went wrong.
    public static func line(
        kind: String, name: String, place: String, run: String?, startedAt: WallTime, found: [String], outcome: String, cause: String?
    ) -> String {
        JSONText.object([
            ("type", .string("leftover")), ("kind", .string(kind)), ("name", .string(name)),
            ("place", place.isEmpty ? .null : .string(place)), ("run_id", run.map(JSONText.string) ?? .null),
            ("started_at", .string(startedAt.iso8601)), ("found", .array(found.map { .string($0) })), ("outcome", .string(outcome)),
            ("cause", cause.map(JSONText.string) ?? .null),
        ]).line
    }
}
