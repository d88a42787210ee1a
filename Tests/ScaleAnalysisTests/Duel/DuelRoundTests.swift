import Glibc
import ScaleCore
import Testing

@testable import ScaleAnalysis

/// Of one metric at one load. Percentages are by how much B is above A's 100 steps/s, pair by pair.
@Suite("rounds of a duel") struct DuelRoundTests {
    static let rule = DuelRule(successMargin: nil, resamples: 1_000)

    private func round(_ percents: [Double], rule: DuelRule = rule, isLast: Bool = false) -> DuelRound {
        DuelAssessment.round(DuelPair.all(percents), number: 1, rule: rule, isLast: isLast)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var percents: [Double]
        var isLast = false
        var verdict: GateVerdict
        /// Of the reason.
        var words: String
    }

    @Test(arguments: [
        Case(
            testDescription: "a clear loss", percents: [-10, -9, -11, -10, -9.5, -10.5], verdict: .regression,
            words: "% interval 9 to 11 % lower), at least the 5 % that counts"),
        Case(
            testDescription: "no change", percents: [1, -1, 0.5, -0.5, 0.2, -0.2], verdict: .pass,
            words: "and 5 % less is ruled out"),
        Case(
            testDescription: "a clear gain", percents: [10, 9, 11, 10, 9.5, 10.5], verdict: .pass,
            words: "steps_per_second is 10 % higher"),
        Case(
            testDescription: "a small loss, surely small", percents: [-2, -1.8, -2.2, -2, -2.1, -1.9], verdict: .pass,
            words: "steps_per_second is 2 % lower"),
        Case(
            testDescription: "a loss about the border", percents: [-4, -6, -3, -6, -5, -4], verdict: .inconclusive,
            words: "worse, but not surely by 5 %"),
        Case(
            testDescription: "noise", percents: [-20, 15, -10, 8, -12, 9], verdict: .inconclusive,
            words: "neither no change nor 5 % less is ruled out"),
        Case(
            testDescription: "a loss with one pair that was faster by a quarter, whose tail the bootstrap sees",
            percents: [-7.2, -9.3, -9.2, -10.7, -10.4, -6.9, -4.6, -7.1, -5.1, -9.9, 25.5, -9.4, -10.7, -9.9],
            verdict: .inconclusive, words: "at least the 5 % that counts, but the bootstrap's interval of "),
        Case(
            testDescription: "no change, with one pair that was slower by a fifth",
            percents: [3.8, 2.7, 1.8, -1.5, 3.7, 0.2, 0.1, -3.8, -3.2, 2.1, 1.8, 3.4, -0.6, 0.9, -0.6, -22.3, 1.3, -1.1],
            isLast: true, verdict: .inconclusive, words: "% higher does not rule out 5 % less"),
        Case(
            testDescription: "exactly the border, without noise", percents: [-5, -5, -5, -5, -5, -5], verdict: .regression,
            words: "steps_per_second is 5 % lower"),
        Case(
            testDescription: "too few so far", percents: [-20, -20, -20, -20, -20], verdict: .inconclusive,
            words: "5 of the first 6 pairs are measured"),
        Case(
            testDescription: "too few for good", percents: [-20, -20, -20, -20], isLast: true, verdict: .inconclusive,
            words: "only 4 pairs count, and at least 6 are needed"),
    ])
    func `verdicts`(of sample: Case) {
        let found = round(sample.percents, isLast: sample.isLast)
        #expect(found.verdict == sample.verdict, "\(found.reason)")
        #expect(found.reason.contains(sample.words), "\(found.reason)")
        #expect(found.isDecided == (sample.verdict != .inconclusive))
        #expect(found.findings.map(\.verdict) == [sample.verdict])
    }

    @Test func `a finding carries what it rests on`() throws {
        let finding = try #require(round([-10, -9, -11, -10, -9.5, -10.5]).findings.first)
        #expect(finding.pairs == 6)
        #expect(finding.medianA == 100)
        #expect(finding.medianB == 90)
        let effect = try #require(finding.effect)
        #expect((effect.ratio - 0.9).magnitude < 0.001)
        #expect(effect.low < effect.bcaLow)
        #expect(effect.bcaHigh < effect.high)
        #expect(effect.signedRankP == 0.03125)
        #expect((effect.confidence - (1 - PocockBoundary.nominalLevel(looks: [6, 10, 14, 18], alpha: 0.05))).magnitude < 1e-12)
    }

    /// Six pairs decide nothing here, and the seventh to the ninth, which would, wait for the tenth.
    @Test func `pairs between two looks wait for the next`() {
        let open = [-20.0, 15, -10, 8, -12, 9]
        #expect(round(open + [-50, -50, -50]).findings.first?.effect == round(open).findings.first?.effect)
        #expect(round(open + [-50, -50, -50, -50]).findings.first?.pairs == 10)
        #expect(round(open + [-50], isLast: true).findings.first?.pairs == 7)
    }

    @Test func `pairs beyond the last look do not count`() {
        let percents = (0..<20).map { $0.isMultiple(of: 2) ? -8.0 : 4 }
        #expect(round(percents, isLast: true).findings.first?.pairs == 18)
    }

    /// Student's t and the bootstrap find a loss, to which a few pairs contribute most.
    @Test func `signed ranks that do not agree leave it open`() {
        let percents = [-12.0, -13, -14, -12.5, -13.5, -14.5, -12.2, 0.1, 0.2, 0.3]
        let lenient = round(percents)
        #expect(lenient.verdict == .regression, "\(lenient.reason)")
        var rule = Self.rule
        rule.criteria[0].alpha = 0.2
        rule.looks = [10]
        let few = [-30.0, -28, -26, -30, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
        let doubted = round(few, rule: rule)
        #expect(doubted.verdict == .inconclusive, "\(doubted.reason)")
        #expect(doubted.reason.contains("by signed ranks it may be chance (p = "), "\(doubted.reason)")
    }

    @Test func `less is better of a latency`() {
        var rule = Self.rule
        rule.criteria = [DuelRule.Criterion(.p95, minimumEffect: 0.1)]
        func judge(_ b: [Double], samples: Int = 200) -> DuelRound {
            let pairs = b.enumerated().map { index, seconds in
                DuelPair(index + 1, percent: 0) {
                    $0.a.latencies = [.total: latency(1, samples: 200)]
                    $0.b.latencies = [.total: latency(seconds, samples: samples)]
                }
            }
            return DuelAssessment.round(pairs, number: 1, rule: rule, isLast: false)
        }
        let slower = judge([1.2, 1.21, 1.19, 1.22, 1.18, 1.2])
        #expect(slower.verdict == .regression, "\(slower.reason)")
        #expect(slower.reason.contains("p95 is 20 % higher"), "\(slower.reason)")
        #expect(judge([1.1, 1.1, 1.1, 1.1, 1.1, 1.1]).verdict == .regression)
        #expect(judge([1.09, 1.09, 1.09, 1.09, 1.09, 1.09]).verdict == .pass)
        #expect(judge([0.8, 0.81, 0.79, 0.82, 0.78, 0.8]).verdict == .pass)
        let few = judge([1, 1, 1, 1, 1, 1], samples: 199)
        #expect(few.verdict == .inconclusive)
        #expect(few.reason == "B has no p95 from at least 200 samples in 6 of 6 pairs in which A has one")
    }

    @Test func `what B has none of is not left out`() {
        var pairs = DuelPair.all([0, 0, 0, 0, 0, 0])
        pairs[2].b.stepsPerSecond = nil
        let one = DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: true)
        #expect(one.verdict == .inconclusive)
        #expect(one.reason == "B has no steps_per_second in 1 of 6 pairs in which A has one")
        for index in pairs.indices { pairs[index].b.stepsPerSecond = 0 }
        let all = DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: false)
        #expect(all.verdict == .regression)
        for index in pairs.indices { pairs[index].a.stepsPerSecond = nil }
        let none = DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: true)
        #expect(none.verdict == .inconclusive)
        #expect(none.reason == "only 0 of 6 pairs have steps_per_second")
    }

    @Test func `void pairs are not evidence`() {
        let pairs = DuelPair.all([-10, -9, -11, -10, -9.5, -10.5]) + [DuelPair(7, percent: 90) { $0.b.host = HostUse(swappedPages: 1) }]
        let found = DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: false)
        #expect(found.verdict == .regression)
        #expect((found.pairs, found.void) == (7, 1))
        let short = DuelAssessment.round(Array(pairs[1...]), number: 1, rule: Self.rule, isLast: true)
        #expect(short.reason == "only 5 pairs count, and at least 6 are needed")
    }

    @Test func `too many void pairs are no measurement`() {
        var pairs = DuelPair.all([-10, -9, -11, -10, -9.5, -10.5])
        pairs[0].a.host = HostUse(stealShare: 0.2)
        pairs[1].b.generator?.ceilingFraction = 0.9
        pairs[2].b.generator?.ceilingFraction = 0.8
        // While others may still be measured in their place, three are not too many; five are.
        #expect(DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: false).isDecided == false)
        let found = DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: true)
        #expect(found.verdict == .invalid)
        #expect(found.isDecided)
        for index in [3, 4] { pairs[index].a.host = HostUse(swappedPages: 1) }
        #expect(DuelAssessment.round(pairs, number: 1, rule: Self.rule, isLast: false).verdict == .invalid)
        #expect(
            found.reason
                == "3 of 6 pairs are void, more than 20 %, most often because the generator was above 70 % of its ceiling")
        // Of fewer than the first look needs, too few is what is wrong, unless not one counts.
        #expect(DuelAssessment.round(Array(pairs[1...5]), number: 1, rule: Self.rule, isLast: true).verdict == .inconclusive)
        #expect(DuelAssessment.round(Array(pairs[..<5]), number: 1, rule: Self.rule, isLast: true).verdict == .invalid)
    }

    @Test func `nothing measured`() {
        let found = DuelAssessment.round([], number: 1, rule: Self.rule, isLast: true)
        #expect(found.verdict == .inconclusive)
        #expect(found.reason == "no pair was measured")
    }
}
