import Foundation
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Numbers and times as text")
struct FigureTests {
    @Test(
        "fixed decimals round the exact binary value",
        arguments: [
            (0.0, 2, "0.00"), (-0.001, 2, "0.00"), (1.005, 2, "1.00"), (1.015, 2, "1.01"), (0.125, 2, "0.12"),
            (0.375, 2, "0.38"), (0.5, 0, "0"), (1.5, 0, "2"), (2.5, 0, "2"), (9.9999, 3, "10.000"), (-2.345, 1, "-2.3"),
            (1e12 + 0.25, 9, "1000000000000.250000000"), (123_456_789, 0, "123456789"),
        ])
    func fixed(value: Double, places: Int, text: String) {
        #expect(Figure.fixed(value, places) == text)
    }

    @Test("fixed decimals agree with the C library on random values")
    func likePrintf() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let value = Double.random(in: -1...1, using: &random) * [1e-6, 1e-3, 1, 1e3, 1e9].randomElement(using: &random)!
            let short = (value * 8).rounded() / 8
            for (each, places) in [(value, Int.random(in: 0...9, using: &random)), (short, Int.random(in: 0...3, using: &random))] {
                let expected = String(format: "%.\(places)f", each)
                let plain = expected.contains { "123456789".contains($0) } ? expected : expected.replacingOccurrences(of: "-", with: "")
                #expect(Figure.fixed(each, places) == plain, "\(each) to \(places)")
            }
        }
    }

    @Test(
        "three significant digits",
        arguments: [
            (0.0, "0"), (0.012_34, "0.0123"), (0.9996, "1.00"), (1.0, "1.00"), (9.996, "10.0"), (99.96, "100"),
            (123.4, "123"), (16_384, "16,384"), (1_234_567.8, "1,234,568"), (.nan, "–"), (.infinity, "–"),
        ])
    func significant(value: Double, text: String) {
        #expect(Figure.significant(value) == text)
    }

    @Test(
        "a share reads as whole only where it is",
        arguments: [
            (1.0, "100 %"), (0.0, "0 %"), (0.99999, "99.9 %"), (0.00001, "0.1 %"), (0.625, "62.5 %"), (.nan, "–"),
        ])
    func percent(share: Double, text: String) {
        #expect(Figure.percent(share) == text)
    }

    @Test(arguments: [(512, "512 B"), (1536, "1.50 KiB"), (34_359_738_368, "32.0 GiB")])
    func bytes(count: Int, text: String) {
        #expect(Figure.bytes(count) == text)
    }

    @Test(
        "a column has one unit, in which its smallest value is not nought",
        arguments: [
            ([1_100_000_000, 30_412_000_000], "s", ["1.100", "30.412"]),
            ([450_000, 2_899_400_000], "ms", ["0.450", "2,899"]),
            ([5_250, 900_000], "µs", ["5.25", "900"]),
            ([0, 12_345_678], "ms", ["0", "12.3"]),
        ] as [([Int64], String, [String])])
    func columns(values: [Int64], unit: String, shown: [String]) {
        let times = values.map(Nanoseconds.init)
        let fitting = TimeUnit.fitting(times)
        #expect(fitting.rawValue == unit)
        #expect(times.map { fitting.show($0) } == shown)
        #expect(fitting.show(nil) == "–")
    }

    @Test(
        "a time in a sentence has the unit that suits it",
        arguments: [
            (Nanoseconds(1_234), "1.23 µs"), (.microseconds(999), "999 µs"), (Nanoseconds(999_600), "1.00 ms"),
            (.milliseconds(164), "164 ms"), (.seconds(29.8), "29.8 s"),
        ])
    func inWords(time: Nanoseconds, text: String) {
        #expect(time.inWords == text)
    }

    @Test("logarithms of the chart's layout", arguments: [1.0, 3.0, 16_384, 0.7])
    func logarithms(value: Double) {
        #expect(abs(Logarithm.base2(value) - log2(value)) < 1e-6)
        #expect(abs(Logarithm.power2(log2(value)) / value - 1) < 1e-6)
    }
}

@Suite("Markdown")
struct MarkdownTests {
    @Test(
        "foreign text stays text",
        arguments: [
            ("a|b", "a\\|b"), ("*x* _y_ ~z~", "\\*x\\* \\_y\\_ \\~z\\~"), ("<b>&", "&lt;b&gt;&amp;"),
            ("l1\nl2\r\nl3", "l1 l2  l3"), ("[a](b)!", "\\[a\\](b)\\!"), ("`c`\\", "\\`c\\`\\\\"), ("# h", "\\# h"),
        ])
    func escaping(foreign: String, text: String) {
        #expect(Markdown.escaped(foreign) == text)
    }

    @Test(
        "a code span is longer than the backticks inside",
        arguments: [
            ("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("a``b\nc", "```a``b c```"), ("x|y", "`x\\|y`"), ("", "–"),
        ])
    func code(foreign: String, text: String) {
        #expect(Markdown.code(foreign, inTable: true) == text)
    }

    @Test("a fence is longer than the backticks inside")
    func fence() {
        var page = ReportDocument(title: "t")
        page.code("a\n````\nb", language: "sh")
        #expect(Markdown.text(page) { $0 } == "# t\n\n`````sh\na\n````\nb\n`````\n")
    }

    @Test("a table is padded, aligned, and never ragged")
    func table() {
        let table = Table(
            [.text("name"), .number("n")],
            rows: [Table.Row(["é–x", "1"]), Table.Row(["long name"]), Table.Row(["b", "1,024"], struck: 1)])
        #expect(
            Markdown.rendered(table) == """
                | name      |     n |
                | --------- | ----: |
                | é–x       |     1 |
                | long name |     – |
                | ~~b~~     | 1,024 |
                """)
    }

    @Test("a table without rows is left out")
    func noRows() {
        var page = ReportDocument(title: "t")
        page.table(Table([.text("a")]))
        page.bullets([])
        page.section("s", Table([.text("a")]))
        #expect(page.parts.isEmpty)
    }

    @Test("hostile names break out of nothing")
    func hostile() {
        let text = RunReport([Fixture.hostile]).markdown()
        #expect(!text.contains("<script>") && !text.contains("<b>"))
        for table in text.components(separatedBy: "\n\n") where table.hasPrefix("|") {
            let bars = table.replacingOccurrences(of: "\\|", with: "").split(separator: "\n").map { line in
                line.filter { $0 == "|" }.count
            }
            #expect(Set(bars).count == 1, "\(table)")
        }
        #expect(text.split(separator: "\n").filter { $0.hasPrefix("## f") }.isEmpty)
    }
}

@Suite("Words of a report")
struct ProseTests {
    private let name = "a_b <c>\n`d`"

    @Test("what is interpolated is foreign in every form")
    func foreign() {
        let text: Prose = "**x** \(name) \(code: name) \(strong: Prose(name)) \(link: "here", to: "p?a=1&b=<")"
        #expect(Markdown.inline(text) == #"**x** a\_b &lt;c&gt; \`d\` `` a_b <c> `d` `` **a\_b &lt;c&gt; \`d\`** [here](<p?a=1&b=%3C>)"#)
        #expect(
            HTML.inline(text) == """
                **x** a_b &lt;c&gt; `d` <code class="short">a_b &lt;c&gt; `d`</code> <strong>a_b &lt;c&gt; `d`</strong> \
                <a href="p?a=1&amp;b=&lt;">here</a>
                """)
        #expect(text.plain == "**x** a_b <c> `d` `a_b <c> `d`` a_b <c> `d` here")
    }

    @Test("a number keeps its unit on its line")
    func units() {
        let text: Prose = "\("1.97 s") at ≥ 95 % of \("7 of us"), \("no number")"
        #expect(HTML.inline(text) == "1.97\u{A0}s at ≥\u{A0}95\u{A0}% of 7\u{A0}of\u{A0}us, no number")
    }

    @Test("lists", arguments: [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c"), ([], "")])
    func lists(items: [String], text: String) { #expect(items.map { Prose($0) }.listed.plain == text) }

    @Test("every heading has an anchor of its own")
    func anchors() {
        var page = ReportDocument(title: "t")
        for title in ["Where the time goes", "Where the time goes!", "P99 (s)", "99 %", "“”", "contents"] { page.heading(2, Prose(title)) }
        #expect(
            page.contents.map(\.anchor) == ["where-the-time-goes", "where-the-time-goes-2", "p99-s", "s-99", "s-", "contents-2"])
    }

    @Test("the first sentences on a terminal have no markup")
    func headlines() {
        let said = RunReport([Fixture.capped]).headlines
        #expect(said.count == 1 && said[0].hasPrefix("local-2x40, ws, wait 1 s held 64 sessions, bracket [64, 128), at"))
    }
}
