import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite("The way of a duel") struct DuelCourseTests {
    static let load = CellLoad(mode: .ws, sessions: 2, wait: .zero, steps: 0)
    static let other = CellLoad(mode: .ws, sessions: 8, wait: .zero, steps: 0)

    /// What each side makes in the pair of a number, steps per second.
    typealias Rates = @Sendable (_ pair: Int) -> (a: Double, b: Double)

    struct Way {
        var sides: [Int] = []
        var blocks: [CourseBlock] = []
        var course: DuelCourse
        var shortages = 0
    }

    static func cell(_ key: CellKey, _ rate: Double, limiter: Limiter = .none) -> CellRecord {
        var cell = simulatedCell(key, succeeded: key.sessions, limiter: limiter)
        cell.stepsPerSecond = rate
        return cell
    }

    /// Measures until nothing is left, a second a cell and half a second a launch.
    static func way(
        _ rule: DuelRule = DuelRule(resamples: 500), loads: [CellLoad] = [load], budget: Nanoseconds? = nil,
        limiter: Limiter = .none, rates: Rates
    ) -> Way {
        var way = Way(course: DuelCourse(rule, loads: loads, budget: budget))
        var elapsed = Nanoseconds.zero
        while let block = way.course.nextBlock(), way.blocks.count < 5 {
            way.blocks.append(block)
            elapsed += .milliseconds(500)
            while case .measure(let key, let place, _) = way.course.next(in: block, elapsed: elapsed), way.sides.count < 1000 {
                way.sides.append(place)
                elapsed += .seconds(1)
                let rates = rates(key.rep)
                way.course.finish(cell(key, place == 0 ? rates.a : rates.b, limiter: limiter), on: place)
            }
            if case .done(.some) = way.course.next(in: block, elapsed: elapsed) { way.shortages += 1 }
            way.course.end(block)
        }
        return way
    }

    /// Equal but for a scatter that falls evenly.
    static let equal: Rates = { pair in (100, 100 + (pair.isMultiple(of: 2) ? 0.5 : -0.5)) }
    static let slower: Rates = { pair in (100, 90 + (pair.isMultiple(of: 2) ? 0.5 : -0.5)) }
    /// A scatter of a half, that no number of pairs decides.
    static let wild: Rates = { pair in (100, pair.isMultiple(of: 2) ? 150 : 66.7) }

    @Test func twoPairsAreABBAOrBAAB() {
        let sides = Self.way(DuelRule(looks: [18], resamples: 500), rates: Self.wild).sides
        #expect(sides.count == 36)
        let blocks = stride(from: 0, to: 36, by: 4).map { Array(sides[$0..<$0 + 4]) }
        #expect(Set(blocks) == [[0, 1, 1, 0], [1, 0, 0, 1]])
        // By the seed, and nothing else.
        #expect(Self.way(DuelRule(looks: [18], resamples: 500), rates: Self.equal).sides == sides)
        #expect(Self.way(DuelRule(looks: [18], resamples: 500, seed: 5), rates: Self.equal).sides != sides)
    }

    @Test func equalServersPassAtTheFirstLook() {
        let way = Self.way(rates: Self.equal)
        #expect(way.course.pairs.count == 6 && way.blocks.map(\.round) == [1])
        #expect(way.course.rounds.map(\.verdict) == [.pass])
        #expect(way.course.pairs.map(\.number) == [1, 2, 3, 4, 5, 6])
    }

    @Test func aRegressionIsMeasuredAgainOnFreshLaunches() {
        let way = Self.way(rates: Self.slower)
        #expect(way.blocks == [CourseBlock(infrastructures: [0, 1], round: 1), CourseBlock(infrastructures: [0, 1], round: 2)])
        #expect(way.course.rounds.map(\.verdict) == [.regression, .regression])
        #expect(way.course.pairs.map(\.round) == Array(repeating: 1, count: 6) + Array(repeating: 2, count: way.course.pairs.count - 6))
        #expect(way.course.pairs.last?.number == way.course.pairs.count)
        let once = Self.way(DuelRule(resamples: 500, confirms: false), rates: Self.slower)
        #expect(once.blocks.count == 1 && once.course.rounds.map(\.verdict) == [.regression])
    }

    @Test func pairsAreAddedUpToTheLastLook() {
        let way = Self.way(rates: Self.wild)
        #expect(way.course.pairs.count == 18 && way.course.rounds.map(\.verdict) == [.inconclusive])
        #expect(way.shortages == 0)
    }

    @Test func theBudgetEndsARoundBeforeItIsSpent() {
        // Half a second to launch, and half of 30 s for the first round: pairs of 2.2 s each, with what lies between.
        let way = Self.way(budget: .seconds(30), rates: Self.wild)
        #expect(way.course.pairs.count == 7 && way.shortages == 1)
        #expect(way.course.rounds.map(\.verdict) == [.inconclusive])
        // Without a confirmation the whole of it.
        let whole = Self.way(DuelRule(resamples: 500, confirms: false), budget: .seconds(30), rates: Self.wild)
        #expect(whole.course.pairs.count == 14)
        // What was begun is finished: a side without its other says nothing.
        #expect(way.sides.count.isMultiple(of: 2) && whole.sides.count.isMultiple(of: 2))
    }

    @Test func everyLoadHasItsPairBeforeTheNextNumber() {
        let way = Self.way(loads: [Self.load, Self.other], rates: Self.equal)
        #expect(way.course.pairs.map(\.number) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6])
        #expect(way.course.pairs.map(\.load.sessions) == Array(repeating: [2, 8], count: 6).flatMap(\.self))
        #expect(way.course.rounds.first?.findings.count == 2 && way.course.rounds.map(\.verdict) == [.pass])
    }

    @Test func voidPairsAreReplacedUpToWhatCanBeBelieved() {
        let way = Self.way(limiter: .generator, rates: Self.equal)
        #expect(way.course.rounds.map(\.verdict) == [.invalid])
        #expect(way.course.pairs.count <= 23)
    }

    @Test func aFewVoidPairsAreMadeUpFor() {
        // Two of the first six, and none after them.
        var course = DuelCourse(DuelRule(resamples: 500), loads: [Self.load, Self.other], budget: nil)
        let block = CourseBlock(infrastructures: [0, 1], round: 1)
        while case .measure(let key, let place, _) = course.next(in: block, elapsed: .zero), course.pairs.count < 200 {
            let isVoid = key.sessions == 2 && [2, 5].contains(key.rep)
            course.finish(Self.cell(key, Self.equal(key.rep).a, limiter: isVoid ? .generator : .none), on: place)
        }
        course.end(block)
        #expect(course.rounds.map(\.verdict) == [.pass] && course.rounds[0].void == 2)
        #expect(course.pairs.count == 16)
        // What is stored is judged once more as it was.
        #expect(course.replayed(course.pairs).rounds == course.rounds)
    }

    @Test func aReplayIsTheSameWay() {
        for rates in [Self.equal, Self.slower, Self.wild] {
            let course = Self.way(rates: rates).course
            #expect(course.replayed(course.pairs).rounds == course.rounds)
        }
    }

    @Test func aMetricWithoutSamplesEndsItAtTheFirstLook() {
        let rule = DuelRule(criteria: [.init(CellMetric(.latency(.step, .p95)))], resamples: 500)
        let way = Self.way(rule, rates: Self.equal)
        #expect(way.course.pairs.count == 6 && way.course.rounds.map(\.verdict) == [.inconclusive])
    }

    @Test func aSideThatCannotBeMeasuredEndsIt() {
        var course = DuelCourse(DuelRule(), loads: [Self.load], budget: nil)
        let block = course.nextBlock()
        #expect(block == CourseBlock(infrastructures: [0, 1], round: 1))
        course.skip(Self.load.key(rep: 1), on: 1)
        #expect(course.nextBlock() == nil)
        #expect(block.map { course.next(in: $0, elapsed: .zero) } == .done(short: nil))
    }
}

@Suite("The load of a duel") struct LoadSearchTests {
    /// Steps per second by N.
    static func found(top: Int = 4096, generatorLimit: Int = .max, _ rate: (Int) -> Double) -> (LoadSearch.Step, tried: [Int]) {
        var search = LoadSearch(top: top)
        while case .measure(let sessions) = search.next(), search.trials.count < 50 {
            search.finish(.init(sessions: sessions, stepsPerSecond: rate(sessions), isGeneratorBound: sessions > generatorLimit))
        }
        return (search.next(), search.trials.map(\.sessions))
    }

    @Test func itIsNear70PercentOfWhereNothingIsGained() {
        // One processor: two sessions keep it busy.
        let single = Self.found { min(500, Double($0) * 430) }
        #expect(single == (.found(sessions: 1), [1, 2, 4]))
        // Steps that wait: 20 at a time.
        let waiting = Self.found { min(2000, Double($0) * 100) }
        #expect(waiting == (.found(sessions: 22), [1, 2, 4, 8, 16, 32, 64]))
    }

    @Test func itEndsAtTheTopAndWhereTheGeneratorDoes() {
        #expect(Self.found(top: 10) { Double($0) } == (.found(sessions: 5), [1, 2, 4, 8]))
        #expect(Self.found(generatorLimit: 4) { Double($0) } == (.found(sessions: 5), [1, 2, 4, 8]))
    }

    @Test func aServerThatMakesNoStepHasNone() {
        #expect(Self.found { _ in 0 } == (.hopeless, [1]))
    }
}
