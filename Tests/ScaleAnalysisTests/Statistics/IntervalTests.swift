import Glibc
import ScaleAnalysis
import Testing

@Suite("intervals and levels") struct IntervalTests {
    /// Newcombe 1998, table II, method 10.
    @Test(arguments: [
        (56, 70, 48, 80, 0.0524, 0.3339), (9, 10, 3, 10, 0.1705, 0.8090), (10, 10, 0, 20, 0.6791, 1), (0, 10, 0, 20, -0.1611, 0.2775),
    ])
    func `Newcombe's published intervals`(b: Int, ofB: Int, a: Int, ofA: Int, low: Double, high: Double) throws {
        let found = try #require(ProportionDifference(successesA: a, trialsA: ofA, successesB: b, trialsB: ofB))
        let interval = found.interval(confidence: 0.95)
        #expect((interval.lowerBound - low).magnitude < 0.00006)
        #expect((interval.upperBound - high).magnitude < 0.00006)
    }

    @Test func `no rate without trials`() {
        #expect(ProportionDifference(successesA: 0, trialsA: 0, successesB: 1, trialsB: 1) == nil)
    }

    /// Pocock 1977, table 1, and for 1 % C. Jennison and B. W. Turnbull, "Group Sequential Methods" (2000), table 2.1.
    @Test(arguments: [
        (1, 0.05, 0.05), (2, 0.05, 0.0294), (3, 0.05, 0.0221), (4, 0.05, 0.0182), (5, 0.05, 0.0158), (10, 0.05, 0.0106),
        (2, 0.01, 0.0056), (4, 0.01, 0.0033),
    ])
    func `Pocock's published levels`(looks: Int, alpha: Double, nominal: Double) {
        let found = PocockBoundary.nominalLevel(looks: (1...looks).map { $0 * 5 }, alpha: alpha)
        #expect((found - nominal).magnitude < 0.00006)
    }

    /// Looks at almost the same values are almost one look, and looks far apart are almost independent.
    @Test func `levels of looks that are not evenly spaced`() {
        #expect(PocockBoundary.nominalLevel(looks: [1000, 1001], alpha: 0.05) > 0.047)
        let independent = 1 - pow(0.95, 1 / 2.0)
        #expect((PocockBoundary.nominalLevel(looks: [1, 1000], alpha: 0.05) - independent).magnitude < 0.0002)
        let standard = PocockBoundary.nominalLevel(looks: [6, 10, 14, 18], alpha: 0.05)
        #expect(standard > 0.0182)
        #expect(standard < 0.0221)
    }

    @Test func `Holm's correction`() {
        #expect(isNear(MultipleTesting.holm([0.01, 0.04, 0.03, 0.005]), [0.03, 0.06, 0.06, 0.02]))
        #expect(MultipleTesting.holm([0.6, 0.7]) == [1, 1])
        #expect(MultipleTesting.holm([]).isEmpty)
    }

    @Test func `Benjamini and Hochberg's correction`() {
        #expect(isNear(MultipleTesting.benjaminiHochberg([0.01, 0.04, 0.03, 0.005]), [0.02, 0.04, 0.04, 0.02]))
        #expect(isNear(MultipleTesting.benjaminiHochberg([0.04, 0.001, 0.9]), [0.06, 0.003, 0.9]))
    }

    private func isNear(_ a: [Double], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-12 }
    }

    /// Twenty pairs that vary by 10 %: (2.0930 + 0.8610) × 0.1 ÷ √20 in the logarithm.
    @Test func `smallest change that would be found`() throws {
        let found = DetectableEffect.share(deviation: 0.1, pairs: 20)
        #expect((found - 0.06392).magnitude < 0.00002)
        let values = [0.1, -0.1, 0.05, -0.05]
        let deviation = (0.025 / 3).squareRoot()
        let same = try #require(DetectableEffect.share(logRatios: values))
        #expect((same - DetectableEffect.share(deviation: deviation, pairs: 4)).magnitude < 1e-12)
        #expect(DetectableEffect.share(logRatios: [1]) == nil)
        #expect(DetectableEffect.share(deviation: 0.1, pairs: 20, power: 0.95) > found)
    }
}

@Suite("BCa bootstrap") struct BCaBootstrapTests {
    private let skewed = [0.1, 0.2, 0.25, 0.3, 0.4, 0.5, 0.7, 1.1, 2.0, 4.9]

    @Test func `of a symmetric sample it is symmetric`() throws {
        let found = try #require(BCaBootstrap([-3, -2, -1, 1, 2, 3], resamples: 10_000, seed: 7))
        #expect(found.acceleration == 0)
        #expect(found.bias.magnitude < 0.04)
        let interval = found.interval(confidence: 0.9)
        #expect((interval.lowerBound + interval.upperBound).magnitude < 0.15)
    }

    /// The long tail is above: the interval reaches further there than that of the plain percentiles, at both ends.
    @Test func `of a skewed sample it leans to the tail`() throws {
        let found = try #require(BCaBootstrap(skewed, resamples: 10_000, seed: 7))
        #expect(found.acceleration > 0.05)
        let interval = found.interval(confidence: 0.95)
        #expect(interval.lowerBound > found.means[249])
        #expect(interval.upperBound > found.means[9749])
    }

    @Test func `equal seeds give equal intervals, and others others`() throws {
        let first = try #require(BCaBootstrap(skewed, resamples: 500, seed: 1))
        #expect(first.means == BCaBootstrap(skewed, resamples: 500, seed: 1)?.means)
        #expect(first.means != BCaBootstrap(skewed, resamples: 500, seed: 2)?.means)
    }

    @Test func `values that do not differ leave nothing open`() throws {
        let equal = try #require(BCaBootstrap(Array(repeating: 0.1, count: 7), resamples: 100, seed: 1))
        #expect(equal.interval(confidence: 0.95) == 0.1...0.1)
        #expect(BCaBootstrap([1], resamples: 100, seed: 1) == nil)
    }

    /// Every value is drawn as often as any other, within four standard deviations of its count.
    @Test func `draws are uniform`() throws {
        let count = 5
        let resamples = 40_000
        for place in 0..<count {
            var values = [Double](repeating: 0, count: count)
            values[place] = 1
            let found = try #require(BCaBootstrap(values, resamples: resamples, seed: 11))
            let drawn = found.means.reduce(0, +) * Double(count)
            let expected = Double(resamples)
            #expect((drawn - expected).magnitude < 4 * (expected * 0.8).squareRoot())
        }
    }
}
