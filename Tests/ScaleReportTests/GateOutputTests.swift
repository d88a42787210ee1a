import Foundation
import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("What a gate says")
struct GateOutputTests {
    @Test("as text, Markdown, JUnit, annotations and JSON", arguments: ["lost-duel", "ruled-run"])
    func golden(name: String) throws {
        let result = Fixture.gate(name)
        try Golden.check(GateText.lines(result).joined(separator: "\n") + "\n", "gate-\(name).txt")
        try Golden.check(GateSummary.markdown(result), "gate-\(name).md")
        try Golden.check(GateJUnit.xml(result), "gate-\(name).xml")
        try Golden.check(GateAnnotations.lines(result).joined(separator: "\n") + "\n", "gate-\(name).github")
        try Golden.check(GateJSON.line(result) + "\n", "gate-\(name).json")
    }

    @Test("charts of a duel")
    func charts() throws {
        let charts = GateCharts.make(Fixture.lostDuel)
        #expect(charts.map(\.name) == ["gate", "gate-pairs"])
        for chart in charts {
            try Golden.check(chart.table, chart.name + ".tsv")
            try Golden.check(chart.script, chart.name + ".gp")
        }
        #expect(GateCharts.make(Fixture.ruledRun).isEmpty, "nothing was compared")
    }

    @Test("the verdict comes first, in one line", arguments: GateVerdict.allCases)
    func first(verdict: GateVerdict) throws {
        var result = Fixture.lostDuel
        (result.verdict, result.reason) = (verdict, "because")
        let markdown = GateSummary.markdown(result).split(separator: "\n")
        #expect(markdown.first?.contains("\(verdict.rawValue)**: because.") == true)
        #expect(GateText.lines(result).first == "\(verdict.rawValue): because")
        #expect(GateAnnotations.lines(result).first?.hasSuffix("::\(verdict.rawValue): because") == true)
    }

    @Test("foreign text closes no cell, no element and no command")
    func foreign() throws {
        let nasty = "a|b\n<!-- ]]> & \"q\" %0A:, `c`"
        var result = Fixture.lostDuel
        (result.reason, result.subject, result.notes) = (nasty, nasty, [nasty])
        result.checks[0].name = nasty
        result.checks[0].reason = nasty
        let markdown = GateSummary.markdown(result)
        #expect(markdown.hasPrefix("**❌ scalebench: regression**: a\\|b &lt;\\!-- \\]\\]&gt; &amp; \"q\" %0A:, \\`c\\`."))
        let rows = markdown.split(separator: "\n").filter { $0.hasPrefix("| `` a") }
        #expect(rows.count == 1 && rows[0].hasPrefix("| `` a\\|b "))
        let xml = GateJUnit.xml(result)
        #expect(!xml.contains("<!--") && !xml.contains("]]>") && xml.contains("a|b &lt;!-- ]]&gt; &amp; &quot;q&quot; %0A"))
        let annotation = try #require(GateAnnotations.lines(result).dropFirst().first)
        #expect(annotation.hasPrefix("::error title=regression%3A a|b%0A<!-- ]]> & \"q\" %250A%3A%2C `c`::"))
        #expect(GateAnnotations.lines(result).allSatisfy { !$0.contains("\n") })
    }

    @Test("--strict makes a failure of what is not decided, and of nothing else")
    func strict() throws {
        var result = Fixture.lostDuel
        result.verdict = .inconclusive
        let (lenient, strict) = (GateJUnit.xml(result), GateJUnit.xml(result, strict: true))
        #expect(lenient.contains("failures=\"1\" errors=\"0\" skipped=\"2\""))
        #expect(strict.contains("failures=\"2\" errors=\"0\" skipped=\"1\""), "what is not judged holds up nothing")
        #expect(GateAnnotations.lines(result).map { $0.prefix(6) } == ["::warn", "::erro", "::warn", "::noti"])
        #expect(GateAnnotations.lines(result, strict: true).map { $0.prefix(6) } == ["::erro", "::erro", "::erro", "::noti"])
        #expect(GateJSON.line(result).contains("\"exit_status\":3") && GateJSON.line(result, strict: true).contains("\"exit_status\":1"))
        #expect(GateSummary.markdown(result, strict: true).contains("(a failure by `--strict`)"))
    }

    @Test(
        "exit statuses",
        arguments: [(GateVerdict.pass, Int32(0), Int32(0)), (.regression, 1, 1), (.inconclusive, 3, 1), (.invalid, 4, 4)])
    func status(verdict: GateVerdict, lenient: Int32, strict: Int32) {
        #expect(verdict.exitStatus(strict: false) == lenient && verdict.exitStatus(strict: true) == strict)
    }

    @Test("a gate that is worse than its checks has a test case of its own")
    func whole() {
        var result = Fixture.lostDuel
        (result.verdict, result.reason) = (.invalid, "5 of 12 pairs are void")
        let xml = GateJUnit.xml(result)
        #expect(xml.contains("tests=\"4\"") && xml.contains("errors=\"1\"") && xml.contains(">5 of 12 pairs are void</error>"))
        result.checks = []
        #expect(GateJUnit.xml(result).contains("tests=\"1\""))
    }

    @Test("pictures are shown where they stand beside the text, and only there")
    func pictures() {
        let shown = GateSummary.markdown(Fixture.lostDuel, pictures: [("plots/gate.svg", "Gate: regression")])
        #expect(shown.contains("![Gate: regression](plots/gate.svg)"))
        #expect(!GateSummary.markdown(Fixture.lostDuel).contains("!["))
    }

    @Test(
        "changes in words",
        arguments: [(0.902, "-9.8 %"), (1.0, "0.0 %"), (1.0002, "0.0 %"), (0.9998, "0.0 %"), (1.12, "+12.0 %"), (3.5, "+250.0 %")])
    func changes(ratio: Double, words: String) {
        #expect(MetricText.change(ratio) == words)
    }
}
