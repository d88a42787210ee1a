/// How a search for the max batch goes about it.
public struct SearchSettings: Hashable, Sendable, Codable {
    /// How near the ends of the bracket shall come: the first N that fails is at most this share above the last that
    /// passes. Above 0, at most 1.
    public var within: Double
    /// The largest N that may be tried; nil for what this host's descriptors allow.
    public var upTo: Int?
    /// No cell is begun that would probably end later than this after the search began; nil for no limit.
    public var budget: Nanoseconds?
    /// The most sessions of all cells together; nil for no limit.
    public var budgetSessions: Int?

    public init(
        within: Double = Self.usualWidth, upTo: Int? = nil, budget: Nanoseconds? = nil, budgetSessions: Int? = nil
    ) {
        self.within = within
        self.upTo = upTo
        self.budget = budget
        self.budgetSessions = budgetSessions
    }

    /// Where the doubling begins unless told otherwise: a power of two that is not below 59, the fewest sessions whose
    /// success demonstrates 95 % in one repetition.
    public static let usualStart = 64
    public static let usualWidth = 0.05
    /// Repetitions of one N after which it stays undecided.
    public static let usualReps = 5

    private enum CodingKeys: String, CodingKey {
        case within
        case upTo = "up_to"
        case budget = "budget_ns"
        case budgetSessions = "budget_sessions"
    }
}

extension SearchSettings {
    /// Equal for searches that would try the same cells in the same order: part of a plan's hash. The budget is not in
    /// it, so that a search which has spent one can go on with another.
    public var identity: String { "search within \(within) up to \(upTo.map { "\($0)" } ?? "the limit")" }

    /// As ``Plan/problems(_:)``.
    func problems(start: Int?) -> [String] {
        var found: [String] = []
        if !(within > 0 && within <= 1) {
            found.append("--within \(within) is not above 0 and at most 1; give a share, like 5%")
        }
        if let start, let upTo, upTo < start {
            found.append("--up-to \(upTo) is below --start \(start); give a larger one, or start lower")
        }
        if let budget, budget <= .zero { found.append("--budget \(budget.seconds) is not above 0; give a time, like 10min") }
        if let budgetSessions, let start, budgetSessions < start {
            found.append(
                "--budget-sessions \(budgetSessions) does not suffice for the first cell of --start \(start); give more, or start lower")
        }
        return found
    }
}
