import ScaleAnalysis
import ScaleCore
import Testing

private func summary(_ p50: Double, _ p99: Double, count: Int) -> LatencySummary {
    let (median, high) = (Nanoseconds.seconds(p50), Nanoseconds.seconds(p99))
    return LatencySummary(
        count: count, min: median, mean: median, p50: median, p90: high, p95: high, p99: high, max: high)
}

/// A stored cell of `local-8x400` on 8 cores, in which a session was ready after 0.2 s + 0.3 s and stepped in 1.01 s.
struct Given: Sendable {
    var sessions = 2_048
    var succeeded: Int?
    var steps = 50
    var wait = 1.0
    var open: Int?
    var rep = 1
    var limiter = Limiter.none
    var makespan: Double?
    var serverCPU: Double?
    var infra = "local-8x400"
    var cores: Double? = 8
    var cap: Int? = 400
    var pacing = Pacing.free
    var waitSpread: SpanDistribution?

    func cell(id: Int) -> SizingCell {
        let succeeded = succeeded ?? sessions
        var latencies: [Metric: LatencySummary] = [
            .connect: summary(0.1, 0.2, count: succeeded), .reset: summary(0.1, 0.3, count: succeeded),
            .step: summary(1.01, 1.0504, count: succeeded * max(1, steps)), .total: summary(51, 52, count: succeeded),
        ]
        if let makespan { latencies[.makespan] = summary(makespan, makespan, count: steps) }
        let record = CellRecord(
            key: CellKey(mode: .ws, sessions: sessions, wait: .seconds(wait), steps: steps, rep: rep),
            startedAt: WallTime(microseconds: 0), wall: .seconds(52), succeeded: succeeded, failed: sessions - succeeded,
            failures: [], latencies: latencies, sessionsPerSecond: Double(sessions) / 52, stepsPerSecond: 2_000,
            effectiveConcurrency: nil, peakOpen: open ?? succeeded, uniquePids: 8, uniqueSessions: succeeded, uniqueHosts: 1,
            generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1),
            server: serverCPU.map { ServerUse(cpu: .seconds($0), peakRSSBytes: 0) }, verdict: Verdict(limiter, evidence: ""),
            reportedSessionCap: nil)
        var plan = Plan(modes: [.ws], sessions: [sessions], waits: [.seconds(wait)], steps: steps)
        plan.pacing = pacing
        plan.waitSpread = waitSpread
        let deployment = DeploymentRecord(
            provider: "local", infra: infra, cores: cores, replicas: 1, workers: 8, sessionCap: cap, endpoints: ["http://h:\(id)"])
        return SizingCell(id: Int64(id), deployment: deployment, plan: plan, record: record)
    }
}

private func stored(_ given: [Given]) -> [SizingCell] { given.enumerated().map { $1.cell(id: $0 + 1) } }

@Suite("How many hosts?") struct SizingPlanTests {
    private func request(_ target: Int = 16_384, headroom: Double = 0.2, price: Double? = nil) -> SizingRequest {
        SizingRequest(target: target, wait: .seconds(1), steps: 50, headroom: headroom, pricePerCoreHour: price)
    }

    private func plan(_ given: [Given], _ request: SizingRequest) throws -> SizingPlan {
        try #require(try SizingPlan.all(request, from: stored(given), resamples: 10).first)
    }

    /// 2,048 × 0.8 = 1,638 a host, so 16,384 need 11 hosts of 1,490. Every number is worked out by hand.
    @Test func hostsTimeAndCost() throws {
        let found = try plan([Given(serverCPU: 51.2), Given(sessions: 2_304, succeeded: 1_900)], request(price: 0.04))
        #expect(found.perHostMeasured == 2_048 && found.perHostAllowed == 1_638)
        #expect(found.hosts == 11 && found.perHost == 1_490)
        #expect(found.workers == 8 && found.cap == 400)
        #expect(found.ready == .milliseconds(500) && found.step == .milliseconds(1_010))
        #expect((found.penalty - 1.04).magnitude < 1e-9 && found.penaltySource == .stepTail)
        // 0.5 + 50 × 1.01 × 1.04
        #expect((found.batch.seconds - 53.02).magnitude < 1e-6)
        // 51.2 s of 2,048 × 50 steps.
        #expect(found.cpuPerThousandSteps == 0.5)
        // 11 × 8 cores × 53.02 s ÷ 819.2 thousand steps.
        let core = try #require(found.corePerThousandSteps)
        #expect((core - 5.69550781).magnitude < 1e-6)
        #expect((try #require(found.costPerThousandSteps) - core / 3_600 * 0.04).magnitude < 1e-12)
        #expect(found.cells.map(\.id) == [1])
        #expect(found.fit == nil && found.fitRefusal?.contains("not 1") == true)
    }

    @Test(arguments: [(0.0, 1_024, 1), (0.0, 2_048, 1), (0.0, 2_049, 2), (0.2, 1_638, 1), (0.2, 1_639, 2), (0.99, 100, 5)])
    func hostsByHeadroom(headroom: Double, target: Int, hosts: Int) throws {
        #expect(try plan([Given()], request(target, headroom: headroom)).hosts == hosts)
    }

    @Test func whatIsNotKnownIsAbsent() throws {
        let found = try plan([Given(cores: nil, cap: nil)], request(price: 1))
        #expect(found.cpuPerThousandSteps == nil && found.corePerThousandSteps == nil && found.costPerThousandSteps == nil)
        #expect(found.cap == nil)
        #expect(found.notes.contains { $0.contains("cap of the workers") })
    }

    @Test func lockstepCellsKnowTheStragglers() throws {
        let found = try plan([Given(makespan: 1.2, pacing: .lockstep)], request())
        #expect(found.penaltySource == .makespan)
        #expect((found.penalty - 1.2 / 1.01).magnitude < 1e-9)
    }

    @Test func theLoadOfAHostIsReadWhereItWasMeasured() throws {
        // 400 sessions on a host of 2,048: the cells at 512 tell more about them than those at 2,048.
        let found = try plan([Given(sessions: 512), Given(), Given(rep: 2)], request(400))
        #expect(found.cells.map(\.id) == [1, 2, 3])
        #expect(found.perHost == 400 && found.hosts == 1)
    }

    @Test(
        arguments: [
            ([Given(open: 900)], 900, "at most 900 sessions were open at one moment"),
            ([Given()], 2_048, "No larger N than 2,048 has a valid cell"),
            ([Given(steps: 1)], 2_048, "took 1 step per session, not 50"),
            ([Given(steps: 0, pacing: .hold(duration: .seconds(9)))], 2_048, "held their sessions"),
            ([Given()], 2_048, "Only one host was measured"),
            // The steps that are nearest decide, even where others held more.
            (
                [Given(sessions: 4_096, steps: 1), Given(sessions: 1_024, steps: 40), Given(sessions: 2_048, succeeded: 1_500, steps: 40)],
                1_024, "took 40 steps"
            ),
            // Where nothing bounds what they hold, those count that held more.
            ([Given(sessions: 4_096, steps: 1), Given(sessions: 1_024, steps: 40)], 4_096, "took 1 step per session"),
        ] as [([Given], Int, String)])
    func whatIsAssumedIsSaid(given: [Given], held: Int, note: String) throws {
        let found = try plan(given, request())
        #expect(found.perHostMeasured == held)
        #expect(found.notes.contains { $0.contains(note) }, "\(found.notes)")
    }

    @Test func nothingIsExtrapolatedWithoutNeed() throws {
        #expect(try plan([Given(), Given(sessions: 4_096, succeeded: 1_000)], request(1_000)).notes == [])
    }

    @Test func eachDeploymentHasItsOwnAnswer() throws {
        let given = [Given(), Given(infra: "docker"), Given(succeeded: 3, infra: "weak"), Given(cores: 4)]
        let found = try SizingPlan.all(request(), from: stored(given), resamples: 10)
        #expect(found.map(\.deployment.infra) == ["docker", "local-8x400", "local-8x400"])
        #expect(found.map(\.deployment.cores) == [8, 4, 8])
    }

    @Test(
        arguments: [
            ([], "no cell is stored"),
            ([Given(wait: 0.1), Given(wait: 5)], "no stored cell measured a wait of 1 s; measured: 0.1, 5 s"),
            ([Given(waitSpread: .uniform(from: .zero, to: .seconds(2)))], "no stored cell measured ws with a wait that is known"),
            ([Given(limiter: .generator)], "the only stored cell with a wait of 1 s is invalid: the generator limited it"),
            (
                [Given(limiter: .generator), Given(rep: 2, limiter: .clientLimit)],
                "all 2 stored cells with a wait of 1 s are invalid: the generator limited them"
            ),
            (
                [Given(limiter: .sessionLeak)],
                "the only stored cell with a wait of 1 s is invalid: sessions of others held places of the servers in it"
            ),
            ([Given(succeeded: 100)], "local-8x400 was tested at N = 2,048, and no N of these demonstrates 95 % success"),
            ([Given(sessions: 8)], "local-8x400 was tested at N = 8, and no N of these"),
        ] as [([Given], String)])
    func whatCannotCarryAnAnswerIsRefused(given: [Given], sentence: String) throws {
        let error = #expect(throws: ScaleError.self) { _ = try SizingPlan.all(request(), from: stored(given)) }
        #expect(error?.code == .inconclusive)
        #expect(error?.message.contains(sentence) == true, "\(String(describing: error))")
        #expect(error?.hint != nil)
    }

    @Test func aLawIsFittedWhereThereAreEnoughN() throws {
        let curve = ScalabilityCurve(gamma: 1, alpha: 0.002, beta: 2e-7)
        let cells = [64, 128, 256, 512, 1_024, 2_048].enumerated().map { index, sessions in
            var cell = Given(sessions: sessions).cell(id: index + 1)
            cell.record.sessionsPerSecond = curve.throughput(at: Double(sessions))
            return cell
        }
        let found = try #require(try SizingPlan.all(request(), from: cells, resamples: 20).first)
        let fit = try #require(found.fit, "\(found.fitRefusal ?? "")")
        #expect((fit.curve.alpha - curve.alpha).magnitude < 1e-9)
    }
}
