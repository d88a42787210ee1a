import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Charts of many series")
struct ChartPagesTests {
    /// So many infrastructures, each with so many waits.
    private func subject(_ infras: Int, waits: Int) -> ReportSubject {
        ReportSubject(
            (0..<infras).map { infra in
                let cells = (1...waits).flatMap { wait in
                    [16, 64].map { count in
                        Fixture.cell(
                            count, wait: .seconds(Double(wait)), succeeded: count, total: .milliseconds(Int64(1_000 * wait + 40)),
                            failures: infra == 1 ? Fixture.refusals : [])
                    }
                }
                return Fixture.snapshot(
                    cells, plan: Plan(modes: [.ws], sessions: [16, 64], waits: [.seconds(1)]),
                    deployment: Fixture.deployment(infra: "local-\(infra)", workers: infra + 1))
            })
    }

    @Test(
        "an infrastructure stays in one picture where it fits, and parts are about equal",
        arguments: [
            (1, 1, [1]), (1, 6, [6]), (1, 7, [3, 4]), (6, 1, [6]), (7, 1, [6, 1]), (3, 6, [6, 6, 6]), (4, 3, [6, 6]), (3, 4, [4, 4, 4]),
            (2, 8, [4, 4, 4, 4]), (6, 5, [5, 5, 5, 5]),
        ])
    func pages(infras: Int, waits: Int, counts: [Int]) {
        let subject = subject(infras, waits: waits)
        let pages = subject.pages()
        #expect(pages.map(\.series.count) == counts)
        let shown = pages.flatMap { $0.series.map(\.title) }
        #expect(shown == subject.series.prefix(shown.count).map(\.title))
    }

    @Test("one picture says nothing of pictures; several say which they are, and what is left out")
    func notes() {
        #expect(subject(2, waits: 3).pages()[0].subtitle().hasPrefix("1 step per session"))
        #expect(subject(3, waits: 6).pages()[1].subtitle().hasPrefix("picture 2 of 3 · 1 step"))
        #expect(subject(6, waits: 5).pages()[3].subtitle().hasPrefix("picture 4 of 4, 20 of 30 series · "))
    }

    @Test("pictures are counted by what they show, so that no number is missing")
    func names() {
        let snapshots = subject(3, waits: 6).snapshots
        let names = ChartSet(snapshots).charts().map(\.name)
        #expect(
            names == [
                "scaling", "scaling-2", "scaling-3", "max-batch", "batch-per-core", "p99-heatmap", "latency-phases",
                "latency-phases-2", "latency-phases-3", "failures",
            ])
    }
}
