import ScaleAnalysis
import ScaleCore

/// A sizing plan in words for a terminal: the answer, what it is made of, what it rests on, and its assumptions.
public enum SizingText {
    /// Lines without their ends.
    public static func lines(_ plan: SizingPlan) -> [String] {
        let request = plan.request
        var lines = [headline(plan)]
        lines.append(
            "  One host held \(Figure.count(plan.perHostMeasured)) (workers × cap: \(slots(plan))); with "
                + "\(Figure.percent(request.headroom)) headroom that allows \(Figure.count(plan.perHostAllowed)), and "
                + "\(counted(plan.hosts, "host")) get \(Figure.count(plan.perHost)) at most.")
        lines.append("  " + batch(plan))
        lines.append("  " + cost(plan))
        lines.append("  " + law(plan))
        lines.append("  It rests on \(counted(plan.cells.count, "stored cell")):")
        lines += plan.cells.map { cell in
            let key = cell.record.key
            return "    cell \(cell.id): N = \(Figure.count(key.sessions)), wait \(key.wait.asSetting) s, steps "
                + "\(Figure.steps(key.steps)), rep \(key.rep), success \(Figure.percent(cell.record.successRate)), peak open "
                + (cell.record.peakOpen.map { Figure.count($0) } ?? Figure.absent)
        }
        return lines + plan.notes.map { "  Note: " + $0 }
    }

    private static func headline(_ plan: SizingPlan) -> String {
        let request = plan.request
        let steps = counted(request.steps, "step")
        return "\(plan.deployment.infra): \(Figure.count(request.target)) \(request.mode.rawValue) sessions of \(steps) with a wait of "
            + "\(request.wait.asSetting) s need \(counted(plan.hosts, "host")) × \(slots(plan)) and take \(plan.batch.inWords) a batch."
    }

    /// `8 workers × cap 400`.
    private static func slots(_ plan: SizingPlan) -> String {
        let workers = plan.workers.map { counted($0, "worker") } ?? "unknown workers"
        return workers + " × " + (plan.cap.map { "cap " + Figure.count($0) } ?? "no known cap")
    }

    private static func batch(_ plan: SizingPlan) -> String {
        let source =
            switch plan.penaltySource {
            case .makespan: "P50 of the makespan ÷ P50 of the step, in lock-step"
            case .stepTail: "P99 ÷ P50 of the step: a batch that waits for its slowest session"
            }
        return "Batch \(plan.batch.inWords) = \(plan.ready.inWords) until all are ready + \(Figure.count(plan.request.steps)) × "
            + "\(plan.step.inWords) a step × \(Figure.fixed(plan.penalty, 3)) for stragglers (\(source))."
    }

    private static func cost(_ plan: SizingPlan) -> String {
        var parts: [String] = []
        if let cpu = plan.cpuPerThousandSteps { parts.append("\(Figure.significant(cpu)) CPU-seconds of the servers") }
        if let core = plan.corePerThousandSteps {
            parts.append("\(Figure.significant(core)) core-seconds of all hosts, idle time included")
        }
        if let cost = plan.costPerThousandSteps, let price = plan.request.pricePerCoreHour {
            parts.append("\(Figure.significant(cost)) at \(Figure.plain(price)) per core-hour")
        }
        if parts.isEmpty { return "Cost per 1,000 steps: not known, as neither the servers nor their cores could be read." }
        return "Cost per 1,000 steps: " + parts.joined(separator: "; ") + "."
    }

    private static func law(_ plan: SizingPlan) -> String {
        guard let fit = plan.fit else { return "No scaling law: \(plan.fitRefusal ?? "not fitted")." }
        let curve = fit.curve
        let peak = curve.peakSessions.map { "throughput peaks at N = \(Figure.significant($0)) \(range(fit.peakSessions))" }
        return "Scaling law (USL, \(counted(fit.cells, "cell")), 95 % intervals): contention \(Figure.significant(curve.alpha)) "
            + "\(range(fit.alpha)), coherency \(scientific(curve.beta)) [\(fit.beta.low.map(scientific) ?? "open"), "
            + "\(fit.beta.high.map(scientific) ?? "open")], " + (peak ?? "no peak") + "."
    }

    static func range(_ interval: Interval) -> String {
        "[\(interval.low.map(Figure.significant) ?? "open"), \(interval.high.map(Figure.significant) ?? "open")]"
    }

    /// `1.42e-07`: coherency is a share of pairs, far below what decimals show.
    static func scientific(_ value: Double) -> String {
        guard value.isFinite, value > 0 else { return "0" }
        var exponent = 0
        var mantissa = value
        while mantissa < 0.9995 {
            mantissa *= 10
            exponent -= 1
        }
        return Figure.significant(mantissa) + (exponent == 0 ? "" : "e\(exponent)")
    }

    private static func counted(_ count: Int, _ noun: String) -> String { Figure.count(count) + " " + noun + (count == 1 ? "" : "s") }
}

/// A sizing plan as `scalebench plan --json` prints it: absent values null, times in seconds.
public enum SizingJSON {
    /// One JSON object without a line end.
    public static func line(_ plan: SizingPlan) -> String {
        let request = plan.request
        return JSONText.object([
            ("type", .string("plan")), ("infra", .string(plan.deployment.infra)), ("mode", .string(request.mode.rawValue)),
            ("target", .int(request.target)), ("wait_seconds", .double(request.wait.seconds)), ("steps", .int(request.steps)),
            ("headroom", .double(request.headroom)), ("hosts", .int(plan.hosts)), ("workers_per_host", .optional(plan.workers)),
            ("session_cap", .optional(plan.cap)), ("held_per_host", .int(plan.perHostMeasured)),
            ("allowed_per_host", .int(plan.perHostAllowed)), ("sessions_per_host", .int(plan.perHost)),
            ("batch_seconds", .double(plan.batch.seconds)), ("ready_seconds", .double(plan.ready.seconds)),
            ("step_seconds", .double(plan.step.seconds)), ("straggler_penalty", .double(plan.penalty)),
            ("straggler_source", .string(plan.penaltySource.rawValue)),
            ("cpu_seconds_per_1000_steps", .optional(plan.cpuPerThousandSteps)),
            ("core_seconds_per_1000_steps", .optional(plan.corePerThousandSteps)),
            ("price_per_core_hour", .optional(request.pricePerCoreHour)),
            ("cost_per_1000_steps", .optional(plan.costPerThousandSteps)),
            ("usl", plan.fit.map(fit) ?? .null), ("usl_refused", plan.fitRefusal.map { .string($0) } ?? .null),
            ("cells", .array(plan.cells.map(cell))), ("notes", .array(plan.notes.map { .string($0) })),
        ]).line
    }

    private static func cell(_ cell: SizingCell) -> JSONText {
        .object([
            ("id", .int(Int(cell.id))), ("requests", .int(cell.record.key.sessions)), ("steps", .int(cell.record.key.steps)),
            ("rep", .int(cell.record.key.rep)), ("success_rate", .double(cell.record.successRate)),
            ("peak_open_sessions", .optional(cell.record.peakOpen)),
        ])
    }

    private static func fit(_ fit: ScalabilityFit) -> JSONText {
        .object([
            ("cells", .int(fit.cells)), ("confidence", .double(ScalabilityFit.confidence)),
            ("gamma", .double(fit.curve.gamma)), ("gamma_interval", interval(fit.gamma)),
            ("alpha", .double(fit.curve.alpha)), ("alpha_interval", interval(fit.alpha)),
            ("beta", .double(fit.curve.beta)), ("beta_interval", interval(fit.beta)),
            ("peak_sessions", .optional(fit.curve.peakSessions)), ("peak_sessions_interval", interval(fit.peakSessions)),
            ("r_squared", .double(fit.determination)),
        ])
    }

    private static func interval(_ interval: Interval) -> JSONText {
        .array([.optional(interval.low), .optional(interval.high)])
    }
}
