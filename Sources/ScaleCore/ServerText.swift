/// What a server said when it refused or failed sessions of a cell, in its own words: an error frame's message, the body
/// of an HTTP error, the reason of a close frame. Foreign text: cut to ``longest`` bytes where it is taken in, and
/// cleaned by whoever shows it.
public struct ServerText: Hashable, Sendable, Codable {
    public var kind: FailureKind
    public var phase: Phase
    /// As ``SessionFailure/code``.
    public var code: Int32?
    public var text: String
    /// Sessions that were told so, at least 1.
    public var count: Int

    public init(kind: FailureKind, phase: Phase, code: Int32?, text: String, count: Int) {
        self.kind = kind
        self.phase = phase
        self.code = code
        self.text = text
        self.count = count
    }

    /// Bytes of UTF-8 that are kept of one text.
    public static let longest = 200
    /// Texts that are kept of one cell.
    public static let most = 5

    /// The most frequent ones, ``most`` at most, after equal ones are counted together; among equals in the order of kind,
    /// phase, code and text, so that the order is stable.
    public static func mostFrequent(_ texts: some Sequence<ServerText>) -> [ServerText] {
        var counts: [ServerText: Int] = [:]
        for each in texts {
            var key = each
            key.count = 0
            counts[key, default: 0] += each.count
        }
        let ranked = counts.map { key, count in ServerText(kind: key.kind, phase: key.phase, code: key.code, text: key.text, count: count) }
            .sorted { a, b in
                if a.count != b.count { return a.count > b.count }
                if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
                if a.phase != b.phase { return a.phase.rawValue < b.phase.rawValue }
                if a.code != b.code { return (a.code ?? .min) < (b.code ?? .min) }
                return a.text < b.text
            }
        return Array(ranked.prefix(most))
    }
}
