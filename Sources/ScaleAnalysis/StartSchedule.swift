import Glibc
import ScaleCore

/// The intended starts of a cell's sessions, by their number in the cell: a pure function of number, seed and shape,
/// never falling from one session to the next, or given one by one. Made before the cell's clock starts.
public struct StartSchedule: Sendable {
    private let shape: LoadShape
    private let sessions: Int
    /// Only where a start is a sum over those before it.
    private let arrivals: [Nanoseconds]
    /// Whether starts were given, in any order.
    public let isGiven: Bool

    /// - Parameter sessions: how many there are, 0 or more.
    public init(_ shape: LoadShape, sessions: Int, seed: UInt64) {
        self.shape = shape
        self.sessions = sessions
        isGiven = false
        if case .open(let rate, .poisson) = shape {
            arrivals = Self.poisson(rate: rate, sessions: sessions, seed: seed)
        } else {
            arrivals = []
        }
    }

    /// - Parameter starts: of each session, from 0.
    public init(starts: [Nanoseconds]) {
        shape = .burst
        sessions = starts.count
        arrivals = starts
        isGiven = true
    }

    /// When session `index`, from 0 and below the count, is meant to start, since the release of the cell.
    public subscript(index: Int) -> Nanoseconds {
        switch shape {
        case .burst: return isGiven ? arrivals[index] : .zero
        case .ramp(let span):
            // i × span ÷ N without overflow: index is below the count, so the quotient is below the span.
            let product = span.rawValue.multipliedFullWidth(by: Int64(index))
            return Nanoseconds(Int64(sessions).dividingFullWidth(product).quotient)
        case .open(let rate, .even): return .seconds(Double(index) / rate)
        case .open(_, .poisson): return arrivals[index]
        }
    }

    /// A Poisson process from the release on: gaps −ln(1 − u) ÷ rate, u uniform (inversion; Devroye, "Non-Uniform
    /// Random Variate Generation", 1986, section II.2).
    private static func poisson(rate: Double, sessions: Int, seed: UInt64) -> [Nanoseconds] {
        var arrivals: [Nanoseconds] = []
        arrivals.reserveCapacity(sessions)
        var elapsed = 0.0
        for index in 0..<sessions {
            elapsed -= log(1 - Draw.unit(Draw.bits(.arrival, seed: seed, index))) / rate
            arrivals.append(.seconds(elapsed))
        }
        return arrivals
    }
}
