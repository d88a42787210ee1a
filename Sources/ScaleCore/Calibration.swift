/// What the generator, this host's network stack and a server that does nothing show at one N, when all sessions are opened
/// at once and step when they are open: what of a latency is not the server's. Steps and totals are without the waits.
public struct LatencyFloor: Hashable, Sendable, Codable {
    public var connectP50: Nanoseconds
    public var connectP99: Nanoseconds
    public var stepP50: Nanoseconds
    public var stepP99: Nanoseconds
    public var totalP50: Nanoseconds
    public var totalP99: Nanoseconds

    public init(
        connectP50: Nanoseconds, connectP99: Nanoseconds, stepP50: Nanoseconds, stepP99: Nanoseconds,
        totalP50: Nanoseconds, totalP99: Nanoseconds
    ) {
        self.connectP50 = connectP50
        self.connectP99 = connectP99
        self.stepP50 = stepP50
        self.stepP99 = stepP99
        self.totalP50 = totalP50
        self.totalP99 = totalP99
    }
}

/// What a calibration was made with: only one of the same kind says something about a cell.
public struct CalibrationKey: Hashable, Sendable, Codable {
    /// Equal for equal hosts and versions of scalebench; 16 hexadecimal digits.
    public var host: String
    public var mode: Mode
    /// N: sessions opened at once.
    public var sessions: Int
    public var threads: Int
    public var processes: Int

    public init(host: String, mode: Mode, sessions: Int, threads: Int, processes: Int) {
        self.host = host
        self.mode = mode
        self.sessions = sessions
        self.threads = threads
        self.processes = processes
    }
}

/// The ceiling of this generator on this host at one N, driven against the null server.
public struct CalibrationRecord: Hashable, Sendable, Codable {
    public var key: CalibrationKey
    public var measuredAt: WallTime
    public var version: String
    /// Sessions opened, reset, stepped once without a wait and closed, ÷ wall.
    public var sessionsPerSecond: Double
    /// Steps without a wait over connections that stand, ÷ window.
    public var stepsPerSecond: Double
    public var cpuPerSession: Nanoseconds
    /// The generator's memory above what it uses without sessions, ÷ N; nil where the kernel does not say.
    public var bytesPerSession: Int?
    public var floor: LatencyFloor

    public init(
        key: CalibrationKey, measuredAt: WallTime, version: String, sessionsPerSecond: Double, stepsPerSecond: Double,
        cpuPerSession: Nanoseconds, bytesPerSession: Int?, floor: LatencyFloor
    ) {
        self.key = key
        self.measuredAt = measuredAt
        self.version = version
        self.sessionsPerSecond = sessionsPerSecond
        self.stepsPerSecond = stepsPerSecond
        self.cpuPerSession = cpuPerSession
        self.bytesPerSession = bytesPerSession
        self.floor = floor
    }
}
