import Foundation
import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("A report on several runs")
struct ManyRunsTests {
    private func text(_ snapshots: [RunSnapshot]) -> String {
        RunReport(snapshots, evidence: Fixture.evidence(snapshots)).markdown()
    }

    @Test("two infrastructures of two runs") func golden() throws { try Golden.check(text(Fixture.fleet), "fleet.md") }

    @Test("a run again is more repetitions of the same series")
    func again() throws {
        var second = Fixture.capped
        second.run.uuid = "11111111-0000-0000-0000-000000000000"
        for index in second.cells.indices { second.cells[index].id += 50 }
        let report = text([Fixture.capped, second])
        #expect(report.hasPrefix("# How many sessions local-2x40 holds\n"))
        #expect(report.contains("over 4 repetitions") && !report.contains("over 2 repetitions"))
        // Of the second one, only what differs is said again.
        #expect(report.contains("### Run 0f8fad5b") && report.contains("### Run 11111111"))
        #expect(report.components(separatedBy: "descriptor limit").count == 2)
        #expect(report.components(separatedBy: "Reproduce it with:").count == 3)
        #expect(report.contains("**Not every planned cell of run 11111111 is here:** 7 of 8"))
    }

    @Test(
        "runs whose variables may differ are not put together",
        arguments: [
            ("docker:image=x,env.MODEL=***", "00c0ffee00c0ffee", 1), ("docker:image=x,env.MODEL=***", "1111111111111111", 2),
            ("docker:image=x,env.HF_TOKEN=***", "1111111111111111", 1), ("docker:image=x", "1111111111111111", 1),
        ])
    func variables(specification: String, plan: String, infrastructures: Int) {
        var first = Fixture.capped
        for id in first.deployments.keys { first.deployments[id]?.specification = specification }
        var second = first
        (second.run.uuid, second.run.planHash) = ("11111111-0000-0000-0000-000000000000", plan)
        #expect(ReportSubject([first, second]).infras.count == infrastructures)
    }

    @Test("cells stand by N and repetition, in whatever order they were measured")
    func order() {
        var snapshot = Fixture.capped
        snapshot.cells.reverse()
        #expect(ReportSubject([snapshot]).cells.map(\.cell.id) == ReportSubject([Fixture.capped]).cells.map(\.cell.id))
    }

    @Test("infrastructures of one run stand beside each other")
    func deployments() {
        var run = Fixture.wide
        run.run.status = .interrupted
        let report = text([run])
        #expect(report.hasPrefix("# How many sessions local-2x1000 and docker-haproxy-8 hold\n"))
        #expect(report.contains("### docker-haproxy-8\n") && report.contains("### docker-haproxy-8, ws\n"))
        #expect(report.contains("| docker-haproxy-8 | ws   | ≥ 16,384 | ≥ 16,384 |") || report.contains("≥ 16,384"))
        #expect(report.contains("44 of 44 planned cells finished"))
    }

    @Test("with many loads each infrastructure has one sentence, and the rest is said to be elsewhere")
    func manyLoads() {
        let waits: [Nanoseconds] = [.seconds(5), .seconds(1), .seconds(10)]
        let plan = Plan(modes: [.http, .ws], sessions: [64], waits: waits, reps: 2)
        let cells = plan.modes.flatMap { mode in
            waits.map { Fixture.cell(64, mode: mode, wait: $0, succeeded: 64, total: $0 + .milliseconds(50)) }
        }
        let snapshot = Fixture.snapshot(cells, plan: plan)
        let sentences = Fixture.headline(snapshot)
        #expect(sentences.count == 1 && sentences[0].hasPrefix("**local-2x40, ws, wait 1 s** held at least"))
        let report = text([snapshot])
        #expect(report.contains("One load is told here, the first by mode and wait; all 6 are under [Results](#results)."))
        #expect(report.contains("### Max batch by wait") && report.contains("### WebSocket and HTTP"))
        #expect(report.contains("no ratio is taken"))
    }

    @Test("a matrix of waits and a comparison of modes need two of them")
    func alone() {
        let report = text([Fixture.capped])
        for absent in ["### Max batch by wait", "### WebSocket and HTTP", "HTTP in OpenEnv"] { #expect(!report.contains(absent)) }
    }

    @Test("percentiles of repetitions are pooled where their distributions are known, and never averaged")
    func pooled() throws {
        let subject = ReportSubject([Fixture.capped])
        #expect(RunReport([Fixture.capped]).pools == [[3, 4]])
        let apart = ReportLatency(subject: subject, evidence: ReportEvidence())
        #expect(apart.breakdown.rows.isEmpty)
        let evidence = ReportEvidence(latencies: [0: [.total: Fixture.summary(.seconds(1), count: 128)]])
        let row = try #require(Fixture.rows(ReportLatency(subject: subject, evidence: evidence).breakdown).first)
        #expect(row == ["local-2x40", "ws", "1", "64", "2", "128", "–", "–", "–", "≥ 1.080", "–"])
    }

    @Test("P99 of 299 sessions is bounded, of 298 it is not", arguments: [(298, "≥ 1.080"), (299, "1.080")])
    func bound(count: Int, shown: String) {
        let evidence = ReportEvidence(latencies: [0: [.total: Fixture.summary(.seconds(1), count: count)]])
        let table = ReportLatency(subject: ReportSubject([Fixture.capped]), evidence: evidence).breakdown
        #expect(Fixture.rows(table).first?[9] == shown)
    }

    @Test("repetitions that differ are not hidden behind their mean")
    func unstable() {
        let cells = [0, 256, 0].enumerated().map { rep, succeeded in
            Fixture.cell(256, rep: rep + 1, succeeded: succeeded, total: .milliseconds(1_050))
        }
        let plan = Plan(modes: [.ws], sessions: [256], waits: [.seconds(1)], reps: 3)
        let rows = Fixture.rows(ReportScaling(subject: ReportSubject([Fixture.snapshot(cells, plan: plan)])).table(of: 0))
        #expect(rows.first?[4] == "33.3 % (0 % to 100 %)")
    }

    @Test("placement is that of the repetition with the greatest imbalance")
    func placement() throws {
        func place(_ counts: [Int]) -> CellPlacement {
            CellPlacement(
                processes: counts.enumerated().map { CellPlacement.Process(host: "h\($0.offset)", pid: 7, sessions: $0.element) })
        }
        let evidence = ReportEvidence(placements: [3: place([32, 32]), 4: place([48, 16])])
        let table = ReportPlacement(subject: ReportSubject([Fixture.capped]), evidence: evidence).table
        #expect(Fixture.rows(table) == [["local-2x40", "ws", "1", "64", "2", "2", "2 × 40", "32", "48", "1.50"]])
    }

    @Test("stages of all launches are counted, and what went wrong is told")
    func lifecycle() {
        var second = Fixture.capped
        second.run.uuid = "11111111-0000-0000-0000-000000000000"
        second.lifecycle[1]?[0].duration = .seconds(2)
        second.lifecycle[1]?[1].outcome = "no answer"
        let table = ReportLifecycle(subject: ReportSubject([Fixture.capped, second])).table
        #expect(
            Fixture.rows(table) == [
                ["local-2x40", "create", "2", "0", "420 ms", "420 ms", "2.00 s", "2.00 s", "ok"],
                ["local-2x40", "healthy", "1", "1", "910 ms", "910 ms", "910 ms", "910 ms", "no answer"],
            ])
    }

    @Test("failures of the repetitions are summed; those of invalid cells stand apart")
    func failures() {
        var snapshot = Fixture.capped
        snapshot.cells[6].record.failures = Fixture.refusals
        let table = ReportFailures(subject: ReportSubject([snapshot])).table
        #expect(
            Fixture.rows(table).map { $0[3...].joined(separator: " ") } == [
                "128 reset `capacity_reached` environment – 92 35.9 % 2 of 2 31.0 ms",
                "128 connect `timeout` open connection – 4 1.6 % 2 of 2 5.00 s",
                "256 reset `capacity_reached` environment – 46 18.0 % 1 of 1 31.0 ms",
                "256 connect `timeout` open connection – 2 0.8 % 1 of 1 5.00 s",
            ])
        #expect(table.rows.map(\.struck) == [0, 0, 12, 12])
    }

    @Test("a run that was imported is marked wherever it is named, and what nobody knows is not 0")
    func imported() {
        var other = Fixture.capped
        other.run.uuid = "22222222-0000-0000-0000-000000000000"
        (other.run.source, other.run.host) = (.imported, nil)
        for index in other.cells.indices {
            other.cells[index].id += 50
            other.cells[index].record.generator = nil
            other.cells[index].record.peakOpen = nil
            other.cells[index].record.latencies[.lag] = nil
        }
        let report = RunReport([Fixture.capped, other]).markdown()
        #expect(report.contains("**local-2x40, ws, wait 1 s** held") && report.contains("**local-2x40 (imported), ws, wait 1 s** held"))
        #expect(report.contains("run 22222222: Imported from files that another tool wrote"))
        #expect(report.contains("| source"))
        let alone = RunReport([other]).markdown()
        #expect(!alone.contains("## Generator") && !alone.contains("| 0 ") && !alone.contains("shared this machine"))
        #expect(!alone.contains("open at once"))
    }
}
