import Glibc

/// The beta distribution, which the exact bounds of a rate and Student's t are read from.
public struct BetaDistribution: Hashable, Sendable {
    /// Above 0.
    public var a: Double
    /// Above 0.
    public var b: Double

    public init(a: Double, b: Double) {
        self.a = a
        self.b = b
    }

    /// The x at which ``cumulative(_:)`` reaches `probability`, by bisection down to the last bit: the function is
    /// monotone, and one bound a cell is not worth a faster method with corner cases.
    public func quantile(_ probability: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        while true {
            let middle = low + (high - low) / 2
            if middle <= low || middle >= high { return low }
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
    }

    /// The chance of `x` or less: the regularized incomplete beta function I_x(a, b) by its continued fraction, DLMF 8.17.22, on the
    /// side where that converges fast, else by the symmetry DLMF 8.17.4.
    public func cumulative(_ x: Double) -> Double {
        if x <= 0 { return 0 }
        if x >= 1 { return 1 }
        let front = exp(a * log(x) + b * log1p(-x) + Self.logGamma(a + b) - Self.logGamma(a) - Self.logGamma(b))
        return x < (a + 1) / (a + b + 2)
            ? front * Self.continuedFraction(x, a: a, b: b) / a
            : 1 - front * Self.continuedFraction(1 - x, a: b, b: a) / b
    }

    /// Evaluated by Lentz's method as modified by Thompson and Barnett, J. Comput. Phys. 64 (1986): a denominator of
    /// zero is replaced by a tiny one. It converges within O(√max(a, b)) terms; the limit is far above that.
    private static func continuedFraction(_ x: Double, a: Double, b: Double) -> Double {
        let tiny = 1e-300
        func nonzero(_ value: Double) -> Double { value.magnitude < tiny ? tiny : value }
        var c = 1.0
        var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
        var result = d
        for m in 1...100_000 {
            let m = Double(m)
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / nonzero(1 + even * d)
            c = nonzero(1 + even / c)
            result *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / nonzero(1 + odd * d)
            c = nonzero(1 + odd / c)
            result *= d * c
            if (d * c - 1).magnitude < 1e-15 { break }
        }
        return result
    }

    /// ln Γ(x) for x above 0: shifted above 10 by the recurrence, then Stirling's series, DLMF 5.11.1. The C library's
    /// `lgamma` writes a global variable, so it is no function to call from many threads.
    static func logGamma(_ x: Double) -> Double {
        var x = x
        var shift = 1.0
        while x < 10 {
            shift *= x
            x += 1
        }
        let inverse = 1 / x
        let square = inverse * inverse
        let series =
            inverse
            * (1 / 12.0 - square * (1 / 360.0 - square * (1 / 1260.0 - square * (1 / 1680.0 - square / 1188.0))))
        return (x - 0.5) * log(x) - x + 0.5 * log(2 * Double.pi) + series - log(shift)
    }
}
