import ScaleCore
import Testing

@testable import ScaleAnalysis

/// A search from 64 with a wait of a second.
private func plan(
    start: Int = 64, within: Double = 0.05, reps: Int = 5, budget: Nanoseconds? = nil, budgetSessions: Int? = nil,
    seed: UInt64 = 1
) -> Plan {
    Plan(
        modes: [.ws], sessions: [start], waits: [.seconds(1)], mostReps: reps,
        search: SearchSettings(within: within, budget: budget, budgetSessions: budgetSessions), seed: seed)
}

private func follow(
    _ model: SimulatedServer.Model, _ plan: Plan = plan(), top: Int = 1 << 20, generatorLimit: Int = .max, seed: UInt64 = 1
) -> Followed {
    var server = SimulatedServer(model, generatorLimit: generatorLimit, seed: seed)
    return Followed(plan, top: top, on: &server)
}

@Suite struct CapacitySearchTests {
    /// Sixty servers with limits from 60 to 6,000: a third with a hard cap, the others from abrupt to gradual.
    static let servers: [(model: SimulatedServer.Model, seed: UInt64)] = (0..<60).map { index in
        var random = SplitMix64(seed: UInt64(index) + 7)
        var limit = 60.0
        for _ in 0..<Int.random(in: 0...66, using: &random) { limit *= 1.0724 }
        let spread = [0.005, 0.02, 0.05, 0.1][index % 4]
        return (index % 3 == 0 ? .cap(Int(limit)) : .busy(middle: limit / (1 - 2.94 * spread), spread: spread), UInt64(index))
    }

    /// One cell for each N of a grid as fine as the search, over the sizes that it tried.
    static func gridSessions(_ found: Followed, within: Double) -> Int {
        guard let least = found.tried.min(), let most = found.tried.max() else { return 0 }
        var (sum, size) = (0, Double(least))
        while size < Double(most) {
            sum += Int(size)
            size *= 1 + within
        }
        return sum + most
    }

    @Test func theBracketHoldsTheTruthAtLessThanAGridsCost() {
        var (held, narrow, sessions, grid) = (0, 0, 0, 0)
        for (model, seed) in Self.servers {
            var server = SimulatedServer(model, seed: seed)
            let truth = server.truth
            let found = Followed(plan(seed: seed), on: &server)
            let bracket = found.bracket
            if bracket.lastPass ?? 0 <= truth, truth < bracket.firstFail ?? .max { held += 1 }
            if let pass = bracket.lastPass, let fail = bracket.firstFail, Double(fail) <= Double(pass) * 1.2 { narrow += 1 }
            sessions += found.sessions
            grid += Self.gridSessions(found, within: 0.05)
        }
        #expect(held >= 57)
        // Where an N stays undecided, the ends lie on both sides of it.
        #expect(narrow == 60)
        #expect(Double(sessions) <= 0.6 * Double(grid), "\(sessions) of \(grid)")
    }

    @Test func aCapIsFoundByDoublingHalvingAndTestingAgain() {
        let found = follow(.cap(200))
        #expect(found.tried == [64, 128, 256, 181, 215, 215, 197, 206, 206])
        #expect(found.reasons.prefix(4) == [.start, .doubling(above: 64), .doubling(above: 128), .between(128, 256)])
        #expect(found.reasons.dropFirst(5).first == .undecided(reps: 1))
        #expect(found.conclusion == .found(lastPass: 206, firstFail: 215))
        #expect(found.bracket.lastPass == 206 && found.bracket.firstFail == 215)
    }

    @Test(arguments: [0.02, 0.05, 0.1, 0.5]) func theEndsComeAsNearAsAsked(within: Double) {
        let found = follow(.busy(middle: 3000, spread: 0.001), plan(within: within))
        guard case .found(let pass, let fail) = found.conclusion else {
            Issue.record("\(String(describing: found.conclusion))")
            return
        }
        #expect(Double(fail) <= Double(pass) * (1 + within))
    }

    @Test func whatFailsClearlyAtTheBottomIsHopeless() {
        let dead = follow(.cap(0))
        #expect(dead.tried == [64])
        #expect(dead.conclusion == .hopeless(64))
        #expect(dead.bracket.firstFail == 64)
        // A start that was too high is not: it goes down first.
        let high = follow(.cap(10), plan(start: 1000))
        #expect(high.tried == [1000, 500, 250, 125, 62])
        #expect(high.conclusion == .hopeless(62))
        let low = follow(.cap(100), plan(start: 1000))
        #expect(low.bracket.lastPass ?? 0 <= 105 && low.bracket.firstFail ?? 0 > 105)
    }

    @Test func aSmallStartIsRepeatedUntilItCanPass() {
        let found = follow(.cap(20), plan(start: 8))
        #expect(found.tried.prefix(8).allSatisfy { $0 == 8 })
        #expect(found.bracket.lastPass ?? 0 <= 21 && found.bracket.firstFail ?? 0 > 21)
    }

    @Test func theTopIsNotPassed() {
        let found = follow(.cap(10_000), top: 300)
        #expect(found.tried == [64, 128, 256, 300, 300])
        #expect(found.conclusion == .top(300))
        #expect(follow(.cap(10_000), plan(start: 400), top: 300).tried == [300, 300])
    }

    @Test func invalidCellsEndTheWayUp() {
        let found = follow(.cap(10_000), generatorLimit: 400)
        #expect(found.tried == [64, 128, 256, 512, 512, 256])
        #expect(Array(found.reasons.dropFirst(4)) == [.invalid, .edge(passes: true)])
        #expect(found.conclusion == .generator(at: 512, lastPass: 256))
        #expect(follow(.cap(10), generatorLimit: 1).conclusion == .generator(at: 64, lastPass: nil))
    }

    @Test(arguments: 0..<12) func everyPrefixGoesOnWithTheSameCell(index: Int) {
        let (model, seed) = Self.servers[index]
        let plan = plan(seed: seed)
        let found = follow(model, plan, seed: seed)
        for count in found.cells.indices {
            let prefix = Array(found.cells[..<count])
            let again = CellCourse(plan, top: 1 << 20, finished: prefix.shuffled()).next()
            #expect(again == .measure(found.cells[count].key, why: found.reasons[count]))
        }
        #expect(CellCourse(plan, top: 1 << 20, finished: found.cells.shuffled()).next() == .done(short: nil))
        #expect(Set(found.cells.map(\.key)).count == found.cells.count)
    }

    @Test func theSeedDecidesWhichEndIsTestedFirst() {
        let firsts = Set(
            (0..<20).compactMap { seed in
                let found = follow(.cap(1000), plan(seed: UInt64(seed)))
                let edges = found.reasons.compactMap { reason -> Bool? in
                    if case .edge(let passes) = reason { passes } else { nil }
                }
                return edges.count == 2 ? edges.first : nil
            })
        #expect(firsts == [true, false])
    }

    @Test func aBudgetOfTimeIsKeptAndAnotherOneGoesOn() throws {
        let whole = follow(.cap(1000))
        let found = follow(.cap(1000), plan(budget: .seconds(12)))
        let spent = found.cells.reduce(Nanoseconds.zero) { $0 + $1.wall }
        #expect(spent <= .seconds(12) && found.cells.count > 3)
        try #require(found.cells.count < whole.cells.count)
        let next = whole.cells[found.cells.count].key
        #expect(found.shortage == .time(budget: .seconds(12), next: next))
        // A cell of the next size took 1.5 s, which is what is left and no more.
        var course = CellCourse(plan(budget: .seconds(30)), top: 1 << 20, finished: found.cells)
        #expect(course.next(elapsed: .zero) == .measure(next, why: whole.reasons[found.cells.count]))
        for cell in whole.cells.dropFirst(found.cells.count) { course.finish(cell) }
        #expect(course.next(elapsed: .seconds(100)) == .done(short: nil))
        #expect(course.conclusions.first?.conclusion == whole.conclusion)
    }

    @Test func aBudgetOfSessionsIsKept() {
        let found = follow(.cap(1000), plan(budgetSessions: 500))
        #expect(found.tried == [64, 128, 256])
        #expect(found.shortage == .sessions(budget: 500, next: CellKey(mode: .ws, sessions: 512, wait: .seconds(1), steps: 1, rep: 1)))
        #expect(found.bracket.lastPass == 256)
    }
}

@Suite struct RetestRuleTests {
    @Test(
        arguments: [
            ("nothing yet", [], .undecided), ("all of 64", [64], .passes), ("few of 64", [10], .fails),
            ("two lost of 64", [62], .undecided), ("decided by the second", [62, 64], .passes),
            ("one below the threshold can never pass, and nothing says that it fails", [59, 64], .open),
            ("below the threshold more may fail it", [59], .undecided), ("and does", [59, 58, 58], .fails),
            ("used up", [62, 61, 62], .open),
        ] as [(String, [Int], RetestRule.Standing)])
    func ofSixtyFour(what: String, succeeded: [Int], standing: RetestRule.Standing) {
        let trials = succeeded.enumerated().map { Trial(sessions: 64, rep: $0.offset + 1, succeeded: $0.element) }
        #expect(RetestRule(most: 3).standing(trials) == standing, "\(what)")
        #expect(RetestRule(most: 3).standing(trials.reversed()) == standing, "\(what)")
    }

    @Test func invalidRepetitionsDecideNothingTwice() {
        let spoilt = [1, 2].map { Trial(sessions: 64, rep: $0, succeeded: 64, isValid: false) }
        #expect(RetestRule(most: 5).standing([spoilt[0]]) == .undecided)
        #expect(RetestRule(most: 5).standing(spoilt) == .invalid)
        #expect(RetestRule(most: 1).standing([spoilt[0]]) == .invalid)
        #expect(RetestRule(most: 5).standing(spoilt + [Trial(sessions: 64, rep: 3, succeeded: 64)]) == .passes)
    }

    @Test func tooFewSessionsAreNotRepeatedInVain() {
        let one = [Trial(sessions: 10, rep: 1, succeeded: 10)]
        #expect(RetestRule(most: 5).standing(one) == .open)
        #expect(RetestRule(most: 6).standing(one) == .undecided)
    }
}
