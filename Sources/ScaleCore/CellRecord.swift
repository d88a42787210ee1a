/// Order statistics of one measured quantity, by nearest rank on an HDR histogram of three digits.
public struct LatencySummary: Hashable, Sendable, Codable {
    public var count: Int
    /// This, ``mean``, ``p90`` and ``max`` are nil only where the cell is imported.
    public var min: Nanoseconds?
    public var mean: Nanoseconds?
    public var p50: Nanoseconds
    public var p90: Nanoseconds?
    public var p95: Nanoseconds
    public var p99: Nanoseconds
    public var max: Nanoseconds?

    public init(
        count: Int, min: Nanoseconds?, mean: Nanoseconds?, p50: Nanoseconds, p90: Nanoseconds?, p95: Nanoseconds,
        p99: Nanoseconds, max: Nanoseconds?
    ) {
        self.count = count
        self.min = min
        self.mean = mean
        self.p50 = p50
        self.p90 = p90
        self.p95 = p95
        self.p99 = p99
        self.max = max
    }
}

/// What a cell's latencies are called. The raw values name columns and histograms in the store.
public enum Metric: String, Hashable, Sendable, Codable, CaseIterable {
    /// From the intended start.
    case connect
    /// From the actual start.
    case connectService = "connect_service"
    case queue
    case reset
    case step
    /// From the intended start to the last step's answer.
    case total
    case totalService = "total_service"
    /// `total` less the waits that were asked for and the policy's think time.
    case overhead
    /// Actual start less intended start: the generator's own lateness.
    case lag = "start_lag"
    /// Per round of a lock-step batch: from its release to its last answer.
    case makespan
    /// `makespan` less the mean step of the round: what its slowest session cost the others.
    case straggler
}

/// What stopped a cell from doing better.
public enum Limiter: String, Hashable, Sendable, Codable, CaseIterable {
    case none
    case serverCPU = "server-cpu"
    case sessionCap = "session-cap"
    /// Places that the servers count as taken by sessions which are none of this cell's.
    case sessionLeak = "session-leak"
    case serverOther = "server-other"
    case proxy
    case network
    case kernel
    case generator
    case clientLimit = "client-limit"
    case unknown

    /// A cell that the generator limited says nothing about the servers, and one beside the sessions of others nothing about
    /// how many they hold.
    public var invalidatesCell: Bool { self == .generator || self == .clientLimit || self == .sessionLeak }
}

public struct Verdict: Hashable, Sendable, Codable {
    public var limiter: Limiter
    /// The facts behind it, in one sentence.
    public var evidence: String

    public init(_ limiter: Limiter, evidence: String) {
        self.limiter = limiter
        self.evidence = evidence
    }
}

public struct FailureCount: Hashable, Sendable, Codable {
    public var kind: FailureKind
    public var phase: Phase
    public var code: Int32?
    public var count: Int
    /// When the first one happened, since the cell began.
    public var firstAt: Nanoseconds

    public init(kind: FailureKind, phase: Phase, code: Int32?, count: Int, firstAt: Nanoseconds) {
        self.kind = kind
        self.phase = phase
        self.code = code
        self.count = count
        self.firstAt = firstAt
    }
}

/// What the generator itself used during a cell.
public struct GeneratorUse: Hashable, Sendable, Codable {
    public var cpu: Nanoseconds
    /// Of the whole process during the cell; since its start where the kernel does not let the mark be reset. Of
    /// several processes the sum of their peaks.
    public var peakRSSBytes: Int
    /// In all processes together.
    public var threads: Int
    /// How late the loops came to the beats of their pulse, beats they missed included.
    public var loopLagP99: Nanoseconds?
    public var loopLagMax: Nanoseconds?
    /// Share of this host's calibrated ceiling, 0 to 1; nil where none is known.
    public var ceilingFraction: Double?
    /// Over which ``cpu``, ``peakRSSBytes`` and ``threads`` are summed.
    public var processes: Int

    public init(
        cpu: Nanoseconds, peakRSSBytes: Int, threads: Int, loopLagP99: Nanoseconds? = nil, loopLagMax: Nanoseconds? = nil,
        ceilingFraction: Double? = nil, processes: Int = 1
    ) {
        self.cpu = cpu
        self.peakRSSBytes = peakRSSBytes
        self.threads = threads
        self.loopLagP99 = loopLagP99
        self.loopLagMax = loopLagMax
        self.ceilingFraction = ceilingFraction
        self.processes = processes
    }
}

/// What the server's processes used during a cell, where they can be read.
public struct ServerUse: Hashable, Sendable, Codable {
    public var cpu: Nanoseconds
    /// During the cell, summed over processes; since their start where they do not let the mark be reset.
    public var peakRSSBytes: Int

    public init(cpu: Nanoseconds, peakRSSBytes: Int) {
        self.cpu = cpu
        self.peakRSSBytes = peakRSSBytes
    }
}

/// One tick of a cell's time line, cumulative since the cell began.
public struct CellSample: Hashable, Sendable, Codable {
    public var at: Nanoseconds
    /// Sessions past reset and not closed.
    public var open: Int
    public var started: Int
    public var succeeded: Int
    public var failed: Int
    /// The latest beat of any loop since the previous sample.
    public var loopLag: Nanoseconds
    /// The generator's processor time so far.
    public var cpu: Nanoseconds

    public init(
        at: Nanoseconds, open: Int, started: Int, succeeded: Int, failed: Int, loopLag: Nanoseconds, cpu: Nanoseconds
    ) {
        self.at = at
        self.open = open
        self.started = started
        self.succeeded = succeeded
        self.failed = failed
        self.loopLag = loopLag
        self.cpu = cpu
    }
}

/// A finished cell as it is stored and as every reader sees it.
public struct CellRecord: Hashable, Sendable {
    public var key: CellKey
    public var startedAt: WallTime
    /// From the release of the cell to the end of its last session.
    public var wall: Nanoseconds
    public var succeeded: Int
    public var failed: Int
    public var failures: [FailureCount]
    public var latencies: [Metric: LatencySummary]
    /// From the release of the cell to the end of its last successful session; nil where none succeeded, and where the
    /// cell is imported or older than this was kept.
    public var lastSuccess: Nanoseconds?
    /// Successful sessions ÷ ``lastSuccess``; ÷ ``wall`` where that is nil.
    public var sessionsPerSecond: Double?
    /// Successful steps ÷ window, where the window runs from the first step's start to the last one's answer.
    public var stepsPerSecond: Double?
    /// In-step time of the successful steps ÷ window.
    public var effectiveConcurrency: Double?
    /// The most sessions that were past reset and not over at one moment; nil where the cell is imported.
    public var peakOpen: Int?
    public var uniquePids: Int
    public var uniqueSessions: Int
    public var uniqueHosts: Int
    /// Sessions that started more than ``lateStart`` after they were meant to.
    public var lateStarts: Int
    /// Nil where the cell is imported.
    public var generator: GeneratorUse?
    public var server: ServerUse?
    public var verdict: Verdict
    /// The sessions the server said it admits at most, from its refusals.
    public var reportedSessionCap: Int?
    /// The most sessions that a server said it had open, from the same refusals.
    public var reportedActiveSessions: Int?
    /// What the servers said to sessions that failed, the most frequent first.
    public var texts: [ServerText] = []
    /// How often the servers did what is unusual and fails no session.
    public var oddities: [Oddity: Int] = [:]
    /// By address, where there are several; empty for one, and where sessions share the connections of a pool.
    public var addresses: [AddressUse] = []
    /// Steps of a trace with its original timing that were sent later than it says; nil for any other load.
    public var lateSteps: Int?
    public var hold: HoldSummary?
    public var lockstep: LockstepSummary?
    public var host: HostUse?
    /// What a balancer between the generator and the servers used, where its processes can be read.
    public var balancer: ServerUse?
    /// The generator's own latency at this N, from its calibration.
    public var floor: LatencyFloor?
    /// The consistency checks that the cell's numbers break, in the order of their declaration.
    public var checks: [CheckViolation] = []

    /// A start later than this counts as late: well above a turn of an idle loop (some 100 µs) and below any pace that
    /// one session after the other is started at.
    public static let lateStart = Nanoseconds.milliseconds(1)

    /// Whether the cell says how many sessions the servers hold. One that the generator limited does not, nor does one in
    /// which the servers were ended.
    public var valid: Bool { !verdict.limiter.invalidatesCell && !isTerminated }
    public var isTerminated: Bool { failures.contains { $0.kind == .providerTerminated } }
    public var successRate: Double { key.sessions == 0 ? 0 : Double(succeeded) / Double(key.sessions) }

    public init(
        key: CellKey, startedAt: WallTime, wall: Nanoseconds, succeeded: Int, failed: Int, failures: [FailureCount],
        latencies: [Metric: LatencySummary], sessionsPerSecond: Double?, stepsPerSecond: Double?,
        effectiveConcurrency: Double?, peakOpen: Int?, uniquePids: Int, uniqueSessions: Int, uniqueHosts: Int,
        lateStarts: Int = 0, generator: GeneratorUse?, server: ServerUse?, verdict: Verdict, reportedSessionCap: Int?
    ) {
        self.key = key
        self.startedAt = startedAt
        self.wall = wall
        self.succeeded = succeeded
        self.failed = failed
        self.failures = failures
        self.latencies = latencies
        self.sessionsPerSecond = sessionsPerSecond
        self.stepsPerSecond = stepsPerSecond
        self.effectiveConcurrency = effectiveConcurrency
        self.peakOpen = peakOpen
        self.uniquePids = uniquePids
        self.uniqueSessions = uniqueSessions
        self.uniqueHosts = uniqueHosts
        self.lateStarts = lateStarts
        self.generator = generator
        self.server = server
        self.verdict = verdict
        self.reportedSessionCap = reportedSessionCap
    }
}

/// Everything that one transaction writes: the cell, its sessions and its distributions.
public struct FinishedCell: Sendable {
    public var record: CellRecord
    public var sessions: [SessionRecord]
    /// What ``SessionRecord/host`` points into.
    public var hosts: [String]
    /// HDR V2 encoding per metric.
    public var histograms: [Metric: [UInt8]]
    public var samples: [CellSample]

    public init(
        record: CellRecord, sessions: [SessionRecord], hosts: [String], histograms: [Metric: [UInt8]],
        samples: [CellSample]
    ) {
        self.record = record
        self.sessions = sessions
        self.hosts = hosts
        self.histograms = histograms
        self.samples = samples
    }
}
