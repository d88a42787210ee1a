import ScaleCore
import ScaleEnv
import ScaleStore
import Testing

@testable import ScaleRun

/// The generator's ceiling: when it is measured, and what it says about a cell.
@Suite(.serialized) struct CalibrationTests {
    let file: TemporaryStore
    let events = EventLog()
    let control = StopControl()

    init() throws { file = try TemporaryStore() }

    /// Runs a plan with a null server of its own; nil where that cannot be launched.
    private func run(
        _ plan: Plan, calibrates: Bool = true, hasNullServer: Bool = true
    ) async throws -> (outcome: Experiment.Outcome, nullServer: FakeDeployment) {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let deployment = FakeDeployment(port: port)
            let null = FakeDeployment(port: port)
            var request = request(plan, deployment)
            request.calibrates = calibrates
            request.nullServer = FakeProvider(hasNullServer ? null : nil)
            let experiment = Experiment(request, store: file.store, control: control) { [events] in events.add($0) }
            return (await experiment.run(), null)
        }
    }

    private var calibrations: [String] { events.all.filter { $0.hasPrefix("calibrat") } }

    @Test func whatIsMissingIsMeasuredOnceAndUsedEverAfter() async throws {
        let first = try await run(plan(sessions: [2, 4]))
        #expect(first.outcome.error == nil && first.nullServer.stops == 1)
        #expect(calibrations == ["calibrating ws n=2", "calibrated", "calibrating ws n=4", "calibrated"])
        let (calibrated, grid) = (events.all.lastIndex(of: "calibrated"), events.all.firstIndex(of: "grid of 2"))
        #expect(try #require(calibrated) < #require(grid), "before the first cell")

        let stored = try file.store.reader.calibrations(host: host.calibrationKey)
        #expect(stored.map(\.key.sessions) == [4, 2])
        for calibration in stored {
            #expect(calibration.sessionsPerSecond > 0 && calibration.stepsPerSecond > 0)
            #expect(calibration.floor.connectP50 <= calibration.floor.totalP50)
            #expect(calibration.floor.totalP50 <= calibration.floor.totalP99)
        }
        for cell in try file.store.reader.snapshot(.latest).cells.map(\.record) {
            let own = try #require(stored.first { $0.key.sessions == cell.key.sessions })
            #expect(cell.floor == own.floor)
            let rate = try #require(cell.sessionsPerSecond)
            #expect(try #require(cell.generator?.ceilingFraction) >= rate / own.sessionsPerSecond)
        }

        let second = try await run(plan(sessions: [2, 8]))
        #expect(second.outcome.error == nil)
        #expect(calibrations.suffix(2) == ["calibrating ws n=8", "calibrated"] && calibrations.count == 6)
    }

    @Test func withoutCalibratingOnlyWhatIsKnownIsUsed() async throws {
        _ = try await run(plan(sessions: [2]))
        let (outcome, nullServer) = try await run(plan(sessions: [2, 4]), calibrates: false)
        #expect(outcome.error == nil && nullServer.stops == 0)
        let cells = try file.store.reader.snapshot(.latest).cells.map(\.record)
        #expect(cells.map { $0.floor != nil } == [true, false])
        #expect(cells.map { $0.generator?.ceilingFraction != nil } == [true, false])
    }

    @Test func aNullServerThatDoesNotStartCostsTheCeilingAndNotTheRun() async throws {
        let (outcome, _) = try await run(plan(sessions: [2]), hasNullServer: false)
        #expect(outcome.error == nil)
        #expect(events.all.contains { $0.hasPrefix("warning: the generator could not be calibrated") })
        let cell = try #require(try file.store.reader.snapshot(.latest).cells.first?.record)
        #expect(cell.succeeded == 2 && cell.floor == nil && cell.generator?.ceilingFraction == nil)
    }

    @Test func aShapeThatIsNoBurstHasNoFloor() async throws {
        var ramped = plan(sessions: [2])
        ramped.shape = .ramp(over: .milliseconds(1))
        _ = try await run(ramped)
        let cell = try #require(try file.store.reader.snapshot(.latest).cells.first?.record)
        #expect(cell.floor == nil && cell.generator?.ceilingFraction != nil)
    }

    @Test func anotherHostHasAnotherCeiling() {
        var other = host
        #expect(other.calibrationKey == host.calibrationKey)
        other.cores += 1
        #expect(other.calibrationKey != host.calibrationKey)
        other = host
        other.kernel += "-rt"
        #expect(other.calibrationKey != host.calibrationKey)
    }
}
