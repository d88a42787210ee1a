import ScaleCore

/// The way of a duel: pairs of cells, one of each side at the same load, until the rule decides or the budget is spent; then,
/// of a regression, once more on fresh launches.
///
/// Two pairs follow each other as A B B A or B A A B, by chance (fixed by the rule's seed): what drifts steadily on a host then
/// meets both sides alike. Both sides are alive all the time, and one of them is measured at a time.
public struct DuelCourse: Course {
    public let rule: DuelRule
    private let assessment: DuelAssessment
    public let loads: [CellLoad]
    /// For all rounds together, with launches; nil for no limit.
    public let budget: Nanoseconds?
    /// In the order in which they were completed.
    public private(set) var pairs: [DuelPair] = []
    /// What each round says so far; the last look of a round that is over.
    public private(set) var rounds: [DuelRound] = []
    /// How many rounds have come to their end.
    private var ended = 0
    /// The first cell of the pair that is being measured.
    private var half: CellRecord?
    private var isAbandoned = false

    public init(_ rule: DuelRule, loads: [CellLoad], budget: Nanoseconds?) {
        self.rule = rule
        assessment = DuelAssessment(rule)
        self.loads = loads
        self.budget = budget
    }

    public var planned: Int? { nil }
    public var largest: CellKey? { loads.max { $0.sessions < $1.sessions }?.key(rep: 1) }

    /// The rounds that have come to their end.
    public var endedRounds: [DuelRound] { Array(rounds.prefix(ended)) }

    /// Every round that the rule asks for has come to its end.
    public var isOver: Bool { ended > 0 && nextBlock() == nil && !isAbandoned }

    /// The first round is over and found a regression that is to be found again.
    public var isConfirming: Bool { ended == 1 && nextBlock() != nil }

    /// The place of each side in the list of infrastructures.
    public static func place(of side: DuelSide) -> Int { side == .a ? 0 : 1 }

    public func nextBlock() -> CourseBlock? {
        if isAbandoned || ended == 2 { return nil }
        if ended == 1, !rule.confirms || rounds.first?.verdict != .regression { return nil }
        return CourseBlock(infrastructures: [0, 1], round: ended + 1)
    }

    public func next(in block: CourseBlock, elapsed: Nanoseconds) -> CourseStep {
        if isAbandoned || ended >= block.round { return .done(short: nil) }
        let (number, load) = place
        let first = first(of: number)
        if half != nil { return .measure(load.key(rep: number), on: Self.place(of: first == .a ? .b : .a), why: nil) }
        // A round is looked at only when every load has its pair.
        if load == loads.first {
            if rounds.count == block.round, rounds[block.round - 1].isDecided { return .done(short: nil) }
            if isSpent(block.round) { return .done(short: nil) }
            if let limit = limit(of: block.round), elapsed + longestPair > limit {
                return .done(short: .time(budget: limit, next: load.key(rep: number)))
            }
        }
        return .measure(load.key(rep: number), on: Self.place(of: first), why: nil)
    }

    public mutating func finish(_ cell: CellRecord, on infrastructure: Int) {
        guard let other = half else {
            half = cell
            return
        }
        half = nil
        let isB = infrastructure == Self.place(of: .b)
        let round = ended + 1
        pairs.append(
            DuelPair(
                number: cell.key.rep, round: round, first: first(of: cell.key.rep), a: isB ? other : cell, b: isB ? cell : other))
        // Once all loads have their pair of this number.
        if pairs.count.isMultiple(of: loads.count) { look(round, isLast: false) }
    }

    /// A side that cannot be measured leaves nothing to compare.
    public mutating func skip(_ key: CellKey, on infrastructure: Int) { isAbandoned = true }

    public mutating func abandon(_ block: CourseBlock, wholly: Bool) { isAbandoned = true }

    public mutating func end(_ block: CourseBlock) {
        half = nil
        look(block.round, isLast: true)
        let isCut = !rounds[block.round - 1].isDecided && !isSpent(block.round)
        if isCut, let budget {
            let seconds = "\(budget.seconds.rounded(places: 1)) s"
            rounds[block.round - 1].reason += "; the budget, of which \(seconds) were left when the pairs began, ended the round"
        }
        ended = block.round
    }

    private mutating func look(_ round: Int, isLast: Bool) {
        if rounds.count == round, rounds[round - 1].isDecided { return }
        let found = assessment.round(pairs, number: round, isLast: isLast, confirming: round == 2 ? rounds[0] : nil)
        if rounds.count == round { rounds[round - 1] = found } else { rounds.append(found) }
    }

    /// The pair and load of the next cell.
    private var place: (number: Int, load: CellLoad) {
        (pairs.count / loads.count + 1, loads[pairs.count % loads.count])
    }

    /// Which side is measured first.
    private func first(of number: Int) -> DuelSide {
        let startsWithA = SeededOrder(seed: rule.seed).rank((number - 1) / 2) & 1 == 0
        return startsWithA == ((number - 1).isMultiple(of: 2)) ? .a : .b
    }

    /// Whether more pairs would say nothing: as many count at each load as the last look needs, void ones are so many that
    /// these would not be believed, or a metric has no value in any of them.
    private func isSpent(_ round: Int) -> Bool {
        guard let first = rule.looks.first, let last = rule.looks.last, rounds.count == round else { return false }
        let mine = pairs.filter { $0.round == round }
        let valid = loads.map { load in mine.count { $0.load == load && DuelValidity.reason($0) == nil } }.min() ?? 0
        if valid >= last || mine.count >= rule.mostPairs * loads.count { return true }
        return valid >= first && rounds[round - 1].findings.contains { $0.pairs == 0 }
    }

    /// Until when a round may last: half of the budget is kept for the confirmation, which may need as long.
    private func limit(of round: Int) -> Nanoseconds? {
        guard let budget else { return nil }
        return rule.confirms && round == 1 ? Nanoseconds(budget.rawValue / 2) : budget
    }

    /// What all loads of a number took at most so far, with what lies between cells.
    private var longestPair: Nanoseconds {
        let most = loads.map { load in
            let walls = pairs.filter { $0.load == load }.map { $0.a.wall + $0.b.wall }
            return walls.max() ?? .zero
        }
        let sum = most.reduce(.zero, +)
        return sum + Nanoseconds(sum.rawValue / 10)
    }
}

extension DuelCourse {
    /// The same way once more, over pairs that were measured on it.
    public func replayed(_ pairs: [DuelPair]) -> DuelCourse {
        var course = DuelCourse(rule, loads: loads, budget: budget)
        for (index, pair) in pairs.enumerated() {
            let (first, second) = pair.first == .a ? (pair.a, pair.b) : (pair.b, pair.a)
            course.finish(first, on: Self.place(of: pair.first))
            course.finish(second, on: Self.place(of: pair.first == .a ? .b : .a))
            if index + 1 == pairs.count || pairs[index + 1].round != pair.round, let block = course.nextBlock() { course.end(block) }
        }
        return course
    }
}
