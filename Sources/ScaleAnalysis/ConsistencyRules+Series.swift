import ScaleCore

/// What cells of one deployment say only beside each other.
extension ConsistencyRules {
    /// What longer waits must add to the time of a cell, as a share of it, before a constant throughput means anything:
    /// twice the share within which values count as the same.
    public static let leastEffect = 0.1

    /// The checks across cells that do not hold.
    /// - Parameters:
    ///   - cells: those of one deployment and run, whatever they are; invalid ones are passed over.
    ///   - plan: that of the run.
    public static func violations(across cells: [CellRecord], plan: Plan) -> [CheckViolation] {
        let valid = cells.filter(\.valid)
        // Arrivals at a rate fix the throughput, and held sessions take as long as they are held.
        let isPaced = plan.shape != .burst || plan.pacing.holds != nil
        let waits = asksForWait(plan) && !isPaced ? independentOfWait(valid) : []
        return waits + plateaus(valid)
    }

    private struct Load: Hashable {
        var mode: Mode
        var sessions: Int
        var steps: Int
    }

    private struct WaitPoint {
        var wait: Nanoseconds
        var rate: Double
        var wall: Double
    }

    private static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(max(1, values.count)) }

    private static func independentOfWait(_ cells: [CellRecord]) -> [CheckViolation] {
        Dictionary(grouping: cells) { Load(mode: $0.key.mode, sessions: $0.key.sessions, steps: $0.key.steps) }
            .sorted { ($0.key.mode.rawValue, $0.key.sessions, $0.key.steps) < ($1.key.mode.rawValue, $1.key.sessions, $1.key.steps) }
            .compactMap { load, cells in
                let points = Dictionary(grouping: cells, by: \.key.wait).map { wait, cells in
                    WaitPoint(
                        wait: wait, rate: mean(cells.compactMap(\.sessionsPerSecond)), wall: mean(cells.map(\.wall.seconds)))
                }.sorted { $0.wait < $1.wait }
                guard let sentence = sentence(points, steps: load.steps) else { return nil }
                let place = "\(load.mode.rawValue), N = \(load.sessions.grouped): "
                return CheckViolation(.waitMatters, place + sentence)
            }
    }

    private static func sentence(_ points: [WaitPoint], steps: Int) -> String? {
        guard points.count > 1, let first = points.first, let last = points.last, steps > 0, first.wall > 0 else { return nil }
        let rates = points.map(\.rate)
        guard let least = rates.min(), let most = rates.max(), least > 0, most - least <= LimiterRule.flatShare * most else {
            return nil
        }
        guard (last.wait - first.wait).seconds * Double(steps) >= leastEffect * first.wall else { return nil }
        let shown = rates.map { $0.rounded(places: $0 < 10 ? 2 : $0 < 100 ? 1 : 0) }
        let waits = points.map { $0.wait.seconds.rounded(places: 3) }
        return "sessions/s \(shown.joined(separator: ", ")) at waits of \(waits.joined(separator: ", ")) s: connect-limited, "
            + "not step-limited"
    }

    /// Each series once, by the cell of the largest N: the rule looks at those below it.
    private static func plateaus(_ cells: [CellRecord]) -> [CheckViolation] {
        Dictionary(grouping: cells) { [$0.key.mode.rawValue, "\($0.key.wait.rawValue)", "\($0.key.steps)"] }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .compactMap { _, cells in
                guard let top = cells.max(by: { $0.key.sessions < $1.key.sessions }) else { return nil }
                var context = LimiterContext()
                context.earlier = cells.filter { $0.key.sessions < top.key.sessions }
                guard let evidence = LimiterRule.plateauEvidence(top, context) else { return nil }
                return CheckViolation(.growth, "\(top.key.mode.rawValue), wait \(top.key.wait.brief): \(evidence)")
            }
    }
}
