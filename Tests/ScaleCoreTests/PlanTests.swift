import Testing

@testable import ScaleCore

@Suite struct PlanTests {
    @Test func cellsInOrder() {
        let plan = Plan(modes: [.ws, .http], sessions: [1, 8], waits: [.seconds(0.1), .seconds(1)], steps: 3, reps: 2)
        let cells = plan.cells
        #expect(cells.count == 16)
        #expect(cells[0] == CellKey(mode: .ws, sessions: 1, wait: .seconds(0.1), steps: 3, rep: 1))
        #expect(cells[1].rep == 2)
        #expect(cells[2].wait == .seconds(1))
        #expect(cells[4].sessions == 8)
        #expect(cells[8].mode == .http)
        #expect(Set(cells).count == 16)
        #expect(plan.problems().isEmpty)
    }

    /// Held sessions take as many steps as they can, which the plan says by none.
    @Test func heldSessionsHaveNoSteps() {
        let plan = Plan(modes: [.ws, .http], sessions: [1], waits: [.zero], steps: 0, pacing: .hold(duration: .seconds(1)))
        #expect(plan.problems().isEmpty && plan.cells.allSatisfy { $0.steps == 0 })
    }

    struct Bad: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var plan: Plan
        var problems: [String]
    }

    @Test(arguments: [
        Bad(testDescription: "empty grid", plan: Plan(modes: [.ws], sessions: [], waits: [.zero]), problems: ["--requests-grid is empty"]),
        Bad(
            testDescription: "zero sessions", plan: Plan(modes: [.ws], sessions: [0], waits: [.zero]),
            problems: ["entry 0 is not at least 1"]),
        Bad(testDescription: "negative sessions", plan: Plan(modes: [.ws], sessions: [-3], waits: [.zero]), problems: ["entry -3"]),
        Bad(
            testDescription: "twice", plan: Plan(modes: [.ws], sessions: [2, 2], waits: [.zero]), problems: ["--requests-grid has 2 twice"]),
        Bad(
            testDescription: "negative wait", plan: Plan(modes: [.ws], sessions: [1], waits: [.seconds(-1)]),
            problems: ["--wait-grid entry -1.0 is negative"]),
        Bad(
            testDescription: "a wait that the action does not send",
            plan: Plan(modes: [.ws], sessions: [1], waits: [.seconds(1)], action: "{\"message\": \"hi\"}"),
            problems: ["--wait-grid is given, and --action has no {{wait}} to send it"]),
        Bad(
            testDescription: "two problems at once", plan: Plan(modes: [.ws], sessions: [1], waits: [.zero], steps: 0, reps: 0),
            problems: ["--steps 0", "--reps 0"]),
        Bad(
            testDescription: "wait longer than the timeout",
            plan: Plan(modes: [.ws], sessions: [1], waits: [.seconds(10)], timeouts: .all(.seconds(5))),
            problems: ["wait of 10.0 s cannot end within the step timeout of 5.0 s"]),
        Bad(
            testDescription: "longest drawn wait longer than the timeout",
            plan: Plan(
                modes: [.ws], sessions: [1], waits: [.seconds(4)],
                waitSpread: .uniform(from: .seconds(2), to: .seconds(6)), timeouts: .all(.seconds(5))),
            problems: ["wait of 6.0 s cannot end within the step timeout of 5.0 s"]),
        Bad(
            testDescription: "timeout of zero", plan: Plan(modes: [.ws], sessions: [1], waits: [.zero], timeouts: .all(.zero)),
            problems: ["--connect-timeout", "--reset-timeout", "--step-timeout", "--close-timeout"]),
        Bad(
            testDescription: "held at a rate, over a pool, with steps",
            plan: Plan(
                modes: [.http], sessions: [1], waits: [.zero], steps: 2, shape: .open(rate: 1, arrivals: .even),
                pacing: .hold(duration: .seconds(1)), httpConnections: .pool(2)),
            problems: ["--rate starts sessions one by one and --hold", "--steps 2 and --hold", "--http-connections pool:2"]),
        Bad(
            testDescription: "a batch at a rate",
            plan: Plan(
                modes: [.ws], sessions: [1], waits: [.zero], shape: .open(rate: 1, arrivals: .even), pacing: .lockstep),
            problems: ["--rate starts sessions one by one and --lockstep"]),
        Bad(
            testDescription: "a trace that is held, beside an action",
            plan: Plan(
                modes: [.ws], sessions: [1], waits: [.zero], steps: 0, pacing: .hold(duration: .seconds(1)), action: "{}",
                trace: TraceSource(path: "t", fingerprint: "0", episodes: 1, timing: .order)),
            problems: ["--trace says how many steps", "--trace says every action"]),
        Bad(
            testDescription: "a trace with its own timing, and another one",
            plan: Plan(
                modes: [.ws], sessions: [1], waits: [.zero], shape: .ramp(over: .seconds(1)), pacing: .lockstep,
                think: .fixed(span: .seconds(1)),
                trace: TraceSource(path: "t", fingerprint: "0", episodes: 1, timing: .original)),
            problems: ["--think says when", "--lockstep says when", "--ramp or --rate says when"]),
    ])
    func problems(_ bad: Bad) {
        let found = bad.plan.problems()
        #expect(found.count == bad.problems.count)
        for (sentence, expected) in zip(found, bad.problems) { #expect(sentence.contains(expected)) }
    }
}

@Suite struct UnitsTests {
    @Test(arguments: [(0.1, 100_000_000), (1e-9, 1), (-1.5, -1_500_000_000), (Double.nan, 0)] as [(Double, Int64)])
    func seconds(_ value: Double, _ nanoseconds: Int64) {
        #expect(Nanoseconds.seconds(value).rawValue == nanoseconds)
    }

    @Test func saturates() {
        #expect(Nanoseconds.seconds(.infinity).rawValue == .max)
        #expect(MonotonicTime.never + .seconds(1) == .never)
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z"), (1_736_424_000_000_001, "2025-01-09T12:00:00.000001Z"),
            (1_709_164_800_000_000, "2024-02-29T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        ] as [(Int64, String)])
    func wallTime(_ microseconds: Int64, _ text: String) {
        #expect(WallTime(microseconds: microseconds).iso8601 == text)
    }

    @Test(arguments: ["3cd6be9e52c0", "a", "0123456789abcdef"])
    func sessionHash(_ text: String) {
        #expect(SessionHash(text)?.text == text)
        #expect(SessionHash(text) != SessionHash(text + "x") || text.count == 16)
    }

    @Test func exitStatuses() {
        let statuses = ScaleError.Code.allCases.map(\.exitStatus)
        #expect(Set(statuses).count == statuses.count)
        #expect(ScaleError.Code.usage.exitStatus == 2 && ScaleError.Code.interrupted.exitStatus == 130)
    }

    @Test func failureKindsAreStable() {
        #expect(
            FailureKind.allCases.map(\.rawValue) == [
                "fd_limit", "port_exhausted", "dns", "internal", "refused", "reset", "timeout", "unreachable", "tls",
                "http_status", "bad_handshake", "capacity_reached", "validation", "execution", "factory", "session",
                "closed_mid_session", "closed_idle", "protocol_violation", "message_too_large", "gateway", "provider_terminated",
            ])
    }
}
