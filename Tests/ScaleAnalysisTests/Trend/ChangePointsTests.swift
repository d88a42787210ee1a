import Glibc
import ScaleAnalysis
import ScaleCore
import Testing

@Suite("change points") struct ChangePointsTests {
    /// About 100 times each level, with noise of 1 %.
    private func series(_ stretches: (length: Int, level: Double)..., seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return stretches.flatMap { length, level in
            (0..<length).map { _ in 100 * level * Double.random(in: 0.98...1.02, using: &random) }
        }
    }

    @Test func `one loss`() throws {
        let found = ChangePoints().find(in: series((20, 1), (15, 0.9)))
        #expect(found.map(\.index) == [20])
        let change = try #require(found.first)
        #expect((change.before - 100).magnitude < 1)
        #expect((change.after - 90).magnitude < 1)
        #expect(change.pValue < 1e-6)
    }

    @Test func `a loss that is taken back`() {
        #expect(ChangePoints().find(in: series((15, 1), (10, 0.8), (15, 1))).map(\.index) == [15, 25])
    }

    @Test func `several steps`() {
        #expect(ChangePoints().find(in: series((10, 1), (10, 0.9), (10, 0.8), (10, 1.1))).map(\.index) == [10, 20, 30])
    }

    @Test func `a loss two runs ago`() {
        #expect(ChangePoints().find(in: series((20, 1), (2, 0.85))).map(\.index) == [20])
    }

    @Test func `one run alone may be an outlier`() {
        #expect(ChangePoints().find(in: series((20, 1), (1, 0.7))).isEmpty)
        #expect(ChangePoints().find(in: series((20, 1), (1, 0.7), (20, 1))).isEmpty)
    }

    @Test func `less than five per cent is no change`() {
        let values = series((30, 1), (30, 0.97))
        #expect(ChangePoints().find(in: values).isEmpty)
        #expect(ChangePoints(leastMagnitude: 0.02).find(in: values).map(\.index) == [30])
    }

    /// The window sees what the whole history would drown.
    @Test func `old and new changes in a long history`() {
        #expect(ChangePoints().find(in: series((120, 1), (100, 1.5), (40, 1.4), (100, 0.5))).map(\.index) == [120, 220, 260])
    }

    @Test func `values without noise`() {
        let flat = Array(repeating: 5.0, count: 8)
        #expect(ChangePoints().find(in: flat).isEmpty)
        #expect(ChangePoints().find(in: flat + [4, 4, 4]).map(\.index) == [8])
        #expect(ChangePoints().find(in: [0, 0, 0, 0, 1, 1, 1, 1]).first?.magnitude == .infinity)
    }

    @Test func `too few values`() {
        for count in 0..<4 { #expect(ChangePoints().find(in: Array([1, 1, 9, 9].prefix(count))).isEmpty) }
        #expect(ChangePoints().find(in: [1, 1, 9, 9]).map(\.index) == [2])
    }

    /// Of 300 histories of 60 runs each with 4 % of noise, in which nothing changes, at most one in a hundred has a change point.
    @Test func `noise is hardly ever a change`() {
        var alarms = 0
        for seed in 0..<300 {
            var random = SimulatedRunner(seed: UInt64(seed))
            let values = (0..<60).map { _ in 100 * exp(0.04 * random.normal()) }
            if !ChangePoints().find(in: values).isEmpty { alarms += 1 }
        }
        #expect(alarms <= 3, "\(alarms)")
    }
}

@Suite("histories of stored runs") struct TrendSeriesTests {
    private static func host(kernel: String = "6.8", memory: Int = 8 << 30, cpu: String = "EPYC") -> HostFacts {
        HostFacts(
            cpuModel: cpu, cores: 4, memoryBytes: memory, kernel: kernel, system: "Debian", descriptorLimit: 1, descriptorHardLimit: 1,
            portRange: [1, 2], acceptQueueLimit: 1)
    }

    /// A run that measured these steps/s, one repetition each.
    private func run(
        _ number: Int, _ values: [Double?], infra: String = "local", host: HostFacts? = host(),
        change: (inout RunSnapshot) -> Void = { _ in }
    ) -> RunSnapshot {
        let plan = Plan(modes: [.ws], sessions: [20], waits: [.seconds(1)], reps: values.count)
        let run = RunRecord(
            uuid: "run-\(number)", startedAt: WallTime(microseconds: Int64(number) * 86_400_000_000), status: .finished, command: "",
            plan: plan, planHash: "", hardware: "", version: "1", host: host)
        let deployment = DeploymentRecord(
            provider: "local", infra: infra, cores: 2, replicas: 1, workers: 1, sessionCap: nil, endpoints: [])
        let cells = values.enumerated().map { index, value in
            RunSnapshot.Cell(id: Int64(index), deployment: 7, record: duelCell(duelLoad, stepsPerSecond: value, rep: index + 1))
        }
        var snapshot = RunSnapshot(run: run, deployments: [7: deployment], lifecycle: [:], cells: cells)
        change(&snapshot)
        return snapshot
    }

    private func all(_ snapshots: [RunSnapshot], infras: [String] = []) -> [TrendSeries] {
        TrendSeries.all(of: snapshots, metric: .stepsPerSecond, infras: infras)
    }

    @Test func `a run's value is the median of its repetitions, from the oldest run on`() {
        let found = all([run(2, [90, 92, 80, 88]), run(1, [100, 104, 70])])
        #expect(found.count == 1)
        #expect(found.first?.points.map(\.value) == [100, 89])
        #expect(found.first?.points.map(\.cells) == [3, 4])
        #expect(found.first?.points.map(\.run) == ["run-1", "run-2"])
    }

    @Test func `only finished runs that were measured, and valid cells`() {
        let found = all([
            run(1, [100, 100]) { $0.run.status = .interrupted },
            run(2, [100, 100]) { $0.run.source = .imported },
            run(3, [100, nil, 50]) { $0.cells[2].record.verdict = Verdict(.generator, evidence: "") },
            run(4, [nil]),
            run(5, [100], host: nil),
        ])
        #expect(found.map { $0.points.map(\.run) } == [["run-3"]])
        #expect(found.first?.points.first?.cells == 1)
    }

    @Test func `hosts of one kind share a history`() {
        let found = all([
            run(1, [100]), run(2, [101], host: Self.host(kernel: "6.12", memory: (8 << 30) - 70_000_000)),
            run(3, [60], host: Self.host(cpu: "Xeon")),
        ])
        #expect(found.map { $0.points.map(\.run) } == [["run-1", "run-2"], ["run-3"]])
    }

    @Test func `infrastructures, loads and kinds of load have histories of their own`() {
        let others = [
            run(1, [100]), run(2, [100], infra: "swarm"), run(3, [100]) { $0.cells[0].record.key.sessions = 40 },
            run(4, [100]) { $0.run.plan.ignoresDone = true }, run(5, [100]) { $0.run.plan.sessions = [20, 40] },
            run(6, [100]) { $0.run.plan.seed = 9 },
        ]
        let found = all(others).map { $0.points.map(\.run) }
        #expect(found == [["run-1", "run-5", "run-6"], ["run-4"], ["run-3"], ["run-2"]])
        #expect(all(others).map(\.settingsOfRun) == ["run-1", "run-4", nil, nil])
        #expect(all(others, infras: ["swarm"]).map(\.infra) == ["swarm"])
    }

    @Test func `a change is worse where less is better and more came, and the other way round`() throws {
        let values: [Double] = [100, 101, 100, 99, 100, 80, 81, 79, 80]
        let found = try #require(all(values.enumerated().map { run($0.offset, [$0.element]) }).first)
        let change = try #require(found.changes.first)
        #expect(change.index == 5)
        #expect(found.isWorse(change))
        var latency = found
        latency.metric = .p95
        #expect(!latency.isWorse(change))
    }
}
