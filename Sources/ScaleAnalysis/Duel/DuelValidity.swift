import ScaleCore

/// Whether a pair says something about its servers: garbage is not noise, and is left out before any figure is looked at.
public enum DuelValidity {
    /// The largest share of the generator's calibrated ceiling at which a cell is still the server's.
    public static let mostCeiling = 0.7
    /// The largest share of the processors' time that a hypervisor may give to somebody else.
    public static let mostSteal = 0.05

    /// Why a pair is void, with which side and by how much, in one sentence without its full stop; nil where it counts.
    public static func reason(_ pair: DuelPair) -> String? {
        guard let (side, cause) = fault(of: pair) else { return nil }
        return (side == .a ? "A: " : "B: ") + cause.words(in: side == .a ? pair.a : pair.b)
    }

    /// What makes cells void, told apart without their figures, so that the commonest can be named.
    enum Cause: Hashable, CaseIterable {
        case terminated
        case limited
        case ceiling
        case ownFailures
        case swapped
        case steal
    }

    /// The first of both cells' causes, A before B.
    static func fault(of pair: DuelPair) -> (DuelSide, Cause)? {
        for (side, cell) in [(DuelSide.a, pair.a), (.b, pair.b)] {
            if let cause = Cause.allCases.first(where: { $0.holds(for: cell) }) { return (side, cause) }
        }
        return nil
    }
}

extension DuelValidity.Cause {
    fileprivate func holds(for cell: CellRecord) -> Bool {
        switch self {
        case .terminated: cell.isTerminated
        case .limited: !cell.valid
        case .ceiling: (cell.generator?.ceilingFraction ?? 0) > DuelValidity.mostCeiling
        case .ownFailures: cell.ownFailures > 0
        case .swapped: (cell.host?.swappedPages ?? 0) > 0
        case .steal: (cell.host?.stealShare ?? 0) > DuelValidity.mostSteal
        }
    }

    /// Of many pairs.
    var words: String {
        switch self {
        case .terminated: "servers were ended while they were measured"
        case .limited: "the generator, its host or sessions of others were what stopped a cell"
        case .ceiling: "the generator was above \(DuelValidity.mostCeiling.percent) of its ceiling"
        case .ownFailures: "sessions failed on the generator's own host"
        case .swapped: "the generator's host swapped"
        case .steal: "a hypervisor took more than \(DuelValidity.mostSteal.percent) of the host's processor time"
        }
    }

    fileprivate func words(in cell: CellRecord) -> String {
        switch self {
        case .terminated: "its servers were ended while they were measured"
        case .limited: "the limiter is \(cell.verdict.limiter.rawValue)"
        case .ceiling:
            "the generator was at \((cell.generator?.ceilingFraction ?? 0).percent) of its ceiling, above "
                + DuelValidity.mostCeiling.percent
        case .ownFailures: cell.ownFailures.counted("session", "sessions") + " failed on the generator's own host"
        case .swapped: "the generator's host swapped " + (cell.host?.swappedPages ?? 0).counted("page", "pages")
        case .steal:
            "a hypervisor took \((cell.host?.stealShare ?? 0).percent) of the host's processor time, more than "
                + DuelValidity.mostSteal.percent
        }
    }
}

extension CellRecord {
    /// Sessions that failed for a reason that is the generator's own.
    fileprivate var ownFailures: Int { failures.reduce(0) { $1.kind.origin == .client ? $0 + $1.count : $0 } }
}
