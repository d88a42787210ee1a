/// Wilcoxon's signed-rank test: whether differences lie about 0, by the ranks of their sizes.
///
/// F. Wilcoxon, "Individual comparisons by ranking methods", Biometrics Bulletin 1 (1945). As he did, differences of 0 are
/// left out. Where sizes are equal they share midranks, and the chance is still exact, over all signs those ranks could have had.
public enum SignedRankTest {
    /// Up to so many differences the chance is exact; beyond, the sum of ranks is taken as normal.
    public static let mostExact = 50

    /// Two-sided, that the differences lie symmetrically about 0; 1 where all are 0 or there are none.
    public static func pValue(_ differences: [Double]) -> Double {
        let differences = differences.filter { $0 != 0 }
        guard !differences.isEmpty else { return 1 }
        let ranks = Midranks(differences.map(\.magnitude))
        let positive = zip(differences, ranks.doubled).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
        return differences.count <= mostExact
            ? exact(positive, ranks.doubled) : approximate(positive, ranks, differences.count)
    }

    /// Every difference has either sign with the same chance: in how many of the 2ⁿ ways the positive ones reach each sum.
    private static func exact(_ sum: Int, _ ranks: [Int]) -> Double {
        let total = ranks.reduce(0, +)
        var ways = [Double](repeating: 0, count: total + 1)
        ways[0] = 1
        var reached = 0
        for rank in ranks {
            for value in stride(from: reached, through: 0, by: -1) { ways[value + rank] += ways[value] }
            reached += rank
        }
        // The distribution is symmetric, so that one tail is enough.
        let tail = ways[0...min(sum, total - sum)].reduce(0, +)
        return min(1, 2 * tail / ways.reduce(0, +))
    }

    private static func approximate(_ sum: Int, _ ranks: Midranks, _ count: Int) -> Double {
        let count = Double(count)
        let mean = count * (count + 1) / 4
        let variance = count * (count + 1) * (2 * count + 1) / 24 - ranks.tieTerm / 48
        let z = (Double(sum) / 2 - mean).magnitude / variance.squareRoot()
        return min(1, 2 * NormalDistribution.cumulative(-z))
    }
}
