/// Everything that decides what a run measures: two runs of one plan are repetitions of each other.
public struct Plan: Hashable, Sendable, Codable {
    public var modes: [Mode]
    public var sessions: [Int]
    public var waits: [Nanoseconds]
    /// What the waits are drawn from, per session and step; nil where each is the one of its cell. Then ``waits`` holds
    /// its mean alone.
    public var waitSpread: SpanDistribution?
    /// Per session; the longest episode's of a trace, and 0 where sessions are held: as many as the time allows.
    public var steps: Int
    public var reps: Int
    /// Where repetitions are added until an N is decided, their most; nil where there are ``reps`` of each.
    public var mostReps: Int?
    /// Looks for the max batch from the one of ``sessions`` on, instead of measuring a grid; nil for a grid.
    public var search: SearchSettings?
    public var shape: LoadShape
    public var pacing: Pacing
    /// The policy's time between an answer and the next step; nil for none.
    public var think: SpanDistribution?
    /// Sends every step, also after the environment said that the episode is done.
    public var ignoresDone: Bool
    public var timeouts: PhaseTimeouts
    public var httpConnections: ConnectionPolicy
    /// Of a name that has several.
    public var addresses: AddressChoice
    /// The JSON of a step's action with its placeholders, nil for the benchmark environment's own.
    public var action: String?
    /// Recorded episodes whose actions are sent instead; nil for none.
    public var trace: TraceSource?
    /// Rounds every random choice of the run to one number; nil asks for a fresh one.
    public var seed: UInt64

    public init(
        modes: [Mode], sessions: [Int], waits: [Nanoseconds], steps: Int = 1, reps: Int = 1,
        mostReps: Int? = nil, search: SearchSettings? = nil,
        waitSpread: SpanDistribution? = nil, shape: LoadShape = .burst, pacing: Pacing = .free,
        think: SpanDistribution? = nil, ignoresDone: Bool = false, timeouts: PhaseTimeouts = .all(.seconds(120)),
        httpConnections: ConnectionPolicy = .perSession, addresses: AddressChoice = .all, action: String? = nil, trace: TraceSource? = nil,
        seed: UInt64 = 0
    ) {
        self.modes = modes
        self.sessions = sessions
        self.waits = waits
        self.steps = steps
        self.reps = reps
        self.mostReps = mostReps
        self.search = search
        self.waitSpread = waitSpread
        self.shape = shape
        self.pacing = pacing
        self.think = think
        self.ignoresDone = ignoresDone
        self.timeouts = timeouts
        self.httpConnections = httpConnections
        self.addresses = addresses
        self.action = action
        self.trace = trace
        self.seed = seed
    }

    /// Whether its steps ask the environment for the waits of its cells: a user's own action does with `{{wait}}`, and what a
    /// trace asks for is not known. Where they do not, the only wait is 0.
    public var asksForWaits: Bool { trace == nil && action.map(ActionText.asksForWait) ?? true }

    /// Whether what its cells show decides which others follow them.
    public var isAdaptive: Bool { mostReps != nil || search != nil }

    /// The points of the grid in the order they are measured: by mode, then N, wait and repetition. Where repetitions are
    /// added, those that each N has at least; of a search, where it begins.
    public var cells: [CellKey] {
        modes.flatMap { mode in
            sessions.flatMap { count in
                waits.flatMap { wait in
                    (1...max(1, reps)).map { CellKey(mode: mode, sessions: count, wait: wait, steps: steps, rep: $0) }
                }
            }
        }
    }

    /// More would take years, and so is a slip of the finger.
    public static let mostCells = 1_000_000

    /// What the flags behind a plan are called where the user typed another spelling.
    public struct FlagNames: Hashable, Sendable {
        public var sessions: String
        public var waits: String

        public init(sessions: String = "--requests-grid", waits: String = "--wait-grid") {
            self.sessions = sessions
            self.waits = waits
        }
    }

    /// Every problem of the plan, each as one sentence that names the flag and what to do; empty when it can be run.
    public func problems(_ flags: FlagNames = FlagNames()) -> [String] {
        var found: [String] = []
        if modes.isEmpty { found.append("--mode names no mode; choose ws or http") }
        found += Self.gridProblems(sessions, flag: flags.sessions, show: { String($0) }) {
            $0 > 0 ? nil : "is not at least 1; give a whole number from 1"
        }
        found += Self.gridProblems(waits, flag: flags.waits, show: { "\($0.seconds)" }) {
            $0 < .zero ? "is negative; give seconds from 0" : nil
        }
        if trace == nil, !asksForWaits, waits != [.zero] || waitSpread != nil {
            found.append(
                "\(flags.waits) is given, and --action has no {{wait}} to send it; add {{wait}} to the action, or drop \(flags.waits)")
        }
        if steps < 1 && pacing.holds == nil { found.append("--steps \(steps) is not at least 1; give a whole number from 1") }
        found += pacingProblems
        if reps < 1 { found.append("--reps \(reps) is not at least 1; give a whole number from 1") }
        if let mostReps, mostReps < reps { found.append("--max-reps \(mostReps) is not at least \(reps); give a larger number") }
        found += search?.problems(start: sessions.first) ?? []
        for (flag, value) in [
            ("--connect-timeout", timeouts.connect), ("--reset-timeout", timeouts.reset),
            ("--step-timeout", timeouts.step), ("--close-timeout", timeouts.close),
        ] where value <= .zero {
            found.append("\(flag) \(value.seconds) is not above 0; give seconds")
        }
        let (cells, overflow) = [sessions.count, waits.count, reps].reduce((modes.count, false)) { product, factor in
            let (next, over) = product.0.multipliedReportingOverflow(by: factor)
            return (next, product.1 || over)
        }
        if overflow || cells > Self.mostCells {
            found.append("the grid has more than \(Self.mostCells) cells; give fewer values or --reps")
        }
        if let longest = waitSpread?.longest ?? waits.max(), longest >= timeouts.step, timeouts.step > .zero {
            found.append(
                "\(flags.waits): a wait of \(longest.seconds) s cannot end within the step timeout of \(timeouts.step.seconds) s; raise --timeout or --step-timeout"
            )
        }
        return found
    }

    /// Whether all sessions of a cell are open at one moment, if only the server lets them.
    public var opensAllAtOnce: Bool {
        if pacing != .free { return true }
        return shape == .burst && trace?.timing != .original
    }

    /// What the pacing, the shape and a trace ask of each other.
    private var pacingProblems: [String] {
        var found: [String] = []
        if case .open = shape, pacing != .free {
            found.append(
                "--rate starts sessions one by one and \(pacing == .lockstep ? "--lockstep" : "--hold") waits for all of them; give one of both"
            )
        }
        if let duration = pacing.holds {
            if duration <= .zero { found.append("--duration \(duration.seconds) is not above 0; give seconds") }
            if let longest = waitSpread?.longest ?? waits.max(), longest >= duration, duration > .zero {
                found.append(
                    "--duration \(duration.seconds) s is over before a wait of \(longest.seconds) s is; hold longer, or wait less")
            }
            if steps != 0 && trace == nil { found.append("--steps \(steps) and --hold are both given; --duration says when the steps end") }
            if modes.contains(.http) && httpConnections != .perSession {
                found.append(
                    "--http-connections \(httpConnections) leaves sessions without a connection, and --hold holds one each; use per-session"
                )
            }
        }
        if pacing == .lockstep, modes.contains(.http), httpConnections != .perSession {
            found.append(
                "--http-connections \(httpConnections) makes sessions wait for connections, and --lockstep for each other; use per-session"
            )
        }
        guard let trace else { return found }
        if pacing.holds != nil { found.append("--trace says how many steps a session takes, and so does --hold; give one of both") }
        if action != nil { found.append("--trace says every action, and so does --action; give one of both") }
        if trace.timing == .original {
            for (flag, isGiven) in [
                ("--think", think != nil), ("--lockstep", pacing == .lockstep), ("--ramp or --rate", shape != .burst),
            ] where isGiven {
                found.append("\(flag) says when steps are sent, and so does --trace-timing original; give one of both")
            }
        }
        return found
    }

    private static func gridProblems<Value: Hashable>(
        _ values: [Value], flag: String, show: (Value) -> String, check: (Value) -> String?
    ) -> [String] {
        if values.isEmpty { return ["\(flag) is empty; give at least one number"] }
        var found: [String] = []
        var seen = Set<Value>()
        for value in values {
            if let problem = check(value) { found.append("\(flag) entry \(show(value)) \(problem)") }
            if !seen.insert(value).inserted { found.append("\(flag) has \(show(value)) twice; name each value once") }
        }
        return found
    }
}
