import ScaleCore

/// Which cell of a run is measured next: those of the grid in their order, then more repetitions where the plan leaves
/// their number open, or what a search for the max batch asks for.
///
/// A value without a clock. Built again from the cells that are stored it goes on where it was.
public struct CellCourse: Sendable {
    public enum Step: Hashable, Sendable {
        /// - Parameter why: nil where the plan names the cell.
        case measure(CellKey, why: CapacitySearch.Reason?)
        /// - Parameter short: what there was too little of; nil where nothing is left to do.
        case done(short: Shortage?)
    }

    /// A budget that does not suffice for the cell that would come next.
    public enum Shortage: Hashable, Sendable {
        case time(budget: Nanoseconds, next: CellKey)
        case sessions(budget: Int, next: CellKey)
    }

    /// What is searched by itself: one mode and wait, with the plan's steps.
    public struct Load: Hashable, Sendable {
        public var mode: Mode
        public var wait: Nanoseconds
    }

    /// In which order the cells that the plan names follow each other.
    public enum Order: Hashable, Sendable {
        /// As the plan lists them.
        case planned
        /// Repetition by repetition, each in an order by chance. `salt` tells apart what shares a seed.
        case rounds(salt: Int)
    }

    private let plan: Plan
    private let top: Int
    /// Nothing is added to what is left of the grid any more.
    private var isAbandoned = false
    /// Cells that were passed over: what would follow them does not.
    private var skipped: Set<CellKey> = []
    /// Repetitions that were left out: what is not measured in one has none after it.
    private var leftOut: Set<Int> = []
    /// Of the grid's first round, not finished.
    private var remaining: ArraySlice<CellKey>
    private var trials: [Load: [Trial]] = [:]
    private var walls: [(sessions: Int, wall: Nanoseconds)] = []
    private var sessions = 0
    /// How long the cells took that were finished before this course was taken up.
    private let before: Nanoseconds

    /// - Parameter top: the largest N that a search may try.
    /// - Parameter finished: cells of the same plan that are stored.
    public init(_ plan: Plan, top: Int, finished: [CellRecord] = [], order: Order = .planned) {
        self.plan = plan
        self.top = top
        before = finished.reduce(.zero) { $0 + $1.wall }
        let keys = Set(finished.map(\.key))
        let cells = plan.search == nil ? plan.cells.filter { !keys.contains($0) } : []
        remaining = Self.ordered(cells, order, seed: plan.seed)[...]
        for cell in finished { note(cell) }
    }

    private static func ordered(_ cells: [CellKey], _ order: Order, seed: UInt64) -> [CellKey] {
        guard case .rounds(let salt) = order else { return cells }
        let seeded = SeededOrder(seed: seed)
        let ranked = cells.map { key in
            let mode = key.mode == .ws ? 0 : 1
            return (key, seeded.rank(salt, mode, key.sessions, Int(truncatingIfNeeded: key.wait.rawValue), key.rep))
        }
        return ranked.sorted { ($0.0.rep, $0.1) < ($1.0.rep, $1.1) }.map(\.0)
    }

    /// The repetition that the next cell is of, and 1 for a search, whose repetitions are its own affair; nil where nothing
    /// is left to do.
    public var round: Int? {
        guard case .measure(let key, _) = next() else { return nil }
        return plan.search == nil ? key.rep : 1
    }

    /// Leaves out what is to come of one repetition, and whatever depends on it; everything for nil, and of a search.
    public mutating func abandon(round: Int?) {
        if let round, plan.search == nil {
            remaining.removeAll { $0.rep == round }
            leftOut.insert(round)
        } else {
            remaining = []
            isAbandoned = true
        }
    }

    /// Adds no repetition to those that the plan names.
    mutating func closePlan() { isAbandoned = true }

    /// Passes over a cell, without anything that it would have shown: no repetition follows it that depends on it, and the
    /// search that asked for it ends there.
    public mutating func skip(_ key: CellKey) {
        remaining.removeAll { $0 == key }
        skipped.insert(key)
    }

    /// Cells to come; nil where that depends on what they will show.
    public var planned: Int? { plan.isAdaptive ? nil : remaining.count }

    /// The most sessions of a cell to come; nil where that is not known.
    public var largest: CellKey? { remaining.max { $0.sessions < $1.sessions } }

    /// Takes a cell that was measured.
    public mutating func finish(_ cell: CellRecord) {
        if let index = remaining.firstIndex(of: cell.key) {
            // Always the first one, unless somebody measured in another order.
            if index == remaining.startIndex { remaining.removeFirst() } else { remaining.remove(at: index) }
        }
        note(cell)
    }

    private mutating func note(_ cell: CellRecord) {
        trials[Load(mode: cell.key.mode, wait: cell.key.wait), default: []].append(Trial(cell))
        walls.append((cell.key.sessions, cell.wall))
        sessions += cell.key.sessions
    }

    /// What to do now.
    /// - Parameter elapsed: time since this course was taken up.
    public func next(elapsed: Nanoseconds = .zero) -> Step {
        if isAbandoned && (plan.search != nil || remaining.isEmpty) { return .done(short: nil) }
        if let search = plan.search {
            for load in loads {
                guard case .measure(let sessions, let rep, let reason) = searched(load) else { continue }
                let key = key(load, sessions, rep)
                if skipped.contains(key) { continue }
                if let short = shortage(search, before: key, elapsed) { return .done(short: short) }
                return .measure(key, why: reason)
            }
            return .done(short: nil)
        }
        if let key = remaining.first { return .measure(key, why: nil) }
        return again()
    }

    /// How each search stands; empty without one, and without those that have not ended.
    public var conclusions: [(load: Load, conclusion: CapacitySearch.Conclusion)] {
        if plan.search == nil { return [] }
        return loads.compactMap { load in
            guard case .done(let conclusion) = searched(load) else { return nil }
            return (load, conclusion)
        }
    }

    private var loads: [Load] { plan.modes.flatMap { mode in plan.waits.map { Load(mode: mode, wait: $0) } } }

    private func key(_ load: Load, _ sessions: Int, _ rep: Int) -> CellKey {
        CellKey(mode: load.mode, sessions: sessions, wait: load.wait, steps: plan.steps, rep: rep)
    }

    private func searched(_ load: Load) -> CapacitySearch.Step {
        CapacitySearch(
            start: plan.sessions.first ?? SearchSettings.usualStart, top: top,
            within: plan.search?.within ?? SearchSettings.usualWidth, mostReps: plan.mostReps ?? plan.reps, seed: plan.seed
        ).next(trials[load] ?? [])
    }

    /// Repetitions of what the grid's first round left undecided, in rounds: nobody gets a second one before all that
    /// need one have had it.
    private func again() -> Step {
        guard let most = plan.mostReps else { return .done(short: nil) }
        let rule = RetestRule(most: most)
        let order = SeededOrder(seed: plan.seed)
        var best: (round: Int, rank: UInt64, key: CellKey, reason: CapacitySearch.Reason)?
        for (index, load) in loads.enumerated() {
            for (sessions, tested) in Dictionary(grouping: trials[load] ?? [], by: \.sessions)
            where rule.standing(tested) == .undecided {
                let rep = (tested.map(\.rep).max() ?? 0) + 1
                if leftOut.contains(rep) || skipped.contains(key(load, sessions, rep)) { continue }
                let rank = order.rank(index, sessions, rep)
                if let best, (best.round, best.rank) <= (rep, rank) { continue }
                let counted = tested.count(where: \.isValid)
                best = (rep, rank, key(load, sessions, rep), counted == 0 ? .invalid : .undecided(reps: counted))
            }
        }
        return best.map { .measure($0.key, why: $0.reason) } ?? .done(short: nil)
    }

    /// A cell is taken to last as long as the one of the nearest N did, the longest of several.
    private func shortage(_ search: SearchSettings, before key: CellKey, _ elapsed: Nanoseconds) -> Shortage? {
        if let budget = search.budgetSessions, sessions + key.sessions > budget {
            return .sessions(budget: budget, next: key)
        }
        guard let budget = search.budget else { return nil }
        let nearest = walls.min { a, b in
            let (one, other) = ((a.sessions - key.sessions).magnitude, (b.sessions - key.sessions).magnitude)
            return one == other ? a.wall > b.wall : one < other
        }
        return before + elapsed + (nearest?.wall ?? .zero) > budget ? .time(budget: budget, next: key) : nil
    }
}
