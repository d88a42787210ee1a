/// The Mann–Whitney U test: whether values of one sample tend to be larger than those of another, by their ranks.
///
/// H. B. Mann and D. R. Whitney, "On a test of whether one of two random variables is stochastically larger than the other",
/// Annals of Mathematical Statistics 18 (1947).
public enum MannWhitneyTest {
    /// Up to so many values in both samples together the chance is exact, over all ways to deal the ranks out; equal values
    /// share midranks. Beyond, U is taken as normal, corrected for ties and for its steps.
    public static let mostExact = 50

    /// Two-sided, that both samples come from the same distribution; 1 where one is empty.
    public static func pValue(_ a: [Double], _ b: [Double]) -> Double {
        guard !a.isEmpty, !b.isEmpty else { return 1 }
        let ranks = Midranks(a + b)
        let sum = ranks.doubled[..<a.count].reduce(0, +)
        return a.count + b.count <= mostExact
            ? exact(sum, ranks.doubled, choosing: a.count) : approximate(sum, ranks, a.count, b.count)
    }

    private static func exact(_ sum: Int, _ ranks: [Int], choosing count: Int) -> Double {
        let ways = sums(of: ranks, choosing: count)
        let all = ways.reduce(0, +)
        let lower = ways[...sum].reduce(0, +)
        let upper = ways[sum...].reduce(0, +)
        return min(1, 2 * min(lower, upper) / all)
    }

    private static func approximate(_ sum: Int, _ ranks: Midranks, _ a: Int, _ b: Int) -> Double {
        let (a, b) = (Double(a), Double(b))
        let all = a + b
        let u = Double(sum) / 2 - a * (a + 1) / 2
        let variance = a * b / 12 * (all + 1 - ranks.tieTerm / (all * (all - 1)))
        guard variance > 0 else { return 1 }
        let z = max(0, (u - a * b / 2).magnitude - 0.5) / variance.squareRoot()
        return min(1, 2 * NormalDistribution.cumulative(-z))
    }

    /// In how many ways `count` of the ranks have each sum. Counts of ways are whole up to 2⁵³, which 50 ranks do not reach.
    private static func sums(of ranks: [Int], choosing count: Int) -> [Double] {
        let total = ranks.reduce(0, +)
        let width = total + 1
        var ways = [Double](repeating: 0, count: (count + 1) * width)
        ways[0] = 1
        var reached = 0
        for (index, rank) in ranks.enumerated() {
            for chosen in stride(from: min(count, index + 1), through: 1, by: -1) {
                let (from, to) = ((chosen - 1) * width, chosen * width + rank)
                for value in 0...reached where ways[from + value] > 0 { ways[to + value] += ways[from + value] }
            }
            reached += rank
        }
        return Array(ways[(count * width)...])
    }

    /// The chance that U is `u` or less, for u from 0, where no values are equal.
    static func cumulative(_ a: Int, _ b: Int) -> [Double] {
        let ways = sums(of: Array(1...(a + b)), choosing: a)
        let all = ways.reduce(0, +)
        let least = a * (a + 1) / 2
        var sum = 0.0
        return ways[least...(least + a * b)].map { count in
            sum += count
            return sum / all
        }
    }
}
