import ScaleControl
import ScaleCore
import ScaleEnv
import ScaleProviders
import ScaleStore
import Synchronization
import Testing

@testable import ScaleRun

/// Launches a fresh deployment every time, or fails where it is told to.
struct TurnProvider: Provider {
    static let name = "fake"
    static let summary = "a stand-in"
    static let options: [OptionDescription] = []

    let port: UInt16
    /// What the launches of this number, from 1, end with.
    let failures: [Int: ScaleError]
    let launches = Launches()

    final class Launches: Sendable {
        let all = Mutex<[FakeDeployment]>([])
        var count: Int { all.withLock { $0.count } }
    }

    var failsToStop = false

    init(port: UInt16, failures: [Int: ScaleError] = [:], failsToStop: Bool = false) {
        (self.port, self.failures, self.failsToStop) = (port, failures, failsToStop)
    }
    init(spec: ProviderSpec) throws(ScaleError) { self.init(port: 0) }

    func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let deployment = FakeDeployment(port: port, failsToStop: failsToStop)
        let number = launches.all.withLock { all in
            all.append(deployment)
            return all.count
        }
        if let failure = failures[number] { throw failure }
        return deployment
    }
}

/// Whole experiments of two infrastructures against the bundled environment in this process.
@Suite(.serialized) struct TurnTests {
    let file: TemporaryStore
    let events = EventLog()
    let control = StopControl()

    init() throws { file = try TemporaryStore() }

    static let down = ScaleError(.infrastructure, "it would not start")
    static let refused = ScaleError.usage("it is no environment")

    struct Ended {
        var outcome: Experiment.Outcome
        /// Launches and stops of each infrastructure.
        var launches: [Int]
        var stops: [Int]
    }

    func run(
        _ plan: Plan, settings: ExperimentSettings = ExperimentSettings(name: "turns"), failures: [Int: ScaleError] = [:],
        on event: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> Ended {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let providers = [TurnProvider(port: port, failures: failures), TurnProvider(port: port)]
            var request = request(plan, nil)
            request.infrastructures = zip(["a", "b"], providers).map { name, provider in
                Infrastructure(name: name, provider: provider, flag: "x.yaml:1:1: provider", specification: .init(ProviderSpec(name: name)))
            }
            request.experiment = settings
            let outcome = await Experiment(request, store: file.store, control: control) { [events] in
                events.add($0)
                event($0)
            }.run()
            return Ended(
                outcome: outcome, launches: providers.map(\.launches.count),
                stops: providers.map { $0.launches.all.withLock { $0.reduce(0) { $0 + $1.stops } } })
        }
    }

    static func grid(reps: Int = 2) -> Plan {
        var plan = plan(sessions: [2, 4])
        plan.reps = reps
        return plan
    }

    private func keys() throws -> [String: [CellKey]] {
        let snapshot = try file.store.reader.snapshot(.latest)
        return Dictionary(grouping: snapshot.cells) { snapshot.deployments[$0.deployment]?.infra ?? "?" }.mapValues { cells in
            cells.map(\.record.key)
        }
    }

    @Test func everyRepetitionIsLaunchedAfresh() async throws {
        let ended = try await run(Self.grid())
        #expect(ended.outcome.error == nil && ended.outcome.measured == 8 && ended.outcome.missing == 0)
        #expect(ended.launches == [2, 2] && ended.stops == [2, 2])
        #expect(events.all.filter { $0.hasPrefix("block") }.map { $0.suffix(1) } == ["1", "1", "2", "2"])
        #expect(events.all.first == "grid of 8")
        let snapshot = try file.store.reader.snapshot(.latest)
        #expect(snapshot.run.experiment == "turns" && snapshot.run.status == .finished)
        // Launched again it is the same deployment, with the stages of both launches.
        #expect(Set(snapshot.deployments.values.map(\.infra)) == ["a", "b"] && snapshot.deployments.count == 2)
        #expect(snapshot.lifecycle.values.allSatisfy { $0.filter { $0.stage == .stop }.count == 2 && $0.count == 8 })
        for cells in try keys().values { #expect(Set(cells) == Set(Self.grid().cells) && cells.count == 4) }
    }

    @Test func aLaunchThatFailsOnceIsRepeated() async throws {
        let ended = try await run(Self.grid(), failures: [1: Self.down])
        #expect(ended.outcome.error == nil && ended.launches == [3, 2])
        #expect(events.all.contains("failed a, again"))
        #expect(try file.runs().map(\.cells) == [8])
    }

    @Test func whatFailsTwiceIsGivenUpAndTheOthersGoOn() async throws {
        let ended = try await run(Self.grid(), failures: [1: Self.down, 2: Self.down])
        #expect(ended.outcome.error?.code == .infrastructure)
        #expect(ended.outcome.error?.message == "1 block was given up: a, repetition 1: it would not start")
        #expect(ended.outcome.measured == 6 && ended.outcome.missing == 2)
        #expect(try keys()["a"]?.map(\.rep) == [2, 2] && keys()["b"]?.count == 4)
        #expect(try file.runs().map(\.status) == [.failed])
        // The same experiment measures what is missing.
        let second = try await run(Self.grid())
        #expect(second.outcome.error == nil && second.outcome.run == ended.outcome.run && second.launches == [1, 0])
        #expect(try keys()["a"]?.count == 4)
        #expect(try file.runs().map(\.status) == [.finished])
    }

    @Test func whatIsRefusedIsNotTriedAgain() async throws {
        let ended = try await run(Self.grid(), failures: [1: Self.refused])
        #expect(ended.outcome.error?.code == .infrastructure && ended.launches == [1, 2])
        #expect(try keys()["b"]?.count == 4 && keys()["a"] == nil)
    }

    @Test func aServerThatDiesCostsItsCellAlone() async throws {
        let killed = Mutex(false)
        let ended = try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let provider = TurnProvider(port: port)
            var request = request(plan(wait: .seconds(1)), nil)
            request.infrastructures = [
                Infrastructure(name: "a", provider: provider, flag: "x", specification: .init(ProviderSpec(name: "a")))
            ]
            request.experiment = ExperimentSettings(name: "death")
            return await Experiment(request, store: file.store, control: control) { [events] event in
                events.add(event)
                guard case .cellStarted(number: 2, _, _) = event,
                    !killed.withLock({ was in
                        defer { was = true }
                        return was
                    })
                else { return }
                provider.launches.all.withLock { $0.last?.die() }
            }.run()
        }
        #expect(ended.error == nil && ended.measured == 2)
        #expect(events.all.filter { $0.hasPrefix("cell") }.map { $0.prefix(8) } == ["cell 1/2", "cell 2/2", "cell 2/2"])
        #expect(try file.runs().map(\.cells) == [2])
    }

    /// What ends its server every time is passed over, and those behind it are measured.
    @Test(arguments: [nil, 3] as [Int?]) func aCellThatAlwaysEndsItsServerCostsItselfAlone(most: Int?) async throws {
        var plan = plan(sessions: [20, 21, 22], wait: .seconds(1))
        plan.mostReps = most
        let (ended, launches) = try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { [plan] port in
            let provider = TurnProvider(port: port)
            var request = request(plan, nil)
            request.infrastructures = [
                Infrastructure(name: "a", provider: provider, flag: "x", specification: .init(ProviderSpec(name: "a")))
            ]
            request.experiment = ExperimentSettings(name: "death")
            let outcome = await Experiment(request, store: file.store, control: control) { [events] event in
                events.add(event)
                guard case .cellStarted(_, _, let key) = event, key.sessions == 21 else { return }
                provider.launches.all.withLock { $0.last?.die() }
            }.run()
            return (outcome, provider.launches.count)
        }
        #expect(ended.error?.code == .infrastructure)
        #expect(
            ended.error?.message
                == "1 cell was given up: a, ws N=21, wait 1.0 s, repetition 1: the server that fake launched ended during the grid")
        #expect(events.all.filter { $0.hasPrefix("given up") } == ["given up a n=21"])
        #expect(events.all.count { $0.hasPrefix("cell") && $0.hasSuffix("n=21") } == 2)
        let cells = try #require(try keys()["a"])
        // Of the one that was given up the last attempt is kept.
        #expect(cells.count { $0.rep == 1 } == 3 && cells.count { $0.sessions == 21 } == 1)
        if most != nil { #expect(cells.count { $0.rep == 2 } == 2) }
        #expect(launches <= 5)
    }

    @Test func aStopKeepsWhatIsFinishedAndTheRestFollows() async throws {
        let ended = try await run(Self.grid()) { [control] event in
            if case .cellStarted(number: 4, _, _) = event { control.requestStop() }
        }
        #expect(ended.outcome.error?.code == .interrupted && ended.launches == ended.stops)
        #expect(try file.runs().map(\.status) == [.interrupted])
        #expect(try file.runs().map(\.cells) == [3])
        let again = TurnTests(file: file)
        let second = try await again.run(Self.grid())
        #expect(second.outcome.error == nil && second.outcome.measured == 5)
        for cells in try keys().values { #expect(Set(cells) == Set(Self.grid().cells) && cells.count == 4) }
        let third = try await again.run(Self.grid())
        #expect(third.outcome.wasWhole && third.outcome.run == ended.outcome.run && third.launches == [0, 0])
        var fresh = ExperimentSettings(name: "turns")
        fresh.isFresh = true
        let fourth = try await again.run(Self.grid(reps: 2), settings: fresh)
        #expect(fourth.outcome.run != ended.outcome.run && fourth.outcome.measured == 8)
    }

    private init(file: TemporaryStore) { self.file = file }

    @Test func aBudgetEndsItBeforeTheCellThatWouldExceedIt() async throws {
        let slow = { (plan: Plan) in
            var slow = plan
            slow.waits = [.milliseconds(400)]
            return slow
        }
        let settings = ExperimentSettings(name: "budget", budget: .milliseconds(1500))
        let ended = try await run(slow(Self.grid()), settings: settings)
        #expect(ended.outcome.error?.code == .inconclusive)
        #expect(ended.outcome.error?.message.contains("the budget of 1.5 s does not suffice for the next cell") == true)
        #expect(ended.launches == ended.stops && ended.outcome.measured <= 3)
        #expect(try file.runs().map(\.status) == [.interrupted])
        let rich = ExperimentSettings(name: "budget", budget: .seconds(60))
        let second = try await run(slow(Self.grid()), settings: rich)
        #expect(second.outcome.error == nil && second.outcome.run == ended.outcome.run)
    }

    @Test func coolDownPassesBetweenCells() async throws {
        let start = MonotonicInstant.now
        let ended = try await run(Self.grid(reps: 1), settings: ExperimentSettings(name: "cool", coolDown: .milliseconds(300)))
        #expect(ended.outcome.measured == 4)
        #expect(start.duration(to: .now) >= .milliseconds(900))
    }

    private typealias MonotonicInstant = ContinuousClock.Instant

    @Test func theHashIsOfPlanNameAndInfrastructures() {
        func hash(_ names: [String], _ name: String = "x", coolDown: Nanoseconds = .zero, budget: Nanoseconds? = nil) -> String {
            StoredRun.planHash(
                Self.grid(), ExperimentSettings(name: name, budget: budget, coolDown: coolDown),
                names.map {
                    Infrastructure(name: $0, provider: FakeProvider(nil), flag: "", specification: .init(ProviderSpec(name: "s" + $0)))
                })
        }
        let one = hash(["a", "b"])
        #expect(one == hash(["b", "a"]) && one == hash(["a", "b"], budget: .seconds(1)))
        let others = [hash(["a"]), hash(["a", "c"]), hash(["a", "b"], "y"), hash(["a", "b"], coolDown: .seconds(1))]
        #expect(Set(others + [one]).count == 5)
    }
}
