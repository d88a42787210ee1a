import ScaleCore
import Testing

@testable import ScaleConfig

/// The smallest file that can be run, and what is added to it.
private let head = """
    name: test
    infrastructures:
      - name: one
        provider: local
    batch_sizes: [8]

    """

private func plan(_ rest: String) throws -> Plan {
    let reading = ExperimentFile.read(head + rest)
    try #require(reading.problems == [], "\(rest)")
    return reading.file.plan
}

@Suite("An experiment file as it is meant") struct ExperimentFileTests {
    @Test func theLeastIsFilledUpWithWhatIsUsual() {
        let reading = ExperimentFile.read(head)
        #expect(reading.problems == [])
        #expect(reading.file.name == "test" && reading.file.description.isEmpty && reading.file.hardware.isEmpty)
        #expect(reading.file.rule == .bounds && reading.file.coolDown == .zero && reading.file.budget == nil)
        #expect(reading.file.plan == Plan(modes: [.ws], sessions: [8], waits: [.seconds(1)]))
        let one = reading.file.infrastructures.first
        #expect(one?.name == Placed("one", ConfigPlace(line: 3, column: 11)))
        #expect(one?.provider == Placed("local", ConfigPlace(line: 4, column: 15)))
        #expect(one?.options == [] && one?.startupTimeout == nil && reading.file.infrastructures.count == 1)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var text: String
        var change: @Sendable (inout Plan) -> Void
        var testDescription: String { text }
    }

    static let cases: [Case] = [
        Case(text: "modes: [ws, http]") { $0.modes = [.ws, .http] },
        Case(text: "modes: http") { $0.modes = [.http] },
        Case(text: "waits: [1, 500ms, 0, 1min]") { $0.waits = [.seconds(1), .milliseconds(500), .zero, .seconds(60)] },
        Case(text: "waits:\n  - 0.1\n  - 10s") { $0.waits = [.seconds(0.1), .seconds(10)] },
        Case(text: "waits: uniform:0.1-0.5") {
            ($0.waits, $0.waitSpread) = ([.seconds(0.3)], .uniform(from: .seconds(0.1), to: .seconds(0.5)))
        },
        Case(text: "steps: 20\nreps: 3\nseed: 18446744073709551615") { ($0.steps, $0.reps, $0.seed) = (20, 3, .max) },
        Case(text: "reps: auto") { $0.mostReps = SearchSettings.usualReps },
        Case(text: "reps: auto\nmax_reps: 9") { $0.mostReps = 9 },
        Case(text: "timeout: 30\nstep_timeout: 60\nconnect_timeout: 500ms") {
            $0.timeouts = PhaseTimeouts(connect: .milliseconds(500), reset: .seconds(30), step: .seconds(60), close: .seconds(30))
        },
        Case(text: "ramp: 10s") { $0.shape = .ramp(over: .seconds(10)) },
        Case(text: "rate: 30/min\narrivals: even") { $0.shape = .open(rate: 0.5, arrivals: .even) },
        Case(text: "rate: 200/s") { $0.shape = .open(rate: 200, arrivals: .poisson) },
        Case(text: "think: lognormal:0.3,0.5") { $0.think = .lognormal(mean: .seconds(0.3), sigma: 0.5) },
        Case(text: "lockstep: true") { $0.pacing = .lockstep },
        Case(text: "hold: 60s") { ($0.pacing, $0.steps) = (.hold(duration: .seconds(60)), 0) },
        Case(text: "resolve: first") { $0.addresses = .first },
        Case(text: "ignore_done: true\nhttp_connections: pool:4") { ($0.ignoresDone, $0.httpConnections) = (true, .pool(4)) },
        Case(text: "action: '{\"message\": \"hi {{session}}\"}'") {
            ($0.action, $0.waits) = ("{\"message\": \"hi {{session}}\"}", [.zero])
        },
        Case(text: "action: '{\"t\": {{wait}}}'") { $0.action = "{\"t\": {{wait}}}" },
        Case(text: "action: '{\"t\": {{ wait }}}'\nwaits: [0.1, 2]") {
            ($0.action, $0.waits) = ("{\"t\": {{ wait }}}", [.seconds(0.1), .seconds(2)])
        },
    ]

    @Test(arguments: cases) func aKeyChangesThePlan(each: Case) throws {
        var wanted = Plan(modes: [.ws], sessions: [8], waits: [.seconds(1)])
        each.change(&wanted)
        #expect(try plan(each.text) == wanted)
    }

    @Test func aSearchChoosesTheSizesItself() {
        let text = head.split(separator: "\n").dropLast().joined(separator: "\n") + "\nsearch: {start: 128, within: 10%, up_to: 4096}\n"
        let reading = ExperimentFile.read(text)
        #expect(reading.problems == [])
        #expect(reading.file.plan.sessions == [128] && reading.file.plan.mostReps == SearchSettings.usualReps)
        #expect(reading.file.plan.search == SearchSettings(within: 0.1, upTo: 4096))
    }

    @Test func everythingElseOfTheFile() {
        let text = """
            name: wide-1.0_b
            description: two things
            hardware: cpu-upgrade
            batch_sizes: 16
            rule: point
            cool_down: 2s
            budget: 30min
            infrastructures:
              - {name: a, provider: "http://127.0.0.1:8000"}
              - name: b
                provider: local:workers=2
                workers: 3
                max_concurrent_envs: 40
                startup_timeout: 2min
            """
        let reading = ExperimentFile.read(text)
        #expect(reading.problems == [])
        let file = reading.file
        #expect(file.name == "wide-1.0_b" && file.description == "two things" && file.hardware == "cpu-upgrade")
        #expect(file.rule == .point && file.coolDown == .seconds(2) && file.budget == .seconds(1800))
        #expect(file.infrastructures.map(\.name.value) == ["a", "b"])
        // Whether a provider takes a key is for whoever knows providers.
        #expect(
            file.infrastructures[1].options == [
                .init(key: "workers", written: "workers", value: Placed("3", ConfigPlace(line: 12, column: 14))),
                .init(key: "max-concurrent-envs", written: "max_concurrent_envs", value: Placed("40", ConfigPlace(line: 13, column: 26))),
            ])
        #expect(file.infrastructures[1].startupTimeout == .seconds(120))
    }

    @Test func anAliasStandsForItsAnchor() throws {
        let text = """
            name: aliases
            infrastructures:
              - &one {name: one, provider: local}
            batch_sizes: &sizes [8, 16]
            waits: *sizes
            """
        #expect(ExperimentFile.read(text).problems == [])
        #expect(ExperimentFile.read(text).file.plan.waits == [.seconds(8), .seconds(16)])
    }
}
