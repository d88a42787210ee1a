/// When the steps of a recorded episode are sent again.
public enum TraceTiming: String, Hashable, Sendable, Codable, CaseIterable {
    /// One after the other, each when the one before has been answered and the policy has thought.
    case order
    /// Each at the time it was recorded at, or at once where the answer before it comes later.
    case original
}

/// A file of recorded episodes, as a plan knows it.
public struct TraceSource: Hashable, Sendable, Codable {
    /// Where it was read from: a label, which may differ between runs of one plan.
    public var path: String
    /// Of its bytes, 16 hexadecimal digits.
    public var fingerprint: String
    public var episodes: Int
    public var timing: TraceTiming

    public init(path: String, fingerprint: String, episodes: Int, timing: TraceTiming) {
        self.path = path
        self.fingerprint = fingerprint
        self.episodes = episodes
        self.timing = timing
    }

    /// Equal for traces that ask the same of an environment only: part of a plan's hash.
    public var identity: String { "\(fingerprint) \(episodes) \(timing.rawValue)" }
}
