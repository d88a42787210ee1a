import ScaleCore

/// Whether the numbers of a cell agree with each other and with what was asked. A contradiction does not say which of
/// them is wrong: a server's clock, a row in the wrong place, or the generator.
///
/// Where the record does not say what was asked, nothing is checked: waits that differ from step to step are known by
/// their mean, a trace and a user's own action ask for what they like.
public enum ConsistencyRules {
    /// What the rounding of a histogram with three digits and of a server's timer can take off a wait.
    public static let waitTolerance = 0.01
    /// The same in absolute time: the resolution of the coarsest timers in use.
    public static let timerResolution = Nanoseconds.milliseconds(1)
    /// By how much the two sides of Little's law may differ (Little, "A Proof for the Queuing Formula L = λW", 1961).
    public static let littleTolerance = 0.02
    /// Of a batch that was offered at once, the share that must have been open at one moment.
    public static let reachedShare = 0.9
    /// Above this share of all failures, one kind in one phase is said to be the cause.
    public static let concentration = 0.8
    /// Fewer failures have no pattern that is worth a sentence.
    public static let fewestFailures = 10
    /// What a server may leave out of a wait and still count as having waited: the success rule's 5 %.
    static let boundTolerance = 0.05

    /// The checks of one finished cell that do not hold, in the order of ``ConsistencyCheck``.
    /// - Parameters:
    ///   - plan: that of the cell's run: it says what the sessions were asked to do.
    ///   - deployment: what was under test; nil where it is not known.
    public static func violations(in cell: CellRecord, plan: Plan, deployment: DeploymentRecord? = nil) -> [CheckViolation] {
        let asked = asksForWait(plan) && cell.key.wait > .zero
        let found: [(ConsistencyCheck, String?)] = [
            (.wait, asked ? belowWait(cell) : nil),
            (.little, little(cell, plan)),
            (.concurrencyOrder, order(cell)),
            (.concurrencyReached, plan.shape == .burst && plan.trace == nil ? notReached(cell) : nil),
            (.stepBound, asked ? aboveBound(cell, deployment) : nil),
            (.failureSpread, oneFailure(cell)),
            (.generatorCeiling, nearCeiling(cell)),
        ]
        return found.compactMap { check, sentence in sentence.map { CheckViolation(check, $0) } }
    }

    /// Whether every step asks the benchmark environment for the wait that the cell is named after.
    static func asksForWait(_ plan: Plan) -> Bool { plan.waitSpread == nil && plan.trace == nil && plan.action == nil }

    private static func belowWait(_ cell: CellRecord) -> String? {
        let wait = cell.key.wait
        func isBelow(_ value: Nanoseconds, _ asked: Nanoseconds) -> Bool {
            let slack = max(asked.seconds * waitTolerance, timerResolution.seconds)
            return value.seconds < asked.seconds - slack
        }
        if let total = cell.latencies[.total], cell.key.steps > 0 {
            // Where an episode ended early, or steps are those of failed sessions, one wait is all that is certain.
            let steps = cell.latencies[.step]?.count ?? 0
            let isWhole = cell.failed == 0 && steps >= cell.succeeded * cell.key.steps
            let count = isWhole ? cell.key.steps : 1
            if isBelow(total.p99, wait * count) {
                let asked = count == 1 ? "the wait of \(wait.brief)" : "\(count.grouped) waits of \(wait.brief)"
                return "P99 total \(total.p99.brief) is below \(asked)"
            }
        }
        if let step = cell.latencies[.step], isBelow(step.p50, wait) {
            return "P50 step \(step.p50.brief) is below the wait of \(wait.brief)"
        }
        return nil
    }

    private static func little(_ cell: CellRecord, _ plan: Plan) -> String? {
        guard let effective = cell.effectiveConcurrency, let rate = cell.stepsPerSecond, let step = cell.latencies[.step],
            let mean = step.mean, let longest = step.max
        else { return nil }
        let product = rate * mean.seconds
        var slack = littleTolerance * max(effective, product)
        if let held = plan.pacing.holds, held > .zero {
            // Each session can have one step that the window's end cuts: in `step`, and with a part of its time only.
            slack += Double(cell.key.sessions) * longest.seconds / held.seconds
        }
        guard (effective - product).magnitude > slack else { return nil }
        return "effective concurrency \(effective.rounded(places: 1)) is not \(rate.rounded(places: 1)) steps/s × the mean "
            + "step of \(mean.brief) = \(product.rounded(places: 1))"
    }

    private static func order(_ cell: CellRecord) -> String? {
        guard let open = cell.peakOpen else { return nil }
        if open > cell.key.sessions {
            return "peak open \(open.grouped) is above N = \(cell.key.sessions.grouped)"
        }
        // A session that fails in mid-step was open as well, so only the rounding of the ratio is between the two.
        if let effective = cell.effectiveConcurrency, effective > Double(open) * (1 + littleTolerance) {
            return "effective concurrency \(effective.rounded(places: 1)) is above peak open \(open.grouped)"
        }
        return nil
    }

    /// Refused sessions were never to be open; where nearly all succeeded, they were there one after the other.
    private static func notReached(_ cell: CellRecord) -> String? {
        let wanted = reachedShare * Double(cell.key.sessions)
        guard let open = cell.peakOpen, Double(cell.succeeded) >= wanted, Double(open) < wanted else { return nil }
        return "peak open \(open.grouped) is below \(reachedShare.percent) of N = \(cell.key.sessions.grouped): "
            + "the batch was offered at once, not held at once"
    }

    /// A session is in one step at a time, so steps that each take the wait cannot be more than that. Over a WebSocket
    /// no more sessions than the cap of all workers admits are in one.
    private static func aboveBound(_ cell: CellRecord, _ deployment: DeploymentRecord?) -> String? {
        guard let rate = cell.stepsPerSecond else { return nil }
        var most = cell.key.sessions
        var what = "N = \(most.grouped)"
        if cell.key.mode == .ws, let workers = deployment?.workers, let cap = deployment?.sessionCap {
            let count = workers * max(1, deployment?.replicas ?? 1)
            let (slots, overflow) = count.multipliedReportingOverflow(by: cap)
            if !overflow, slots < most {
                most = slots
                what = "workers \(count.grouped) × cap \(cap.grouped)"
            }
        }
        let bound = Double(most) / cell.key.wait.seconds
        guard rate > bound * (1 + boundTolerance) else { return nil }
        return "\(rate.rounded(places: 1)) steps/s are above \(what) ÷ the wait of \(cell.key.wait.brief) = "
            + "\(bound.rounded(places: 1))"
    }

    /// Refusals by the cap are a result, and the verdict names them.
    private static func oneFailure(_ cell: CellRecord) -> String? {
        guard cell.failed >= fewestFailures, let most = cell.failures.max(by: { $0.count < $1.count }),
            most.kind != .capacityReached, Double(most.count) >= concentration * Double(cell.failed)
        else { return nil }
        let which = most.count == cell.failed ? "all" : most.count.grouped + " of"
        return "\(which) \(cell.failed.grouped) failures are \(LimiterRule.described(most))"
    }

    private static func nearCeiling(_ cell: CellRecord) -> String? {
        guard let fraction = cell.generator?.ceilingFraction, fraction > LimiterRule.ceilingShare else { return nil }
        return "the generator ran at \(fraction.percent) of its calibrated ceiling, above \(LimiterRule.ceilingShare.percent)"
    }
}
