import ScaleAnalysis
import ScaleCore
import Testing

private func failure(_ kind: FailureKind, _ phase: Phase, _ count: Int, code: Int32? = nil) -> FailureCount {
    FailureCount(kind: kind, phase: phase, code: code, count: count, firstAt: .zero)
}

private func summary(_ p50: Double, _ p99: Double) -> LatencySummary {
    let (median, high) = (Nanoseconds.seconds(p50), Nanoseconds.seconds(p99))
    return LatencySummary(count: 1, min: median, mean: median, p50: median, p90: high, p95: high, p99: high, max: high)
}

/// A cell of 10 s beside a generator that did little, with the stated differences.
private func limitedCell(
    _ sessions: Int = 1_000, _ failures: [FailureCount] = [], connect: (p50: Double, p99: Double) = (0.01, 0.02),
    overhead: Double = 0.05, drops: Int? = nil, retransmits: Int? = nil, generatorCPU: Double = 1, serverCPU: Double? = nil,
    rate: Double? = nil, wait: Double = 1
) -> CellRecord {
    let failed = failures.reduce(0) { $0 + $1.count }
    var cell = CellRecord(
        key: CellKey(mode: .ws, sessions: sessions, wait: .seconds(wait), steps: 1, rep: 1),
        startedAt: WallTime(microseconds: 0), wall: .seconds(10), succeeded: sessions - failed, failed: failed,
        failures: failures,
        latencies: [
            .connectService: summary(connect.p50, connect.p99), .overhead: summary(overhead, overhead),
            .total: summary(2, 5), .totalService: summary(2, 5),
        ],
        sessionsPerSecond: rate, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: 0, uniquePids: 0,
        uniqueSessions: 0, uniqueHosts: 0, generator: GeneratorUse(cpu: .seconds(generatorCPU), peakRSSBytes: 0, threads: 1),
        server: serverCPU.map { ServerUse(cpu: .seconds($0), peakRSSBytes: 0) }, verdict: Verdict(.none, evidence: ""),
        reportedSessionCap: nil)
    cell.host = HostUse(retransmits: retransmits, listenDrops: drops)
    return cell
}

/// Two workers, one of whose seconds is therefore 5 % of a cell.
private func context(
    balancer: String? = nil, thread: (ran: Double, starved: Double)? = nil, remote: Bool = false,
    tracking: LimiterContext.Tracking? = nil
) -> LimiterContext {
    var context = LimiterContext(workers: 2, balancer: balancer)
    context.balancerThread = thread.map { .init(ran: .seconds($0.ran), starved: .seconds($0.starved)) }
    context.reachesOtherHosts = remote
    context.tracking = tracking
    return context
}

private struct Case: Sendable, CustomTestStringConvertible {
    var what: String
    var cell: CellRecord
    var context: LimiterContext
    var limiter: Limiter
    var evidence: String
    var testDescription: String { what }

    init(_ what: String, _ cell: CellRecord, _ context: LimiterContext, _ limiter: Limiter, _ evidence: String) {
        self.what = what
        self.cell = cell
        self.context = context
        self.limiter = limiter
        self.evidence = evidence
    }
}

private let kernel: [Case] = [
    Case(
        "a full accept queue", limitedCell(1_000, [failure(.timeout, .connect, 300)], connect: (0.5, 3.1), drops: 412), context(), .kernel,
        "412 connections of this host were turned away by a full accept queue; 300 of 1,000 sessions failed to connect; "
            + "connecting took 3.1 s at P99"),
    Case(
        "slow connects and time-outs later on", limitedCell(1_000, [failure(.timeout, .reset, 300)], connect: (0.5, 1), drops: 1),
        context(), .kernel, "1 connection of this host was turned away"),
    Case(
        "time-outs beside connects that were answered at once", limitedCell(1_000, [failure(.timeout, .reset, 300)], drops: 412),
        context(), .unknown, "all with timeout in reset"),
    Case(
        "a server that closes in mid-session, and a few drops",
        limitedCell(1_000, [failure(.closedMidSession, .step, 300), failure(.timeout, .connect, 9)], connect: (0.5, 3), drops: 9),
        context(), .unknown, "closed_mid_session"),
    Case("failed connects without a drop", limitedCell(1_000, [failure(.timeout, .connect, 300)], drops: 0), context(), .unknown, ""),
    Case(
        "no room to track connections", limitedCell(1_000, [failure(.timeout, .connect, 300)]),
        context(tracking: .init(count: 65_530, limit: 65_536)), .kernel,
        "the table of tracked connections was full: 65,530 of 65,536; 300 of 1,000"),
    Case(
        "room to track connections", limitedCell(1_000, [failure(.timeout, .connect, 300)]),
        context(tracking: .init(count: 60_000, limit: 65_536)), .unknown, ""),
    Case(
        "everything succeeded in the end", limitedCell(1_000, connect: (0.5, 3.1), drops: 412, serverCPU: 2), context(), .none,
        "; a full accept queue turned 412 connections away at first, and connecting took 3.1 s at P99"),
]

private let network: [Case] = [
    Case(
        "no route", limitedCell(1_000, [failure(.unreachable, .connect, 700, code: 113), failure(.timeout, .step, 300)]),
        context(remote: true), .network, "700 of 1,000 sessions found no way to the server"),
    Case(
        "a way that loses packets",
        limitedCell(1_000, [failure(.timeout, .step, 200), failure(.reset, .step, 20)], retransmits: 904), context(remote: true),
        .network, "220 of 1,000 sessions timed out or lost their connection while this host had to send 904 TCP segments again"),
    Case(
        "fewer segments again than time-outs", limitedCell(1_000, [failure(.timeout, .step, 200)], retransmits: 150),
        context(remote: true), .unknown, "timeout"),
    Case("the same on this host", limitedCell(1_000, [failure(.timeout, .step, 200)], retransmits: 904), context(), .unknown, "timeout"),
]

private let gateway = [failure(.gateway, .connect, 500, code: 503), failure(.gateway, .step, 20, code: 504)]

private let proxy: [Case] = [
    Case(
        "a gateway's own answers", limitedCell(1_000, gateway), context(), .proxy,
        "520 of 1,000 sessions were answered by a gateway instead of a server, 500 with gateway (HTTP status 503) in connect"),
    Case("the same of one that is known", limitedCell(1_000, gateway), context(balancer: "haproxy"), .proxy, "by the balancer haproxy"),
    Case(
        "busy servers behind it", limitedCell(1_000, gateway, serverCPU: 19), context(balancer: "haproxy"), .serverCPU, "95 %"),
    Case(
        "a busy thread", limitedCell(serverCPU: 4), context(balancer: "haproxy", thread: (9.5, 0.1)), .proxy,
        "the busiest thread of the balancer haproxy ran for 95 % of the cell, while the servers used 20 % of what 2 workers"),
    Case(
        "a thread without a processor", limitedCell(serverCPU: 4), context(balancer: "haproxy", thread: (3, 6.6)), .proxy,
        "ran for 30 % of the cell and waited for a processor for 66 %, while"),
    Case(
        "a thread that comes late to all it does", limitedCell(serverCPU: 4), context(balancer: "haproxy", thread: (1, 5.1)),
        .proxy, "ran for 10 % of the cell and waited for a processor for 51 %, while"),
    Case("a thread with time to spare", limitedCell(serverCPU: 4), context(balancer: "haproxy", thread: (8, 0.5)), .none, "succeeded"),
    Case("beside servers that are half busy", limitedCell(serverCPU: 10), context(balancer: "haproxy", thread: (9.5, 0)), .none, ""),
    Case("beside servers that nobody reads", limitedCell(), context(balancer: "haproxy", thread: (9.5, 0)), .none, ""),
    Case(
        "a queue before idle servers", limitedCell(connect: (1.9, 4), overhead: 2, serverCPU: 1), context(balancer: "haproxy"), .proxy,
        "sessions took 1.9 s at P50 to be connected, of 2 s beside the waits they asked for, while the generator and the "
            + "servers had time to spare, which suggests the balancer haproxy; the servers used 5 %"),
    Case(
        "a queue that never ends", limitedCell(1_000, [failure(.timeout, .connect, 900)], serverCPU: 1), context(balancer: "haproxy"),
        .proxy, "900 of 1,000 sessions timed out before they were connected"),
    Case("the same without a balancer", limitedCell(connect: (1.9, 4), overhead: 2, serverCPU: 1), context(), .none, "succeeded"),
    Case(
        "a slow reset is no queue", limitedCell(connect: (0.6, 1), overhead: 2, serverCPU: 1), context(balancer: "haproxy"), .none, ""),
    Case(
        "a generator that had little time to spare",
        limitedCell(connect: (1.9, 4), overhead: 2, generatorCPU: 6, serverCPU: 1), context(balancer: "haproxy"), .none, ""),
]

private let other: [Case] = [
    Case(
        "idle servers and time-outs", limitedCell(1_000, [failure(.timeout, .step, 400), failure(.execution, .step, 2)], serverCPU: 2),
        context(), .serverOther, "402 of 1,000 sessions failed, 400 with timeout in step, while the servers used 10 %"),
    Case(
        "half busy servers and time-outs", limitedCell(1_000, [failure(.timeout, .step, 400)], serverCPU: 11), context(), .unknown, ""),
    Case(
        "refusals of another kind", limitedCell(1_000, [failure(.refused, .connect, 400, code: 111)], serverCPU: 2), context(),
        .unknown, "refused (errno 111)"),
]

@Suite struct LimiterBetweenTests {
    @Test(arguments: kernel + network + proxy + other)
    private func verdicts(each: Case) {
        let verdict = LimiterRule.verdict(on: each.cell, context: each.context)
        #expect(verdict.limiter == each.limiter, "\(verdict.evidence)")
        #expect(verdict.evidence.contains(each.evidence), "\(verdict.evidence)")
    }
}

@Suite struct LimiterPlateauTests {
    /// A cell that lost what it did not succeed with to closed connections.
    private func cell(_ sessions: Int, succeeded: Int, wait: Double = 1, kind: FailureKind = .closedMidSession) -> CellRecord {
        limitedCell(sessions, [failure(kind, .reset, sessions - succeeded)], rate: Double(succeeded) / 10, wait: wait)
    }

    private func verdict(_ last: CellRecord, after earlier: [CellRecord], cap: Int? = 400, cores: Double? = nil) -> Verdict {
        var context = LimiterContext(workers: cap == nil ? nil : 8, sessionCap: cap, cores: cores)
        context.earlier = earlier
        return LimiterRule.verdict(on: last, context: context)
    }

    @Test func successesThatStayFlatSuggestACap() {
        let earlier = [cell(1_024, succeeded: 1_024), cell(4_096, succeeded: 3_203), cell(8_192, succeeded: 3_211)]
        let known = verdict(cell(16_384, succeeded: 3_195), after: earlier)
        #expect(known.limiter == .sessionCap)
        let flat = "sessions that succeeded stayed at 3,195 to 3,211 at N = 4,096, 8,192 and 16,384, which suggests a cap"
        #expect(known.evidence == flat + ": workers 8 × cap 400 = 3,200")
        #expect(verdict(cell(16_384, succeeded: 3_195), after: earlier, cap: nil).evidence == flat)
        #expect(
            verdict(cell(16_384, succeeded: 3_195), after: earlier, cap: 100).evidence
                == flat + ", if not the known one of workers 8 × cap 100 = 800")
    }

    @Test(
        arguments: [
            ("one N alone", []),
            ("an N that grew too little", [(12_000, 3_200, 1.0)]),
            ("successes that grew", [(8_192, 3_000, 1.0)]),
            ("an N that lost hardly any", [(3_250, 3_200, 1.0)]),
            ("another wait", [(8_192, 3_200, 2.0)]),
        ] as [(String, [(Int, Int, Double)])])
    func isNoPlateau(what: String, earlier: [(Int, Int, Double)]) {
        let cells = earlier.map { cell($0.0, succeeded: $0.1, wait: $0.2) }
        #expect(verdict(cell(16_384, succeeded: 3_200), after: cells).limiter == .unknown, "\(what)")
    }

    @Test func nothingThatSucceedsIsNoPlateau() {
        #expect(verdict(cell(16_384, succeeded: 0), after: [cell(8_192, succeeded: 0)]).limiter == .unknown)
    }

    @Test func repetitionsOfOneNAreOneN() {
        let earlier = [cell(16_384, succeeded: 3_200), cell(16_384, succeeded: 3_201)]
        #expect(verdict(cell(16_384, succeeded: 3_199), after: earlier).limiter == .unknown)
    }

    @Test func throughputThatStandsStillBesideIdleServersIsTheirs() {
        func refusing(_ sessions: Int, _ succeeded: Int, rate: Double) -> CellRecord {
            limitedCell(sessions, [failure(.refused, .connect, sessions - succeeded)], serverCPU: 2, rate: rate)
        }
        let verdict = verdict(
            refusing(2_000, 1_500, rate: 101), after: [refusing(1_000, 900, rate: 99)], cap: nil, cores: 2)
        #expect(verdict.limiter == .serverOther)
        #expect(verdict.evidence.hasPrefix("throughput stayed at about 101 sessions/s at N = 1,000 and 2,000, while the servers"))
    }
}
