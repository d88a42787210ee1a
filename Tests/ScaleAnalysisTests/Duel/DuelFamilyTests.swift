import ScaleCore
import Testing

@testable import ScaleAnalysis

private let loads = [64, 128, 256, 512].map { CellLoad(mode: .ws, sessions: $0, wait: .seconds(1), steps: 1) }
private let rule = DuelRule(successMargin: nil, resamples: 1_000)
private let same: [Double] = [1, -1, 0.5, -0.5, 0.2, -0.2]

/// Several loads, success, and two rounds.
@Suite("duels of several comparisons") struct DuelFamilyTests {
    /// It is significant by itself: p is 0.011, and the nominal level about 0.019.
    private let barely: [Double] = [-3, -9.5, -6, -10, -2.5, -10.5]

    @Test func `one load of several that is worse`() {
        let pairs = loads.flatMap { DuelPair.all($0.sessions == 256 ? [-10, -9, -11, -10, -9.5, -10.5] : same, load: $0) }
        let found = DuelAssessment.round(pairs, number: 1, rule: rule, isLast: false)
        #expect(found.verdict == .regression)
        #expect(found.reason.hasPrefix("N = 256: steps_per_second is 10 % lower"), "\(found.reason)")
    }

    @Test func `all of several pass`() {
        let found = DuelAssessment.round(
            loads.flatMap { DuelPair.all(same, load: $0) }, number: 1, rule: rule, isLast: false)
        #expect(found.verdict == .pass)
        #expect(found.reason == "none of 4 comparisons is worse by what counts")
    }

    @Test func `one that is open holds the others up`() {
        let pairs = loads.flatMap { DuelPair.all($0.sessions == 64 ? [-20, 15, -10, 8, -12, 9] : same, load: $0) }
        let found = DuelAssessment.round(pairs, number: 1, rule: rule, isLast: false)
        #expect(found.verdict == .inconclusive)
        #expect(found.findings.count { $0.verdict == .pass } == 3)
    }

    @Test func `what is a regression by itself may be chance among several`() {
        let alone = DuelAssessment.round(DuelPair.all(barely), number: 1, rule: rule, isLast: false)
        #expect(alone.verdict == .regression, "\(alone.reason)")
        let pairs = loads.flatMap { DuelPair.all($0.sessions == 64 ? barely : same, load: $0) }
        let among = DuelAssessment.round(pairs, number: 1, rule: rule, isLast: false)
        #expect(among.verdict == .inconclusive)
        #expect(among.reason.contains("among 4 comparisons it may be chance (p = 0.0"), "\(among.reason)")
        // A second round asks after that load alone.
        var first = among
        first.findings[0].verdict = .regression
        let again = pairs.map { pair in
            var pair = pair
            pair.round = 2
            return pair
        }
        let second = DuelAssessment.round(again, number: 2, rule: rule, isLast: false, confirming: first)
        #expect(second.findings.map(\.load) == [loads[0]])
        #expect(second.verdict == .regression)
    }

    @Test func `loads are told apart by what differs`() {
        var other = loads[0]
        other.wait = .seconds(0.25)
        other.mode = .http
        #expect(other.prefix(among: [loads[0], other]) == "http, N = 64, wait 0.25 s: ")
        #expect(other.prefix(among: [other]).isEmpty)
    }

    // MARK: - Success

    private func success(_ b: Int, of sessions: Int, pairs: Int = 6, fewest: Int = 1_000, isLast: Bool = false) -> DuelRound {
        let load = CellLoad(mode: .ws, sessions: sessions, wait: .seconds(1), steps: 1)
        let pairs = DuelPair.all(Array(same.prefix(pairs)), load: load) { pair in
            pair.b = duelCell(load, stepsPerSecond: pair.b.stepsPerSecond, succeeded: b, rep: pair.number)
        }
        return DuelAssessment.round(pairs, number: 1, rule: DuelRule(fewestSessions: fewest, resamples: 200), isLast: isLast)
    }

    @Test func `as many sessions succeed`() throws {
        let found = success(200, of: 200)
        #expect(found.verdict == .pass)
        let line = try #require(found.success.first)
        #expect((line.succeededA, line.sessionsA, line.succeededB, line.sessionsB) == (1_200, 1_200, 1_200, 1_200))
        #expect(line.verdict == .pass)
        #expect(line.reason.contains("and 1 point fewer is ruled out"), "\(line.reason)")
    }

    @Test func `fewer sessions succeed`() throws {
        let found = success(194, of: 200)
        #expect(found.verdict == .regression)
        #expect(found.reason.contains("of B's 1,200 sessions 97 % succeed, of A's 1,200 100 %"), "\(found.reason)")
        #expect(found.findings.map(\.verdict) == [.pass])
    }

    @Test func `about as many fewer as may be`() {
        let found = success(198, of: 200)
        #expect(found.verdict == .inconclusive)
        #expect(found.reason.contains("1 point fewer is not ruled out"), "\(found.reason)")
        #expect(!found.success.contains { $0.isUnjudged })
    }

    @Test func `too few sessions hold nothing up`() throws {
        let found = success(20, of: 20)
        #expect(found.verdict == .pass)
        let line = try #require(found.success.first)
        #expect(line.isUnjudged)
        #expect(line.reason == "success is not judged: it takes 1,000 sessions of each side, not 120")
    }

    @Test func `too few sessions, of which so few succeed that it is no question`() {
        #expect(success(10, of: 20).verdict == .regression)
        #expect(success(10, of: 20, pairs: 5).verdict == .inconclusive)
    }

    @Test func `success is not judged without a margin`() {
        #expect(DuelAssessment.round(DuelPair.all(same), number: 1, rule: rule, isLast: false).success.isEmpty)
    }
}

@Suite("verdicts of duels") struct DuelVerdictTests {
    private let worse: [Double] = [-10, -9, -11, -10, -9.5, -10.5]

    private func round(_ percents: [Double], _ number: Int, load: CellLoad = duelLoad, isLast: Bool = true) -> DuelRound {
        DuelAssessment.round(DuelPair.all(percents, load: load, round: number), number: number, rule: rule, isLast: isLast)
    }

    @Test func `without a regression the first round decides`() {
        let first = round(same, 1)
        let found = DuelAssessment.verdict([first], rule: rule)
        #expect(found == (.pass, first.reason))
    }

    @Test func `a regression that is found again`() {
        let found = DuelAssessment.verdict([round(worse, 1), round(worse, 2)], rule: rule)
        #expect(found.0 == .regression)
        #expect(found.1.hasSuffix("at least the 5 % that counts; a second round confirms it"), "\(found.1)")
    }

    @Test func `a regression that is not found again`() {
        let found = DuelAssessment.verdict([round(worse, 1), round(same, 2)], rule: rule)
        #expect(found.0 == .inconclusive)
        #expect(found.1.contains("; a second round does not confirm it: steps_per_second is unchanged"), "\(found.1)")
    }

    @Test func `a regression elsewhere confirms nothing`() {
        let found = DuelAssessment.verdict([round(worse, 1, load: loads[0]), round(worse, 2, load: loads[1])], rule: rule)
        #expect(found.0 == .inconclusive)
        #expect(found.1.hasSuffix("a second round does not confirm it"), "\(found.1)")
    }

    @Test func `a second round that could not be measured`() {
        let found = DuelAssessment.verdict([round(worse, 1)], rule: rule, unmeasured: "the time is over")
        #expect(found.0 == .inconclusive)
        #expect(found.1.hasSuffix("; it could not be measured a second time: the time is over"), "\(found.1)")
    }

    @Test func `a second round that must not be judged`() {
        var second = round(worse, 2)
        second.verdict = .invalid
        second.reason = "3 of 6 pairs are void"
        let found = DuelAssessment.verdict([round(worse, 1), second], rule: rule)
        #expect(found.0 == .inconclusive)
        #expect(found.1.hasSuffix("it was not confirmed, as the second round is invalid: 3 of 6 pairs are void"), "\(found.1)")
    }

    @Test func `one round is enough where nobody asks for two`() {
        var lenient = rule
        lenient.confirms = false
        #expect(DuelAssessment.verdict([round(worse, 1)], rule: lenient).0 == .regression)
        #expect(DuelAssessment.verdict([], rule: rule) == (.inconclusive, "no pair was measured"))
    }
}
