import Foundation
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("The scaling chart")
struct ChartTests {
    @Test("table and script", arguments: ["capped", "wide", "dead", "hostile"])
    func golden(name: String) throws {
        let chart = try #require(try ScalingChart.make(Fixture.named(name)))
        try Golden.check(chart.table, name + ".tsv")
        try Golden.check(chart.script, name + ".gp")
    }

    @Test("a run without a cell has no chart")
    func empty() {
        #expect(ScalingChart.make(Fixture.snapshot([], plan: Plan(modes: [.ws], sessions: [1], waits: [.zero]))) == nil)
    }

    @Test("repetitions become a middle value and a bar; invalid cells stand apart")
    func table() throws {
        let lines = try #require(ScalingChart.make(Fixture.capped)).table.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                "1\t16\t2\t100.000\t100.000\t100.000\t1.105920\t1.102680\t1.105920\t91.063\t100.000",
                "1\t64\t2\t100.000\t100.000\t100.000\t1.164240\t1.144800\t1.164240\t97.687\t100.000",
                "1\t128\t2\t62.500\t62.500\t62.500\t1.306800\t1.285200\t1.306800\t57.238\t67.544",
                "0\t256\t1\t31.250\t31.250\t31.250\t2.106000\t2.106000\t2.106000\t26.471\t36.357",
            ])
    }

    @Test("the ring is on the row of the largest batch that passes")
    func ring() throws {
        let capped = try #require(ScalingChart.make(Fixture.capped))
        let dead = try #require(ScalingChart.make(Fixture.dead))
        #expect(capped.script.contains("table index 0 every ::1::1"))
        #expect(!dead.script.contains("every ::"))
    }

    @Test(
        "foreign text closes no string and no comment",
        arguments: [
            ("it's", "'it''s'"), ("a\nquit", "'a quit'"), ("back\\", "'back\\'"), ("`date` $0 \"q\"", "'`date` $0 \"q\"'"),
        ])
    func quoting(foreign: String, text: String) {
        #expect(GnuplotText.quoted(foreign) == text)
        #expect(!GnuplotText.comment(foreign).hasSuffix("\\") && !GnuplotText.comment(foreign).contains("\n"))
    }

    @Test("the styles of the first forty lines differ")
    func styles() {
        let looks = (0..<40).map { index in
            let style = SeriesStyle.number(index)
            return "\(style.colour) \(style.point)"
        }
        #expect(Set(looks).count == 40)
    }

    @Test("a long name is cut where it tells least")
    func clipping() {
        #expect(ChartLegend.clipped("short", to: 5) == "short")
        #expect(ChartLegend.clipped("a-name-without-end, ws", to: 12) == "a-name-…, ws")
    }

    @Test("the legend grows with its entries and stays inside the picture", arguments: [1, 2, 5, 12])
    func legend(count: Int) {
        let entries = (0..<count).map { ChartLegend.Entry(title: "local-\($0), ws, wait 1 s", style: .number($0), joined: true) }
        let legend = ChartLegend(entries: entries, width: 840)
        #expect(legend.height == Double((count + 2) / 3) * 20)
        #expect(legend.lines(width: 880, height: 600, top: 60).count == 3 * count)
    }

    @Test("times that span decades get a logarithmic axis, others begin at 0")
    func timeAxis() {
        let near = TimeAxis([.seconds(1), .seconds(3)], limit: .seconds(3))
        #expect(near.axis.contains("set yrange [0:3.360000]") && near.shows(.seconds(3)) && !near.shows(.seconds(9)))
        let far = TimeAxis([.seconds(1), .seconds(30)], limit: nil)
        #expect(far.axis.contains { $0.contains("\"1\" 1, \"2\" 2, \"5\" 5, \"10\" 10, \"20\" 20") })
        #expect(TimeAxis([.milliseconds(7)], limit: nil).unit == .milliseconds)
    }

    @Test(
        "gnuplot draws both pictures and has nothing to complain about",
        arguments: ["capped", "wide", "dead", "interrupted", "hostile"])
    func draws(name: String) throws {
        let chart = try #require(try ScalingChart.make(Fixture.named(name), name: "it's scaling"))
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("chart-" + UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(try Drawing.draw(chart, in: folder) == "")
        let svg = try Data(contentsOf: folder.appendingPathComponent(chart.svgName))
        let png = try Data(contentsOf: folder.appendingPathComponent(chart.pngName))
        #expect(svg.count > 2_000 && png.count > 5_000)
    }
}
