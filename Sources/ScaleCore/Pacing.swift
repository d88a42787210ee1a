/// What a session waits for before its steps.
public enum Pacing: Hashable, Sendable, Codable {
    /// Nothing: each steps on its own.
    case free
    /// All sessions open and reset; when the last of them has, one release, and then each steps on its own for this
    /// long. A session whose answer comes later closes. How many steps that makes is up to the server.
    case hold(duration: Nanoseconds)
    /// Before every step, all others that are still in the batch.
    case lockstep

    /// How long the sessions are held; nil where nothing holds them.
    public var holds: Nanoseconds? {
        if case .hold(let duration) = self { duration } else { nil }
    }
}

extension Pacing: CustomStringConvertible {
    /// Equal for equal pacings only: part of a plan's hash.
    public var description: String {
        switch self {
        case .free: "free"
        case .hold(let duration): "hold \(duration.rawValue)"
        case .lockstep: "lockstep"
        }
    }
}
