import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("A comparison as a page")
struct ComparisonReportTests {
    /// The capped deployment against itself, with eight repetitions and a second that is a tenth slower.
    private func comparison() -> RunComparison {
        let plan = Plan(modes: [.ws], sessions: [64, 128], waits: [.seconds(1)], reps: 8)
        func run(_ uuid: String, slower: Int64, cap: Int) -> RunSnapshot {
            let records = (1...8).flatMap { rep in
                [64, 128].map { count in
                    Fixture.cell(
                        count, rep: rep, succeeded: min(cap, count), total: .milliseconds(1_100 + slower + Int64(rep)),
                        failures: count > cap
                            ? [FailureCount(kind: .capacityReached, phase: .connect, code: nil, count: count - cap, firstAt: .zero)] : [])
                }
            }
            var made = Fixture.snapshot(records, plan: plan)
            made.run.uuid = uuid
            return made
        }
        let runs = [
            ("main|1", run("0f8fad5b-d9cb-469f-a165-70867728950e", slower: 0, cap: 80)),
            ("<new>", run("7c9e6679-7425-40de-944b-e07fc1f90ae7", slower: 120, cap: 128)),
        ]
        return RunComparison(runs.map { RunComparison.Side(name: $0.0, run: $0.1.run, infra: $0.1.infras[0]) })
    }

    @Test("as Markdown, JSON and a chart")
    func golden() throws {
        let report = ComparisonReport(comparison())
        try Golden.check(report.markdown(pictures: [("plots/compare.svg", "Changes")]), "compare.md")
        try Golden.check(report.json + "\n", "compare.json")
        let chart = try #require(report.charts.first)
        try Golden.check(chart.table, "compare.tsv")
        try Golden.check(chart.script, "compare.gp")
    }

    @Test("many loads become several pictures, and the rest is not drawn")
    func pages() {
        let cells = (1...40).flatMap { load in (1...4).map { Fixture.cell(load, rep: $0, succeeded: load, total: .seconds(2)) } }
        let run = Fixture.snapshot(cells, plan: Plan(modes: [.ws], sessions: [1], waits: [.seconds(1)]))
        let side = RunComparison.Side(name: "a", run: run.run, infra: run.infras[0])
        let charts = ComparisonReport(RunComparison([side, side])).charts
        #expect(charts.map(\.name) == ["compare", "compare-2", "compare-3", "compare-4"])
    }
}
