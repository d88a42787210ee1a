/// Why one session failed. The raw values are stored and never change their meaning.
public enum FailureKind: String, Hashable, Sendable, Codable, CaseIterable, BitwiseCopyable {
    // The generator's own host.
    case fdLimit = "fd_limit"
    case portExhausted = "port_exhausted"
    case dns
    case `internal`
    // The way to the server.
    case refused
    case reset
    case timeout
    case unreachable
    case tls
    // The upgrade to WebSocket, or an HTTP answer other than 200.
    case httpStatus = "http_status"
    case badHandshake = "bad_handshake"
    // What the environment said.
    case capacityReached = "capacity_reached"
    case validation
    case execution
    case factory
    case session
    // The open connection.
    case closedMidSession = "closed_mid_session"
    /// The server closed the connection while nothing was asked of it.
    case closedIdle = "closed_idle"
    case protocolViolation = "protocol_violation"
    case messageTooLarge = "message_too_large"
    // What stands between or around.
    case gateway
    case providerTerminated = "provider_terminated"

    /// Who is answerable for a failure: only ``client`` makes a cell invalid.
    public enum Origin: String, Hashable, Sendable, Codable, CaseIterable {
        case client, connect, upgrade, environment, transport, infrastructure
    }

    public var origin: Origin {
        switch self {
        case .fdLimit, .portExhausted, .dns, .internal: .client
        case .refused, .reset, .unreachable, .tls: .connect
        case .httpStatus, .badHandshake: .upgrade
        case .capacityReached, .validation, .execution, .factory, .session: .environment
        case .timeout, .closedMidSession, .closedIdle, .protocolViolation, .messageTooLarge: .transport
        case .gateway, .providerTerminated: .infrastructure
        }
    }
}

extension FailureKind {
    /// Whether the end of a server looks like this to a session that it has or would have.
    public var mayComeFromAnEnd: Bool {
        switch self {
        case .refused, .reset, .unreachable, .badHandshake, .closedMidSession, .closedIdle, .gateway: true
        default: false
        }
    }
}

/// The part of a session that time is charged to, or in which it failed. The raw values are stored.
public enum Phase: String, Hashable, Sendable, Codable, CaseIterable, BitwiseCopyable {
    /// Waiting for a pooled connection (HTTP only).
    case queue
    /// TCP, TLS and, over WebSocket, the upgrade.
    case connect
    /// The first request: it includes the construction of the environment.
    case reset
    case step
    case close
}

/// One failed session: what, in which phase, the number behind it and when.
public struct SessionFailure: Hashable, Sendable, Codable, BitwiseCopyable {
    public var kind: FailureKind
    public var phase: Phase
    /// `errno`, HTTP status, WebSocket close code, ``IsolationBreak``, ``ProtocolBreach`` or OpenSSL's `X509_V_ERR_…`,
    /// whichever the kind calls for; nil where there is none.
    public var code: Int32?
    /// Since the cell began.
    public var at: Nanoseconds

    public init(kind: FailureKind, phase: Phase, code: Int32? = nil, at: Nanoseconds) {
        self.kind = kind
        self.phase = phase
        self.code = code
        self.at = at
    }
}
