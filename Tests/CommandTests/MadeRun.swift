import Foundation
import ScaleCore
import ScaleStore

/// Runs that are written into a database as the program would have written them, so that what judges stored runs can be tested
/// without a measurement.
struct MadeRun {
    static let host = HostFacts(
        cpuModel: "AMD EPYC 7763", cores: 8, memoryBytes: 34_359_738_368, kernel: "6.8.0", system: "Ubuntu 24.04",
        descriptorLimit: 1_048_576,
        descriptorHardLimit: 1_048_576, portRange: [32_768, 60_999], acceptQueueLimit: 4096)

    var uuid: String
    var infras: [(name: String, cells: [CellRecord])]
    var plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)])
    var host: HostFacts? = MadeRun.host
    var source = RunSource.measured
    /// Later runs are the latest.
    var day = 1

    /// Ten repetitions of 200 sessions, with rates around this one.
    static func rates(_ middle: Double, reps: Int = 10, sessions: Int = 200) -> [CellRecord] {
        (1...reps).map { rep in
            cell(sessions, rep: rep, stepsPerSecond: middle * (1 + 0.002 * (Double(rep) - Double(reps + 1) / 2)))
        }
    }

    static func cell(
        _ sessions: Int, rep: Int = 1, succeeded: Int? = nil, stepsPerSecond: Double = 100, total: Nanoseconds = .seconds(1.5),
        limiter: Limiter = .none, isTerminated: Bool = false
    ) -> CellRecord {
        let succeeded = isTerminated ? 0 : succeeded ?? sessions
        let summary = LatencySummary(count: succeeded, min: total, mean: total, p50: total, p90: total, p95: total, p99: total, max: total)
        let failures =
            succeeded == sessions
            ? []
            : [
                FailureCount(
                    kind: isTerminated ? .providerTerminated : .timeout, phase: .step, code: nil, count: sessions - succeeded,
                    firstAt: .zero)
            ]
        return CellRecord(
            key: CellKey(mode: .ws, sessions: sessions, wait: .seconds(1), steps: 1, rep: rep),
            startedAt: WallTime(microseconds: 1_000_000),
            wall: .seconds(3), succeeded: succeeded, failed: sessions - succeeded, failures: failures,
            latencies: succeeded > 0 ? [.total: summary, .step: summary] : [:],
            sessionsPerSecond: succeeded > 0 ? stepsPerSecond : nil, stepsPerSecond: succeeded > 0 ? stepsPerSecond : nil,
            effectiveConcurrency: nil, peakOpen: succeeded, uniquePids: min(1, succeeded), uniqueSessions: succeeded,
            uniqueHosts: min(1, succeeded), generator: nil, server: nil, verdict: Verdict(limiter, evidence: "made by hand"),
            reportedSessionCap: nil)
    }

    init(_ uuid: String, _ cells: [CellRecord], infra: String = "local-w2", day: Int = 1) {
        self.uuid = uuid + "-0000-4000-8000-000000000000"
        infras = [(infra, cells)]
        self.day = day
    }

    func store(in place: Workplace, database: String = "run.sqlite") throws {
        let store = try Store(path: place.file(database))
        let start = 1_767_960_000_000_000 + Int64(day) * 86_400_000_000
        let run = RunRecord(
            uuid: uuid, startedAt: WallTime(microseconds: start), command: "scalebench run", plan: plan, planHash: "00c0ffee00c0ffee",
            hardware: "", version: "0.1.0", source: source, host: source == .imported ? nil : host)
        let id = try store.begin(run)
        for infra in infras {
            let deployment = try store.addDeployment(
                DeploymentRecord(
                    provider: "local", infra: infra.name, cores: 2, replicas: 1, workers: 2, sessionCap: nil,
                    endpoints: ["http://127.0.0.1:8000"]), run: id)
            for record in infra.cells {
                _ = try store.finish(
                    cell: FinishedCell(record: record, sessions: [], hosts: [], histograms: [:], samples: []), run: id,
                    deployment: deployment)
            }
        }
        try store.finish(run: id, status: .finished, at: WallTime(microseconds: start + 60_000_000))
        try store.close()
    }
}
