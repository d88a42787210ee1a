extension FailureKind {
    /// What the number kept with a failure of this kind is called: `errno 104`, `HTTP status 503`, `close code 1011`,
    /// `certificate error 10`, `session hash changed`. A connection may end with a WebSocket close code, which start at
    /// 1000 (RFC 6455 section 7.4), or with an errno, which lie below. Nil for no number.
    public func named(_ code: Int32?) -> String? {
        guard let code else { return nil }
        if self == .protocolViolation, let broken = IsolationBreak(rawValue: code) { return broken.words }
        switch self {
        case .httpStatus, .badHandshake, .gateway: return "HTTP status \(code)"
        case .closedMidSession, .closedIdle, .protocolViolation, .messageTooLarge:
            return code < 1000 ? "errno \(code)" : "close code \(code)"
        case .tls: return "certificate error \(code)"
        default: return "errno \(code)"
        }
    }
}
