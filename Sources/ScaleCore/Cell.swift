/// How a session talks to the environment.
public enum Mode: String, Hashable, Sendable, Codable, CaseIterable {
    /// One WebSocket, one environment, one episode.
    case ws
    /// Stateless calls: in OpenEnv every HTTP call builds an environment of its own, so this is no episode.
    case http
}

/// How HTTP sessions come by their connections.
public enum ConnectionPolicy: Hashable, Sendable, Codable {
    /// One keep-alive connection for the life of the session.
    case perSession
    /// A fresh connection for every call.
    case perRequest
    /// This many keep-alive connections shared by all sessions of a cell; waiting for one is the phase `queue`.
    case pool(Int)
}

extension ConnectionPolicy: CustomStringConvertible {
    public var description: String {
        switch self {
        case .perSession: "per-session"
        case .perRequest: "per-request"
        case .pool(let size): "pool:\(size)"
        }
    }

    /// Reads the spelling of ``description``; nil for anything else, a pool of none included.
    public init?(_ text: some StringProtocol) {
        switch String(text) {
        case "per-session": self = .perSession
        case "per-request": self = .perRequest
        case let other where other.hasPrefix("pool:"):
            guard let size = Int(other.dropFirst(5)), (1...10_000_000).contains(size) else { return nil }
            self = .pool(size)
        default: return nil
        }
    }
}

/// One point of the grid.
public struct CellKey: Hashable, Sendable, Codable {
    public var mode: Mode
    /// N: sessions offered, also called the batch.
    public var sessions: Int
    /// What each step asks the environment to wait.
    public var wait: Nanoseconds
    public var steps: Int
    /// From 1.
    public var rep: Int

    public init(mode: Mode, sessions: Int, wait: Nanoseconds, steps: Int, rep: Int) {
        self.mode = mode
        self.sessions = sessions
        self.wait = wait
        self.steps = steps
        self.rep = rep
    }
}

/// The largest time each phase may take. A session that oversteps one fails with ``FailureKind/timeout``.
public struct PhaseTimeouts: Hashable, Sendable, Codable {
    public var connect: Nanoseconds
    public var reset: Nanoseconds
    public var step: Nanoseconds
    public var close: Nanoseconds

    public init(connect: Nanoseconds, reset: Nanoseconds, step: Nanoseconds, close: Nanoseconds) {
        self.connect = connect
        self.reset = reset
        self.step = step
        self.close = close
    }

    public static func all(_ timeout: Nanoseconds) -> PhaseTimeouts {
        PhaseTimeouts(connect: timeout, reset: timeout, step: timeout, close: timeout)
    }
}
