/// How a session met another's environment instead of its own. The raw values are stored as the code of a
/// ``FailureKind/protocolViolation`` and never change their meaning; they lie below every WebSocket close code, which
/// start at 1000 (RFC 6455 section 7.4), so that one column holds both.
public enum IsolationBreak: Int32, Hashable, Sendable, Codable, CaseIterable {
    /// The session's hash is not the one that its earlier answers carried.
    case hashChanged = 1
    /// Another session that was open at the same time carried the same hash.
    case hashShared = 2
    /// The step count did not start at 0, or did not rise by one with each step.
    case stepCountJumped = 3

    /// What happened, for a sentence.
    public var words: String {
        switch self {
        case .hashChanged: "session hash changed"
        case .hashShared: "session hash shared by two live sessions"
        case .stepCountJumped: "step count jumped"
        }
    }
}

extension SessionFailure {
    /// Nil where the failure is of another sort.
    public var isolationBreak: IsolationBreak? { kind == .protocolViolation ? code.flatMap(IsolationBreak.init) : nil }
}

extension FailureCount {
    /// Nil where the failures are of another sort.
    public var isolationBreak: IsolationBreak? { kind == .protocolViolation ? code.flatMap(IsolationBreak.init) : nil }
}

extension CellRecord {
    /// The sessions that failed because they met another's environment; always 0 where the environment does not say whose
    /// it is, as over HTTP and for any action but the benchmark's.
    public var isolationBreaks: Int { failures.reduce(0) { $0 + ($1.isolationBreak == nil ? 0 : $1.count) } }
}
