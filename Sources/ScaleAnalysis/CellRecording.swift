import ScaleCore

/// What the engine hands over when a cell is over, before anything is computed from it.
public struct CellRecording: Sendable {
    /// From the start of the first step to the answer of the last successful one, since the cell began. Where sessions
    /// are held: from their release for as long as they are.
    public struct StepWindow: Hashable, Sendable {
        public var first: Nanoseconds
        public var last: Nanoseconds

        public init(first: Nanoseconds, last: Nanoseconds) {
            self.first = first
            self.last = last
        }

        public var length: Nanoseconds { last - first }
    }

    public var key: CellKey
    public var startedAt: WallTime
    /// From the release of the cell to the end of its last session.
    public var wall: Nanoseconds
    public var sessions: [SessionRecord]
    /// What ``SessionRecord/host`` points into.
    public var hosts: [String]
    /// Every successful step's latency, those of sessions that failed later included.
    public var steps: LatencyHistogram
    /// Nil when no step succeeded, and where sessions that were to be held never were.
    public var stepWindow: StepWindow?
    /// Successful steps inside the window; one that its end cuts counts by the part of its time that lies inside.
    public var stepsInWindow: Double
    /// The sum of the in-step time of the successful steps inside the window.
    public var stepTime: Nanoseconds
    public var pacing: Pacing
    /// Of a batch in lock-step, in their order.
    public var rounds: [LockstepRound]
    /// Steps of a trace that were sent more than ``CellRecord/lateStart`` after they were recorded to be; nil where
    /// their times are not followed.
    public var lateSteps: Int?
    public var generator: GeneratorUse
    public var server: ServerUse?
    public var samples: [CellSample]
    /// The sessions the server said it admits at most, from its refusals.
    public var reportedSessionCap: Int?
    /// The most sessions that it said it had open, from the same refusals.
    public var reportedActiveSessions: Int?
    /// What the servers said to sessions that failed, the most frequent first.
    public var texts: [ServerText] = []
    public var oddities: [Oddity: Int] = [:]
    /// By address, where each session has one of several.
    public var addresses: [AddressUse] = []
    /// What the generator's threads had to wait for a processor, summed over them; nil where the kernel does not say.
    public var starved: Nanoseconds?
    /// The most sockets that the generator had open at one moment, summed over its loops.
    public var peakSockets: Int
    public var host: HostUse?
    public var balancer: ServerUse?
    /// What each step asked the environment to wait, where that differs from step to step.
    public var drawnWaits: DrawnSpans?
    /// Each session's hash names an environment of its own: two that are open at once must not have the same one.
    public var checksIsolation = false

    public init(
        key: CellKey, startedAt: WallTime, wall: Nanoseconds, sessions: [SessionRecord], hosts: [String],
        steps: LatencyHistogram, stepWindow: StepWindow?, stepsInWindow: Double, stepTime: Nanoseconds,
        pacing: Pacing = .free, rounds: [LockstepRound] = [], lateSteps: Int? = nil,
        generator: GeneratorUse, server: ServerUse? = nil, samples: [CellSample] = [], reportedSessionCap: Int? = nil,
        starved: Nanoseconds? = nil, peakSockets: Int = 0, drawnWaits: DrawnSpans? = nil, reportedActiveSessions: Int? = nil,
        texts: [ServerText] = [],
        oddities: [Oddity: Int] = [:]
    ) {
        self.key = key
        self.startedAt = startedAt
        self.wall = wall
        self.sessions = sessions
        self.hosts = hosts
        self.steps = steps
        self.stepWindow = stepWindow
        self.stepsInWindow = stepsInWindow
        self.stepTime = stepTime
        self.pacing = pacing
        self.rounds = rounds
        self.lateSteps = lateSteps
        self.generator = generator
        self.server = server
        self.samples = samples
        self.reportedSessionCap = reportedSessionCap
        self.starved = starved
        self.peakSockets = peakSockets
        self.drawnWaits = drawnWaits
        self.reportedActiveSessions = reportedActiveSessions
        self.texts = texts
        self.oddities = oddities
    }

    /// Charges what connections suffered from a server that was ended to its end, and to nothing else.
    /// - Parameter lastAlive: since the cell began; what failed before has another cause.
    public mutating func attribute(toEndAfter lastAlive: Nanoseconds) {
        for index in sessions.indices {
            guard let failure = sessions[index].failure, failure.at >= lastAlive, failure.kind.mayComeFromAnEnd else { continue }
            sessions[index].failure?.kind = .providerTerminated
            // A number of the connection's end says how it was noticed, and nothing about why.
            sessions[index].failure?.code = nil
        }
    }

    /// The waits that the successful steps of a session asked for.
    func asked(by session: SessionRecord) -> Nanoseconds {
        drawnWaits?.sum(session: session.session, steps: Int(session.stepsDone)) ?? key.wait * Int(session.stepsDone)
    }
}
