import Glibc
import ScaleCore

/// The spans of a cell that are drawn per session and step. Each is a pure function of the seed, what it is for, the
/// session and the step, so it does not matter in which order or on which thread they are asked for.
public struct DrawnSpans: Hashable, Sendable {
    public var distribution: SpanDistribution
    public var purpose: DrawPurpose
    public var seed: UInt64

    public init(_ distribution: SpanDistribution, for purpose: DrawPurpose, seed: UInt64) {
        self.distribution = distribution
        self.purpose = purpose
        self.seed = seed
    }

    /// Never negative. Nothing is allocated.
    ///
    /// Lognormal by Box and Muller, "A Note on the Generation of Random Normal Deviates" (1958).
    /// - Parameters:
    ///   - session: its number in the cell, from 0.
    ///   - step: its number in the session, from 1.
    public subscript(session session: Int, step step: Int) -> Nanoseconds {
        switch distribution {
        case .fixed(let span): return span
        case .uniform(let from, let to):
            let share = Draw.unit(Draw.bits(purpose, seed: seed, session, step))
            return Nanoseconds(from.rawValue + Int64((share * Double(to.rawValue - from.rawValue)).rounded()))
        case .lognormal(let mean, let sigma):
            let bits = Draw.bits(purpose, seed: seed, session, step)
            let radius = (-2 * log(1 - Draw.unit(bits))).squareRoot()
            let deviate = radius * cos(2 * Double.pi * Draw.unit(SplitMix64.mixed(bits &+ SplitMix64.gamma)))
            return .seconds(min(mean.seconds * exp(sigma * deviate - sigma * sigma / 2), Draw.longestSeconds))
        }
    }

    /// What the first `steps` steps of a session sum up to.
    public func sum(session: Int, steps: Int) -> Nanoseconds {
        if case .fixed(let span) = distribution { return span * steps }
        return (0..<max(0, steps)).reduce(.zero) { $0 + self[session: session, step: $1 + 1] }
    }
}

/// What a random choice is for, so that choices about the same session and step do not depend on each other.
public enum DrawPurpose: UInt64, Hashable, Sendable {
    case arrival = 1
    case think
    case wait
}

/// Random numbers that are looked up by what they are for instead of drawn in a row.
enum Draw {
    /// No draw is longer than a year: the tail of a lognormal distribution has no end, a clock does.
    static let longestSeconds = 365.0 * 86_400

    static func bits(_ purpose: DrawPurpose, seed: UInt64, _ first: Int, _ second: Int = 0) -> UInt64 {
        var value = SplitMix64.mixed(seed &+ SplitMix64.gamma &* purpose.rawValue)
        value = SplitMix64.mixed(value &+ SplitMix64.gamma &* UInt64(bitPattern: Int64(first)))
        return SplitMix64.mixed(value &+ SplitMix64.gamma &* UInt64(bitPattern: Int64(second)))
    }

    /// From 0, below 1, in steps of 2⁻⁵³.
    static func unit(_ bits: UInt64) -> Double { Double(bits &>> 11) * 0x1p-53 }
}
