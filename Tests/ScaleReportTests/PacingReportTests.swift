import ScaleCore
import Testing

@testable import ScaleReport

/// What readers show of cells whose sessions wait for each other.
@Suite struct PacingReportTests {
    static var held: RunSnapshot {
        var cell = Fixture.cell(64, steps: 0, succeeded: 64, total: .seconds(63))
        cell.hold = HoldSummary(duration: .seconds(60), meanOpen: 63.5, leastOpen: 63)
        cell.stepsPerSecond = 1234.5
        cell.effectiveConcurrency = 62
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], steps: 0)
        plan.pacing = .hold(duration: .seconds(60))
        return Fixture.snapshot([cell], plan: plan)
    }

    static var lockstep: RunSnapshot {
        var cell = Fixture.cell(64, steps: 20, succeeded: 64, total: .seconds(63))
        cell.lockstep = LockstepSummary(rounds: 20, idleShare: 0.25)
        cell.latencies[.makespan] = Fixture.summary(.milliseconds(1500), count: 20)
        cell.latencies[.straggler] = Fixture.summary(.milliseconds(500), count: 20)
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)], steps: 20)
        plan.pacing = .lockstep
        return Fixture.snapshot([cell], plan: plan)
    }

    static var traced: RunSnapshot {
        var cell = Fixture.cell(64, wait: .zero, steps: 9, succeeded: 64, total: .seconds(3))
        cell.lateSteps = 1200
        var plan = Plan(modes: [.ws], sessions: [64], waits: [.zero], steps: 9)
        plan.trace = TraceSource(path: "a`b.jsonl", fingerprint: "00c0ffee00c0ffee", episodes: 1, timing: .original)
        return Fixture.snapshot([cell], plan: plan)
    }

    struct Shown: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var snapshot: RunSnapshot
        var report: [String]
        var json: String
        var subtitle: String
    }

    static let shown = [
        Shown(
            testDescription: "held", snapshot: held,
            report: [
                "## Held", "| 60 |", "| 63.5 |", "| 63 |", "| 1,234 |", "as time allows", "hold: all open first, then steps for 60 s",
                "wait 1 s, held** held at least",
            ],
            json: #""hold":{"duration_seconds":60.0,"mean_open":63.5,"least_open":63},"lockstep":null"#,
            subtitle: "sessions held for 60 s"),
        Shown(
            testDescription: "in lock-step", snapshot: lockstep,
            report: [
                "## Lock-step", "| 20 |", "1.500 / 1.590 / 1.620", "0.500 / 0.530 / 0.540", "25.0 %", "waits for the slowest session",
            ],
            json: #""hold":null,"lockstep":{"rounds":20,"idle_share":0.25,"makespan_p50":1.5,"makespan_p95":1.59,"#,
            subtitle: "20 steps per session · in lock-step"),
        Shown(
            testDescription: "a trace", snapshot: traced,
            report: ["late steps", "1,200", "``a`b.jsonl``, 1 episode, with the original timing", "at most 9, 1"],
            json: #""late_steps":1200,"hold":null"#, subtitle: "recorded episodes"),
    ]

    @Test(arguments: shown) func everyReaderShowsIt(_ shown: Shown) throws {
        // Columns are filled up with blanks.
        let report = RunReport([shown.snapshot]).markdown().split(separator: " ").joined(separator: " ")
        for words in shown.report { #expect(report.contains(words), "\(words) is not in\n\(report)") }
        let cell = try #require(shown.snapshot.cells.first)
        let line = CellJSON.line(cell.record, run: shown.snapshot.run, deployment: shown.snapshot.deployments[1])
        #expect(line.contains(shown.json), "\(line)")
        let chart = try #require(ScalingChart.make(shown.snapshot))
        #expect(chart.script.contains(shown.subtitle))
    }

    /// Where no session waits for another there is not a word of it.
    @Test func otherReportsAreAsTheyWere() {
        let report = RunReport([Fixture.capped]).markdown()
        for words in ["## Held", "## Lock-step", "| pacing", "late steps"] { #expect(!report.contains(words)) }
    }
}
