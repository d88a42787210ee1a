import ScaleAnalysis
import ScaleCore
import ScaleEnv
import ScaleProviders
import ScaleStore
import Synchronization
import Testing

@testable import ScaleRun

/// Whole duels of two environments in this process.
@Suite(.serialized) struct DuelTests {
    let file: TemporaryStore
    let events = EventLog()
    let control = StopControl()

    init() throws { file = try TemporaryStore() }

    struct Ended {
        var outcome: Experiment.Outcome
        /// Launches and stops of each side.
        var launches: [Int]
        var stops: [Int]
    }

    /// Cells of 60 ms, and no calibration: what is judged is not of interest here.
    static func request(_ rule: DuelRule, budget: Nanoseconds?, providers: [TurnProvider]) -> RunRequest {
        var plan = plan(sessions: [2], wait: .milliseconds(2))
        plan.pacing = .hold(duration: .milliseconds(60))
        plan.steps = 0
        var request = ScaleRunTests.request(plan, nil)
        request.infrastructures = zip(DuelSettings.names, providers).map { name, provider in
            Infrastructure(
                name: name, provider: provider, flag: "--" + name, specification: LaunchSpecification(ProviderSpec(name: "of-" + name)))
        }
        request.duel = DuelSettings(purpose: .gate, rule: rule, budget: budget)
        request.calibrates = false
        return request
    }

    func run(
        _ rule: DuelRule = DuelRule(resamples: 200), budget: Nanoseconds? = nil, slower: String? = nil,
        failures: [Int: ScaleError] = [:], failingStop: Bool = false, on event: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) async throws -> Ended {
        let quick = EnvironmentConfiguration(port: 0)
        var other = quick
        if let slower { other.faults = try FaultPlan([slower], seed: 0, source: "test") }
        return try await EnvironmentServer.serving(quick) { [other] a in
            try await EnvironmentServer.serving(other) { b in
                let providers = [TurnProvider(port: a), TurnProvider(port: b, failures: failures, failsToStop: failingStop)]
                let outcome = await Experiment(
                    Self.request(rule, budget: budget, providers: providers), store: file.store, control: control
                ) { [events] in
                    events.add($0)
                    event($0)
                }.run()
                return Ended(
                    outcome: outcome, launches: providers.map(\.launches.count),
                    stops: providers.map { $0.launches.all.withLock { $0.reduce(0) { $0 + $1.stops } } })
            }
        }
    }

    @Test func bothSidesAreAliveTogetherAndEveryPairIsStored() async throws {
        let ended = try await run(DuelRule(looks: [4], resamples: 200, confirms: false))
        #expect(ended.outcome.error == nil && ended.outcome.measured == 8)
        #expect(ended.launches == [1, 1] && ended.stops == [1, 1])
        let words = events.all
        #expect(words.count { $0.hasPrefix("pair ") } == 4)
        #expect(words.firstIndex(of: "cell 1/? n=2").map { words[..<$0].count { $0 == "launched" } } == 2)
        let uuid = try #require(ended.outcome.run)
        let snapshot = try file.store.reader.snapshot(.uuid(uuid))
        #expect(Set(snapshot.deployments.values.map(\.infra)) == ["a", "b"])
        let duel = try StoredDuel(snapshot, from: file.store.reader)
        #expect(duel.pairs.map(\.number) == [1, 2, 3, 4] && duel.specification(of: .b) == "of-b")
        // What is read back says what was found.
        #expect(duel.record.verdict == DuelAssessment.verdict(duel.rounds, rule: duel.rule).0.rawValue)
        #expect(duel.record == ended.outcome.duel)
        // Each cell began when its pair says.
        let cells = snapshot.cells.map { snapshot.deployments[$0.deployment]?.infra ?? "" }
        #expect(cells == duel.pairs.flatMap { $0.first == .a ? ["a", "b"] : ["b", "a"] })
    }

    @Test func aRegressionIsMeasuredAgainOnFreshLaunches() async throws {
        let ended = try await run(
            DuelRule(looks: [4, 8, 12], mostVoid: 0.9, resamples: 200), slower: "slow-step=4ms@100%")
        #expect(ended.outcome.duel?.verdict == "regression", "\(events.all)")
        #expect(ended.launches == [2, 2] && ended.stops == [2, 2])
        #expect(events.all.filter { $0.hasPrefix("round") } == ["round 1: regression", "round 2: regression"])
        #expect(Set(ended.outcome.duel?.pairs.map(\.round) ?? []) == [1, 2])
    }

    @Test func aSideThatDoesNotStartIsNamedAndTheOtherIsStopped() async throws {
        let ended = try await run(failures: [1: ScaleError(.infrastructure, "it would not start")])
        #expect(ended.outcome.error?.code == .infrastructure && ended.outcome.error?.message == "b: it would not start")
        #expect(ended.stops == [1, 0] && ended.outcome.run == nil)
        #expect(try file.runs().isEmpty)
    }

    @Test func aRegressionIsToldThoughItCouldNotBeMeasuredTwice() async throws {
        let ended = try await run(
            DuelRule(looks: [4, 8, 12], mostVoid: 0.9, resamples: 200), slower: "slow-step=4ms@100%",
            failures: [2: ScaleError(.infrastructure, "it would not start")])
        #expect(ended.outcome.error?.message == "b: it would not start")
        let duel = try #require(ended.outcome.duel)
        #expect(duel.verdict == "inconclusive" && duel.reason?.hasSuffix("a second time: b: it would not start") == true, "\(duel)")
        #expect(ended.stops == [2, 1])
        let run = try #require(ended.outcome.run)
        let stored = try StoredDuel(try file.store.reader.snapshot(.uuid(run)), from: file.store.reader)
        #expect(stored.rounds.map(\.verdict) == [.regression])
    }

    @Test func aStopThatFailsTakesNothingFromTheVerdict() async throws {
        let ended = try await run(DuelRule(looks: [4], resamples: 200, confirms: false), failingStop: true)
        #expect(ended.outcome.error?.code == .infrastructure)
        let duel = try #require(ended.outcome.duel)
        #expect(duel.verdict != nil && duel.pairs.count == 4)
        let run = try #require(ended.outcome.run)
        let stored = try StoredDuel(try file.store.reader.snapshot(.uuid(run)), from: file.store.reader)
        #expect(stored.rounds.map(\.verdict.rawValue) == [duel.verdict])
    }

    @Test func aLoadThatIsNotFoundInTimeIsNotLookedForAnyLonger() async throws {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let providers = [TurnProvider(port: port), TurnProvider(port: port)]
            let request = Self.request(DuelRule(), budget: nil, providers: providers)
            let error = await #expect(throws: ScaleError.self) {
                _ = try await LoadFinding(request, control: control) { _ in }.run(within: .milliseconds(150))
            }
            #expect(error?.code == .inconclusive && error?.message.contains("within 0.15 s") == true)
            #expect(providers[0].launches.all.withLock { $0.map(\.stops) } == [1])
        }
    }

    @Test func anInterruptionKeepsWholePairsAndNoVerdict() async throws {
        let ended = try await run { [control] event in
            if case .pairFinished(let pair) = event, pair.number == 2 { control.requestStop() }
        }
        #expect(ended.outcome.error?.code == .interrupted && ended.stops == [1, 1])
        let run = try #require(ended.outcome.run)
        let stored = try #require(try file.store.reader.duel(ofRun: run))
        #expect(stored.verdict == nil && stored.pairs.count == 2)
        #expect(try file.store.reader.snapshot(.uuid(run)).run.status == .interrupted)
    }

    @Test func theBudgetEndsIt() async throws {
        let ended = try await run(DuelRule(looks: [500], resamples: 200, confirms: false), budget: .milliseconds(900))
        let pairs = try #require(ended.outcome.duel).pairs.count
        #expect(pairs >= 1 && pairs < 10, "\(pairs)")
        #expect(ended.outcome.duel?.verdict == "inconclusive")
    }

    @Test func theLoadIsLookedForOnTheFirstSide() async throws {
        var quick = EnvironmentConfiguration(port: 0)
        quick.stepCPU = .microseconds(500)
        try await EnvironmentServer.serving(quick) { port in
            let providers = [TurnProvider(port: port), TurnProvider(port: port)]
            var request = Self.request(DuelRule(), budget: nil, providers: providers)
            request.plan.waits = [.zero]
            let found = try await LoadFinding(request, control: control) { [events] in events.add($0) }.run(within: .seconds(60))
            // One thread that computes is kept busy by one session or two.
            #expect((1...5).contains(found.sessions) && !found.trials.isEmpty, "\(found)")
            #expect(providers.map(\.launches.count) == [1, 0])
            #expect(providers[0].launches.all.withLock { $0.map(\.stops) } == [1])
            #expect(events.all.last == "load n=\(found.sessions)" || events.all.contains("load n=\(found.sessions)"))
        }
    }
}
