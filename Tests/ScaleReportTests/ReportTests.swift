import ScaleCore
import Testing

@testable import ScaleReport

@Suite("report.md")
struct ReportTests {
    @Test("whole reports", arguments: ["capped", "wide", "dead", "interrupted", "hostile"])
    func golden(name: String) throws {
        let snapshot = try Fixture.named(name)
        let charts = ChartSet([snapshot]).charts()
        let report = RunReport([snapshot], evidence: name == "dead" ? ReportEvidence() : Fixture.evidence([snapshot]))
        try Golden.check(report.markdown(charts: charts, definitions: "docs/definitions.md"), name + ".md")
    }

    @Test("the headline says what was held, at what cost, and what stopped it")
    func headline() throws {
        let sentence = try #require(Fixture.headline(Fixture.capped).first)
        #expect(
            sentence == """
                **local-2x40, ws, wait 1 s** held **64 sessions**, bracket [64, 128), at ≥ 95 % success: 32 per core, \
                P99 1.14–1.16 s over 2 repetitions of which 145–164 ms is overhead, 29.7–30.2 sessions/s. \
                It stopped there because at 128 the session cap 2 × 40 refused 46 of the 48 that failed: 80 of 128 succeeded.
                """)
        let pooled = try #require(Fixture.headline(Fixture.capped, Fixture.evidence([Fixture.capped])).first)
        #expect(pooled.contains("P99 ≥ 1.16 s over 2 repetitions of which 84.2 ms is overhead"), "\(pooled)")
    }

    @Test(
        "what a series held, in every state of the evidence",
        arguments: [
            ([(64, 64), (128, 128)], "held at least **128 sessions**, the largest batch tested, at ≥ 95 % success: "),
            ([(64, 64), (128, -1)], "sessions/s. 128 was tested too, but the generator limited it."),
            (
                [(64, 64), (128, -1), (256, -1), (512, 80)],
                "sessions/s. 128 and 256 were tested too, but the generator limited them. It stopped there because at 512, where"
            ),
            ([(64, -1), (128, 2)], "did not hold 128 sessions at ≥ 95 % success, the smallest batch with a valid cell."),
            ([(64, 64), (128, 80)], "held **64 sessions**, bracket [64, 128), at ≥ 95 % success: 32 per core, P99 ≥ 1.13 s of which"),
            ([(64, 64), (128, 123)], "At 128, where 123 of 128 succeeded, the evidence does not decide; the limit was `none`"),
            ([(64, 64), (96, 91), (128, 80)], "sessions/s. At 96 the evidence does not decide. It stopped there because at 128"),
            ([(16, 16)], "was tested with too few sessions to demonstrate 95 % success (59 are the fewest that can)."),
            ([(16, 16), (64, 2)], "did not hold 64 sessions at ≥ 95 % success, and no smaller batch demonstrates it."),
            ([(64, 2)], "did not hold 64 sessions at ≥ 95 % success, the smallest batch tested."),
            ([(64, 60)], "is undecided at ≥ 95 % success: more repetitions would decide."),
        ] as [([(Int, Int)], String)])
    func states(outcomes: [(Int, Int)], words: String) throws {
        // Below 0: the generator spoilt the cell.
        let cells = outcomes.map { sessions, succeeded in
            let spoilt = Verdict(.generator, evidence: "late")
            return succeeded < 0
                ? Fixture.cell(sessions, succeeded: sessions, total: .milliseconds(1_050), verdict: spoilt)
                : Fixture.cell(sessions, succeeded: succeeded, total: .milliseconds(1_050))
        }
        let plan = Plan(modes: [.ws], sessions: outcomes.map(\.0), waits: [.seconds(1)])
        let sentence = try #require(Fixture.headline(Fixture.snapshot(cells, plan: plan)).first)
        #expect(sentence.contains(words), "\(sentence)")
    }

    private func sentence(_ cells: [CellRecord], cap: Int? = 1_000) throws -> String {
        let plan = Plan(modes: [.ws], sessions: cells.map(\.key.sessions), waits: [cells[0].key.wait])
        let snapshot = Fixture.snapshot(cells, plan: plan, deployment: Fixture.deployment(cap: cap))
        return try #require(Fixture.headline(snapshot).first)
    }

    @Test("a batch above the session cap that still passes is not said to have been open at once")
    func aboveTheCap() throws {
        var first = Fixture.cell(
            2_048, succeeded: 2_000, total: .milliseconds(1_110), verdict: Verdict(.sessionCap, evidence: "48 refused"))
        var second = first
        second.key.rep = 2
        second.peakOpen = 1_990
        #expect(try sentence([first, second]).contains("success: at most 2,000 open at once (session cap 2 × 1,000), 1,024 per core, "))
        #expect(try sentence([second], cap: nil).contains("at most 1,990 open at once (session cap), 1,024"))
        first.reportedSessionCap = 500
        #expect(try sentence([first], cap: nil).contains("at most 2,000 open at once (session cap 500 per worker), "))
    }

    @Test("sessions that were over before others began are not said to have been open at once")
    func fewerOpen() throws {
        var cell = Fixture.cell(128, succeeded: 128, total: .milliseconds(1_050))
        #expect(!(try sentence([cell]).contains("open at once")))
        cell.peakOpen = 127
        #expect(try sentence([cell]).contains("success: at most 127 open at once, 64 per core, "))
    }

    @Test(
        "the generator's own share of the overhead is named where it is more than a tenth",
        arguments: [
            (107, 0, "of which 111 ms is overhead (the generator's own start lag: P99 107 ms), "),
            (11, 0, "of which 111 ms is overhead, "),
            (12, 1, "P99 111 ms (the generator's own start lag: P99 12.0 ms), "),
        ])
    func startLag(lag: Int64, fast: Int, words: String) throws {
        let wait = fast == 1 ? Nanoseconds.zero : .seconds(1)
        var cell = Fixture.cell(2_048, wait: wait, succeeded: 2_048, total: wait + .milliseconds(111))
        cell.latencies[.total]?.p99 = wait + .milliseconds(111)
        cell.latencies[.overhead]?.p99 = .milliseconds(111)
        cell.latencies[.lag]?.p99 = .milliseconds(lag)
        let said = try sentence([cell])
        #expect(said.contains(words), "\(said)")
    }

    @Test(
        "the generator's calibrated floor stands beside the overhead",
        arguments: [
            (Nanoseconds.seconds(1), "of which 111 ms is overhead and 8.00 ms the generator's floor ("),
            (.zero, "P99 111 ms of which 8.00 ms is the generator's floor ("),
        ])
    func floor(wait: Nanoseconds, words: String) throws {
        var cell = Fixture.cell(2_048, wait: wait, succeeded: 2_048, total: wait + .milliseconds(111))
        cell.latencies[.total]?.p99 = wait + .milliseconds(111)
        cell.latencies[.overhead]?.p99 = .milliseconds(111)
        let floor = Nanoseconds.milliseconds(8)
        cell.floor = LatencyFloor(
            connectP50: floor, connectP99: floor, stepP50: floor, stepP99: floor, totalP50: floor, totalP99: floor)
        let said = try sentence([cell])
        #expect(said.contains(words), "\(said)")
    }

    @Test("the table names the batch that only invalid cells tested")
    func invalidTop() {
        let cells = [
            Fixture.cell(64, succeeded: 64, total: .milliseconds(1_050)),
            Fixture.cell(4_096, succeeded: 9, total: .seconds(3), verdict: Verdict(.generator, evidence: "late")),
        ]
        let plan = Plan(modes: [.ws], sessions: [64, 4_096], waits: [.seconds(1)])
        let row = Fixture.results(Fixture.snapshot(cells, plan: plan)).first
        #expect(row?[3] == "**≥ 64 (4,096 invalid)**")
    }

    @Test("hardware that the user did not name is left out")
    func unnamedHardware() throws {
        var snapshot = Fixture.capped
        #expect(RunReport([snapshot]).markdown().contains("| hardware under test |"))
        #expect(try #require(ScalingChart.make(snapshot)).script.contains(" · on ci-8core · "))
        snapshot.run.hardware = ""
        #expect(!RunReport([snapshot]).markdown().contains("hardware under test"))
        #expect(!(try #require(ScalingChart.make(snapshot)).script.contains(" · on ")))
    }

    @Test("a resumed run has one plan however many deployments measured it")
    func resumed() {
        var snapshot = Fixture.interrupted
        snapshot.deployments[2] = Fixture.deployment()
        #expect(RunReport([snapshot]).markdown().contains("3 of 4 planned cells finished"))
    }

    @Test(
        "the workload is said in words",
        arguments: [
            (LoadShape.burst, "burst: all sessions at once"), (.ramp(over: .seconds(10)), "ramp: evenly over 10 s"),
            (.open(rate: 200, arrivals: .poisson), "open loop: 200 sessions/s, Poisson arrivals"),
            (.open(rate: 0.5, arrivals: .even), "open loop: 0.5 sessions/s at equal gaps"),
        ] as [(LoadShape, String)])
    func workload(shape: LoadShape, words: String) {
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], shape: shape)
        let plain = Fixture.facts(Fixture.snapshot([], plan: plan))
        #expect(plain.contains(["load shape", words]))
        #expect(!plain.contains { ["think time (s)", "episodes"].contains($0[0]) })
        plan.think = .lognormal(mean: .seconds(0.3), sigma: 0.5)
        plan.waitSpread = .uniform(from: .seconds(0.5), to: .seconds(1.5))
        plan.ignoresDone = true
        let rows = Fixture.facts(Fixture.snapshot([], plan: plan))
        #expect(rows.contains(["think time (s)", "lognormal with mean 0.3 and sigma 0.5, drawn per step"]))
        #expect(rows.contains(["wait (s)", "uniform from 0.5 to 1.5, drawn per step"]))
        #expect(rows.contains { $0[0] == "episodes" && $0[1].hasPrefix("every step is sent") })
    }

    @Test("late starts are shown where sessions are paced")
    func lateStarts() {
        var cell = Fixture.cell(64, succeeded: 64, total: .seconds(2))
        cell.lateStarts = 17
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)])
        #expect(!RunReport([Fixture.snapshot([cell], plan: plan)]).markdown().contains("late starts"))
        plan.shape = .ramp(over: .seconds(1))
        let snapshot = Fixture.snapshot([cell], plan: plan)
        #expect(RunReport([snapshot]).markdown().contains("late starts"))
        #expect(ReportResources(subject: ReportSubject([snapshot])).generator.rows.first?.cells.map(\.plain).contains("17") == true)
    }

    @Test("a cell that the generator spoilt is struck out and explained")
    func invalidCell() {
        let text = RunReport([Fixture.capped]).markdown()
        #expect(text.contains("~~80/256~~"))
        #expect(text.contains("N = 256: the cell is invalid, struck out and not counted (`generator`"))
        #expect(!text.contains("[128, 256)"))
    }

    @Test("only invalid cells leave nothing to say")
    func onlyInvalid() throws {
        let cell = Fixture.cell(64, succeeded: 64, total: .seconds(2), verdict: Verdict(.clientLimit, evidence: "no ports"))
        let snapshot = Fixture.snapshot([cell], plan: Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)]))
        let sentence = try #require(Fixture.headline(snapshot).first)
        #expect(sentence.hasSuffix("has no valid cell: the generator's host limited all of them."))
        #expect(Fixture.results(snapshot).first?[3] == "–")
    }

    @Test("an interrupted run says how much of it is there")
    func interrupted() {
        #expect(RunReport([Fixture.interrupted]).markdown().contains("**This run was interrupted:** 3 of 4 planned cells finished"))
        #expect(!RunReport([Fixture.dead]).markdown().contains("planned cells"))
    }

    @Test("a run without a cell still tells how it was set up")
    func empty() {
        let text = RunReport([Fixture.snapshot([], plan: Plan(modes: [.ws], sessions: [64], waits: [.zero]), status: .failed)]).markdown()
        #expect(text.contains("**This run failed:** 0 of 1 planned cells"))
        #expect(text.contains("No cell finished"))
        #expect(text.contains("## How it was measured"))
        for absent in ["## Every cell", "## Failures", "## Generator", "## Results", "## Lifecycle", "## Server", "## Scaling"] {
            #expect(!text.contains(absent))
        }
    }

    @Test("the shared machine is named for loopback endpoints only")
    func sharedHost() {
        #expect(RunReport([Fixture.capped]).markdown().contains("shared this machine's 8 cores"))
        var remote = Fixture.capped
        remote.deployments[1]?.endpoints = ["https://env.example.org"]
        #expect(!RunReport([remote]).markdown().contains("shared this machine"))
    }

    @Test("notices appear where they apply and nowhere else")
    func notices() {
        let both = Fixture.notices(Fixture.interrupted)
        // Where both modes were measured at one load, the section that shows them says it.
        #expect(!both.contains { $0.hasPrefix("HTTP") })
        var apart = Fixture.interrupted
        apart.cells[2].record.key.wait = .seconds(1)
        #expect(Fixture.notices(apart).contains { $0.hasPrefix("HTTP in OpenEnv is stateless") })
        #expect(both.contains { $0.hasPrefix("One repetition") })
        let capped = Fixture.notices(Fixture.capped)
        #expect(!capped.contains { $0.hasPrefix("HTTP") || $0.hasPrefix("One repetition") })
        #expect(capped.contains { $0.hasPrefix("N = 16: fewer than 59 sessions") })
        #expect(Fixture.notices(Fixture.wide).filter { $0.hasPrefix("N = 1, 4 and 16: fewer than 59") }.count == 1)
    }

    @Test("a batch that was never open all at once is not called a concurrency")
    func notHeld() {
        var cell = Fixture.cell(128, succeeded: 128, total: .milliseconds(1_050))
        cell.peakOpen = 114
        let plan = Plan(modes: [.ws], sessions: [128], waits: [.seconds(1)], reps: 2)
        let said = Fixture.notices(Fixture.snapshot([cell], plan: plan))
        #expect(said == ["N = 128: at most 114 sessions were open at one moment. The batch was offered at once, not held at once."])
        cell.peakOpen = 116
        #expect(Fixture.notices(Fixture.snapshot([cell], plan: plan)).isEmpty)
    }

    @Test("sessions that met another's environment are counted and explained")
    func isolation() throws {
        let shared = FailureCount(kind: .protocolViolation, phase: .reset, code: 2, count: 1_034, firstAt: .zero)
        let jumped = FailureCount(kind: .protocolViolation, phase: .step, code: 3, count: 6, firstAt: .zero)
        let other = FailureCount(kind: .protocolViolation, phase: .step, code: 1002, count: 9, firstAt: .zero)
        let plan = Plan(modes: [.ws], sessions: [2_048], waits: [.seconds(1)], reps: 2)
        func snapshot(_ failures: [FailureCount]) -> RunSnapshot {
            Fixture.snapshot(
                [Fixture.cell(2_048, succeeded: 2_048 - failures.reduce(0) { $0 + $1.count }, total: .seconds(1), failures: failures)],
                plan: plan)
        }
        let said = Fixture.notices(snapshot([shared, other, jumped])).filter { $0.contains("balancer") }
        #expect(said.count == 1 && said[0].hasPrefix("1,040 sessions met another session's environment"))
        #expect(!Fixture.notices(snapshot([other])).contains { $0.contains("balancer") })
        let page = RunReport([snapshot([shared, other, jumped])]).markdown()
        for words in ["session hash shared by two live sessions", "step count jumped", "close code 1002"] { #expect(page.contains(words)) }
        let cell = try #require(snapshot([shared, other, jumped]).cells.first)
        let line = CellJSON.line(cell.record, run: snapshot([]).run, deployment: nil)
        #expect(line.contains("\"isolation_breaks\":1040,"))
    }

    @Test("the server's own use is shown where it was read")
    func serverUse() {
        // Of 100 sessions with two steps each, half failed on the second.
        var cell = Fixture.cell(100, steps: 2, succeeded: 50, total: .seconds(4))
        cell.latencies[.step]?.count = 150
        cell.server = ServerUse(cpu: .seconds(3), peakRSSBytes: 1_048_576)
        var idle = cell
        idle.server?.cpu = Nanoseconds(9_999_999)
        let plan = Plan(modes: [.ws], sessions: [100], waits: [.seconds(1)], steps: 2)
        let point = ["ws", "100", "1", "2", "1"]
        #expect(
            ReportResources(subject: ReportSubject([Fixture.snapshot([cell, idle], plan: plan)])).server.rows == [
                Table.Row(point + ["3.00", "20.0", "0.375", "1.00 MiB"]), Table.Row(point + ["< 0.01", "–", "–", "1.00 MiB"]),
            ])
    }
}
