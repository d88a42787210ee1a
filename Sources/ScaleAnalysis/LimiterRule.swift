import ScaleCore

/// What stopped a cell from doing better, with its evidence. The rules are tried in this order and the first that
/// holds decides, so that nothing is said about a server before the generator is cleared, and nothing is guessed at
/// before what was said or measured:
///
/// 1. `client-limit`: any session failed on the generator's own host, or while it waited for a connection of the
///    generator's own pool.
/// 2. `generator`: it was the bottleneck, see ``generatorEvidence(_:_:)``.
/// 3. `session-leak`: sessions were refused by servers that count more sessions as open than this cell can have, see
///    ``leakEvidence(_:)``; `session-cap`: they were refused by the cap, and nothing else failed more often.
/// 4. `server-cpu`: the servers used more than ``busyShare`` of the processors they can keep busy over the cell: their
///    cores, and no more than one per worker; or would have used that much had they got the processors they waited for.
/// 5. `kernel`: sessions failed to connect, or connected slowly and timed out, while this host's kernel turned
///    connections away, see ``kernelEvidence(_:_:)``.
/// 6. `network`: they failed on the way to another host, see ``networkEvidence(_:_:)``.
/// 7. `proxy`: a balancer failed them or kept them waiting, see ``proxyEvidence(_:_:)``.
/// 8. `session-cap` again, where servers answered 503 themselves, see ``bareRefusalEvidence(_:_:)``, or successes stay flat
///    over N, see ``plateauEvidence(_:_:)``.
/// 9. `server-other`: they closed connections while nothing was asked of them, see ``idleEvidence(_:)``; or sessions failed at servers that are known to have had processor time to spare, see
///    ``otherEvidence(_:_:)``.
/// 10. `none`: every session succeeded.
/// 11. `unknown`: otherwise, naming the most frequent failure.
public enum LimiterRule {
    /// From this share of its processor time on, a program is called busy: what remains is within what a scheduler
    /// and the granularity of processor accounting take.
    public static let busyShare = 0.9
    /// Up to this share of their processors the servers are said to have had time to spare.
    public static let spareShare = 0.5
    /// A thread that waited for a processor for more than this share of a cell was kept from its work for most of it.
    public static let starvedShare = 0.5
    /// A generator above this share of its calibrated ceiling is no longer in the range where its own cost is
    /// negligible beside the server's.
    public static let ceilingShare = 0.7
    /// The share of a typical session (P50 of `total_service`) that late beats of the loop may take: the precision
    /// that is expected of a latency.
    public static let loopLagShare = 0.1
    /// The share of the P99 of `total` that the P99 of the start lag may take. In a burst the last session starts
    /// when all others have been started, so some lag is the burst's own width; beyond one half the headline number
    /// describes the generator rather than the server.
    public static let startLagShare = 0.5
    /// Lateness below this is within a few time slices of the operating system's scheduler and never a verdict.
    public static let negligibleLag = Nanoseconds.milliseconds(10)
    /// The share of a typical session that waiting for a connection of the generator's own pool may take.
    public static let queueShare = 0.5
    /// In shorter cells the start of threads and the granularity of processor accounting outweigh the work.
    public static let shortestBusyWall = Nanoseconds.milliseconds(100)

    public static func verdict(on cell: CellRecord, context: LimiterContext = LimiterContext()) -> Verdict {
        if let evidence = clientEvidence(cell) { return Verdict(.clientLimit, evidence: evidence) }
        if let evidence = generatorEvidence(cell, context) { return Verdict(.generator, evidence: evidence) }
        if let evidence = leakEvidence(cell) { return Verdict(.sessionLeak, evidence: evidence) }
        if let evidence = capEvidence(cell, context) { return Verdict(.sessionCap, evidence: evidence) }
        if let evidence = serverEvidence(cell, context) { return Verdict(.serverCPU, evidence: evidence) }
        if let evidence = kernelEvidence(cell, context) { return Verdict(.kernel, evidence: evidence) }
        if let evidence = networkEvidence(cell, context) { return Verdict(.network, evidence: evidence) }
        if let evidence = proxyEvidence(cell, context) { return Verdict(.proxy, evidence: evidence) }
        if let evidence = bareRefusalEvidence(cell, context) { return Verdict(.sessionCap, evidence: evidence) }
        if let evidence = idleEvidence(cell) { return Verdict(.serverOther, evidence: evidence) }
        if let evidence = plateauEvidence(cell, context) { return Verdict(.sessionCap, evidence: evidence) }
        if let evidence = otherEvidence(cell, context) { return Verdict(.serverOther, evidence: evidence) }
        if cell.failed == 0 {
            return Verdict(.none, evidence: successEvidence(cell, context))
        }
        return Verdict(.unknown, evidence: unexplained(cell, context))
    }

    private static func clientEvidence(_ cell: CellRecord) -> String? {
        let offered = cell.key.sessions.counted("session", "sessions")
        let own = cell.failures.filter { $0.kind.origin == .client }
        var parts: [String] = []
        if let worst = own.max(by: { $0.count < $1.count }) {
            let all = own.reduce(0) { $0 + $1.count }
            let most = worst.count == all ? "all" : worst.count.grouped
            parts.append(
                "\(all.grouped) of \(offered) failed on the generator's own host, \(most) with \(described(worst))")
        }
        let waiting = cell.failures.filter { $0.phase == .queue && $0.kind.origin != .client }.reduce(0) { $0 + $1.count }
        if waiting > 0 {
            parts.append(
                "\(waiting.grouped) of \(offered) got no connection of the generator's own pool in time: "
                    + "raise --http-connections")
        }
        if waiting == 0, let queue = cell.latencies[.queue]?.p50, let typical = cell.latencies[.totalService]?.p50,
            queue > negligibleLag, queue.seconds > queueShare * typical.seconds
        {
            parts.append(
                "sessions waited \(queue.brief) at P50, of \(typical.brief), for a connection of the generator's own pool: "
                    + "raise --http-connections")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    /// The generator was the bottleneck when it was busy for the whole cell, or would have been had it got the
    /// processors it waited for, or waited for them most of the time, when it ran near its calibrated ceiling, when its loop came back so late that answers
    /// waited for it, or when most of the time of the slowest sessions was spent waiting to be started.
    static func generatorEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard let use = cell.generator else { return nil }
        let capacity = cell.wall.seconds * Double(max(1, use.threads))
        if cell.wall >= shortestBusyWall, use.cpu.seconds > busyShare * capacity {
            let threads = use.threads.counted("thread", "threads")
            return "the generator was busy for \((use.cpu.seconds / capacity).percent) of the cell on \(threads): "
                + "\(use.cpu.brief) of processor time in \(cell.wall.brief)"
        }
        if let evidence = starvation(cell, context) { return evidence }
        // A generator with time to spare is not at its ceiling, whatever it was calibrated beside.
        let wanted = use.cpu + (context.starved ?? .zero)
        // A share above 1 says that the calibration is wrong, not that the cell is.
        if let fraction = use.ceilingFraction, fraction > ceilingShare, fraction <= 1, cell.wall >= shortestBusyWall,
            wanted.seconds > spareShare * capacity
        {
            return "the generator ran at \(fraction.percent) of this host's calibrated ceiling, above "
                + ceilingShare.percent
        }
        if let lag = use.loopLagP99, lag > negligibleLag, let typical = cell.latencies[.totalService]?.p50,
            lag.seconds > loopLagShare * typical.seconds
        {
            return "the generator's loop came back \(lag.brief) late at P99, above \(loopLagShare.percent) of the "
                + "median session's \(typical.brief)"
        }
        if let evidence = lateSteps(cell) { return evidence }
        if let lag = cell.latencies[.lag]?.p99, lag > negligibleLag, let total = cell.latencies[.total]?.p99,
            lag.seconds > startLagShare * total.seconds
        {
            return "sessions started \(lag.brief) late at P99, more than half of the \(total.brief) that the whole "
                + "session took at P99"
        }
        return nil
    }

    /// Sessions of many steps are long, and hide that each step was late: the loop's lag is then most of what the slowest
    /// steps have beyond the median. Where even they took less than the lag, the loop was late at another time.
    private static func lateSteps(_ cell: CellRecord) -> String? {
        guard cell.key.steps != 1, let lag = cell.generator?.loopLagP99, lag > negligibleLag, let step = cell.latencies[.step]
        else { return nil }
        let beyond = step.p99 - step.p50
        guard lag.seconds > loopLagShare * step.p50.seconds, beyond >= lag, lag.seconds > startLagShare * beyond.seconds
        else { return nil }
        return "the generator's loop came back \(lag.brief) late at P99, more than half of the \(beyond.brief) that the slowest "
            + "steps took beyond the median, at P99"
    }

    /// A thread that runs or waits for a processor all the time has more to do than it gets done, and one that waits for
    /// most of it comes late to all it does. Beside servers that are busy all the time themselves a thread that does
    /// little waits as long, for each of its short turns: they are the limit then.
    private static func starvation(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard let use = cell.generator, let starved = context.starved, cell.wall >= shortestBusyWall else { return nil }
        let capacity = cell.wall.seconds * Double(max(1, use.threads))
        let wanted = use.cpu + starved
        guard wanted.seconds > busyShare * capacity || starved.seconds > starvedShare * capacity else { return nil }
        if let server = serverShare(cell, context), server.share > spareShare, server.share + server.starved > busyShare {
            return nil
        }
        return "the generator ran for \((use.cpu.seconds / capacity).percent) of the cell on "
            + "\(use.threads.counted("thread", "threads")) and waited for a processor, which others had, for "
            + "\(min(1, starved.seconds / capacity).percent)"
    }

    private static func serverEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard let use = serverShare(cell, context) else { return nil }
        if use.share > busyShare { return use.words }
        return use.share + use.starved > busyShare ? use.words + use.starvation : nil
    }

    /// What the servers used of the processors that they can keep busy.
    struct ServerShare {
        var share: Double
        /// What they waited for beside that; 0 where it is not known.
        var starved: Double
        var words: String

        var starvation: String {
            ", and waited for a processor, which others had, for another \(min(1 - share, starved).percent)"
        }
    }

    /// Nil where either is unknown.
    static func serverShare(_ cell: CellRecord, _ context: LimiterContext) -> ServerShare? {
        guard let server = cell.server, let processors = context.processors, cell.wall > .zero else { return nil }
        let capacity = cell.wall.seconds * processors
        let share = server.cpu.seconds / capacity
        // Waits of more threads than processors may add up to anything; those of workers with a processor each do not.
        let isOwn = context.workers.map { Double($0) <= processors } ?? false
        let starved = isOwn && cell.wall >= shortestBusyWall ? context.serversStarved ?? .zero : .zero
        var whole = "their \(processors.rounded(places: 2)) \(processors == 1 ? "core" : "cores")"
        if let workers = context.workers, Double(workers) < context.cores ?? .infinity {
            whole = "what \(workers.counted("worker", "workers")) of one thread each can use"
        }
        let time = "\(server.cpu.brief) of processor time in \(cell.wall.brief)"
        return ServerShare(
            share: share, starved: starved.seconds / capacity,
            words: "the servers used \(share.percent) of \(whole): \(time)")
    }

    /// That no limit was touched is said only where the servers are known to have had time to spare.
    private static func successEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String {
        let all = "all of \(cell.succeeded.counted("session", "sessions")) succeeded"
        let slow = slowConnects(cell).map { "; " + $0 } ?? ""
        guard let use = serverShare(cell, context) else {
            return all + "; how busy the servers were is not known" + slow
        }
        let isSpare = use.share + use.starved <= spareShare
        let untouched = isSpare && slow.isEmpty
        let starvation = isSpare || use.share > spareShare ? "" : use.starvation
        return all + (untouched ? " and no known limit was touched; " : "; ") + use.words + starvation + slow
    }

    private static func unexplained(_ cell: CellRecord, _ context: LimiterContext) -> String {
        guard let largest = largestKind(cell),
            let first = cell.failures.first(where: { $0.kind == largest.kind })
        else {
            return "\(cell.failed.counted("session", "sessions")) failed for reasons that were not recorded"
        }
        if largest.kind == .gateway, !isOfBalancer(cell, context) { return refusedBare(cell) }
        var text = "\(cell.failed.grouped) of \(cell.key.sessions.counted("session", "sessions")) failed, "
        text +=
            "\(largest.count == cell.failed ? "all" : largest.count.grouped) with \(described(first))" + words(to: largest.kind, in: cell)
        let refused = count(of: .capacityReached, in: cell)
        if refused > 0 { text += "; \(refused.grouped) refused by the session cap" }
        return text
    }

    static func count(of kind: FailureKind, in cell: CellRecord) -> Int {
        cell.failures.reduce(0) { $0 + ($1.kind == kind ? $1.count : 0) }
    }

    /// The most frequent kind over all phases and codes; by name among equals, so that the wording is stable.
    static func largestKind(_ cell: CellRecord) -> (kind: FailureKind, count: Int)? {
        Set(cell.failures.map(\.kind)).map { (kind: $0, count: count(of: $0, in: cell)) }
            .max { ($0.count, $1.kind.rawValue) < ($1.count, $0.kind.rawValue) }
    }

    /// `fd_limit (errno 24) in connect`.
    static func described(_ failure: FailureCount) -> String {
        let code = failure.kind.named(failure.code).map { " (\($0))" } ?? ""
        return failure.kind.rawValue + code + " in " + failure.phase.rawValue
    }
}

extension Nanoseconds {
    /// For a sentence: `2.7 s`, `41 ms`, `900 µs`.
    var brief: String {
        if rawValue.magnitude >= 1_000_000_000 { return seconds.rounded(places: 2) + " s" }
        if rawValue.magnitude >= 1_000_000 { return (seconds * 1e3).rounded(places: 1) + " ms" }
        return (seconds * 1e6).rounded(places: 0) + " µs"
    }
}
