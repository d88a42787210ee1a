import ScaleCore

/// What servers did that fails no session and a reader should know all the same.
extension ReportNotices {
    /// One notice per N and oddity, its repetitions together.
    func oddities(_ series: ReportSubject.Series) -> [Prose] {
        series.batches.flatMap { sessions -> [Prose] in
            let cells = series.records.filter { $0.key.sessions == sessions }
            return Oddity.allCases.compactMap { oddity -> Prose? in
                let count = cells.reduce(0) { $0 + ($1.oddities[oddity] ?? 0) }
                if count == 0 { return nil }
                return "N = \(Figure.count(sessions)): \(Prose(ours: oddity.sentence(count)))"
            }
        }
    }

    /// What a cell waited for after its last success, of the repetition that waited longest.
    func waitedInVain(_ series: ReportSubject.Series) -> [Prose] {
        series.batches.compactMap { sessions -> Prose? in
            let tails = series.records.filter { $0.key.sessions == sessions }.compactMap(FailedTail.init)
            guard let longest = tails.max(by: { $0.length < $1.length }) else { return nil }
            return
                "N = \(Figure.count(sessions)): after its last success the cell \(Prose(ours: longest.words)): sessions/s ends before that."
        }
    }
}

/// The time between a cell's last success and its end, where that is worth a word.
struct FailedTail {
    let length: Nanoseconds
    let sessions: Int
    let timedOut: Bool

    /// Below both, the end of a cell is as near to its last success as ever.
    private static let share = 0.05
    private static let least = Nanoseconds.milliseconds(100)

    /// Nil where nothing was waited for.
    init?(_ cell: CellRecord) {
        guard let last = cell.lastSuccess, cell.failed > 0 else { return nil }
        length = cell.wall - last
        guard length > Self.least, length.seconds > Self.share * last.seconds else { return nil }
        // When the first of a kind failed is known: one that began to fail after the last success did so alone.
        let after = cell.failures.filter { $0.firstAt > last }
        let timeouts = cell.failures.filter { $0.kind == .timeout }
        let waited = !after.isEmpty ? after : timeouts.isEmpty ? cell.failures : timeouts
        sessions = waited.reduce(0) { $0 + $1.count }
        guard sessions > 0 else { return nil }
        timedOut = waited.allSatisfy { $0.kind == .timeout }
    }

    /// `waited 10 s for 1 that timed out`.
    var words: String { "waited \(length.inWords) for \(Figure.count(sessions)) that \(timedOut ? "timed out" : "failed")" }
}

extension Oddity {
    /// With its full stop.
    fileprivate func sentence(_ count: Int) -> String {
        let isOne = count == 1
        func counted(_ one: String, _ many: String) -> String { "\(Figure.count(count)) \(isOne ? one : many)" }
        let was = isOne ? "was" : "were"
        switch self {
        case .binaryMessage:
            return "\(counted("message", "messages")) came in binary frames and \(was) read, as the official client reads them."
        case .nonFiniteNumber:
            return
                "\(counted("number", "numbers")) \(was) NaN or Infinity, which JSON does not have: accepted, as the official client does."
        case .longLength:
            return
                "\(counted("frame", "frames")) gave the length in more bytes than needed, which RFC 6455 forbids: accepted, as the official client does."
        case .unaskedMessage:
            return """
                \(counted("message", "messages")) of an unknown type that nobody had asked for \(was) passed over. The official client takes such a \
                message for the answer to its next request, and pairs answers wrongly from there on.
                """
        case .resentRequest:
            return """
                \(counted("request", "requests")) met a kept connection that the server had closed, and \(was) sent again once: its keep-alive \
                time is shorter than the time between requests.
                """
        case .doneAtReset:
            return "\(counted("reset", "resets")) \(was) answered with a finished episode: no step was sent."
        }
    }
}
