/// What an environment says of a request it refuses, or of a call that failed, as a sentence for a person. Nothing is decided
/// by it.
public enum OpenEnvComplaint {
    /// Bytes of UTF-8 that are kept of one.
    public static let longest = 200

    /// Reads an error frame, the body of an HTTP error, an answer with an `error` or plain text: its message and what each
    /// field was refused for. Cut to ``longest`` bytes.
    /// - Returns: nil when the answer says nothing readable.
    public static func sentence(_ answer: UnsafeRawBufferPointer) -> String? {
        guard let whole = JSONValue.parse(answer, takesNonFinite: true), whole.kind == .object else {
            return text(answer).split(whereSeparator: \.isNewline).first.map { cut(String($0)) }
        }
        return words(whole).map { cut($0) }
    }

    /// The first bytes of a text, ``longest`` at most, without a scalar that is not whole.
    public static func cut(_ text: String) -> String {
        if text.utf8.count <= longest { return text }
        var kept = text.utf8.index(text.startIndex, offsetBy: longest)
        while kept.samePosition(in: text.unicodeScalars) == nil { kept = text.utf8.index(before: kept) }
        return String(text.unicodeScalars[..<kept])
    }

    /// The beginning of a text, long enough to be cut; a scalar that is not whole at its end is left to that.
    private static func text(_ answer: UnsafeRawBufferPointer) -> String {
        String(decoding: answer.prefix(longest + 4), as: UTF8.self)
    }

    private static func words(_ whole: JSONValue) -> String? {
        let data = whole.member("data") ?? whole
        let detail = data.member("detail")
        let message = data.member("message")?.string ?? detail?.string ?? data.string
        let fields = (data.member("errors") ?? detail)?.elements()?.compactMap(field) ?? []
        switch (message, fields.isEmpty) {
        case (let message?, true): return message
        case (let message?, false): return message + " (" + fields.joined(separator: "; ") + ")"
        case (nil, false): return fields.joined(separator: "; ")
        case (nil, true): break
        }
        return [data.member("observation"), data, whole].lazy.compactMap { $0?.member("error") }.first { $0.isSomething }.flatMap(failure)
    }

    /// What an `error` says: a tool's has a type and a message, JSON-RPC's a code and a message, others are a text.
    private static func failure(_ error: JSONValue) -> String? {
        if let text = error.string { return text }
        let type = error.member("error_type")?.string ?? error.member("type")?.string ?? error.member("code").flatMap(plain)
        let message = error.member("message")?.string
        switch (type, message) {
        case (let type?, let message?): return type + ": " + message
        case (nil, let text?), (let text?, nil): return text
        case (nil, nil): return String(decoding: error.bytes, as: UTF8.self)
        }
    }

    private static func plain(_ value: JSONValue) -> String? { value.string ?? value.int().map { String($0) } }

    /// One entry of a validation error: where, and what is wrong there.
    private static func field(_ entry: JSONValue) -> String? {
        guard let problem = entry.member("msg")?.string else { return nil }
        let place = entry.member("loc")?.elements()?.compactMap(plain) ?? []
        return place.isEmpty ? problem : place.joined(separator: ".") + ": " + problem
    }
}
