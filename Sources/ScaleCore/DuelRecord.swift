/// How the cells of a run were paired, and what was found: with the cells themselves everything from which a verdict can be
/// made once more.
public struct DuelRecord: Hashable, Sendable {
    public enum Purpose: String, Hashable, Sendable, Codable, CaseIterable {
        case duel, gate
        /// Both sides are the same server.
        case selfTest = "self-test"
    }

    /// One cell of each side; the repetition of both is the pair's number.
    public struct Pair: Hashable, Sendable {
        public var number: Int
        public var mode: Mode
        public var sessions: Int
        public var wait: Nanoseconds
        public var steps: Int
        /// 1, and 2 for the confirmation.
        public var round: Int
        /// `a` or `b`: which was measured first.
        public var first: String
        /// Why it does not count; nil where it does.
        public var void: String?

        public init(
            number: Int, mode: Mode, sessions: Int, wait: Nanoseconds, steps: Int, round: Int, first: String, void: String?
        ) {
            self.number = number
            self.mode = mode
            self.sessions = sessions
            self.wait = wait
            self.steps = steps
            self.round = round
            self.first = first
            self.void = void
        }
    }

    public var purpose: Purpose
    /// How it was to be judged, as JSON: fixed before the first pair.
    public var rule: String
    public var budget: Nanoseconds?
    /// How the load was found, as JSON; nil where it was given.
    public var search: String?
    /// Names of the infrastructures of A and of B.
    public var a: String
    public var b: String
    /// `pass`, `regression`, `inconclusive` or `invalid`; nil where the duel did not come to its end.
    public var verdict: String?
    public var reason: String?
    /// What each round found, as JSON.
    public var rounds: String
    public var pairs: [Pair]

    public init(
        purpose: Purpose, rule: String, budget: Nanoseconds?, search: String?, a: String, b: String, verdict: String?,
        reason: String?, rounds: String, pairs: [Pair]
    ) {
        self.purpose = purpose
        self.rule = rule
        self.budget = budget
        self.search = search
        self.a = a
        self.b = b
        self.verdict = verdict
        self.reason = reason
        self.rounds = rounds
        self.pairs = pairs
    }
}

/// What a server against itself shows on a host: how small an effect can be told from none there.
public struct SelfTestRecord: Hashable, Sendable {
    /// Equal for equal hosts.
    public var host: String
    /// What was held against itself, as it was asked for, without secrets.
    public var server: String
    public var measuredAt: WallTime
    public var version: String
    public var mode: Mode
    public var sessions: Int
    public var wait: Nanoseconds
    public var steps: Int
    /// How long one cell steps where sessions are held.
    public var hold: Nanoseconds?
    public var metric: String
    /// Pairs it rests on.
    public var pairs: Int
    /// Standard deviation of the log ratios.
    public var deviation: Double
    /// The smallest effect, as a share, that a gate on this host finds four times in five.
    public var detectable: Double

    public init(
        host: String, server: String, measuredAt: WallTime, version: String, mode: Mode, sessions: Int, wait: Nanoseconds, steps: Int,
        hold: Nanoseconds?, metric: String, pairs: Int, deviation: Double, detectable: Double
    ) {
        self.host = host
        self.server = server
        self.measuredAt = measuredAt
        self.version = version
        self.mode = mode
        self.sessions = sessions
        self.wait = wait
        self.steps = steps
        self.hold = hold
        self.metric = metric
        self.pairs = pairs
        self.deviation = deviation
        self.detectable = detectable
    }
}
