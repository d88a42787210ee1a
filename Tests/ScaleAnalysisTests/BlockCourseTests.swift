import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite("Infrastructures take turns") struct BlockCourseTests {
    static func plan(seed: UInt64 = 0, reps: Int = 3) -> Plan {
        Plan(modes: [.ws, .http], sessions: [8, 16, 32], waits: [.zero, .seconds(1)], reps: reps, seed: seed)
    }

    static func course(
        _ plan: Plan = plan(), names: [String] = ["a", "b", "c"], finished: [[CellRecord]]? = nil, interleaves: Bool = true
    ) -> BlockCourse {
        BlockCourse(
            plan, names: names, top: 32, finished: finished ?? names.map { _ in [] }, interleaves: interleaves)
    }

    /// The whole way, as `name repetition: cells`.
    static func way(_ course: BlockCourse, names: [String] = ["a", "b", "c"]) -> [String] {
        course.blocks.map { block, cells in
            "\(names[block.infrastructure]) \(block.round): "
                + cells.map { "\($0.mode)\($0.sessions)w\($0.wait.seconds)r\($0.rep)" }.joined(separator: " ")
        }
    }

    @Test func everyBlockIsOneRepetitionOfOneInfrastructure() {
        let blocks = Self.course().blocks
        #expect(blocks.count == 9)
        #expect(blocks.map(\.block.round) == [1, 1, 1, 2, 2, 2, 3, 3, 3])
        for round in 0..<3 {
            #expect(Set(blocks[round * 3..<round * 3 + 3].map(\.block.infrastructure)) == [0, 1, 2])
        }
        for (block, cells) in blocks {
            #expect(cells.count == 12 && cells.allSatisfy { $0.rep == block.round })
        }
        for infrastructure in 0..<3 {
            let cells = blocks.filter { $0.block.infrastructure == infrastructure }.flatMap(\.cells)
            #expect(Set(cells) == Set(Self.plan().cells) && cells.count == Self.plan().cells.count)
        }
    }

    @Test func theOrderIsOfTheSeedAndOfTheNames() {
        let way = Self.way(Self.course())
        #expect(way == Self.way(Self.course()))
        #expect(way != Self.way(Self.course(Self.plan(seed: 1))))
        // In another order of the file it is the same way.
        #expect(way == Self.way(Self.course(names: ["c", "b", "a"]), names: ["c", "b", "a"]))
        let orders = Set((1...3).map { round in Self.course().blocks.filter { $0.block.round == round }.map(\.block.infrastructure) })
        let shuffled = (0..<20).map { seed in Self.course(Self.plan(seed: seed)).blocks.prefix(3).map(\.block.infrastructure) }
        #expect(Set(shuffled).count > 3 && orders.count >= 1)
        // Within a block the cells are in another order than the plan's.
        #expect(Self.course().blocks.contains { block, cells in cells != Self.plan().cells.filter { $0.rep == block.round } })
    }

    @Test func whatIsStoredIsLeftOutAndNothingElseChanges() {
        let whole = Self.course().blocks
        // The first block and a half.
        let done = Array(whole[0].cells) + Array(whole[1].cells.prefix(5))
        var finished: [[CellRecord]] = [[], [], []]
        for (index, key) in done.enumerated() {
            finished[whole[index < 12 ? 0 : 1].block.infrastructure].append(.of(key))
        }
        let rest = Self.course(finished: finished)
        #expect(rest.planned == 108 - 17)
        #expect(rest.blocks.flatMap(\.cells) == Array(whole.flatMap(\.cells).dropFirst(17)))
        #expect(rest.nextBlock() == whole[1].block)
    }

    @Test func anAbandonedBlockIsOverAndTheOthersAreNot() throws {
        var course = Self.course()
        let block = try #require(course.nextBlock())
        course.abandon(block, wholly: false)
        #expect(course.planned == 96 && course.nextBlock() != block)
        #expect(course.blocks.count == 8)
        course.abandon(block, wholly: true)
        #expect(course.planned == 72)
        #expect(!course.blocks.contains { $0.block.infrastructure == block.infrastructure })
    }

    /// A plain run keeps the order of its plan, in a single block.
    @Test func withoutTurnsThereIsOneBlockInTheOrderOfThePlan() {
        let course = Self.course(names: ["a"], interleaves: false)
        #expect(course.blocks.map(\.cells) == [Self.plan().cells])
    }

    @Test func repetitionsThatAreAddedAreBlocksToo() throws {
        var plan = Plan(modes: [.ws], sessions: [20], waits: [.zero])
        plan.mostReps = 3
        var course = Self.course(plan, names: ["a", "b"], finished: [[], []])
        #expect(course.planned == nil)
        var turns: [Int] = []
        while let block = course.nextBlock(), turns.count < 20 {
            while case .measure(let key, let place, _) = course.next(in: block) {
                turns.append(block.infrastructure)
                course.finish(.of(key), on: place)
            }
        }
        // Twenty sessions demonstrate nothing before their third repetition.
        #expect(turns.count == 6 && Set(turns.prefix(2)) == [0, 1] && Set(turns.suffix(2)) == [0, 1])
    }

    /// What a repetition was left out of, or a cell that was passed over, has no further one; the others have theirs.
    @Test(arguments: [true, false]) func whatIsLeftOutCostsOthersNoRepetition(wholeBlock: Bool) throws {
        var plan = Plan(modes: [.ws], sessions: [20, 21], waits: [.zero])
        plan.mostReps = 3
        var course = Self.course(plan, names: ["a"], finished: [[]])
        var seen: [CellKey] = []
        while let block = course.nextBlock(), seen.count < 20 {
            while case .measure(let key, let place, _) = course.next(in: block) {
                // The second of the second repetition.
                if seen.count == 3 {
                    if wholeBlock { course.abandon(block, wholly: false) } else { course.skip(key, on: place) }
                    seen.append(key)
                    continue
                }
                seen.append(key)
                course.finish(.of(key), on: place)
            }
        }
        #expect(seen.map(\.rep) == [1, 1, 2, 2, 3] && seen[4].sessions == seen[2].sessions)
    }

    @Test func aSearchIsOneBlockToItsEnd() throws {
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.zero])
        (plan.search, plan.mostReps) = (SearchSettings(upTo: 64), 3)
        var course = BlockCourse(plan, names: ["a", "b"], top: 64, finished: [[], []], interleaves: true)
        var turns: [Int] = []
        while let block = course.nextBlock(), turns.count < 20 {
            while case .measure(let key, let place, _) = course.next(in: block) {
                turns.append(block.infrastructure)
                course.finish(.of(key), on: place)
            }
        }
        #expect(turns == [turns[0], turns[0], 1 - turns[0], 1 - turns[0]])
    }
}

@Suite("How long a cell will take") struct CellEstimateTests {
    static let key = CellKey(mode: .ws, sessions: 1000, wait: .seconds(2), steps: 3, rep: 2)

    static func plan(_ change: (inout Plan) -> Void = { _ in }) -> Plan {
        var plan = Plan(modes: [.ws], sessions: [1000], waits: [.seconds(2)], steps: 3)
        change(&plan)
        return plan
    }

    static let allowance = CellEstimate.usualAllowance * 1000

    @Test func thePlanAndAnAllowance() {
        func estimate(_ change: (inout Plan) -> Void = { _ in }) -> Nanoseconds {
            CellEstimate(Self.plan(change)).duration(of: Self.key) - Self.allowance
        }
        #expect(estimate() == .seconds(6))
        #expect(estimate { $0.think = .fixed(span: .seconds(1)) } == .seconds(9))
        #expect(estimate { $0.shape = .ramp(over: .seconds(10)) } == .seconds(16))
        #expect(estimate { $0.shape = .open(rate: 100, arrivals: .even) } == .seconds(16))
        #expect(estimate { $0.pacing = .hold(duration: .seconds(60)) } == .seconds(60))
    }

    @Test func whatWasMeasuredIsBelieved() {
        var (short, long, other) = (CellRecord.of(Self.key), CellRecord.of(Self.key), CellRecord.of(Self.key))
        (short.wall, long.wall, other.wall) = (.seconds(7), .seconds(8), .seconds(99))
        (short.key.rep, long.key.rep, other.key.sessions) = (1, 3, 2000)
        #expect(CellEstimate(Self.plan()).duration(of: Self.key, measured: [short, long, other]) == .seconds(8))
    }
}

extension CellRecord {
    /// Every session succeeded within a second.
    static func of(_ key: CellKey) -> CellRecord {
        CellRecord(
            key: key, startedAt: WallTime(microseconds: 0), wall: .seconds(1), succeeded: key.sessions, failed: 0, failures: [],
            latencies: [:], sessionsPerSecond: nil, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: key.sessions,
            uniquePids: 1, uniqueSessions: key.sessions, uniqueHosts: 1, lateStarts: 0,
            generator: GeneratorUse(cpu: .zero, peakRSSBytes: 1, threads: 1, loopLagP99: nil, loopLagMax: nil, ceilingFraction: nil),
            server: nil, verdict: Verdict(.none, evidence: ""), reportedSessionCap: nil)
    }
}
