import ScaleCore

extension CapacitySearch.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .start: "the search begins here"
        case .doubling(let below): "nothing fails up to N = \(below): further up"
        case .lower(let above): "N = \(above) does not pass and nothing smaller is known: further down"
        case .between(let low, let high): "the answer lies between \(low) and \(high)"
        case .undecided(let reps): "\(reps) repetition\(reps == 1 ? "" : "s") left it undecided"
        case .invalid: "the generator limited it the first time"
        case .edge(true): "the last that passes, tested again"
        case .edge(false): "the first that fails, tested again"
        }
    }
}

extension CapacitySearch.Conclusion: CustomStringConvertible {
    public var description: String {
        switch self {
        case .found(let pass, let fail): "found: the max batch lies in [\(pass), \(fail))"
        case .open(let open, let pass, let fail):
            "N = \(open) stays undecided with all its repetitions; "
                + (pass.map { "the last that passes is \($0)" } ?? "nothing smaller passes") + ", "
                + (fail.map { "the first that fails \($0)" } ?? "nothing larger fails")
        case .top(let top): "N = \(top) passes, and nothing larger may be tried: raise --up-to or this host's limits"
        case .hopeless(let smallest): "hopeless: even N = \(smallest) fails, and nothing smaller is tried; use a smaller --start"
        case .generator(let sessions, let pass):
            "the generator's own limits stopped N = \(sessions), so that larger N say nothing about the server; "
                + (pass.map { "\($0) passes" } ?? "nothing smaller passes")
        }
    }
}

extension CellCourse.Shortage: CustomStringConvertible {
    public var description: String {
        switch self {
        case .time(let budget, let next):
            "the budget of \(budget.seconds.rounded(places: 3)) s leaves no time for N = \(next.sessions); go on with --resume and a larger --budget"
        case .sessions(let budget, let next):
            "the budget of \(budget) sessions leaves too few for N = \(next.sessions); go on with --resume and more --budget-sessions"
        }
    }
}
