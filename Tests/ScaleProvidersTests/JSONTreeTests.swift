import Foundation
import Testing

@testable import ScaleProviders

@Suite struct JSONTreeTests {
    @Test func keysKeepTheirOrder() {
        let tree = JSONTree.object([("b", 1), ("a", .array(["x", true, .array([]), .object([])])), ("c", .sorted(["y": "2", "x": "1"]))])
        #expect(
            tree.text == """
                {
                  "b": 1,
                  "a": [
                    "x",
                    true,
                    [],
                    {}
                  ],
                  "c": {
                    "x": "1",
                    "y": "2"
                  }
                }

                """)
    }

    @Test(arguments: ["", "plain", "\"\\\n\r\t\u{0}\u{1F}\u{7F}", "ünïcode 🦉 \u{2028}", "</script>", "${HOME} 'x' \"y\""])
    func everyTextComesBack(text: String) throws {
        let data = Data(JSONTree.array([.string(text)]).text.utf8)
        #expect(try JSONDecoder().decode([String].self, from: data) == [text])
    }
}
