import Foundation
import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

extension Fixture {
    /// Three series of one run: over WebSocket a law with a peak, over HTTP one without, and one that is too short. One cell
    /// of the first was spoilt by the generator, and at its largest N sessions were refused.
    static var curved: RunSnapshot {
        let curve = ScalabilityCurve(gamma: 0.95, alpha: 0.0008, beta: 0.0000025)
        let flat = ScalabilityCurve(gamma: 0.9, alpha: 0.0015, beta: 0)
        let sessions = [8, 32, 128, 256, 512, 1024]
        var cells: [CellRecord] = []
        for count in sessions {
            for rep in 1...3 {
                var ws = cell(count, rep: rep, succeeded: count, total: .seconds(1) + .milliseconds(Int64(count)))
                // Some per cent up and down, the same at every drawing.
                let noise = 1 + 0.02 * Double((count / 8 + 2 * rep) % 5 - 2)
                ws.sessionsPerSecond = curve.throughput(at: Double(count)) * noise
                var http = cell(count, rep: rep, mode: .http, succeeded: count, total: .seconds(1) + .milliseconds(Int64(2 * count)))
                http.sessionsPerSecond = flat.throughput(at: Double(count)) * (1 + 0.002 * Double((count / 8 + rep) % 3 - 1))
                cells += [ws, http]
            }
        }
        cells += [8, 32].map { cell($0, wait: .seconds(5), succeeded: $0, total: .seconds(5)) }
        var late = cell(512, rep: 4, succeeded: 512, total: .seconds(3), verdict: Verdict(.generator, evidence: "late"))
        late.sessionsPerSecond = 120
        var refused = cell(2048, succeeded: 1024, total: .seconds(3), failures: refusals)
        refused.sessionsPerSecond = 260
        return snapshot(
            cells + [late, refused], plan: Plan(modes: [.ws, .http], sessions: sessions, waits: [.seconds(1)], reps: 3, seed: 7))
    }
}

@Suite("The chart of scaling laws")
struct ScalabilityChartTests {
    private func chart(_ snapshots: [RunSnapshot]) throws -> ChartFile {
        try #require(ScalabilityChart.make(ReportSubject(snapshots)).first)
    }

    @Test("table and script")
    func golden() throws {
        let chart = try chart([Fixture.curved])
        try Golden.check(chart.table, "curved-scalability.tsv")
        try Golden.check(chart.script, "curved-scalability.gp")
    }

    @Test("cells that the law does not speak of are drawn apart and not fitted")
    func excluded() throws {
        let table = try chart([Fixture.curved]).table
        #expect(table.contains("512\t120.000000\t0\n") && table.contains("2048\t260.000000\t0\n"))
        #expect(table.components(separatedBy: "\t1\n").count - 1 == 36)
        var clean = Fixture.curved
        clean.cells.removeLast(2)
        let words = { (table: String) in table.split(separator: "\n").filter { $0.hasPrefix("# USL: γ") } }
        let without = words(try chart([clean]).table)
        #expect(without == words(table) && without.count == 1)
    }

    @Test("the laws are those of the fit, and a refusal says why")
    func laws() throws {
        let panels = ReportSubject([Fixture.curved]).series.map { ScalabilityPanel($0) }
        #expect(panels.map { $0.laws.map(\.fit.law) } == [[.usl, .amdahl], [], [.amdahl]])
        let usl = try #require(panels[0].law(.usl))
        let records = Fixture.curved.cells.map(\.record).filter { $0.key.mode == .ws && $0.key.wait == .seconds(1) }
        let direct = try ScalabilityFit.fit(records.compactMap { ScalabilityPoint($0) }, law: .usl)
        #expect(usl == direct)
        #expect(usl.curve.peakSessions.map { (600...660).contains($0) } == true)
        #expect(
            panels[2].refusals == ["no USL: the coherency term is at its bound of 0: within the N measured Amdahl's law says all there is"])
        #expect(panels[1].refusals.count == 2)
        let script = try chart([Fixture.curved]).script
        #expect(script.contains("'2 of 3 series determine a law · "))
    }

    @Test("a peak not far beyond the cells makes room for itself; one far beyond is words alone")
    func peaks() throws {
        func drawn(upTo most: Int) throws -> (panel: ScalabilityPanel, script: String) {
            var run = Fixture.curved
            run.cells.removeAll { $0.record.key.sessions > most || $0.record.key.mode == .http }
            let panel = try #require(ReportSubject([run]).series.map { ScalabilityPanel($0) }.first)
            return (panel, try chart([run]).script)
        }
        let near = try drawn(upTo: 512)
        let peak = try #require(near.panel.law(.usl)?.curve.peakSessions)
        #expect(peak > 512 && near.panel.end == peak * 1.2 && near.script.contains("set label 6"))
        #expect(near.script.contains("extrapolated"))
        let far = try drawn(upTo: 256)
        #expect(far.panel.end == 256 || (far.panel.law(.usl)?.curve.peakSessions ?? 0) <= 512)
    }

    @Test("nothing is drawn where no law is determined")
    func absence() throws {
        #expect(ScalabilityChart.make(ReportSubject([Fixture.capped])).isEmpty)
        #expect(ScalabilityChart.make(ReportSubject([Fixture.dead])).isEmpty)
    }

    @Test("gnuplot draws it and has nothing to complain about", arguments: [1, 5])
    func draws(runs: Int) throws {
        let snapshots = (0..<runs).map { index in
            var run = Fixture.curved
            run.deployments[1]?.infra = "local-\(index)"
            return run
        }
        let chart = try chart(snapshots)
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("law-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try Drawing.draw(chart, in: folder) == "")
        for name in [chart.svgName, chart.pngName] {
            #expect(try Data(contentsOf: folder.appendingPathComponent(name)).count > 5_000)
        }
        if let keep = ProcessInfo.processInfo.environment["SCALEBENCH_KEEP_CHARTS"] {
            try? FileManager.default.copyItem(atPath: folder.path, toPath: keep + "/law-\(runs)")
        }
    }
}
