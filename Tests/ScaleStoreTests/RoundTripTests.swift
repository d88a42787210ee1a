import ScaleCore
import ScaleStore
import Testing

@Suite struct RoundTripTests {
    private let scratch: Scratch
    private let store: Store
    private let run: Int64
    private let deployment: Int64

    init() throws {
        scratch = try Scratch()
        store = try Store(path: scratch.path())
        run = try store.begin(Sample.run())
        deployment = try store.addDeployment(Sample.deployment, run: run)
    }

    @Test(arguments: ["bare", "full"])
    func cell(which: String) throws {
        let cell = which == "bare" ? Sample.bareCell() : Sample.fullCell()
        let id = try store.finish(cell: cell, run: run, deployment: deployment)
        let stored = try #require(try store.reader.snapshot(.id(run)).cells.first)
        #expect(stored.id == id)
        #expect(stored.deployment == deployment)
        #expect(stored.record == cell.record)
        #expect(try store.reader.samples(of: id) == cell.samples)
        for metric in Metric.allCases {
            #expect(try store.reader.histogram(cell: id, metric: metric) == cell.histograms[metric], "\(metric)")
        }
    }

    @Test func bareSessions() throws {
        let cell = Sample.bareCell()
        let id = try store.finish(cell: cell, run: run, deployment: deployment)
        let (sessions, hosts) = try store.reader.sessions(of: id)
        #expect(text(sessions) == text(cell.sessions))
        #expect(hosts.isEmpty)
    }

    @Test func fullSessionsWithTheirHosts() throws {
        let cell = Sample.fullCell()
        let id = try store.finish(cell: cell, run: run, deployment: deployment)
        let (sessions, hosts) = try store.reader.sessions(of: id)
        // The table of hosts is in the order of first appearance.
        #expect(hosts == ["node-b", "node-a"])
        var expected = cell.sessions
        expected[0].host = 0
        expected[1].host = 1
        #expect(text(sessions) == text(expected))

        var seen: [String?] = []
        try store.reader.forEachSession(of: id) { _, host in seen.append(host) }
        #expect(seen == ["node-b", "node-a"])
    }

    @Test func runWithDeploymentAndLifecycle() throws {
        let stages = [
            LifecycleRecord(
                replica: 0, stage: .firstReset, start: Nanoseconds(1), duration: Nanoseconds(2), outcome: "ok",
                launch: "sb-0123456789ab-1"),
            LifecycleRecord(replica: 1, stage: .stop, start: Nanoseconds(3), duration: .zero, outcome: "did not stop"),
        ]
        try store.addLifecycle(stages, deployment: deployment)
        var unknown = Sample.deployment
        (unknown.cores, unknown.workers, unknown.sessionCap, unknown.endpoints) = (nil, nil, nil, [])
        let second = try store.addDeployment(unknown, run: run)

        let snapshot = try store.reader.snapshot(.id(run))
        #expect(snapshot.run == Sample.run())
        #expect(snapshot.deployments == [deployment: Sample.deployment, second: unknown])
        #expect(snapshot.lifecycle == [deployment: stages])
        #expect(snapshot.cells.isEmpty)
    }

    @Test func calibrationsOfAHostTheLatestFirst() throws {
        var later = Sample.calibration
        (later.measuredAt, later.bytesPerSession) = (WallTime(microseconds: 5), nil)
        var elsewhere = Sample.calibration
        elsewhere.key.host = "fedcba9876543210"
        for calibration in [Sample.calibration, later, elsewhere] { try store.add(calibration) }
        #expect(try store.reader.calibrations(host: Sample.calibration.key.host) == [later, Sample.calibration])
        #expect(try store.reader.calibrations(host: "0000000000000000").isEmpty)
        #expect(try store.reader.calibrations().count == 3)
    }

    @Test func anotherProcessGoesOn() throws {
        var mine = Sample.run("6b1f0c9e-0000-4000-8000-000000000009", startedAt: 9_000)
        mine.owner = "process 8"
        let claim = try store.claim(mine, resuming: .unfinished) { _ in false }
        #expect(claim == .taken(id: run, uuid: Sample.run().uuid))
        #expect(try store.reader.snapshot(.latest).run.owner == "process 8")
    }

    @Test(arguments: [RunStatus.finished, .interrupted, .failed])
    func endOfARun(status: RunStatus) throws {
        try store.finish(run: run, status: status, at: WallTime(microseconds: 9_000))
        let ended = try store.reader.snapshot(.latest).run
        #expect(ended.status == status)
        #expect(ended.finishedAt == WallTime(microseconds: 9_000))
    }

    @Test func planWithItsDefaults() throws {
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000002", startedAt: 5_000)
        record.plan = Plan(modes: [.http], sessions: [3], waits: [.seconds(0.1)], httpConnections: .perRequest)
        record.host?.portRange = []
        _ = try store.begin(record)
        #expect(try store.reader.snapshot(.latest).run == record)
    }

    @Test func runOfAnExperiment() throws {
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000003", startedAt: 5_000)
        record.experiment = "quick"
        _ = try store.begin(record)
        #expect(try store.reader.snapshot(.latest).run == record)
    }

    /// Files of others say little of the host, of the generator and of the spread.
    @Test func importedRunWithWhatItsFilesHold() throws {
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000004", startedAt: 5_000)
        (record.source, record.host) = (.imported, nil)
        let id = try store.begin(record)
        let deployment = try store.addDeployment(Sample.deployment, run: id)
        var cell = Sample.fullCell()
        (cell.record.generator, cell.record.peakOpen, cell.record.floor) = (nil, nil, nil)
        for (metric, summary) in cell.record.latencies {
            cell.record.latencies[metric] = LatencySummary(
                count: summary.count, min: nil, mean: nil, p50: summary.p50, p90: nil, p95: summary.p95, p99: summary.p99,
                max: nil)
        }
        _ = try store.finish(cell: cell, run: id, deployment: deployment)
        let snapshot = try store.reader.snapshot(.id(id))
        #expect(snapshot.run == record)
        #expect(snapshot.cells.map(\.record) == [cell.record])
    }

    @Test func measuredRunWithoutItsHostIsRefused() {
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000005")
        record.host = nil
        #expect(throws: ScaleError.self) { _ = try store.begin(record) }
    }

    @Test(arguments: [
        Plan(modes: [.ws], sessions: [1], waits: [.zero], shape: .ramp(over: Nanoseconds(123_456_789))),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], shape: .open(rate: 1.0 / 3, arrivals: .even)),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], think: .fixed(span: Nanoseconds(1))),
        Plan(modes: [.ws], sessions: [1], waits: [.seconds(0.3)], waitSpread: .lognormal(mean: .seconds(0.3), sigma: 0.7)),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], steps: 0, pacing: .hold(duration: Nanoseconds(123_456_789))),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], pacing: .lockstep),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], addresses: .first),
        Plan(modes: [.ws], sessions: [1], waits: [.zero], mostReps: 7),
        Plan(modes: [.ws], sessions: [64], waits: [.zero], mostReps: 5, search: SearchSettings()),
        Plan(
            modes: [.ws], sessions: [64], waits: [.zero],
            search: SearchSettings(within: 0.1, upTo: 500, budget: Nanoseconds(123_456_789), budgetSessions: 12_345)),
        Plan(
            modes: [.ws], sessions: [1], waits: [.zero],
            trace: TraceSource(path: "a/b.jsonl", fingerprint: "00c0ffee00c0ffee", episodes: 7, timing: .original)),
    ])
    func workloadOfAPlan(plan: Plan) throws {
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000003", startedAt: 5_000)
        record.plan = plan
        _ = try store.begin(record)
        #expect(try store.reader.snapshot(.latest).run.plan == plan)
    }

    @Test func listOfRuns() throws {
        let older = try store.begin(Sample.run("6b1f0c9e-0000-4000-8000-000000000000", startedAt: 500))
        _ = try store.finish(cell: Sample.bareCell(), run: run, deployment: deployment)
        let runs = try store.reader.runs()
        #expect(runs.map(\.id) == [run, older])
        #expect(runs.map(\.cells) == [1, 0])
        #expect(runs.map(\.infra) == [["local-2x40"], []])
        #expect(runs.map(\.status) == [.running, .running])
        #expect(runs[0].command == "scalebench run -n 2")
    }

    @Test func runsAreFoundByTheBeginningOfTheirUUID() throws {
        let other = try store.begin(Sample.run("7c000000-0000-4000-8000-000000000000", startedAt: 500))
        _ = try store.begin(Sample.run("7d000000-0000-4000-8000-000000000000", startedAt: 400))
        #expect(try store.reader.snapshot(.uuid("7C0")).run.uuid.hasPrefix("7c0"))
        #expect(try store.reader.snapshot(.id(other)).run.uuid.hasPrefix("7c0"))
        #expect(try store.reader.snapshot(.latest).run.uuid == Sample.run().uuid)
        let ambiguous = #expect(throws: ScaleError.self) { try store.reader.snapshot(.uuid("7")) }
        #expect(ambiguous?.message == "several runs begin with '7'")
        for selector in [RunSelector.uuid("%"), .uuid(""), .uuid("ffff"), .id(99)] {
            let missing = #expect(throws: ScaleError.self) { try store.reader.snapshot(selector) }
            #expect(missing?.code == .usage, "\(selector)")
        }
    }

    @Test func aRunThatIsNotThereIsToldWithTheWayOut() throws {
        let missing = #expect(throws: ScaleError.self) { try store.reader.snapshot(.uuid("ffff")) }
        #expect(missing?.message == "there is no run 'ffff' in '\(store.path)'")
        #expect(missing?.hint == "leave --run out for the latest run")
    }

    @Test(arguments: [RunSelector.latest, .uuid("7c"), .id(1)])
    func aDatabaseWithoutARunIsNoMistakeInTheSelector(selector: RunSelector) throws {
        let empty = try Store(path: scratch.path("empty.sqlite"))
        let missing = #expect(throws: ScaleError.self) { try empty.reader.snapshot(selector) }
        #expect(missing?.code == .storage)
        #expect(missing?.message == "there is no run in '\(empty.path)'")
    }

    @Test func aReaderFollowsTheWriter() throws {
        let reader = try RunReader(path: scratch.path())
        #expect(try reader.snapshot(.latest).cells.isEmpty)
        _ = try store.finish(cell: Sample.fullCell(), run: run, deployment: deployment)
        #expect(try reader.snapshot(.latest).cells.map(\.record) == [Sample.fullCell().record])
    }
}
