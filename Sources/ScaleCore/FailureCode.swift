extension FailureKind {
    /// What the number kept with a failure of this kind is called: `errno 104`, `HTTP status 503`, `close code 1011`,
    /// `certificate error 10`, `session hash changed`, `message of another type`. A connection may end with a WebSocket close code, which start at
    /// 1000 (RFC 6455 section 7.4), or with an errno, which lie below. Nil for no number.
    public func named(_ code: Int32?) -> String? {
        guard let code else { return nil }
        if self == .protocolViolation, let broken = IsolationBreak(rawValue: code) { return broken.words }
        if let breach = breach(code) { return breach.words }
        switch self {
        case .httpStatus, .badHandshake, .gateway: return "HTTP status \(code)"
        case .closedMidSession, .closedIdle, .protocolViolation, .messageTooLarge:
            return code < 1000 ? "errno \(code)" : "close code \(code)"
        case .tls: return "certificate error \(code)"
        default: return "errno \(code)"
        }
    }

    /// The code that ``named(_:)`` gives these words; nil where no violation has them.
    public func code(named words: String) -> Int32? {
        let codes = IsolationBreak.allCases.map(\.rawValue) + ProtocolBreach.allCases.map(\.rawValue)
        return self == .protocolViolation || self == .badHandshake ? codes.first { named($0) == words } : nil
    }
}
