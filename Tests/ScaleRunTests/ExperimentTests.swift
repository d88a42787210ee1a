import ScaleControl
import ScaleCore
import ScaleEnv
import ScaleProviders
import ScaleStore
import Testing

@testable import ScaleRun

/// Whole runs against the bundled environment in this process, with a provider that launches nothing.
@Suite(.serialized) struct ExperimentTests {
    let file: TemporaryStore
    let events = EventLog()
    let control = StopControl()

    init() throws { file = try TemporaryStore() }

    /// Runs an experiment while the environment serves at the deployment's port.
    func run(
        _ plan: Plan, resume: Bool = false, cap: Int? = nil, preflight: Bool = true,
        on event: @escaping @Sendable (RunEvent, FakeDeployment) -> Void = { _, _ in }
    ) async throws -> (Experiment.Outcome, FakeDeployment) {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0, maxConcurrentEnvs: cap)) { port in
            let deployment = FakeDeployment(port: port)
            var request = request(plan, deployment, resume: resume)
            request.preflight = preflight
            let experiment = Experiment(request, store: file.store, control: control) { [events] in
                events.add($0)
                event($0, deployment)
            }
            return (await experiment.run(), deployment)
        }
    }

    @Test func aWholeGridIsMeasuredStoredAndStopped() async throws {
        let (outcome, deployment) = try await run(plan())
        #expect(outcome.error == nil)
        #expect(deployment.stops == 1)
        let wanted = [
            "launching", "launched", "preflight ws", "grid of 2", "cell 1/2 n=2", "ok 2 of 2", "draining",
            "cell 2/2 n=4",
            "ok 4 of 4", "stopping",
        ]
        #expect(events.all == wanted)
        let summary = try #require(try file.runs().first)
        #expect(summary.uuid == outcome.run && summary.status == .finished && summary.cells == 2)
        let snapshot = try file.store.reader.snapshot(.latest)
        #expect(snapshot.cells.map(\.record.key) == plan().cells)
        #expect(snapshot.lifecycle.values.first?.map(\.stage) == [.started, .healthy, .firstReset, .stop])
        #expect(snapshot.run.host == host && snapshot.run.command == "scalebench run")
    }

    @Test func nothingIsStoredOrStoppedWhereNothingWasLaunched() async throws {
        let experiment = Experiment(request(plan(), nil), store: file.store, control: control) { [events] in
            events.add($0)
        }
        let outcome = await experiment.run()
        #expect(outcome.error?.code == .infrastructure && outcome.run == nil)
        #expect(events.all == ["launching"])
        #expect(try file.runs().isEmpty)
    }

    @Test func aGridThatDoesNotFitUnderTheDescriptorLimitLaunchesNothing() async throws {
        let deployment = FakeDeployment(port: 1)
        let large = request(plan(sessions: [1000]), deployment)
        let outcome = await Experiment(large, store: file.store, control: control) { [events] in events.add($0) }.run()
        #expect(outcome.error?.code == .usage)
        #expect(events.all.isEmpty && deployment.stops == 0)
    }

    @Test(arguments: ["{\"wait_seconds\": \"long\"}", "{\"unknown\": 1}"])
    func aRefusedActionStoresNothing(action: String) async throws {
        let (outcome, deployment) = try await run(plan(action: action))
        #expect(outcome.error?.code == .usage)
        #expect(outcome.error?.message.contains("rejected the action") == true)
        #expect(deployment.stops == 1 && outcome.run == nil)
        #expect(events.all == ["launching", "launched", "preflight ws", "stopping"])
        #expect(try file.runs().isEmpty)
    }

    @Test func withoutPreflightARefusedActionIsMeasured() async throws {
        let (outcome, deployment) = try await run(plan(sessions: [3], action: "{\"unknown\": 1}"), preflight: false)
        #expect(outcome.error == nil && deployment.stops == 1)
        #expect(events.all == ["launching", "launched", "grid of 1", "cell 1/1 n=3", "ok 0 of 3", "stopping"])
    }

    /// A port that nobody listens on: readiness gives up at its deadline, or as soon as the provider says why.
    @Test(arguments: [false, true]) func anUnreachableDeploymentIsStoppedAndStoresNothing(isDead: Bool) async throws {
        let port = try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { $0 }
        let deployment = FakeDeployment(port: port)
        if isDead { deployment.die() }
        let hopeless = request(plan(), deployment, startup: isDead ? .seconds(60) : .milliseconds(300))
        let experiment = Experiment(hopeless, store: file.store, control: control) { [events] in events.add($0) }
        let outcome = await experiment.run()
        #expect(outcome.error?.code == .infrastructure && outcome.run == nil)
        #expect(outcome.error?.cause?.contains("out of luck") == isDead)
        #expect(deployment.stops == 1)
        #expect(events.all == ["launching", "launched", "stopping"])
        #expect(try file.runs().isEmpty)
    }

    @Test func aStopBeforeTheGridStoresNothing() async throws {
        control.requestStop()
        let (outcome, deployment) = try await run(plan())
        #expect(outcome.error?.code == .interrupted && outcome.run == nil)
        #expect(deployment.stops == 1)
        #expect(events.all == ["launching", "launched", "stopping"])
        #expect(try file.runs().isEmpty)
    }

    @Test func aStopInThePreflightStoresNothing() async throws {
        let (outcome, deployment) = try await run(plan(wait: .seconds(5))) { [control] event, _ in
            if case .preflight = event { control.requestStop() }
        }
        #expect(outcome.error?.code == .interrupted && outcome.run == nil)
        #expect(deployment.stops == 1)
        #expect(try file.runs().isEmpty)
    }

    @Test func aStopInACellKeepsTheFinishedOnes() async throws {
        let (outcome, deployment) = try await run(plan(sessions: [2, 3, 4], wait: .milliseconds(300))) {
            [control] event, _ in
            if case .cellStarted(number: 2, _, _) = event { control.requestStop() }
        }
        #expect(outcome.error?.code == .interrupted)
        #expect(deployment.stops == 1)
        #expect(events.all.suffix(4) == ["ok 2 of 2", "draining", "cell 2/3 n=3", "stopping"])
        let summary = try #require(try file.runs().first)
        #expect(summary.uuid == outcome.run && summary.status == .interrupted && summary.cells == 1)
    }

    @Test func aStopInMidCellDropsIt() async throws {
        let (outcome, _) = try await run(plan(sessions: [2], wait: .seconds(9)), preflight: false) {
            [control] event, _ in
            if case .cellProgress = event { control.requestStop() }
        }
        #expect(outcome.error?.code == .interrupted)
        #expect(try file.runs().map(\.cells) == [0])
        #expect(try file.runs().map(\.status) == [.interrupted])
    }

    @Test func resumingSkipsFinishedCells() async throws {
        let plan = plan(sessions: [2, 3, 4])
        let (first, _) = try await run(plan) { [control] event, _ in
            if case .cellStarted(number: 3, _, _) = event { control.requestStop() }
        }
        let uuid = try #require(first.run)
        let again = Self.Again(file: file)
        let (second, deployment) = try await again.run(plan)
        #expect(second.error == nil && second.run == uuid)
        #expect(deployment.stops == 1)
        #expect(
            again.events.all.filter { $0.hasPrefix("grid") || $0.hasPrefix("cell") } == ["grid of 1", "cell 1/1 n=4"])
        #expect(try file.runs().map(\.cells) == [3])
        #expect(try file.runs().map(\.status) == [.finished])
        // What is finished is not gone on with: the same plan makes a new run.
        let third = try await Self.Again(file: file).run(plan).0
        #expect(third.run != uuid)
        #expect(try file.runs().count == 2)
    }

    /// The same file once more, with a control that nobody has stopped.
    struct Again {
        let file: TemporaryStore
        let events = EventLog()

        func run(_ plan: Plan) async throws -> (Experiment.Outcome, FakeDeployment) {
            try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
                let deployment = FakeDeployment(port: port)
                let request = request(plan, deployment, resume: true)
                let experiment = Experiment(request, store: file.store, control: StopControl()) { [events] in
                    events.add($0)
                }
                return (await experiment.run(), deployment)
            }
        }
    }

    @Test func aStoreThatFailsEndsTheRunAndStopsTheServers() async throws {
        let (outcome, deployment) = try await run(plan()) { [store = file.store] event, _ in
            if case .cellStarted(number: 2, _, _) = event { try? store.close() }
        }
        #expect(outcome.error?.code == .storage)
        #expect(deployment.stops == 1)
        #expect(events.all.filter { $0.hasPrefix("ok") } == ["ok 2 of 2"])
        #expect(events.all.contains { $0.hasPrefix("warning: the end of the run could not be stored") })
        #expect(try RunReader(path: file.store.path).runs().map(\.cells) == [1])
    }

    @Test func aServerThatDiesInTheGridIsNamed() async throws {
        let (outcome, deployment) = try await run(plan(wait: .seconds(30))) { event, deployment in
            if case .cellStarted(number: 1, _, _) = event { deployment.die() }
        }
        #expect(outcome.error?.code == .infrastructure)
        #expect(outcome.error?.cause?.contains("out of luck") == true)
        #expect(deployment.stops == 1)
        #expect(try file.runs().map(\.status) == [.failed])
        // The cell in which it died is kept, and says nothing about how many sessions it holds.
        let run = try #require(try file.runs().first)
        let cell = try #require(try file.store.reader.snapshot(.id(run.id)).cells.first?.record)
        #expect(run.cells == 1 && cell.isTerminated && !cell.valid && cell.failed == 2)
        #expect(cell.failures.map(\.kind) == [.providerTerminated])
        #expect(cell.verdict.limiter == .serverOther && cell.verdict.evidence.contains("out of luck"))
    }

    @Test func aFullServerIsRefusedBeforeTheGrid() async throws {
        let (outcome, deployment) = try await run(plan(), cap: 0)
        #expect(outcome.error?.code == .infrastructure)
        #expect(outcome.error?.message.contains("no free session") == true)
        #expect(deployment.stops == 1)
    }
}
