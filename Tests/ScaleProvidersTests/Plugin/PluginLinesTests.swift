import Testing

@testable import ScaleProviders

@Suite struct PluginLinesTests {
    private static let text = Array("{\"a\":1}\r\n\n \nmore ü\nopen".utf8)
    private static let lines = ["{\"a\":1}", "", " ", "more ü"].map { PluginLines.Line.whole(Array($0.utf8)) }

    /// However the bytes come, the lines are the same.
    @Test(arguments: 0...text.count) func aSplitChangesNothing(place: Int) {
        var lines = PluginLines()
        #expect(lines.take(Self.text.prefix(place)) + lines.take(Self.text.dropFirst(place)) == Self.lines)
    }

    @Test func singleBytesChangeNothing() {
        var lines = PluginLines()
        #expect(Self.text.flatMap { lines.take([$0]) } == Self.lines)
    }

    @Test func theLongestLineIsWholeAndALongerOneIsPassedOver() {
        let longest = [UInt8](repeating: 65, count: PluginLines.longest)
        var lines = PluginLines()
        #expect(lines.take(longest + [10]) == [.whole(longest)])
        #expect(lines.take(longest + longest) == [])
        #expect(lines.take([66, 10, 67, 10]) == [.tooLong, .whole([67])])
    }
}
