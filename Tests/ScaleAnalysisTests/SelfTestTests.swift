import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite("A server against itself") struct SelfTestTests {
    static let load = CellLoad(mode: .ws, sessions: 4, wait: .zero, steps: 0)

    static func pairs(_ ratios: [Double], limiter: Limiter = .none) -> [DuelPair] {
        ratios.enumerated().map { index, ratio in
            let key = load.key(rep: index + 1)
            return DuelPair(
                number: index + 1, round: 1, first: .a, a: DuelCourseTests.cell(key, 100),
                b: DuelCourseTests.cell(key, 100 * ratio, limiter: limiter))
        }
    }

    @Test func theScatterSaysWhatCanBeFound() throws {
        let rule = DuelRule()
        let quiet = try #require(SelfTest.all(of: Self.pairs([1.001, 0.999, 1.002, 0.998, 1.001, 0.999]), rule: rule).first)
        let noisy = try #require(SelfTest.all(of: Self.pairs([1.1, 0.9, 1.2, 0.8, 1.1, 0.9]), rule: rule).first)
        #expect(quiet.pairs == 6 && quiet.load == Self.load && quiet.metric == .stepsPerSecond)
        #expect(abs(quiet.deviation - 0.00155) < 0.0001)
        #expect(quiet.detectable < 0.005 && noisy.detectable > 0.1)
        // What has to be found twice has to be larger.
        let once = try #require(
            SelfTest.all(of: Self.pairs([1.1, 0.9, 1.2, 0.8, 1.1, 0.9]), rule: DuelRule(confirms: false)).first)
        #expect(once.detectable < noisy.detectable)
    }

    @Test func voidPairsSayNothing() {
        #expect(SelfTest.all(of: Self.pairs([1, 1.1, 0.9], limiter: .generator), rule: DuelRule()).isEmpty)
        #expect(SelfTest.all(of: Self.pairs([1, 1.1, 0.9, 1, 1.1]), rule: DuelRule()).isEmpty)
    }

    @Test func aConfirmationIsJudgedWithWhatItConfirms() {
        var result = Self.result(.regression, ratio: 0.88)
        result.checks.append(result.checks[0])
        result.checks[1].name += ", confirmation"
        result.checks[1].ratio = 0.93
        let test = SelfTest(load: Self.load, metric: .stepsPerSecond, pairs: 18, deviation: 0.1, detectable: 0.1)
        let limited = result.limited(by: [test], rule: DuelRule())
        #expect(limited.verdict == .inconclusive && limited.checks.allSatisfy { $0.verdict == .inconclusive })
    }

    static func result(_ verdict: GateVerdict, ratio: Double) -> GateResult {
        GateResult(
            kind: .duel, verdict: verdict, reason: "as it was", subject: "b", baseline: "a",
            checks: [
                GateCheck(
                    name: "steps_per_second", load: load, metric: .stepsPerSecond, verdict: verdict, reason: "as it was", ratio: ratio)
            ])
    }

    @Test(arguments: [
        // Which effect can be told, what was found, what is said.
        (0.03, GateVerdict.regression, 0.9, GateVerdict.regression), (0.03, .pass, 1, .pass),
        (0.08, .regression, 0.9, .regression), (0.08, .regression, 0.93, .inconclusive), (0.08, .pass, 1, .inconclusive),
        (0.08, .inconclusive, 0.97, .inconclusive), (0.08, .invalid, 1, .invalid),
    ])
    func effectsBelowItAreNotJudged(detectable: Double, found: GateVerdict, ratio: Double, said: GateVerdict) {
        let test = SelfTest(load: Self.load, metric: .stepsPerSecond, pairs: 18, deviation: 0.1, detectable: detectable)
        let limited = Self.result(found, ratio: ratio).limited(by: [test], rule: DuelRule())
        #expect(limited.verdict == said)
        let refuses = said == .inconclusive && found != .inconclusive
        #expect(limited.reason.contains("cannot tell effects below 8.0 % from none, and 5.0 % is to count") == refuses)
        // Of another load it says nothing.
        var elsewhere = test
        elsewhere.load.sessions = 5
        #expect(Self.result(found, ratio: ratio).limited(by: [elsewhere], rule: DuelRule()) == Self.result(found, ratio: ratio))
    }
}
