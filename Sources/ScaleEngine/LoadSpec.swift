import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleTLS

/// An endpoint whose name has been resolved: what a loop connects to without asking anyone.
public struct LoadTarget: Sendable {
    public var endpoint: Endpoint
    public var address: SocketAddress
    /// Addresses that connections go out from, in turn; empty where the kernel chooses. Each has all local ports of this
    /// host for connections to ``address``.
    public var sources: [SocketAddress]

    public init(endpoint: Endpoint, address: SocketAddress, sources: [SocketAddress] = []) {
        self.endpoint = endpoint
        self.address = address
        self.sources = sources
    }
}

/// Everything one cell needs, as values: no name is resolved and nothing is parsed once its clock runs.
public struct LoadSpec: Sendable {
    public var key: CellKey
    /// Sessions are spread over these round robin.
    public var targets: [LoadTarget]
    public var shape: LoadShape
    public var pacing: Pacing
    /// The policy's time between an answer and the next step.
    public var think: SpanDistribution?
    /// What the waits are drawn from instead of the key's wait; ``action`` then leaves the wait open.
    public var waitSpread: SpanDistribution?
    /// Sends every step, also after the environment said that the episode is done.
    public var ignoresDone: Bool
    public var timeouts: PhaseTimeouts
    public var httpConnections: ConnectionPolicy
    public var action: ActionTemplate
    /// Recorded episodes: their resets, actions and numbers of steps, of which the key's is the most, instead.
    public var trace: Trace?
    /// Needed when a target is secure.
    public var tls: TLSContext?
    /// Loops to spread the sessions over, each on a thread of its own, in all processes together.
    public var threads: Int
    /// Which of them this process runs; nil for all.
    public var loops: Range<Int>?
    public var seed: UInt64

    public init(
        key: CellKey, targets: [LoadTarget], shape: LoadShape = .burst, pacing: Pacing = .free,
        think: SpanDistribution? = nil, waitSpread: SpanDistribution? = nil, ignoresDone: Bool = false,
        timeouts: PhaseTimeouts, httpConnections: ConnectionPolicy = .perSession, action: ActionTemplate,
        trace: Trace? = nil, tls: TLSContext? = nil, threads: Int = 1, loops: Range<Int>? = nil,
        seed: UInt64 = 0
    ) {
        self.key = key
        self.targets = targets
        self.shape = shape
        self.pacing = pacing
        self.think = think
        self.waitSpread = waitSpread
        self.ignoresDone = ignoresDone
        self.timeouts = timeouts
        self.httpConnections = httpConnections
        self.action = action
        self.trace = trace
        self.tls = tls
        self.threads = threads
        self.loops = loops
        self.seed = seed
    }

    /// When the sessions are meant to start.
    var schedule: StartSchedule {
        if let trace, trace.timing == .original { return trace.schedule(sessions: key.sessions) }
        return StartSchedule(shape, sessions: key.sessions, seed: seed)
    }

    /// What every session is to do; of a trace, where each has its own number of steps, the most.
    var script: Script {
        var script = Script(
            mode: key.mode, steps: Int32(clamping: key.steps), wait: key.wait, isBenchmark: action.isBenchmark && trace == nil,
            thinks: think != nil || trace?.timing == .original, ignoresDone: ignoresDone)
        switch pacing {
        case .free: break
        case .lockstep: script.gate = .everyStep
        case .hold:
            script.gate = .once
            script.steps = .max
            script.startsOver = true
        }
        return script
    }

    /// Whether sessions have connections by turns, so that none has a target of its own.
    var sharesConnections: Bool {
        if key.mode == .http, case .pool = httpConnections { true } else { false }
    }

    /// The waits where they differ from step to step.
    var drawnWaits: DrawnSpans? { waitSpread.map { DrawnSpans($0, for: .wait, seed: seed) } }

    /// How many of `count` things numbered from 0 a loop has when each takes every `loops`-th from its own number on.
    public static func share(of count: Int, loop: Int, of loops: Int) -> Int { max(0, (count - loop + loops - 1) / loops) }
}
