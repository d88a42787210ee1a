import Foundation
import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Exports of whole runs")
struct ExportDocumentTests {
    private static let names = ["capped", "interrupted", "dead", "hostile"]

    @Test("the JSON document, which is read as such") func document() throws {
        let runs = try Self.names.map { ExportDocument.run(try Fixture.named($0)) } + [ExportDocument.run(Fixture.told)]
        let text =
            ExportDocument.opening(version: "0.1.0") + runs.joined(separator: ExportDocument.separator) + ExportDocument.closing
        try Golden.check(text, "export.json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["schema"] as? String == "scalebench/3" && (object["runs"] as? [Any])?.count == Self.names.count + 1)
        let empty = ExportDocument.opening(version: "0.1.0") + ExportDocument.closing
        #expect(try JSONSerialization.jsonObject(with: Data(empty.utf8)) is [String: Any])
    }

    @Test("of an imported run, only what is known") func imported() throws {
        let text = ExportDocument.run(Self.imported)
        for part in ["\"source\":\"imported\"", "\"timeouts\":null", "\"seed\":null", "\"generator_host\":null", "\"generator\":null"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("the Prometheus text") func prometheus() throws {
        try Golden.check(PrometheusText.render(try ["capped", "hostile"].map { try Fixture.named($0) }), "export.prometheus")
    }

    @Test("one HELP and one TYPE for each metric, before its lines, whatever runs there are") func families() throws {
        let lines = PrometheusText.render(try Self.names.map { try Fixture.named($0) } + [Self.imported]).split(separator: "\n")
        var seen: [Substring] = []
        for line in lines {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP ") {
                #expect(!seen.contains(words[2]), "\(line)")
                seen.append(words[2])
            } else if !line.hasPrefix("# ") {
                let name = line.prefix { $0 != "{" }
                let family = seen.last.map { name == $0 || name == $0 + "_sum" || name == $0 + "_count" }
                #expect(family == true && Double(words.last ?? "") != nil, "\(line)")
            }
        }
        #expect(seen.count > 10 && lines.contains { $0.contains("source=\"imported\"") })
    }

    @Test("labels are escaped") func labels() {
        var snapshot = Fixture.snapshot(
            [Fixture.cell(3, succeeded: 3, total: .seconds(2))], plan: Plan(modes: [.ws], sessions: [3], waits: [.seconds(1)]))
        snapshot.run.hardware = "a\"b\\c\nd"
        #expect(PrometheusText.render([snapshot]).contains(#"hardware="a\"b\\c\nd","#))
    }

    @Test("the list of runs, and one of them") func list() throws {
        let entries = try Self.names.map { try Fixture.named($0) } + [Self.imported]
        let all = entries.enumerated().map { index, snapshot in
            RunList.Entry(snapshot: snapshot, sessions: 1000 * index, share: index == 0 ? nil : Double(index) / 10, isWritten: index == 1)
        }
        try Golden.check(RunList(all).text + "\n", "runs.txt")
        try Golden.check(RunDetails(all[0]).text + "\n\n" + RunDetails(all[4]).text + "\n", "run.txt")
        for line in RunList(all).lines { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
        #expect(RunList([]).text.split(separator: "\n").count == 1)
    }

    private static var imported: RunSnapshot {
        var cell = Fixture.cell(
            64, succeeded: 64, total: .milliseconds(1_200), verdict: Verdict(.unknown, evidence: "imported: summary.csv line 2"))
        cell.generator = nil
        cell.peakOpen = nil
        var snapshot = Fixture.snapshot([cell], plan: Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)]))
        snapshot.run.source = .imported
        snapshot.run.host = nil
        return snapshot
    }
}
