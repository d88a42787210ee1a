import ScaleCore

/// What is said of servers that refused nothing in so many words and were not busy.
extension LimiterRule {
    /// Values within this share of each other are the same: within what repetitions of one cell differ by.
    public static let flatShare = 0.05
    /// What N must have grown by for equal results to mean anything.
    public static let growth = 1.5

    /// Successes within ``flatShare`` of each other at two or more N, of which the largest is ``growth`` times the
    /// least, where each N lost more than ``flatShare`` of its sessions: a small N that admits all it was offered is no
    /// part of a plateau.
    static func plateauEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard count(of: .capacityReached, in: cell) == 0, isShort(cell) else { return nil }
        let level = like(cell, context).filter { isShort($0) && isFlat($0.succeeded, cell.succeeded) } + [cell]
        guard let spread = spread(level) else { return nil }
        let counts = level.map(\.succeeded)
        let (least, most) = (counts.min() ?? 0, counts.max() ?? 0)
        guard least > 0 else { return nil }
        let range = least == most ? "at \(least.grouped)" : "at \(least.grouped) to \(most.grouped)"
        var text = "sessions that succeeded stayed \(range) at N = \(spread), which suggests a cap"
        if let workers = context.workers, let cap = context.sessionCap {
            let product = workers * cap
            text += isFlat(product, cell.succeeded) ? ": " : ", if not the known one of "
            text += "workers \(workers.grouped) × cap \(cap.grouped) = \(product.grouped)"
        }
        return text
    }

    /// More than half of the failures are a server's, or throughput stands still over N, while the servers are known to
    /// have used less than ``spareShare`` of their processors.
    static func otherEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard cell.failed > 0, let servers = serverShare(cell, context), servers.share < spareShare else { return nil }
        let theirs = cell.failures.filter {
            [.timeout, .closedMidSession, .execution, .factory, .session, .protocolViolation].contains($0.kind)
                && $0.phase != .queue
        }
        let failed = theirs.reduce(0) { $0 + $1.count }
        if 2 * failed >= cell.failed, let most = theirs.max(by: { $0.count < $1.count }) {
            return "\(failed.grouped) of \(cell.key.sessions.counted("session", "sessions")) failed, "
                + "\(most.count == failed ? "all" : most.count.grouped) with \(described(most))\(words(to: most.kind, in: cell)), while "
                + servers.words
        }
        guard let rate = cell.sessionsPerSecond, rate > 0 else { return nil }
        let level = like(cell, context).filter { isFlat($0.sessionsPerSecond ?? 0, rate) } + [cell]
        guard let spread = spread(level) else { return nil }
        return "throughput stayed at about \(rate.rounded(places: 1)) sessions/s at N = \(spread), while " + servers.words
    }

    /// Valid cells that differ from `cell` in N and repetition only.
    private static func like(_ cell: CellRecord, _ context: LimiterContext) -> [CellRecord] {
        context.earlier.filter {
            $0.valid && $0.key.mode == cell.key.mode && $0.key.wait == cell.key.wait && $0.key.steps == cell.key.steps
        }
    }

    private static func isShort(_ cell: CellRecord) -> Bool {
        Double(cell.failed) > flatShare * Double(cell.key.sessions)
    }

    private static func isFlat(_ a: Int, _ b: Int) -> Bool { isFlat(Double(a), Double(b)) }

    private static func isFlat(_ a: Double, _ b: Double) -> Bool { (a - b).magnitude <= flatShare * max(a, b) }

    /// `4,096, 8,192 and 16,384`; nil unless these N grew enough.
    private static func spread(_ cells: [CellRecord]) -> String? {
        let sizes = Set(cells.map(\.key.sessions)).sorted()
        guard let first = sizes.first, let last = sizes.last, Double(last) >= growth * Double(first) else { return nil }
        return sizes.dropLast().map(\.grouped).joined(separator: ", ") + " and " + last.grouped
    }
}
