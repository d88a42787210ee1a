import Foundation
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("The set of charts")
struct ChartSetTests {
    static let whole = [
        "scaling", "max-batch", "batch-per-core", "nodes", "p99-heatmap", "latency-phases", "percentiles", "timeline",
        "timeline-2", "failures",
    ]

    @Test("tables and scripts of two runs", arguments: whole)
    func golden(name: String) throws {
        let chart = try #require(Fixture.charts(Fixture.fleet).first { $0.name == name })
        try Golden.check(chart.table, "fleet-\(name).tsv")
        try Golden.check(chart.script, "fleet-\(name).gp")
    }

    @Test(
        "only charts for which there is data",
        arguments: [
            ("fleet", whole),
            ("capped", ["scaling", "max-batch", "batch-per-core", "p99-heatmap", "latency-phases", "percentiles", "timeline", "failures"]),
            ("dead", ["scaling", "max-batch", "timeline", "failures"]),
            ("interrupted", ["scaling", "max-batch", "batch-per-core", "p99-heatmap", "latency-phases", "percentiles", "timeline"]),
        ])
    func presence(name: String, charts: [String]) throws {
        let snapshots = name == "fleet" ? Fixture.fleet : [try Fixture.named(name)]
        #expect(Fixture.charts(snapshots).map(\.name) == charts)
    }

    @Test("without a cell there is no chart, and without its numbers none of what is large")
    func absence() {
        let empty = Fixture.snapshot([], plan: Plan(modes: [.ws], sessions: [1], waits: [.zero]))
        #expect(ChartSet([empty]).charts().isEmpty && ChartSet([]).charts().isEmpty)
        #expect(!ChartSet([Fixture.capped]).charts().contains { $0.name == "percentiles" || $0.name == "timeline" })
    }

    @Test("what is large is asked for by the cells that show most")
    func needs() {
        let set = ChartSet([Fixture.capped])
        // Both repetitions of 64, the largest that passes; the first of 128, the smallest that fails.
        #expect(set.cellsOfTotals == [3, 4])
        #expect(set.cellsOfSamples == [5])
    }

    @Test("runs of one deployment and one kind of load are one series; anything else stands apart")
    func merging() {
        var second = Fixture.capped
        second.run.uuid = "11111111-0000-0000-0000-000000000000"
        for index in second.cells.indices { second.cells[index].id += 50 }
        second.deployments[1]?.endpoints = ["http://127.0.0.1:9999"]
        #expect(ReportSubject([Fixture.capped, second]).series.map { $0.cells.count } == [14])
        var slower = second
        slower.run.plan.shape = .ramp(over: .seconds(10))
        let apart = ReportSubject([Fixture.capped, slower])
        #expect(apart.infras.map(\.name) == ["local-2x40", "local-2x40 (run 11111111)"])
        var elsewhere = second
        elsewhere.run.host?.cores = 96
        #expect(ReportSubject([Fixture.capped, elsewhere]).series.count == 2)
        var larger = second
        larger.deployments[1]?.workers = 4
        #expect(ReportSubject([Fixture.capped, larger]).series.count == 2)
    }

    @Test("a map cell says why it has no value")
    func map() throws {
        let map = try #require(Fixture.charts([Fixture.capped]).first { $0.name == "p99-heatmap" })
        #expect(map.table.contains("3\t0\tNaN\tinvalid\t256\t"))
        #expect(map.script.contains("table index 1 using 1:2:4 with labels"))
    }

    @Test("bars are of one repetition, and steps are without their waits")
    func phases() throws {
        let chart = try #require(Fixture.charts([Fixture.capped]).first { $0.name == "latency-phases" })
        // Of 1,078 ms, 78 are overhead: a half for connect, a third for reset, a sixth for the step.
        #expect(chart.table.contains("1\t64\t39.000000\t26.000000\t13.000000\t"))
    }

    @Test("the rarest kinds share a colour, and the shares add up to what failed")
    func failures() throws {
        let chart = try #require(Fixture.charts(Fixture.fleet).first { $0.name == "failures" })
        let row = try #require(chart.table.split(separator: "\n").first { $0.hasPrefix("3\t16384\t") })
        let shares = row.split(separator: "\t").dropFirst(2).compactMap { Double($0) }
        #expect(shares.count == 7)
        let sum = shares.reduce(0, +)
        #expect((sum - 100 * 2080 / 16_384.0).magnitude < 0.001)
    }

    @Test(
        "ticks are 1, 2 or 5 apart and not more than fit",
        arguments: [(148.0, 8, "20"), (16_384.0, 6, "5,000"), (0.9, 5, "0.2"), (7.0, 7, "1")])
    func ticks(end: Double, most: Int, second: String) {
        let setting = LinearTicks.setting("y", end: end, most: most)
        #expect(setting.hasPrefix("set ytics nomirror (\"0\" 0"))
        #expect(setting.contains(", \"\(second)\" "))
        #expect(setting.split(separator: "\"").count / 2 <= most + 1)
    }

    @Test("long names break where people would break them")
    func names() {
        #expect(NameLines.wrap("short", width: 8) == ["short"])
        #expect(NameLines.wrap("local-w2-c200, ws, wait 0.1 s, 1 step", width: 32) == ["local-w2-c200, ws, wait 0.1 s,", "1 step"])
        #expect(NameLines.wrap("abcdefghijkl-mnopqrstuv", width: 14) == ["abcdefghijkl-", "mnopqrstuv"])
        #expect(NameLines.wrap("one two three four five six", width: 8, limit: 2).allSatisfy { $0.count <= 8 })
    }

    @Test(
        "gnuplot draws every chart and has nothing to complain about",
        arguments: ["fleet", "dead", "hostile"])
    func draws(name: String) throws {
        let snapshots = name == "fleet" ? Fixture.fleet : [try Fixture.named(name)]
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("charts-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for chart in Fixture.charts(snapshots) {
            let said = try Drawing.draw(chart, in: folder)
            #expect(said == "", "\(chart.name)")
            let svg = try Data(contentsOf: folder.appendingPathComponent(chart.svgName))
            let png = try Data(contentsOf: folder.appendingPathComponent(chart.pngName))
            #expect(svg.count > 2_000 && png.count > 5_000, "\(chart.name)")
        }
        if let keep = ProcessInfo.processInfo.environment["SCALEBENCH_KEEP_CHARTS"] {
            try? FileManager.default.copyItem(atPath: folder.path, toPath: keep + "/" + name)
        }
    }
}

/// Runs gnuplot as a user would.
enum Drawing {
    /// - Returns: everything it complained about.
    static func draw(_ chart: ChartFile, in folder: URL) throws -> String {
        try Data(chart.table.utf8).write(to: folder.appendingPathComponent(chart.tableName))
        try Data(chart.script.utf8).write(to: folder.appendingPathComponent(chart.scriptName))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/gnuplot")
        process.arguments = [chart.scriptName]
        process.currentDirectoryURL = folder
        let errors = Pipe()
        process.standardError = errors
        try process.run()
        let said = try errors.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: said, as: UTF8.self) + (process.terminationStatus == 0 ? "" : " exit \(process.terminationStatus)")
    }
}

@Suite("Stacked bars")
struct StackChartTests {
    private func script(_ bars: [StackChart.Bar]) -> String {
        StackChart(
            panels: [StackChart.Panel(title: "one", bars: bars)],
            parts: [StackChart.Part(title: "a", column: "a", colour: "#000000")],
            marks: [(.point(title: "P99"), "p99"), (.line(title: "floor"), "floor")], axis: "time (s)"
        ).chart(name: "bars", title: "Bars", subtitle: "", section: .grid).script
    }

    @Test("a point far above the bars stands at the edge with its value; one nearby makes room")
    func edge() {
        let far = script([StackChart.Bar(batch: 64, parts: [1], marks: [40, nil])])
        #expect(far.contains("set yrange [0:3.360000]") && far.contains("with labels"))
        let near = script([StackChart.Bar(batch: 64, parts: [1], marks: [2, nil])])
        #expect(near.contains("set yrange [0:2.240000]") && !near.contains("with labels"))
    }

    @Test("a line above the bars is always inside, and a mark without a value is not in the legend")
    func floor() {
        let text = script([StackChart.Bar(batch: 64, parts: [1], marks: [nil, 9])])
        #expect(text.contains("set yrange [0:10.080000]") && text.contains("'floor'") && !text.contains("'P99'"))
    }

    @Test("a batch with nothing to draw says why")
    func absence() {
        let text = script([StackChart.Bar(batch: 64, parts: [], marks: [], absence: "invalid")])
        #expect(text.contains("'invalid' at first 0,") && text.contains("plot NaN notitle"))
    }
}
