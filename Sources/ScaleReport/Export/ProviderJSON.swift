/// What `scalebench providers --json` prints for each provider.
public enum ProviderJSON {
    public struct Option {
        public var key: String
        public var placeholder: String
        public var summary: String
        public var usual: String?

        public init(key: String, placeholder: String, summary: String, usual: String?) {
            self.key = key
            self.placeholder = placeholder
            self.summary = summary
            self.usual = usual
        }
    }

    /// One JSON object without a line end.
    /// - Parameters:
    ///   - needs: what a host must have for it; nil for nothing.
    ///   - found: what this host has of it; nil where that has no name.
    ///   - missing: what this host lacks; nil where it lacks nothing.
    ///   - positional: the key of the value that may stand without one; nil for none.
    public static func line(
        name: String, summary: String, needs: String?, found: String?, missing: String?, positional: String?, options: [Option]
    ) -> String {
        func text(_ text: String?) -> JSONText { text.map(JSONText.string) ?? .null }
        return JSONText.object([
            ("type", .string("provider")), ("name", .string(name)), ("summary", .string(summary)), ("needs", text(needs)),
            ("available", .bool(missing == nil)), ("found", text(found)), ("missing", text(missing)), ("positional", text(positional)),
            (
                "options",
                .array(
                    options.map { option in
                        .object([
                            ("key", .string(option.key)), ("value", .string(option.placeholder)), ("summary", .string(option.summary)),
                            ("default", text(option.usual)),
                        ])
                    })
            ),
        ]).line
    }
}
