import ScaleAnalysis
import ScaleCore
import Testing

@Suite struct CellCourseTests {
    static let grid = Plan(modes: [.ws, .http], sessions: [8, 64], waits: [.zero, .seconds(1)], reps: 2)

    /// Follows a course; what a cell shows is up to the closure.
    func follow(_ plan: Plan, finished: [CellRecord] = [], _ succeeded: (CellKey) -> Int) -> [CellKey] {
        var course = CellCourse(plan, top: 1000, finished: finished)
        var keys: [CellKey] = []
        while case .measure(let key, _) = course.next() {
            keys.append(key)
            course.finish(simulatedCell(key, succeeded: succeeded(key)))
        }
        return keys
    }

    @Test func aGridIsMeasuredInItsOrder() {
        let course = CellCourse(Self.grid, top: 64)
        #expect(course.planned == 16)
        #expect(course.largest?.sessions == 64)
        #expect(follow(Self.grid) { $0.sessions / 2 } == Self.grid.cells)
        #expect(course.conclusions.isEmpty)
    }

    @Test func finishedCellsAreLeftOut() {
        let cells = Self.grid.cells
        let finished = [cells[0], cells[3], cells[15]].map { simulatedCell($0, succeeded: $0.sessions) }
        #expect(CellCourse(Self.grid, top: 64, finished: finished).planned == 13)
        #expect(follow(Self.grid, finished: finished) { $0.sessions } == cells.filter { ![cells[0], cells[3], cells[15]].contains($0) })
    }

    static let auto = Plan(modes: [.ws], sessions: [8, 64, 128, 256], waits: [.zero], mostReps: 4)

    /// 64 loses two each time, which the fourth repetition might still have changed, 128 loses six, which it could not,
    /// 256 fails at once, and 8 cannot pass in four.
    static func succeeded(_ key: CellKey) -> Int { [8: 8, 64: 62, 128: 122, 256: 100][key.sessions] ?? 0 }

    @Test func undecidedCellsAreRepeatedInRounds() {
        let keys = follow(Self.auto, Self.succeeded)
        #expect(CellCourse(Self.auto, top: 256).planned == nil)
        #expect(keys.prefix(4) == Self.auto.cells[...])
        #expect(keys.dropFirst(4).map(\.rep) == keys.dropFirst(4).map(\.rep).sorted())
        let reps = Dictionary(grouping: keys, by: \.sessions).mapValues(\.count)
        #expect(reps == [8: 1, 64: 4, 128: 3, 256: 1])
        let orders = (0..<16).map { seed in
            var plan = Self.auto
            plan.seed = UInt64(seed)
            return follow(plan, Self.succeeded).dropFirst(4).map(\.sessions)
        }
        #expect(Set(orders).count > 1)
    }

    @Test func repetitionsGoOnFromWhatIsStored() {
        let keys = follow(Self.auto, Self.succeeded)
        for count in keys.indices {
            let stored = keys[..<count].map { simulatedCell($0, succeeded: Self.succeeded($0)) }
            #expect(follow(Self.auto, finished: stored.shuffled(), Self.succeeded) == Array(keys[count...]))
        }
    }

    @Test func everyModeAndWaitIsSearched() {
        var plan = Plan(modes: [.ws, .http], sessions: [64], waits: [.zero, .seconds(1)], mostReps: 3, search: SearchSettings())
        plan.seed = 3
        var course = CellCourse(plan, top: 1000)
        while case .measure(let key, _) = course.next() {
            course.finish(simulatedCell(key, succeeded: min(key.sessions, key.mode == .ws ? 100 : 300)))
        }
        #expect(course.conclusions.map(\.load.mode) == [.ws, .ws, .http, .http])
        #expect(course.conclusions.map(\.load.wait) == [.zero, .seconds(1), .zero, .seconds(1)])
        for (load, conclusion) in course.conclusions {
            guard case .found(let pass, let fail) = conclusion else { continue }
            #expect((pass...fail).contains(load.mode == .ws ? 105 : 315))
        }
    }
}
