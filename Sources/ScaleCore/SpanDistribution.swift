/// Where a span that is drawn anew for every step comes from.
public enum SpanDistribution: Hashable, Sendable, Codable {
    /// Always the same.
    case fixed(span: Nanoseconds)
    /// Every value of the range, both ends included, is as likely.
    case uniform(from: Nanoseconds, to: Nanoseconds)
    /// The logarithm of the span is normally distributed. `mean` is the arithmetic mean of the spans themselves, not of
    /// their logarithms; `sigma` is the standard deviation of their natural logarithm. So the median is
    /// mean ÷ exp(sigma² ÷ 2).
    case lognormal(mean: Nanoseconds, sigma: Double)

    /// The expected value.
    public var mean: Nanoseconds {
        switch self {
        case .fixed(let span): span
        case .uniform(let from, let to): Nanoseconds(from.rawValue + (to.rawValue - from.rawValue) / 2)
        case .lognormal(let mean, _): mean
        }
    }

    /// No draw is longer; nil where there is no such bound.
    public var longest: Nanoseconds? {
        switch self {
        case .fixed(let span): span
        case .uniform(_, let to): to
        case .lognormal: nil
        }
    }
}

extension SpanDistribution: CustomStringConvertible {
    /// As it is typed, in seconds: `0.2`, `uniform:0.1-0.5`, `lognormal:0.3,0.5`.
    public var description: String {
        switch self {
        case .fixed(let span): "\(span.seconds)"
        case .uniform(let from, let to): "uniform:\(from.seconds)-\(to.seconds)"
        case .lognormal(let mean, let sigma): "lognormal:\(mean.seconds),\(sigma)"
        }
    }
}
