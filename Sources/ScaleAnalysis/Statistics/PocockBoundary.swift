import Glibc

/// The level that each of several looks at growing evidence is held to, so that all of them together keep theirs.
///
/// S. J. Pocock, "Group sequential methods in the design and analysis of clinical trials", Biometrika 64 (1977): the same level at
/// every look. Its chance of a false alarm comes from the recursive integration of P. Armitage, C. K. McPherson and B. C. Rowe,
/// "Repeated significance tests on accumulating data", Journal of the Royal Statistical Society A 132 (1969). It is that of normal
/// sums; as Pocock proposes, the level is then used with Student's t.
public enum PocockBoundary {
    /// The two-sided level of each look.
    /// - Parameters:
    ///   - looks: after how many values each is, ascending, from 1; they need not be evenly spaced.
    ///   - alpha: the chance that any of them is a false alarm, 0 to 1.
    public static func nominalLevel(looks: [Int], alpha: Double) -> Double {
        guard looks.count > 1, alpha > 0, alpha < 1 else { return alpha }
        // One look would take the whole of α, and each of k has at least α ÷ k.
        var low = -NormalDistribution.quantile(alpha / 2)
        var high = -NormalDistribution.quantile(alpha / 2 / Double(looks.count))
        let rule = GaussLegendre.points(fewest(looks: looks, bound: high))
        // The false alarm falls with the bound, by half in each turn of the loop at the slowest.
        while high - low > 1e-11 {
            let middle = (low + high) / 2
            if falseAlarm(looks: looks, bound: middle, rule: rule) > alpha { low = middle } else { high = middle }
        }
        return 2 * NormalDistribution.cumulative(-(low + high) / 2)
    }

    /// Points of the integration that are at most half as far apart as what comes between two looks spreads the sum.
    private static func fewest(looks: [Int], bound: Double) -> Int {
        zip(looks, looks.dropFirst()).reduce(32) { most, pair in
            max(most, Int(6 * bound * (Double(pair.1) / Double(max(1, pair.1 - pair.0))).squareRoot()))
        }
    }

    /// The chance that |Σ of n standard normal values| ÷ √n is above `bound` at any of the looks.
    private static func falseAlarm(looks: [Int], bound: Double, rule: [GaussLegendre.Point]) -> Double {
        // The density of the sum at the first look, within its bounds, at the points of the rule.
        var reach = bound * Double(looks[0]).squareRoot()
        var density = rule.map { $0.weight * reach * normal($0.at * reach, variance: Double(looks[0])) }
        for (previous, next) in zip(looks, looks.dropFirst()) {
            let variance = Double(next - previous)
            let wider = bound * Double(next).squareRoot()
            let narrow = reach
            density = rule.map { point in
                let sum = point.at * wider
                var value = 0.0
                for index in rule.indices { value += density[index] * normal(sum - rule[index].at * narrow, variance: variance) }
                return point.weight * wider * value
            }
            reach = wider
        }
        return 1 - density.reduce(0, +)
    }

    private static func normal(_ value: Double, variance: Double) -> Double {
        exp(-value * value / (2 * variance)) / (2 * .pi * variance).squareRoot()
    }
}

/// Points and weights with which the integral of a smooth function from −1 to 1 is a sum: zeros of the Legendre polynomial P_n,
/// DLMF 3.5(v).
enum GaussLegendre {
    struct Point: Sendable {
        var at: Double
        var weight: Double
    }

    static func points(_ count: Int) -> [Point] {
        (1...count).map { index in
            var x = cos(.pi * (Double(index) - 0.25) / (Double(count) + 0.5))
            var slope = 1.0
            for _ in 0..<100 {
                var (last, value) = (1.0, x)
                for n in 2...count {
                    let n = Double(n)
                    (last, value) = (value, ((2 * n - 1) * x * value - (n - 1) * last) / n)
                }
                slope = Double(count) * (x * value - last) / (x * x - 1)
                let step = value / slope
                x -= step
                if step.magnitude < 1e-16 { break }
            }
            return Point(at: x, weight: 2 / ((1 - x * x) * slope * slope))
        }
    }
}
