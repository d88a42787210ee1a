import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite struct BinomialBoundsTests {
    /// Two-sided 95 % intervals, so 97.5 % on each side: R. G. Newcombe, "Two-sided confidence intervals for the
    /// single proportion", Statistics in Medicine 17 (1998), table I, row Clopper–Pearson.
    @Test(arguments: [
        (81, 263, 0.2527, 0.3676), (15, 148, 0.0578, 0.1617), (0, 20, 0, 0.1684), (1, 29, 0.0009, 0.1776),
    ])
    func agreesWithPublishedIntervals(successes: Int, trials: Int, lower: Double, upper: Double) {
        let low = BinomialBounds.lower(successes: successes, of: trials, confidence: 0.975)
        let high = BinomialBounds.upper(successes: successes, of: trials, confidence: 0.975)
        #expect((low - lower).magnitude < 0.00006)
        #expect((high - upper).magnitude < 0.00006)
    }

    /// Without a failure the lower bound is the n-th root of 1 − confidence.
    @Test(arguments: [(10, 0.741_134_449_106_948), (59, 0.950492390111773)])
    func withoutFailuresItIsARoot(trials: Int, expected: Double) {
        #expect((BinomialBounds.lower(successes: trials, of: trials) - expected).magnitude < 1e-12)
        #expect((1 - BinomialBounds.upper(successes: 0, of: trials) - expected).magnitude < 1e-12)
        #expect(BinomialBounds.upper(successes: trials, of: trials) == 1)
        #expect(BinomialBounds.lower(successes: 0, of: trials) == 0)
    }

    @Test func staysExactForLargeCells() {
        let bound = BinomialBounds.lower(successes: 49_152 - 2_458, of: 49_152)
        #expect((bound - 0.948_344_826_970_703_2).magnitude < 1e-10)
    }

    @Test func withoutTrialsNothingIsKnown() {
        #expect(BinomialBounds.lower(successes: 0, of: 0) == 0)
        #expect(BinomialBounds.upper(successes: 0, of: 0) == 1)
    }

    @Test(arguments: [
        (2.0, 3.0, 0.4, 0.5248), (0.5, 0.5, 0.3, 0.369_010_119_565_545_36), (950, 51, 0.95, 0.537_529_040_801_425),
        (16_000, 385, 0.976, 0.330_548_386_902_486),
    ])
    func incompleteBeta(a: Double, b: Double, x: Double, expected: Double) {
        #expect((BetaDistribution(a: a, b: b).cumulative(x) - expected).magnitude < 1e-9)
    }

    @Test(arguments: [
        (0.5, 0.572_364_942_924_7), (1, 0), (2, 0), (3.7, 1.428_072_326_665_388), (10, 12.801_827_480_081_469),
        (1_000.5, 5_908.674_175_848_678),
    ])
    func logGamma(x: Double, expected: Double) {
        #expect((BetaDistribution.logGamma(x) - expected).magnitude < 1e-12 * max(1, expected))
    }
}

@Suite struct PassRuleTests {
    private func judge(_ reps: [(Int, Int)]) -> PassJudgement {
        PassRule().judge(reps.map { PassRule.Rep(succeeded: $0.0, offered: $0.1) })
    }

    @Test(arguments: [(59, 0), (96, 1), (128, 2), (256, 6), (384, 11), (512, 17), (1024, 39), (2048, 85)])
    func failuresAllowedForAPass(sessions: Int, failures: Int) {
        #expect(judge([(sessions - failures, sessions)]).outcome == .pass)
        #expect(judge([(sessions - failures - 1, sessions)]).outcome != .pass)
    }

    @Test func below59SessionsNothingCanPass() {
        let short = judge([(58, 58)])
        #expect(short.outcome == .undecided)
        #expect(short.tooFewToPass)
        #expect(short.passesPointRule)
        #expect(!judge([(59, 59)]).tooFewToPass)
        #expect(judge([(16, 16), (16, 16), (16, 16)]).outcome == .undecided)
        #expect(judge([(20, 20), (20, 20), (20, 20)]).outcome == .pass)
    }

    @Test(arguments: [(0.95, 0.95, 59), (0.99, 0.95, 299), (0.5, 0.7, 2), (0, 0.95, 1), (1, 0.95, Int.max)])
    func fewestSessionsThatCanPass(threshold: Double, confidence: Double, fewest: Int) {
        let rule = PassRule(threshold: threshold, confidence: confidence)
        #expect(rule.fewestToPass == fewest)
        guard fewest > 1, fewest < .max else { return }
        #expect(!rule.judge([PassRule.Rep(succeeded: fewest, offered: fewest)]).tooFewToPass)
        #expect(rule.judge([PassRule.Rep(succeeded: fewest - 1, offered: fewest - 1)]).tooFewToPass)
    }

    @Test(arguments: [
        ("one repetition below 0.95", [(512, 512), (512, 512), (480, 512)], PassOutcome.undecided, true),
        ("one repetition below 0.90", [(512, 512), (512, 512), (460, 512)], .fail, true),
        ("exactly 0.90 is not below it", [(100, 100), (90, 100)], .undecided, true),
        ("exactly 0.95 in each", [(9500, 10_000), (9500, 10_000)], .undecided, true),
        ("the upper bound below 0.95", [(1900, 2048), (1900, 2048)], .fail, false),
        ("a little below 0.95, not surely", [(94, 100)], .undecided, false),
        ("all failed", [(0, 4)], .fail, false),
        ("bimodal", [(0, 256), (256, 256), (256, 256)], .fail, false),
    ])
    func outcomes(what: String, reps: [(Int, Int)], outcome: PassOutcome, point: Bool) {
        let judgement = judge(reps)
        #expect(judgement.outcome == outcome, "\(what)")
        #expect(judgement.passesPointRule == point, "\(what)")
    }

    @Test func noRepetitionsDecideNothing() {
        let judgement = judge([])
        #expect(judgement.outcome == .undecided)
        #expect(!judgement.passesPointRule)
        #expect(judgement.meanRate == nil && judgement.worstRate == nil)
    }
}
