import ScaleAnalysis
import ScaleCore
import ScaleEnv
import ScaleProviders
import ScaleReactor
import ScaleStore
import Synchronization
import Testing

@testable import ScaleEngine
@testable import ScaleRun

/// Plain runs whose servers are ended while a cell is measured.
@Suite(.serialized) struct RelaunchTests {
    let file: TemporaryStore

    init() throws { file = try TemporaryStore() }

    /// - Parameter kills: at the start of which cells, counted with those that are measured again, the servers are ended.
    func run(_ plan: Plan, relaunches: Int?, resume: Bool = false, kills: Set<Int>) async throws -> (
        Experiment.Outcome, [String], launches: Int
    ) {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let (provider, events) = (TurnProvider(port: port), EventLog())
            let starts = Mutex(0)
            var request = request(plan, nil, resume: resume)
            request.infrastructures = [Infrastructure(provider: provider, flag: "--provider")]
            request.relaunches = relaunches
            let outcome = await Experiment(request, store: file.store, control: StopControl()) { event in
                events.add(event)
                guard case .cellStarted = event else { return }
                let number = starts.withLock { count in
                    count += 1
                    return count
                }
                if kills.contains(number) { provider.launches.all.withLock { $0.last?.die() } }
            }.run()
            return (outcome, events.all, provider.launches.count)
        }
    }

    private func snapshot() throws -> RunSnapshot { try file.store.reader.snapshot(.latest) }

    @Test func theServersAreLaunchedAgainAndTheCellIsMeasuredAgain() async throws {
        let (outcome, events, launches) = try await run(plan(wait: .milliseconds(700)), relaunches: 1, kills: [2])
        #expect(outcome.error == nil && outcome.measured == 2 && launches == 2)
        #expect(events.contains("failed fake, again"))
        let stored = try snapshot()
        #expect(stored.cells.map(\.record.key) == plan(wait: .milliseconds(700)).cells)
        #expect(stored.cells.allSatisfy { $0.record.valid } && stored.run.status == .finished)
        // It is the same deployment, launched twice, and no launch is lost.
        #expect(stored.deployments.count == 1)
        let stages = try #require(stored.lifecycle.values.first)
        #expect(
            Launch.all(of: stages).map { $0.stages.map(\.stage) } == Array(repeating: [.started, .healthy, .firstReset, .stop], count: 2))
        #expect(Launch.all(of: stages).allSatisfy { $0.firstObservation != nil })
    }

    @Test func asOftenAsIsAllowedForOneCell() async throws {
        let (outcome, _, launches) = try await run(plan(wait: .milliseconds(700)), relaunches: 2, kills: [2, 3, 4])
        #expect(outcome.error?.code == .infrastructure && launches == 3)
        let cells = try snapshot().cells.map(\.record)
        // The last attempt is kept, once.
        #expect(cells.map(\.isTerminated) == [false, true])
        #expect(cells[1].failures.map(\.kind) == [.providerTerminated] && cells[1].failures[0].code == nil)
        #expect(cells[1].checks.isEmpty && !cells[1].valid)
    }

    @Test func oneThatWasKeptIsReplacedWhenTheRunGoesOn() async throws {
        let plan = plan(wait: .milliseconds(700))
        let first = try await run(plan, relaunches: nil, kills: [2])
        #expect(first.0.error?.code == .infrastructure && first.launches == 1)
        #expect(try snapshot().cells.map(\.record.isTerminated) == [false, true])
        #expect(try snapshot().finishedCells == 1 && snapshot().run.status == .failed)
        let second = try await run(plan, relaunches: nil, resume: true, kills: [])
        #expect(second.0.error == nil && second.0.run == first.0.run && second.0.measured == 1)
        #expect(second.1.filter { $0.hasPrefix("cell") } == ["cell 1/1 n=4"])
        let stored = try snapshot()
        #expect(stored.cells.map(\.record.key) == plan.cells && stored.cells.allSatisfy { $0.record.valid })
        #expect(stored.run.status == .finished)
    }

    // MARK: The watch itself

    @Test func serversThatLiveEndNoCell() async {
        let board = ProgressBoard(threads: 1)
        let watch = LifeWatch(FakeDeployment(port: 1), board)
        #expect(await watch.finish(hasLost: false) == nil && !board.isEndRequested)
    }

    /// They are known to have ended a little after their connections have.
    @Test func whatIsLostIsLookedForOnceMore() async throws {
        let begun = MonotonicClock.now()
        let (board, deployment) = (ProgressBoard(threads: 1), FakeDeployment(port: 1))
        let watch = LifeWatch(deployment, board)
        deployment.die()
        let lived = try #require(await watch.finish(hasLost: true))
        #expect(lived >= .zero && lived <= MonotonicClock.now() - begun)
    }

    @Test func theEndOfTheServersEndsTheCell() async {
        let (board, deployment) = (ProgressBoard(threads: 1), FakeDeployment(port: 1))
        let watch = LifeWatch(deployment, board)
        deployment.die()
        while !board.isEndRequested, !Task.isCancelled { await Task.yield() }
        #expect(await watch.finish(hasLost: false) != nil)
    }
}

/// Launches and nothing else.
@Suite(.serialized) struct LaunchSeriesTests {
    let file: TemporaryStore
    let events = EventLog()
    let control = StopControl()

    init() throws { file = try TemporaryStore() }

    private func run(
        _ count: Int, failures: [Int: ScaleError] = [:], on event: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> (outcome: Experiment.Outcome, stops: [Int]) {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let provider = TurnProvider(port: port, failures: failures)
            var request = request(LaunchSeries.plan(mode: .ws, count: count, timeout: .seconds(60), action: nil), nil)
            request.infrastructures = [
                Infrastructure(provider: provider, flag: "--provider", specification: .init(ProviderSpec(name: "fake")))
            ]
            let outcome = await LaunchSeries(request, count: count, store: file.store, control: control) { [events] in
                events.add($0)
                event($0)
            }.run()
            return (outcome, provider.launches.all.withLock { $0.map(\.stops) })
        }
    }

    private func launches() throws -> [Launch] {
        let snapshot = try file.store.reader.snapshot(.latest)
        #expect(snapshot.deployments.count == 1 && snapshot.cells.isEmpty)
        return snapshot.lifecycle.values.flatMap { Launch.all(of: $0) }
    }

    static let down = ScaleError(.infrastructure, "it would not start", cause: "no luck")

    @Test func everyLaunchIsStoredWithItsStages() async throws {
        let (outcome, stops) = try await run(3)
        #expect(outcome.error == nil && outcome.measured == 3 && outcome.missing == 0 && stops == [1, 1, 1])
        #expect(try launches().map { $0.stages.map(\.stage) } == Array(repeating: [.started, .healthy, .firstReset, .stop], count: 3))
        #expect(try launches().allSatisfy { $0.firstObservation != nil && $0.mark?.hasPrefix("sb-") == true })
        #expect(Set(try launches().map(\.mark)).count == 3)
        let summary = try #require(try file.runs().first)
        #expect(summary.uuid == outcome.run && summary.status == .finished && summary.cells == 0)
        #expect(events.all.filter { $0.hasPrefix("launch ") } == ["launch 1/3 ok", "launch 2/3 ok", "launch 3/3 ok"])
    }

    @Test(arguments: [[2], [1], [1, 2], [4]]) func aLaunchThatFailsIsCountedAndTheOthersGoOn(numbers: [Int]) async throws {
        let (outcome, _) = try await run(4, failures: Dictionary(uniqueKeysWithValues: numbers.map { ($0, Self.down) }))
        #expect(outcome.error?.code == .infrastructure && outcome.error?.cause == "no luck")
        #expect(outcome.error?.message == "\(numbers.count) of 4 launches failed: it would not start")
        // In whatever order: what fails before anything is known of the deployment is put down with the first that succeeds.
        #expect(try launches().count == 4 && launches().compactMap(\.failure).count == numbers.count)
        #expect(try file.runs().map(\.status) == [.finished])
    }

    @Test func whereAllFailTheyAreStoredAllTheSame() async throws {
        let (outcome, _) = try await run(2, failures: [1: Self.down, 2: Self.down])
        #expect(outcome.error?.message == "2 of 2 launches failed: it would not start")
        #expect(try launches().map(\.failure) == ["it would not start", "it would not start"])
        #expect(try file.store.reader.snapshot(.latest).deployments.values.first?.replicas == 0)
    }

    @Test func whatIsAskedForWronglyIsRefusedAtOnce() async throws {
        let (outcome, _) = try await run(3, failures: [1: .usage("it cannot be")])
        #expect(outcome.error?.code == .usage && outcome.run == nil)
        #expect(try file.runs().isEmpty && events.all == ["launching"])
    }

    @Test func anInterruptedOneKeepsWhatItHas() async throws {
        let (outcome, stops) = try await run(5) { [control] event in
            if case .launchFinished(number: 2, _, _) = event { control.requestStop() }
        }
        #expect(outcome.error?.code == .interrupted && outcome.measured == 2 && outcome.missing == 3 && stops == [1, 1])
        #expect(try launches().count == 2)
        #expect(try file.runs().map(\.status) == [.interrupted])
    }
}
