import Glibc
import ScaleCore

/// Finds the max batch of one load by itself: doubles N until one does not pass, halves the ratio between the largest N
/// that passes and the smallest above it that does not until they are near enough, and tests both ends again.
///
/// A pure function of the finished cells: it keeps nothing between two questions, so that a search which was interrupted
/// goes on from what is stored, whatever the order in which that is read. All that is decided by chance comes from the
/// seed.
///
/// What passes is what ``Capacity`` calls a pass, and the bracket is the same: the last N that passes with every smaller
/// tested n passing, and the first that fails.
public struct CapacitySearch: Hashable, Sendable {
    /// Why a cell is measured.
    public enum Reason: Hashable, Sendable {
        case start
        /// All that was tested up to this N passes.
        case doubling(above: Int)
        /// Nothing passes yet, and this N does not.
        case lower(than: Int)
        /// The answer lies between these two.
        case between(Int, Int)
        /// The repetitions of this N do not decide yet.
        case undecided(reps: Int)
        /// The generator stopped this N the first time.
        case invalid
        /// An end of the bracket, tested once more.
        case edge(passes: Bool)
    }

    /// How a search ended.
    public enum Conclusion: Hashable, Sendable {
        /// The ends are as near as was asked.
        case found(lastPass: Int, firstFail: Int)
        /// The evidence does not decide at this N, the smallest of them; the ends that are known.
        case open(at: Int, lastPass: Int?, firstFail: Int?)
        /// The largest N that may be tried passes.
        case top(Int)
        /// Even the smallest N that is tried fails.
        case hopeless(Int)
        /// The generator's own limits stopped this N, so nothing larger says anything about the server.
        case generator(at: Int, lastPass: Int?)
    }

    public enum Step: Hashable, Sendable {
        case measure(sessions: Int, rep: Int, Reason)
        case done(Conclusion)
    }

    /// The N that is tried first.
    public var start: Int
    /// The largest N that may be tried.
    public var top: Int
    /// How near the ends of the bracket shall come, as a share of the lower one.
    public var within: Double
    /// The most repetitions of one N that could pass in one of them; smaller N have as many more as they need.
    public var mostReps: Int
    public var rule: PassRule
    public var seed: UInt64

    /// Repetitions of each end of the bracket, where so many may be made.
    static let edgeReps = 2
    /// An upper bound below this makes a failure clear: it is not tested again.
    private var clearFailure: Double { rule.threshold - rule.repMargin }

    public init(
        start: Int, top: Int, within: Double = SearchSettings.usualWidth, mostReps: Int = SearchSettings.usualReps,
        rule: PassRule = PassRule(), seed: UInt64 = 0
    ) {
        self.start = min(start, top)
        self.top = top
        self.within = within
        self.mostReps = mostReps
        self.rule = rule
        self.seed = seed
    }

    /// Nothing smaller is tried than the start, or the fewest sessions that can pass in one repetition.
    var bottom: Int { min(start, rule.fewestToPass) }

    private func retest(_ sessions: Int) -> RetestRule {
        let needed = (rule.fewestToPass - 1) / max(1, sessions)
        return RetestRule(rule: rule, most: mostReps + needed)
    }

    private struct Point {
        var sessions: Int
        var trials: [Trial]
        var standing: RetestRule.Standing

        var reps: Int { trials.count }
        var nextRep: Int { (trials.map(\.rep).max() ?? 0) + 1 }
    }

    /// What to do now.
    /// - Parameter trials: the finished cells of this load, in any order.
    public func next(_ trials: [Trial]) -> Step {
        let points = Dictionary(grouping: trials, by: \.sessions).map { sessions, tested in
            Point(sessions: sessions, trials: tested, standing: retest(sessions).standing(tested))
        }.sorted { $0.sessions < $1.sessions }
        if points.isEmpty { return .measure(sessions: start, rep: 1, .start) }
        let held = points.prefix { $0.standing == .passes }.last
        guard let first = points.first(where: { $0.standing != .passes }) else {
            return allPass(points)
        }
        switch first.standing {
        case .undecided: return again(first)
        case .invalid:
            // Also where a larger N is known to fail: in between, the generator would be as near its limits.
            return edges(held, fail: nil) ?? .done(.generator(at: first.sessions, lastPass: held?.sessions))
        case .passes, .fails, .open: break
        }
        if let step = below(first, held: held) { return step }
        return first.standing == .fails ? close(held, first) : above(first, held, points)
    }

    /// The upward search.
    private func allPass(_ points: [Point]) -> Step {
        guard let last = points.last, last.sessions < top else {
            return edges(points.last, fail: nil) ?? .done(.top(top))
        }
        let (double, overflow) = last.sessions.multipliedReportingOverflow(by: 2)
        return .measure(sessions: overflow ? top : min(top, double), rep: 1, .doubling(above: last.sessions))
    }

    private func again(_ point: Point) -> Step {
        let counted = point.trials.count(where: \.isValid)
        return .measure(
            sessions: point.sessions, rep: point.nextRep, counted == 0 ? .invalid : .undecided(reps: counted))
    }

    /// Brings the last pass near to the first N that does not pass; nil where it is.
    private func below(_ first: Point, held: Point?) -> Step? {
        guard let held else {
            if first.sessions <= bottom { return nil }
            // What fails clearly loses at least the rule's margin, and so would the smallest N.
            if isClearlyFailed(first), Double(first.sessions) * clearFailure <= Double(bottom) { return nil }
            return .measure(sessions: max(bottom, first.sessions / 2), rep: 1, .lower(than: first.sessions))
        }
        return between(held.sessions, first.sessions)
    }

    private func between(_ low: Int, _ high: Int) -> Step? {
        if Double(high) <= Double(low) * (1 + within) { return nil }
        // The mean of the logarithms: what is asked for is a ratio.
        let middle = Int((Double(low) * Double(high)).squareRoot().rounded())
        guard middle > low, middle < high else { return nil }
        return .measure(sessions: middle, rep: 1, .between(low, high))
    }

    /// Both ends are near: tests them again, then it is over.
    private func close(_ held: Point?, _ fail: Point) -> Step {
        if let step = edges(held, fail: fail) { return step }
        guard let held else { return .done(.hopeless(fail.sessions)) }
        return .done(.found(lastPass: held.sessions, firstFail: fail.sessions))
    }

    /// Above an N that stays open: the first that fails is looked for from there.
    private func above(_ open: Point, _ held: Point?, _ points: [Point]) -> Step {
        let fail = points.first { $0.standing == .fails }
        let rest = points.filter { $0.sessions >= open.sessions && $0.sessions < fail?.sessions ?? .max }
        guard let last = rest.last else { return close(held, open) }
        if let pending = rest.first(where: { $0.standing == .undecided }) { return again(pending) }
        let known = Conclusion.open(at: open.sessions, lastPass: held?.sessions, firstFail: fail?.sessions)
        if let fail {
            return between(last.sessions, fail.sessions) ?? edges(held, fail: fail) ?? .done(known)
        }
        if last.standing == .invalid || last.sessions >= top { return edges(held, fail: nil) ?? .done(known) }
        // It is near: a quarter more is enough to meet a failure where success falls at all steeply.
        let more = max(last.sessions + 1, last.sessions + last.sessions / 4)
        return .measure(sessions: min(top, more), rep: 1, .doubling(above: last.sessions))
    }

    /// The ends that have not been tested often enough, in an order by chance; nil where both were.
    private func edges(_ held: Point?, fail: Point?) -> Step? {
        let wanted = [held, fail].compactMap { $0 }.filter { point in
            point.reps < min(Self.edgeReps, retest(point.sessions).most) && !isClearlyFailed(point)
        }
        let order = SeededOrder(seed: seed)
        let next = wanted.min {
            order.rank($0.sessions, $0.nextRep) < order.rank($1.sessions, $1.nextRep)
        }
        return next.map {
            .measure(sessions: $0.sessions, rep: $0.nextRep, .edge(passes: $0.standing == .passes))
        }
    }

    private func isClearlyFailed(_ point: Point) -> Bool {
        let reps = point.trials.filter(\.isValid).map { PassRule.Rep(succeeded: $0.succeeded, offered: $0.sessions) }
        return point.standing == .fails && rule.judge(reps).upperBound < clearFailure
    }
}
