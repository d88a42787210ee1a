import ScaleAnalysis
import ScaleCore
import Testing

private func summary(_ p50: Double, _ p99: Double) -> LatencySummary {
    let (median, high) = (Nanoseconds.seconds(p50), Nanoseconds.seconds(p99))
    return LatencySummary(
        count: 1, min: median, mean: median, p50: median, p90: high, p95: high, p99: high, max: high)
}

private func failure(_ kind: FailureKind, _ phase: Phase, _ count: Int, code: Int32? = nil) -> FailureCount {
    FailureCount(kind: kind, phase: phase, code: code, count: count, firstAt: .zero)
}

/// A cell of wall 3 s in which nothing was wrong, with the stated differences.
private func cell(
    sessions: Int = 16_384, failures: [FailureCount] = [], wall: Double = 3, cpu: Double = 2, threads: Int = 1,
    loopLag: Double? = nil, startLag: Double = 0.4, total: Double = 3, ceiling: Double? = nil, serverCPU: Double? = nil,
    reportedCap: Int? = nil
) -> CellRecord {
    let failed = failures.reduce(0) { $0 + $1.count }
    return CellRecord(
        key: CellKey(mode: .ws, sessions: sessions, wait: .seconds(1), steps: 1, rep: 1),
        startedAt: WallTime(microseconds: 0), wall: .seconds(wall), succeeded: sessions - failed, failed: failed,
        failures: failures,
        latencies: [
            .lag: summary(startLag / 2, startLag), .total: summary(1.5, total), .totalService: summary(1.2, total),
        ],
        sessionsPerSecond: nil, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: 0, uniquePids: 0,
        uniqueSessions: 0, uniqueHosts: 0,
        generator: GeneratorUse(
            cpu: .seconds(cpu), peakRSSBytes: 0, threads: threads, loopLagP99: loopLag.map(Nanoseconds.seconds),
            ceilingFraction: ceiling),
        server: serverCPU.map { ServerUse(cpu: .seconds($0), peakRSSBytes: 0) }, verdict: Verdict(.none, evidence: ""),
        reportedSessionCap: reportedCap)
}

@Suite struct LimiterRuleTests {
    @Test(arguments: [
        ("nothing wrong: 2 s of CPU for a burst of 16,384", cell(), Limiter.none, "all of 16,384 sessions succeeded"),
        (
            "descriptors ran out", cell(failures: [failure(.fdLimit, .connect, 1_384, code: 24)]), .clientLimit,
            "1,384 of 16,384 sessions failed on the generator's own host, all with fd_limit (errno 24) in connect"
        ),
        ("busy for the whole cell", cell(cpu: 2.8), .generator, "93 % of the cell on 1 thread: 2.8 s of processor"),
        ("as busy, on two threads", cell(cpu: 2.8, threads: 2), .none, "succeeded"),
        (
            "busy, but far too short to tell", cell(sessions: 1, wall: 0.05, cpu: 0.05, startLag: 0), .none,
            "1 session succeeded"
        ),
        ("a late loop", cell(loopLag: 0.2), .generator, "200 ms late at P99, above 10 % of the median session's 1.2 s"),
        ("a loop late by less than a tenth", cell(loopLag: 0.1), .none, "succeeded"),
        ("late starts", cell(startLag: 1.6), .generator, "started 1.6 s late at P99, more than half of the 3 s"),
        ("negligibly late starts", cell(startLag: 0.009, total: 0.01), .none, "succeeded"),
        ("near the ceiling", cell(ceiling: 0.75), .generator, "75 % of this host's calibrated ceiling, above 70 %"),
        ("below the ceiling", cell(ceiling: 0.7), .none, "succeeded"),
        ("busy servers", cell(serverCPU: 11.7), .serverCPU, "98 % of their 4 cores: 11.7 s of processor time in 3 s"),
        (
            "servers with time to spare", cell(serverCPU: 4), .none,
            "all of 16,384 sessions succeeded and no known limit was touched; the servers used 33 % of their 4 cores"
        ),
        (
            "servers that were rather busy", cell(serverCPU: 8), .none,
            "all of 16,384 sessions succeeded; the servers used 67 % of their 4 cores: 8 s of processor time in 3 s"
        ),
        (
            "servers that cannot be read", cell(), .none,
            "all of 16,384 sessions succeeded; how busy the servers were is not known"
        ),
        (
            "our own pool was too small", cell(failures: [failure(.timeout, .queue, 400)]), .clientLimit,
            "400 of 16,384 sessions got no connection of the generator's own pool in time: raise --http-connections"
        ),
        (
            "descriptors and the pool", cell(failures: [failure(.fdLimit, .connect, 5), failure(.timeout, .queue, 4)]),
            .clientLimit, "all with fd_limit in connect; 4 of 16,384 sessions got no connection"
        ),
        (
            "no server to read, time-outs",
            cell(failures: [failure(.timeout, .reset, 400), failure(.reset, .connect, 7, code: 104)]), .unknown,
            "407 of 16,384 sessions failed, 400 with timeout in reset"
        ),
        (
            "environments that two sessions shared",
            cell(failures: [failure(.protocolViolation, .reset, 34, code: 2), failure(.protocolViolation, .step, 6, code: 1002)]),
            .unknown, "40 of 16,384 sessions failed, all with protocol_violation (session hash shared by two live sessions) in reset"
        ),
        (
            "frames that no client reads", cell(failures: [failure(.protocolViolation, .step, 6, code: 1002)]), .unknown,
            "6 of 16,384 sessions failed, all with protocol_violation (close code 1002) in step"
        ),
        (
            "busy servers explain time-outs", cell(failures: [failure(.timeout, .reset, 400)], serverCPU: 11.7),
            .serverCPU, "98 %"
        ),
    ])
    func verdicts(what: String, cell: CellRecord, limiter: Limiter, evidence: String) {
        let verdict = LimiterRule.verdict(on: cell, context: LimiterContext(workers: 8, sessionCap: 400, cores: 4))
        #expect(verdict.limiter == limiter, "\(what): \(verdict.evidence)")
        #expect(verdict.evidence.contains(evidence), "\(what): \(verdict.evidence)")
    }

    @Test(arguments: [
        (LimiterContext(workers: 2, cores: 96), Limiter.serverCPU, "95 % of what 2 workers of one thread each can use: 5.7 s"),
        (LimiterContext(workers: 2), .serverCPU, "95 % of what 2 workers of one thread each can use"),
        (LimiterContext(workers: 8, cores: 2), .serverCPU, "95 % of their 2 cores"),
        (LimiterContext(cores: 96), .none, "2 % of their 96 cores"),
        (LimiterContext(), .none, "how busy the servers were is not known"),
    ])
    func aWorkerIsOneThread(context: LimiterContext, limiter: Limiter, evidence: String) {
        let verdict = LimiterRule.verdict(on: cell(serverCPU: 5.7), context: context)
        #expect(verdict.limiter == limiter)
        #expect(verdict.evidence.contains(evidence), "\(verdict.evidence)")
    }

    @Test func sessionCapIsSpelledOut() {
        let refusing = cell(sessions: 8_192, failures: [failure(.capacityReached, .reset, 4_988)])
        let verdict = LimiterRule.verdict(on: refusing, context: LimiterContext(workers: 8, sessionCap: 400))
        #expect(verdict.limiter == .sessionCap)
        #expect(
            verdict.evidence
                == "3,204 of 8,192 sessions were admitted; 4,988 refused by the session cap: workers 8 × cap 400")
    }

    @Test func aCapThatOnlyTheServerToldIsNamedPerWorker() {
        let refusing = cell(sessions: 50, failures: [failure(.capacityReached, .reset, 10)], reportedCap: 40)
        let evidence = LimiterRule.verdict(on: refusing).evidence
        #expect(evidence.hasSuffix("10 refused by the session cap: cap 40 per worker"))
    }

    @Test func refusalsBesideMoreOfAnotherFailureDoNotDecide() {
        let mixed = cell(failures: [failure(.timeout, .reset, 300), failure(.capacityReached, .reset, 100)])
        let verdict = LimiterRule.verdict(on: mixed)
        #expect(verdict.limiter == .unknown)
        #expect(verdict.evidence.hasSuffix("300 with timeout in reset; 100 refused by the session cap"))
    }

    @Test func theGeneratorIsClearedFirst() {
        let both = cell(failures: [
            failure(.capacityReached, .reset, 9), failure(.portExhausted, .connect, 1, code: 99),
        ])
        #expect(LimiterRule.verdict(on: both).limiter == .clientLimit)
        let busy = cell(failures: [failure(.capacityReached, .reset, 9)], cpu: 2.9)
        #expect(LimiterRule.verdict(on: busy).limiter == .generator)
    }

    @Test func workersAreCountedOverReplicas() {
        let deployment = DeploymentRecord(
            provider: "local", infra: "local", cores: 4, replicas: 3, workers: 2, sessionCap: 40, endpoints: [])
        #expect(LimiterContext(deployment) == LimiterContext(workers: 6, sessionCap: 40, cores: 4))
    }
}
