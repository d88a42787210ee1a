import ScaleAnalysis
import ScaleCore
import ScaleEnv
import ScaleStore
import Testing

@testable import ScaleRun

/// Whole searches against the bundled environment in this process.
@Suite(.serialized) struct SearchTests {
    let file: TemporaryStore

    init() throws { file = try TemporaryStore() }

    /// A server with a cap of 30 sessions, each of which outlasts the arrival of all others; found to a fifth, as is
    /// enough here.
    static func search(budgetSessions: Int? = nil) -> Plan {
        var search = plan(sessions: [16], wait: .milliseconds(300))
        search.mostReps = 2
        search.search = SearchSettings(within: 0.2, upTo: 200, budgetSessions: budgetSessions)
        return search
    }

    func run(
        _ plan: Plan, resume: Bool = false, on event: @escaping @Sendable (RunEvent, StopControl) -> Void = { _, _ in }
    ) async throws -> (Experiment.Outcome, EventLog) {
        let (events, control) = (EventLog(), StopControl())
        return try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0, maxConcurrentEnvs: 30)) { port in
            let request = request(plan, FakeDeployment(port: port), resume: resume)
            let experiment = Experiment(request, store: file.store, control: control) {
                events.add($0)
                event($0, control)
            }
            return (await experiment.run(), events)
        }
    }

    @Test func aSearchMeasuresWhatItChoosesAndSaysWhy() async throws {
        let (outcome, events) = try await run(Self.search())
        #expect(outcome.error == nil)
        #expect(events.all.contains("grid of ?"))
        let words = events.all.filter { !["draining", "stopping"].contains($0) }
        let first = try #require(words.firstIndex(of: "cell 1/? n=16"))
        #expect(words[first - 1] == "\(CapacitySearch.Reason.start)")
        #expect(words[first + 1] == "ok 16 of 16")
        let snapshot = try file.store.reader.snapshot(.latest)
        #expect(snapshot.run.status == .finished && snapshot.run.plan == Self.search())
        let valid = snapshot.cells.map(\.record).allSatisfy(\.valid)
        // A machine that is busy with other tests may limit the generator, which then rightly ends the search.
        if valid {
            let bracket = try #require(Capacity.all(of: snapshot.cells.map(\.record)).first).batch
            #expect(bracket.lastPass ?? 0 <= 31 && bracket.firstFail ?? .max > 31)
        }
        let conclusion = try #require(words.last)
        #expect(["found", "open", "undecided", "generator"].contains { conclusion.contains($0) }, "\(conclusion)")
    }

    @Test func anInterruptedSearchGoesOnAndMeasuresNothingTwice() async throws {
        let (first, _) = try await run(Self.search()) { event, control in
            if case .cellStarted(number: 4, _, _) = event { control.requestStop() }
        }
        #expect(first.error?.code == .interrupted)
        let before = try file.store.reader.snapshot(.latest).cells.map(\.record.key)
        #expect(before.count == 3)
        let (second, _) = try await run(Self.search(), resume: true)
        #expect(second.run == first.run && second.error == nil)
        let after = try file.store.reader.snapshot(.latest).cells.map(\.record.key)
        #expect(Array(after.prefix(3)) == before && Set(after).count == after.count && after.count > 3)
        // A finished search has nothing left, and stays the same run.
        let (third, events) = try await run(Self.search(), resume: true)
        #expect(third.run == first.run)
        #expect(!events.all.contains { $0.hasPrefix("cell") })
        #expect(try file.store.reader.snapshot(.latest).cells.map(\.record.key) == after)
    }

    @Test func aSpentBudgetEndsTheSearchAndALargerOneGoesOn() async throws {
        let (first, events) = try await run(Self.search(budgetSessions: 40))
        #expect(first.error == nil)
        #expect(events.all.contains { $0.hasPrefix("the budget of 40 sessions") })
        let before = try file.runs().map(\.cells)
        let (second, _) = try await run(Self.search(budgetSessions: 4000), resume: true)
        #expect(second.run == first.run)
        #expect(try file.runs().count == 1)
        #expect(try #require(file.runs().first).cells > before[0])
    }

    @Test func undecidedCellsOfAGridGetMoreRepetitions() async throws {
        var grid = plan(sessions: [20, 60], wait: .milliseconds(300))
        grid.mostReps = 4
        let (outcome, events) = try await run(grid)
        #expect(outcome.error == nil && events.all.contains("grid of ?"))
        let cells = try file.store.reader.snapshot(.latest).cells.map(\.record)
        #expect(Array(cells.map(\.key).prefix(2)) == grid.cells)
        if cells.allSatisfy(\.valid) { #expect(cells.map(\.key.sessions) == [20, 60, 20, 20]) }
    }

    @Test func theTopIsWhatDescriptorsAllow() {
        var request = request(Self.search(), nil)
        #expect(request.top == 200)
        request.plan.search?.upTo = nil
        #expect(request.top == host.descriptorLimit - RunRequest.otherDescriptors)
        request.plan.search?.upTo = 5000
        #expect(throws: ScaleError.self) { try request.checkDescriptors() }
        request.processes = 17
        #expect(throws: ScaleError.self) { try request.checkProcesses() }
    }
}
