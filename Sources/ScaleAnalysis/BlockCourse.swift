import ScaleCore

/// Which infrastructure of a run is measured next, and for how long, when it has several: nothing that is not measured
/// runs beside what is, so they take turns.
///
/// A turn is a block: the cells of one repetition on one infrastructure, in an order by chance. In every repetition the
/// infrastructures follow each other in another order by chance. So each repetition sees a fresh launch, and what drifts
/// slowly on a host meets all of them alike. With a single infrastructure in the order of its plan there is one block.
///
/// A value without a clock. Built again from the cells that are stored it goes on where it was.
public struct BlockCourse: Course {
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

    public var planned: Int? {
        courses.reduce(0) { sum, course in course.planned.flatMap { cells in sum.map { $0 + cells } } }
    }

    public var largest: CellKey? { courses.compactMap(\.largest).max { $0.sessions < $1.sessions } }

    public func nextBlock() -> CourseBlock? {
        let rounds = courses.map { $0.round.map { interleaves ? $0 : 1 } }
        guard let round = rounds.compactMap(\.self).min() else { return nil }
        let order = SeededOrder(seed: plan.seed)
        let next = courses.indices.filter { rounds[$0] == round }.min {
            order.rank(round, salts[$0]) < order.rank(round, salts[$1])
        }
        return next.map { CourseBlock(infrastructure: $0, round: round) }
    }

    public func next(in block: CourseBlock, elapsed: Nanoseconds = .zero) -> CourseStep {
        switch courses[block.infrastructure].next(elapsed: elapsed) {
        case .measure(let key, _) where interleaves && plan.search == nil && key.rep != block.round: .done(short: nil)
        case .measure(let key, let why): .measure(key, on: block.infrastructure, why: why)
        case .done(let short): .done(short: short)
        }
    }

    public mutating func finish(_ cell: CellRecord, on infrastructure: Int) { courses[infrastructure].finish(cell) }

    public mutating func skip(_ key: CellKey, on infrastructure: Int) { courses[infrastructure].skip(key) }

    public mutating func abandon(_ block: CourseBlock, wholly: Bool) {
        courses[block.infrastructure].abandon(round: wholly ? nil : block.round)
    }

    public func conclusions(in block: CourseBlock) -> [(load: CellCourse.Load, conclusion: CapacitySearch.Conclusion)] {
        courses[block.infrastructure].conclusions
    }

    /// The blocks that the plan names and their cells, in the order in which they are measured. What cells will show may
    /// add to them.
    public var blocks: [(block: CourseBlock, cells: [CellKey])] {
        var (rest, found) = (self, [(block: CourseBlock, cells: [CellKey])]())
        for index in rest.courses.indices where plan.search == nil { rest.courses[index].closePlan() }
        while plan.search == nil, let block = rest.nextBlock() {
            var cells: [CellKey] = []
            while case .measure(let key, let place, _) = rest.next(in: block) {
                cells.append(key)
                rest.skip(key, on: place)
            }
            found.append((block, cells))
        }
        return found
    }
}

extension CourseBlock {
    /// A block of one infrastructure, as those of a grid are.
    public init(infrastructure: Int, round: Int) { self.init(infrastructures: [infrastructure], round: round) }

    /// The one of such a block.
    public var infrastructure: Int { infrastructures[0] }
}
