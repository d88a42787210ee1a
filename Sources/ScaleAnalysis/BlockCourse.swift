import ScaleCore

/// Which infrastructure of a run is measured next, and for how long, when it has several: nothing that is not measured
/// runs beside what is, so they take turns.
///
/// A turn is a block: the cells of one repetition on one infrastructure, in an order by chance. In every repetition the
/// infrastructures follow each other in another order by chance. So each repetition sees a fresh launch, and what drifts
/// slowly on a host meets all of them alike. With a single infrastructure in the order of its plan there is one block.
///
/// A value without a clock. Built again from the cells that are stored it goes on where it was.
public struct BlockCourse: Sendable {
    public struct Block: Hashable, Sendable {
        /// Its place in the list of infrastructures.
        public var infrastructure: Int
        /// The repetition, from 1; 1 for a search, which is one block to its end.
        public var round: Int

        public init(infrastructure: Int, round: Int) {
            self.infrastructure = infrastructure
            self.round = round
        }
    }

    /// Of each infrastructure.
    public private(set) var courses: [CellCourse]
    private let plan: Plan
    private let salts: [Int]
    private let interleaves: Bool

    /// - Parameters:
    ///   - names: one for each infrastructure; the order by chance depends on them, not on their places.
    ///   - finished: the stored cells of each.
    ///   - interleaves: false for the order of the plan.
    public init(_ plan: Plan, names: [String], top: Int, finished: [[CellRecord]], interleaves: Bool) {
        self.plan = plan
        self.interleaves = interleaves
        let salts = names.map { name in
            var print = Fingerprint()
            print.add(name)
            return Int(truncatingIfNeeded: print.value)
        }
        self.salts = salts
        courses = zip(salts, finished).map { salt, cells in
            CellCourse(plan, top: top, finished: cells, order: interleaves ? .rounds(salt: salt) : .planned)
        }
    }

    /// Cells to come; nil where that depends on what they will show.
    public var planned: Int? {
        courses.reduce(0) { sum, course in course.planned.flatMap { cells in sum.map { $0 + cells } } }
    }

    /// The most sessions of a cell to come; nil where that is not known.
    public var largest: CellKey? { courses.compactMap(\.largest).max { $0.sessions < $1.sessions } }

    /// Nil where nothing is left to do.
    public func nextBlock() -> Block? {
        let rounds = courses.map { $0.round.map { interleaves ? $0 : 1 } }
        guard let round = rounds.compactMap(\.self).min() else { return nil }
        let order = SeededOrder(seed: plan.seed)
        let next = courses.indices.filter { rounds[$0] == round }.min {
            order.rank(round, salts[$0]) < order.rank(round, salts[$1])
        }
        return next.map { Block(infrastructure: $0, round: round) }
    }

    /// What to do now in a block; done where it is over.
    /// - Parameter elapsed: time since this course was taken up.
    public func next(in block: Block, elapsed: Nanoseconds = .zero) -> CellCourse.Step {
        let step = courses[block.infrastructure].next(elapsed: elapsed)
        guard interleaves, plan.search == nil, case .measure(let key, _) = step, key.rep != block.round else { return step }
        return .done(short: nil)
    }

    /// Takes a cell that was measured.
    public mutating func finish(_ cell: CellRecord, in block: Block) { courses[block.infrastructure].finish(cell) }

    /// Passes over a cell, and what depends on it.
    public mutating func skip(_ key: CellKey, in block: Block) { courses[block.infrastructure].skip(key) }

    /// Leaves out what is left of a block, or of everything on its infrastructure.
    public mutating func abandon(_ block: Block, wholly: Bool) {
        courses[block.infrastructure].abandon(round: wholly ? nil : block.round)
    }

    /// The blocks that the plan names and their cells, in the order in which they are measured. What cells will show may
    /// add to them.
    public var blocks: [(block: Block, cells: [CellKey])] {
        var (rest, found) = (self, [(block: Block, cells: [CellKey])]())
        for index in rest.courses.indices where plan.search == nil { rest.courses[index].closePlan() }
        while plan.search == nil, let block = rest.nextBlock() {
            var cells: [CellKey] = []
            while case .measure(let key, _) = rest.next(in: block) {
                cells.append(key)
                rest.skip(key, in: block)
            }
            found.append((block, cells))
        }
        return found
    }
}
