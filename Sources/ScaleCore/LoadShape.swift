/// When the sessions of a cell are meant to start.
public enum LoadShape: Hashable, Sendable, Codable {
    /// All at once: every start is intended at the release of the burst.
    case burst
    /// Spread evenly: session i of N at i / N of the span.
    case ramp(over: Nanoseconds)
    /// An open loop: sessions arrive at a rate per second, above 0, whatever the server does with those before.
    case open(rate: Double, arrivals: Arrivals)

    /// How the sessions of an open loop follow each other.
    public enum Arrivals: String, Hashable, Sendable, Codable, CaseIterable {
        /// Independently: gaps are drawn from the exponential distribution, as users who know nothing of each other do.
        case poisson
        /// At equal gaps, the first session at once.
        case even
    }
}

extension LoadShape: CustomStringConvertible {
    /// Equal for equal shapes only: part of a plan's hash.
    public var description: String {
        switch self {
        case .burst: "burst"
        case .ramp(let span): "ramp \(span.rawValue)"
        case .open(let rate, let arrivals): "open \(rate) \(arrivals.rawValue)"
        }
    }
}
