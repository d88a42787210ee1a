import Glibc
import ScaleAnalysis
import Testing

private let differences = [0.12, -0.3, 0.5, 0.41, -0.02, 0.33, 0.27]
private let before = [1.1, 2.3, 3.9, 4.2, 5.5, 6.1]
private let after = [2.5, 4.4, 6.6, 7.1, 8.0, 9.3, 9.9]

private func near(_ value: Double?, _ expected: Double, within: Double = 1e-10) -> Bool {
    guard let value else { return false }
    return (value - expected).magnitude <= within
}

/// What was expected was computed by SciPy, and where there are ties by going through all permutations.
@Suite("tests of location") struct LocationTests {
    @Test func `t test of a mean`() throws {
        let test = try #require(TTest.mean(of: differences))
        #expect(near(test.estimate / test.standardError, 1.7891011332395288))
        #expect(near(test.pValue, 0.12380686555125084))
        let interval = test.interval(confidence: 0.982)
        #expect(near(interval.lowerBound, -0.1503056037258471))
        #expect(near(interval.upperBound, 0.5245913180115613))
    }

    @Test func `Welch's t test`() throws {
        let test = try #require(TTest.welch(before, after))
        #expect(near(test.degreesOfFreedom, 10.727540315479635))
        #expect(near(test.pValue, 0.038114558940306756))
        #expect(near(test.interval(confidence: 0.95).upperBound, 5.760849478425786))
    }

    @Test func `one value has no spread to be judged by, and equal ones have none`() throws {
        #expect(TTest.mean(of: [0.1]) == nil)
        #expect(TTest.welch([1], [1, 2]) == nil)
        // Their sum is not ten times 0.1 in binary.
        let equal = try #require(TTest.mean(of: Array(repeating: 0.1, count: 10)))
        #expect(equal.pValue == 0)
        #expect(equal.interval(confidence: 0.95) == 0.1...0.1)
        #expect(try #require(TTest.mean(of: [0, 0])).pValue == 1)
        #expect(try #require(TTest.welch([1, 1], [1, 1, 1])).pValue == 1)
    }

    @Test func `signed ranks, exact`() {
        #expect(near(SignedRankTest.pValue(differences), 0.15625))
        // The least that six pairs and five can reach.
        #expect(near(SignedRankTest.pValue([1, 2, 3, 4, 5, 6]), 0.03125))
        #expect(near(SignedRankTest.pValue([-1, -2, -3, -4, -5]), 0.0625))
    }

    @Test func `signed ranks with ties and zeros`() {
        #expect(near(SignedRankTest.pValue([1, 1, -1, 2, 3, 3, 0, -2, 4]), 0.140625))
        #expect(SignedRankTest.pValue([0, 0]) == 1)
        #expect(SignedRankTest.pValue([]) == 1)
    }

    /// Of 51 pairs, where SciPy's exact chance is 0.05598019097994733.
    @Test func `signed ranks of many pairs`() {
        let found = SignedRankTest.pValue((1...51).map { Double($0) * ($0 % 3 == 0 ? -1 : 1) })
        #expect(near(found, 0.055852182035584695))
        #expect((found - 0.05598019097994733).magnitude < 0.01 * 0.05598019097994733)
    }

    @Test func `U test, exact`() {
        #expect(near(MannWhitneyTest.pValue(before, after), 0.03496503496503496))
        // Of three and three, and of four and four, no chance is below these.
        #expect(near(MannWhitneyTest.pValue([1, 2, 3], [4, 5, 6]), 0.1))
        #expect(near(MannWhitneyTest.pValue([1, 2, 3, 4], [5, 6, 7, 8]), 2 / 70.0))
    }

    @Test func `U test with ties`() {
        #expect(near(MannWhitneyTest.pValue([1, 2, 2, 3], [2, 3, 3, 4, 5]), 0.15873015873015872))
        #expect(MannWhitneyTest.pValue([1, 1], [1, 1, 1]) == 1)
        #expect(MannWhitneyTest.pValue(Array(repeating: 1, count: 30), Array(repeating: 1, count: 30)) == 1)
        #expect(MannWhitneyTest.pValue([], [1]) == 1)
    }

    @Test func `shift of one sample against another`() throws {
        let found = try #require(HodgesLehmannShift(before, after, confidence: 0.95))
        let all = after.flatMap { b in before.map { b - $0 } }.sorted()
        #expect(near(found.shift, (all[20] + all[21]) / 2))
        // Tables of the U test: of 6 and 7 the critical value at 5 % is 6, so the ends are the 7th from below and from above.
        #expect(found.interval == all[6]...all[35])
        #expect(found.attained >= 0.95)
        #expect(found.attained < 0.97)
    }

    @Test func `so few values that the confidence is out of reach`() throws {
        let found = try #require(HodgesLehmannShift([1, 2, 3], [4, 5, 7], confidence: 0.95))
        #expect(found.shift == 3)
        #expect(found.interval == nil)
        #expect(near(found.attained, 0.9))
        #expect(HodgesLehmannShift([1, 2, 3], [4, 5, 7], confidence: 0.9)?.interval == 1...6)
        #expect(HodgesLehmannShift([], [1], confidence: 0.95) == nil)
    }
}
