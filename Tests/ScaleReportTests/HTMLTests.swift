import Foundation
import FoundationXML
import ScaleCore
import Testing

@testable import ScaleReport

/// What stands in an HTML page, read by a parser that accepts nothing but well-formed XML.
private final class Page: NSObject, XMLParserDelegate {
    var identifiers: [String] = []
    var targets: [String] = []
    var elements: [String: Int] = [:]
    var attributes: Set<String> = []
    var text = ""
    /// Rows of each table, heads left out.
    var rows: [Int] = []
    private(set) var problem: String?
    private var isHead = false

    init(_ html: String) {
        super.init()
        let parser = XMLParser(data: Data(html.utf8))
        parser.delegate = self
        if !parser.parse() { problem = "line \(parser.lineNumber): \(String(describing: parser.parserError))" }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes found: [String: String]
    ) {
        elements[name, default: 0] += 1
        attributes.formUnion(found.keys)
        found["id"].map { identifiers.append($0) }
        found["href"].map { targets.append($0) }
        switch name {
        case "thead": isHead = true
        case "tbody":
            isHead = false
            rows.append(0)
        case "tr" where !isHead: rows[rows.count - 1] += 1
        default: break
        }
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) { text += characters }
}

@Suite("report.html")
struct HTMLTests {
    /// As gnuplot writes it, with more in it than may pass.
    static let drawing = """
        <?xml version="1.0" encoding="utf-8"  standalone="no"?>
        <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
        <svg width="10" height="20" viewBox="0 0 10 20" xmlns="http://www.w3.org/2000/svg"
         xmlns:xlink="http://www.w3.org/1999/xlink" onload="alert(1)">
        <title>Gnuplot</title><style>* { fill: url(http://h/x) }</style>
        <g id="gnuplot_canvas"><!-- a comment --><defs><circle id='gpDot' r='0.5'/><path id="gpPat1" d='M0,0'/></defs>
        <script>alert("1")</script><image href="http://h/p.png"/><a href="javascript:alert(1)"><text>gone</text></a>
        <g fill="url(#gpPat1)" clip-path="url(http://h/x)"><title>a line</title><use xlink:href='#gpDot' x="1"/>
        <text>a &amp; b &lt;c&gt; & d</text></g></g></svg>

        """

    static let names = ["capped", "wide", "dead", "interrupted", "hostile", "fleet", "empty"]

    static func page(_ name: String) throws -> String {
        let snapshots: [RunSnapshot] =
            switch name {
            case "fleet": Fixture.fleet
            case "empty": [Fixture.snapshot([], plan: Plan(modes: [.ws], sessions: [1], waits: [.zero]), status: .failed)]
            default: [try Fixture.named(name)]
            }
        let charts = ChartSet(snapshots).charts().map { (chart: $0, svg: drawing) }
        return RunReport(snapshots, evidence: Fixture.evidence(snapshots)).html(charts: charts)
    }

    @Test("whole pages", arguments: ["capped", "hostile"])
    func golden(name: String) throws { try Golden.check(try Self.page(name), name + ".html") }

    @Test("every page is well-formed, complete in itself, and leads nowhere", arguments: names)
    func page(name: String) throws {
        let html = try Self.page(name)
        let page = Page(html)
        #expect(page.problem == nil)
        #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\""))
        #expect(Set(page.identifiers).count == page.identifiers.count, "an identifier twice")
        for target in page.targets {
            #expect(target.hasPrefix("#") && page.identifiers.contains(String(target.dropFirst())), "\(target) leads nowhere")
        }
        #expect(page.rows.allSatisfy { $0 > 0 }, "a table without rows")
        for element in ["script", "link", "img", "iframe", "image", "object"] { #expect(page.elements[element] == nil) }
        #expect(page.attributes.filter { $0.hasPrefix("on") || $0 == "src" }.isEmpty)
        #expect(page.elements["nav"] == 1 && page.elements["h1"] == 1 && page.elements["title"] == 1 + (page.elements["svg"] ?? 0))
        #expect(page.elements["figure"] == page.elements["svg"])
    }

    @Test("foreign text is text")
    func hostile() throws {
        let html = try Self.page("hostile")
        #expect(!html.contains("<script") && !html.contains("<b>"))
        #expect(Page(html).text.contains("a|b`c\"d'e ## f <script>\\"))
        #expect(html.contains("{&quot;a&quot;:&quot;```&quot;}"))
    }

    @Test("what is invalid is struck out, and its row says so")
    func invalid() throws {
        let html = try Self.page("capped")
        #expect(html.contains("<tr class=\"invalid\"><td class=\"n\"><del>256</del></td>"))
        #expect(html.contains("<td class=\"short\">invalid: <code class=\"short\">generator</code></td></tr>"))
    }

    @Test("a chart that was not drawn is left out")
    func undrawn() throws {
        let html = RunReport([Fixture.capped]).html(charts: ChartSet([Fixture.capped]).charts().map { ($0, "no picture") })
        #expect(!html.contains("<figure") && !html.contains("<svg"))
    }
}

@Suite("A picture inside a page")
struct InlineSVGTests {
    @Test("only what draws is taken over, under names of its own")
    func embedded() throws {
        let svg = try #require(InlineSVG.embedding(HTMLTests.drawing, name: "c-x", title: "A \"title\" <1>"))
        #expect(Page(svg).problem == nil)
        #expect(svg.hasPrefix("<svg width=\"10\" height=\"20\" viewBox=\"0 0 10 20\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\""))
        #expect(svg.contains("aria-labelledby=\"c-x-title\"><title id=\"c-x-title\">A &quot;title&quot; &lt;1&gt;</title>"))
        #expect(svg.contains("<circle id=\"c-x-gpDot\" r=\"0.5\"/>") && svg.contains("<use href=\"#c-x-gpDot\" x=\"1\"/>"))
        #expect(svg.contains("<g fill=\"url(#c-x-gpPat1)\">") && svg.contains("<text>a &amp; b &lt;c&gt; &amp; d</text>"))
        for gone in ["script", "style", "onload", "h/x", "javascript", "gone", "a line", "gnuplot_canvas", "comment", "image"] {
            #expect(!svg.contains(gone), "\(gone)")
        }
    }

    @Test(
        "what is not one picture is none",
        arguments: [
            "", "text", "<html></html>", "<svg>", "<svg></g>", "<svg><g></svg>", "<svg x=1></svg>", "<svg x='1></svg>", "</svg>",
            "<g><svg></svg></g>", "<svg", "<svg/ >", "<html/>",
        ])
    func refused(text: String) { #expect(InlineSVG.embedding(text, name: "c", title: "t") == nil) }

    @Test("nothing follows the picture")
    func trailing() {
        let one = InlineSVG.embedding("<svg></svg>", name: "c", title: "t")
        #expect(one != nil && InlineSVG.embedding("<svg></svg><g><text>more</text></g>", name: "c", title: "t") == one)
    }

    @Test(
        "references lead nowhere else, however they are spelled",
        arguments: [
            ("<g fill=\"URL(http://h/x)\"/>", "<g/>"), ("<g fill=\"uRl(#gp)\"/>", "<g fill=\"url(#c-gp)\"/>"),
            ("<use href=\"#gp\" xlink:href=\"#gp\"/>", "<use href=\"#c-gp\"/>"),
            ("<use xlink:href=\"#gp\" href=\"#gp\"/>", "<use href=\"#c-gp\"/>"),
        ])
    func references(element: String, expected: String) throws {
        let svg = try #require(InlineSVG.embedding("<svg>\(element)</svg>", name: "c", title: "t"))
        #expect(svg.contains("</title>\(expected)</svg>"), "\(svg)")
    }
}
