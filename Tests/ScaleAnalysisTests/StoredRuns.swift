import ScaleAnalysis
import ScaleCore

/// Stored runs made by hand, for what judges and compares them.
enum StoredRuns {
    static let host = HostFacts(
        cpuModel: "AMD EPYC 7763 64-Core Processor", cores: 8, memoryBytes: 34_359_738_368, kernel: "6.8.0-45-generic",
        system: "Ubuntu 24.04.1 LTS", descriptorLimit: 1_048_576, descriptorHardLimit: 1_048_576,
        portRange: [32_768, 60_999], acceptQueueLimit: 4096)

    static let plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], reps: 1)

    static func deployment(_ infra: String = "local-w2", cores: Double? = 2) -> DeploymentRecord {
        DeploymentRecord(
            provider: "local", infra: infra, cores: cores, replicas: 1, workers: 2, sessionCap: nil, endpoints: ["http://127.0.0.1:8000"])
    }

    /// A cell in which every successful session took about `total`, and so many steps were made a second.
    static func cell(
        _ sessions: Int, rep: Int = 1, succeeded: Int? = nil, stepsPerSecond: Double = 100, total: Nanoseconds = .seconds(1.5),
        wait: Nanoseconds = .seconds(1), mode: Mode = .ws, steps: Int = 1, limiter: Limiter = .none, isTerminated: Bool = false
    ) -> CellRecord {
        let succeeded = isTerminated ? 0 : succeeded ?? sessions
        let summary = LatencySummary(
            count: succeeded, min: total, mean: total, p50: total, p90: total, p95: total, p99: total, max: total)
        return CellRecord(
            key: CellKey(mode: mode, sessions: sessions, wait: wait, steps: steps, rep: rep), startedAt: WallTime(microseconds: 0),
            wall: .seconds(3), succeeded: succeeded, failed: sessions - succeeded,
            failures: isTerminated
                ? [FailureCount(kind: .providerTerminated, phase: .step, code: nil, count: sessions, firstAt: .zero)] : [],
            latencies: succeeded > 0 ? [.total: summary, .step: summary] : [:],
            sessionsPerSecond: succeeded > 0 ? stepsPerSecond : nil, stepsPerSecond: succeeded > 0 ? stepsPerSecond : nil,
            effectiveConcurrency: nil, peakOpen: succeeded, uniquePids: 1, uniqueSessions: succeeded, uniqueHosts: 1, generator: nil,
            server: nil, verdict: Verdict(limiter, evidence: "made by hand"), reportedSessionCap: nil)
    }

    /// Repetitions of one load with these rates.
    static func cells(_ sessions: Int = 64, rates: [Double]) -> [CellRecord] {
        rates.enumerated().map { cell(sessions, rep: $0.offset + 1, stepsPerSecond: $0.element) }
    }

    static func run(
        _ cells: [CellRecord], infra: String = "local-w2", cores: Double? = 2, plan: Plan = plan, host: HostFacts? = host,
        uuid: String = "0f8fad5b-d9cb-469f-a165-70867728950e", version: String = "0.1.0", source: RunSource = .measured
    ) -> RunSnapshot {
        run([(infra, cells)], cores: cores, plan: plan, host: host, uuid: uuid, version: version, source: source)
    }

    /// With several infrastructures.
    static func run(
        _ infras: [(String, [CellRecord])], cores: Double? = 2, plan: Plan = plan, host: HostFacts? = host,
        uuid: String = "0f8fad5b-d9cb-469f-a165-70867728950e", version: String = "0.1.0", source: RunSource = .measured
    ) -> RunSnapshot {
        let record = RunRecord(
            uuid: uuid, startedAt: WallTime(microseconds: 1_767_960_000_000_000), finishedAt: WallTime(microseconds: 1_767_960_063_500_000),
            status: .finished, command: "scalebench run", plan: plan, planHash: "00c0ffee00c0ffee", hardware: "", version: version,
            source: source, host: source == .imported ? nil : host)
        var snapshot = RunSnapshot(run: record, deployments: [:], lifecycle: [:], cells: [])
        for (index, infra) in infras.enumerated() {
            snapshot.deployments[Int64(index + 1)] = deployment(infra.0, cores: cores)
            for record in infra.1 {
                snapshot.cells.append(
                    RunSnapshot.Cell(id: Int64(snapshot.cells.count + 1), deployment: Int64(index + 1), record: record))
            }
        }
        return snapshot
    }
}
