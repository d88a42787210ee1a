import ScaleCore

/// What stands between the generator and the servers: the kernel's tables, the network, a balancer.
extension LimiterRule {
    /// The first retransmission of a SYN comes after one second (RFC 6298, section 2.1): a connect of this length was
    /// not answered at first.
    public static let synRetry = Nanoseconds.seconds(1)
    /// From this share of its limit on, the table of tracked connections counts as full: entries come and go while it is
    /// read.
    public static let fullShare = 0.99
    /// Sessions that take this long to connect beside idle servers are queueing somewhere: it is above the round trip to
    /// the other side of the world.
    public static let queueing = Nanoseconds.milliseconds(500)

    /// Connections that a full accept queue turned away, or a full table of tracked connections, in a cell in which at
    /// least half of the failures happened while connecting, or were time-outs beside connects of a second and more.
    static func kernelEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        let connecting = count(in: cell) {
            $0.phase == .connect && [.timeout, .refused, .reset, .unreachable, .closedMidSession].contains($0.kind)
        }
        let isSlow = (cell.latencies[.connectService]?.p99 ?? .zero) >= synRetry
        let timeouts = count(in: cell) { $0.kind == .timeout && $0.phase != .queue }
        guard cell.failed > 0, 2 * connecting >= cell.failed || (isSlow && 2 * timeouts >= cell.failed) else { return nil }
        var parts: [String] = []
        if let drops = cell.host?.listenDrops, drops > 0 {
            parts.append(
                "\(drops.counted("connection", "connections")) of this host \(drops == 1 ? "was" : "were") turned away by a "
                    + "full accept queue")
        }
        if let table = context.tracking, Double(table.count) >= fullShare * Double(table.limit) {
            parts.append("the table of tracked connections was full: \(table.count.grouped) of \(table.limit.grouped)")
        }
        if parts.isEmpty { return nil }
        let offered = cell.key.sessions.counted("session", "sessions")
        if connecting > 0 { parts.append("\(connecting.grouped) of \(offered) failed to connect") }
        if isSlow, let p99 = cell.latencies[.connectService]?.p99 { parts.append("connecting took \(p99.brief) at P99") }
        return parts.joined(separator: "; ")
    }

    /// What is worth knowing of a cell whose sessions all succeeded in the end.
    static func slowConnects(_ cell: CellRecord) -> String? {
        guard let drops = cell.host?.listenDrops, drops > 0, let p99 = cell.latencies[.connectService]?.p99, p99 >= synRetry
        else { return nil }
        return "a full accept queue turned \(drops.counted("connection", "connections")) away at first, and connecting took "
            + "\(p99.brief) at P99"
    }

    /// Toward another host: it could not be reached, or most failures were time-outs and broken connections, with at
    /// least as many segments sent again. A connection that times out at a server that merely thinks sends nothing again.
    static func networkEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard cell.failed > 0, context.reachesOtherHosts else { return nil }
        let offered = cell.key.sessions.counted("session", "sessions")
        let unreachable = count(of: .unreachable, in: cell)
        if 2 * unreachable >= cell.failed { return "\(unreachable.grouped) of \(offered) found no way to the server" }
        let lost = count(in: cell) { [.timeout, .reset].contains($0.kind) && $0.phase != .queue }
        guard 2 * lost >= cell.failed, let again = cell.host?.retransmits, again >= lost else { return nil }
        return "\(lost.grouped) of \(offered) timed out or lost their connection while this host had to send "
            + "\(again.counted("TCP segment", "TCP segments")) again"
    }

    /// A gateway's own failures are the most frequent, and not bare refusals; or a known balancer is busy or lacks a processor, or keeps sessions waiting to be
    /// connected, beside servers that are known to have time to spare.
    static func proxyEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        if let gateway = gatewayEvidence(cell, context) { return gateway }
        guard let balancer = context.balancer, let servers = serverShare(cell, context), servers.share < spareShare else {
            return nil
        }
        if let thread = context.balancerThread, cell.wall >= shortestBusyWall,
            (thread.ran + thread.starved).seconds > busyShare * cell.wall.seconds
                || thread.starved.seconds > starvedShare * cell.wall.seconds
        {
            var text = "the busiest thread of the balancer \(balancer) ran for \(share(thread.ran, of: cell)) of the cell"
            if thread.starved.seconds > (1 - busyShare) * cell.wall.seconds {
                text += " and waited for a processor for \(share(thread.starved, of: cell))"
            }
            return text + ", while " + servers.words
        }
        guard let queue = queueEvidence(cell) else { return nil }
        return queue + ", while the generator and the servers had time to spare, which suggests the balancer \(balancer); "
            + servers.words
    }

    private static func gatewayEvidence(_ cell: CellRecord, _ context: LimiterContext) -> String? {
        guard let largest = largestKind(cell), largest.kind == .gateway, isOfBalancer(cell, context),
            let most = cell.failures.filter({ $0.kind == .gateway }).max(by: { $0.count < $1.count })
        else { return nil }
        let name = context.balancer.map { "the balancer \($0)" } ?? "a gateway"
        return "\(largest.count.grouped) of \(cell.key.sessions.counted("session", "sessions")) were answered by \(name) "
            + "instead of a server, \(most.count == largest.count ? "all" : most.count.grouped) with \(described(most))"
    }

    /// Connecting is what takes the time, or what fails.
    private static func queueEvidence(_ cell: CellRecord) -> String? {
        guard let use = cell.generator, cell.wall >= shortestBusyWall,
            use.cpu.seconds / (cell.wall.seconds * Double(max(1, use.threads))) < spareShare
        else { return nil }
        let failed = count(in: cell) { $0.phase == .connect && $0.kind == .timeout }
        if failed > 0, 2 * failed >= cell.failed {
            return "\(failed.grouped) of \(cell.key.sessions.counted("session", "sessions")) timed out before they were "
                + "connected"
        }
        guard let connect = cell.latencies[.connectService]?.p50, let overhead = cell.latencies[.overhead]?.p50,
            connect >= queueing, 2 * connect.seconds >= overhead.seconds
        else { return nil }
        return "sessions took \(connect.brief) at P50 to be connected, of \(overhead.brief) beside the waits they asked for"
    }

    private static func share(_ span: Nanoseconds, of cell: CellRecord) -> String {
        min(1, span.seconds / cell.wall.seconds).percent
    }

    static func count(in cell: CellRecord, where isMeant: (FailureCount) -> Bool) -> Int {
        cell.failures.reduce(0) { $0 + (isMeant($1) ? $1.count : 0) }
    }
}
