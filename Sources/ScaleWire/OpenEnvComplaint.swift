/// What an environment says of a request it refuses, as a sentence for a person. Nothing is decided by it.
public enum OpenEnvComplaint {
    /// Reads an error frame, or the body of an HTTP error: its message and what each field was refused for.
    /// - Returns: nil when the answer says nothing readable.
    public static func sentence(_ answer: UnsafeRawBufferPointer) -> String? {
        guard let whole = JSONValue.parse(answer), whole.kind == .object else { return plain(answer) }
        let data = whole.member("data") ?? whole
        let detail = data.member("detail")
        let message = data.member("message")?.string ?? detail?.string
        let fields = (data.member("errors") ?? detail)?.elements()?.compactMap(field) ?? []
        switch (message, fields.isEmpty) {
        case (let message?, true): return message
        case (let message?, false): return message + " (" + fields.joined(separator: "; ") + ")"
        case (nil, false): return fields.joined(separator: "; ")
        case (nil, true): return nil
        }
    }

    /// One entry of a validation error: where, and what is wrong there.
    private static func field(_ entry: JSONValue) -> String? {
        guard let problem = entry.member("msg")?.string else { return nil }
        let place = entry.member("loc")?.elements()?.compactMap { $0.string ?? $0.int().map(String.init) } ?? []
        return place.isEmpty ? problem : place.joined(separator: ".") + ": " + problem
    }

    private static func plain(_ answer: UnsafeRawBufferPointer) -> String? {
        let text = String(decoding: answer.prefix(200), as: UTF8.self).split(whereSeparator: \.isNewline).first
        return text.map(String.init)
    }
}
