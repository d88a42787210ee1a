import ScaleCore

/// Run records made by hand: small enough to check against the text by eye.
enum Fixture {
    static let host = HostFacts(
        cpuModel: "AMD EPYC 7763 64-Core Processor", cores: 8, memoryBytes: 34_359_738_368, kernel: "6.8.0-45-generic",
        system: "Ubuntu 24.04.1 LTS", descriptorLimit: 1_048_576, descriptorHardLimit: 1_048_576,
        portRange: [32_768, 60_999], acceptQueueLimit: 4096)

    static func run(
        plan: Plan, status: RunStatus = .finished, hardware: String = "ci-8core",
        command: String = "scalebench run --provider local:workers=2,max-concurrent-envs=40 --requests-grid 16,64,128"
    ) -> RunRecord {
        RunRecord(
            uuid: "0f8fad5b-d9cb-469f-a165-70867728950e", startedAt: WallTime(microseconds: 1_767_960_000_000_000),
            finishedAt: status == .running ? nil : WallTime(microseconds: 1_767_960_063_500_000), status: status,
            command: command, plan: plan, planHash: "00c0ffee00c0ffee", hardware: hardware, version: "0.1.0", host: host)
    }

    static func deployment(
        infra: String = "local-2x40", cores: Double? = 2, workers: Int? = 2, cap: Int? = 40,
        endpoints: [String] = ["http://127.0.0.1:8000"]
    ) -> DeploymentRecord {
        DeploymentRecord(
            provider: "local", infra: infra, cores: cores, replicas: 1, workers: workers, sessionCap: cap,
            endpoints: endpoints)
    }

    /// A distribution that runs from 0.6 to 1.1 of the middle one.
    static func summary(_ middle: Nanoseconds, count: Int) -> LatencySummary {
        func part(_ percent: Int) -> Nanoseconds { Nanoseconds(middle.rawValue / 100 * Int64(percent)) }
        return LatencySummary(
            count: count, min: part(60), mean: part(99), p50: middle, p90: part(104), p95: part(106), p99: part(108),
            max: part(110))
    }

    /// A cell in which `succeeded` of `sessions` took about `total` each; its other numbers follow from that.
    static func cell(
        _ sessions: Int, rep: Int = 1, mode: Mode = .ws, wait: Nanoseconds = .seconds(1), steps: Int = 1,
        succeeded: Int, total: Nanoseconds, failures: [FailureCount] = [],
        verdict: Verdict = Verdict(.none, evidence: "every session succeeded")
    ) -> CellRecord {
        let asked = wait * steps
        let rest = total - asked
        var latencies: [Metric: LatencySummary] = [:]
        if succeeded > 0 {
            latencies[.connect] = summary(Nanoseconds(rest.rawValue / 2), count: succeeded)
            latencies[.connectService] = summary(Nanoseconds(rest.rawValue / 4), count: succeeded)
            latencies[.reset] = summary(Nanoseconds(rest.rawValue / 3), count: succeeded)
            latencies[.step] = summary(wait + Nanoseconds(rest.rawValue / 6), count: succeeded * steps)
            latencies[.total] = summary(total, count: succeeded)
            latencies[.totalService] = summary(total, count: succeeded)
            let whole = summary(total, count: succeeded)
            latencies[.overhead] = LatencySummary(
                count: succeeded, min: .zero, mean: whole.mean.map { $0 - asked }, p50: whole.p50 - asked,
                p90: whole.p90.map { $0 - asked },
                p95: whole.p95 - asked, p99: whole.p99 - asked, max: whole.max.map { $0 - asked })
        }
        latencies[.lag] = summary(.microseconds(Int64(40 * sessions)), count: sessions)
        let wall = total + total
        let rate = Double(succeeded) / wall.seconds
        return CellRecord(
            key: CellKey(mode: mode, sessions: sessions, wait: wait, steps: steps, rep: rep),
            startedAt: WallTime(microseconds: 1_767_960_001_250_000 + Int64(rep) * 10_000_000), wall: wall,
            succeeded: succeeded, failed: sessions - succeeded, failures: failures, latencies: latencies,
            sessionsPerSecond: succeeded > 0 ? rate : nil, stepsPerSecond: succeeded > 0 ? rate * Double(steps) : nil,
            effectiveConcurrency: succeeded > 0 ? rate * asked.seconds : nil, peakOpen: succeeded,
            uniquePids: min(2, succeeded), uniqueSessions: succeeded, uniqueHosts: succeeded > 0 ? 1 : 0,
            generator: GeneratorUse(
                cpu: .microseconds(Int64(130 * sessions)), peakRSSBytes: 10_485_760, threads: 1,
                loopLagP99: .microseconds(400), loopLagMax: .microseconds(2_100), ceilingFraction: 0.125),
            server: nil, verdict: verdict, reportedSessionCap: nil)
    }

    static func snapshot(
        _ records: [CellRecord], plan: Plan, status: RunStatus = .finished, deployment: DeploymentRecord = deployment(),
        lifecycle: [LifecycleRecord] = []
    ) -> RunSnapshot {
        RunSnapshot(
            run: run(plan: plan, status: status), deployments: [1: deployment],
            lifecycle: lifecycle.isEmpty ? [:] : [1: lifecycle],
            cells: records.enumerated().map { RunSnapshot.Cell(id: Int64($0.offset + 1), deployment: 1, record: $0.element) })
    }
}
