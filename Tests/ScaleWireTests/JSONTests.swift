import ScaleWire
import Testing

@Suite struct JSONTests {
    private static let accepted: [String] = [
        "{}", "[]", "null", "true", "false", "0", "-0", "\"\"", " \t\r\n{} \n", "[null]", "[1,2]", "[[],[[]]]",
        "{\"a\":{}}",
        "{\"\":0}", "{\"a\":1,\"a\":2}", "[ 1 , 2 ]", "{ \"a\" : 1 , \"b\" : 2 }", "1e5", "1E+5", "1e-5", "0.0",
        "0e1", "-1.5e10",
        "123456789012345678901234567890", "1e999", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\u0000\"",
        "\"\\uD83D\\uDE00\"", "\"\\ud800\"",
        "\"€ 😀\"", "\"\u{7F}\"", "\"\u{2028}\"", "[\"a\",1,true,false,null,{},[]]", "\"12345678\"", "\"1234567\\n\"",
        String(repeating: "[", count: 128) + String(repeating: "]", count: 128),
        String(repeating: "{\"a\":", count: 128) + "1" + String(repeating: "}", count: 128),
    ]

    private static let refused: [String] = [
        "", " ", "{", "}", "[", "]", "[1", "[1,", "[1,]", "[,1]", "[1,,2]", "[1 2]", "[}", "{]", "{\"a\"", "{\"a\":",
        "{\"a\":1", "{\"a\":1,",
        "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\"::1}", "{a:1}", "{'a':1}", "{1:1}", "{null:1}", "{\"a\":1 \"b\":2}",
        "[1]]", "{}{}", "1 2",
        "[] x", "nul", "nulll", "True", "TRUE", "tru", "fals", "NaN", "-NaN", "Infinity", "-Infinity", "inf",
        "undefined", "-", "+1", "01", "-01",
        "00", "1.", ".5", "-.5", "1.e5", "1e", "1e+", "1e-", "1.5.5", "0x1", "1_000", "1,5", "１", "\"", "\"a",
        "\"\\\"", "\"\\", "\"\\x\"", "\"\\u\"",
        "\"\\u12\"", "\"\\u12g4\"", "\"\\U0041\"", "\"\n\"", "\"\t\"", "\"\0\"", "'a'", "a", "\u{FEFF}{}", "\u{A0}1",
        "// c\n1", "/**/1", "1\0",
        "[\u{B}]", "{\"a\":1}#", "\"a\"b", "\\u0041", "[\"a\":1]", "{\"a\",1}",
        String(repeating: "[", count: 129) + String(repeating: "]", count: 129),
        String(repeating: "[", count: 100_000), String(repeating: "{\"a\":", count: 100_000),
    ]

    @Test(arguments: accepted) func accepts(_ json: String) {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0) != nil })
        #expect(ReferenceJSON.accepts(bytes(json)))
    }

    @Test(arguments: refused) func refuses(_ json: String) {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0) == nil })
        if json.utf8.count < 1000 { #expect(!ReferenceJSON.accepts(bytes(json))) }
    }

    /// What Python's `json` reads and JSON does not have: numbers without a value.
    @Test(arguments: [
        ("NaN", true), ("Infinity", true), ("-Infinity", true), ("[NaN,-Infinity , Infinity]", true), (#"{"a":{"b":[NaN]}}"#, true),
        ("-NaN", false), ("+Infinity", false), ("nan", false), ("inf", false), ("Infinit", false), ("-Infinit", false), ("Na", false),
        ("NaNs", false), ("-", false), ("- Infinity", false), ("1Infinity", false), ("[NaN", false), ("{NaN:1}", false),
    ])
    func asPythonReads(_ json: String, _ isRead: Bool) {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0, takesNonFinite: true) != nil } == isRead)
        #expect(ReferenceJSON.accepts(bytes(json), takesNonFinite: true) == isRead)
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0) == nil })
        for number in ["NaN", "Infinity", "-Infinity"] {
            withExactBytes(bytes(number)) {
                let value = JSONValue.parse($0, takesNonFinite: true)
                #expect(value?.kind == .number && value?.double() == nil && value?.int() == nil)
            }
        }
    }

    @Test(arguments: ["22 ff 22", "22 c0 80 22", "22 ed a0 80 22", "22 e2 82 22", "22 f4 90 80 80 22", "22 80 22", "ff", "22 e2 82"])
    func refusesWhatIsNotUTF8(_ json: String) {
        #expect(withExactBytes(hex(json)) { JSONValue.parse($0) == nil })
        #expect(!ReferenceJSON.accepts(hex(json)))
    }

    /// A string that ends at every place of the eight-byte steps it is read in.
    @Test func stringsOfEveryLength() {
        for length in 0...40 {
            for (special, isValid) in [("", true), ("\\n", true), ("€", true), ("\u{1}", false), ("\\q", false)] {
                for place in 0...length {
                    let plain = String(repeating: "x", count: length)
                    let json = "\"" + plain.prefix(place) + special + plain.dropFirst(place) + "\""
                    #expect(withExactBytes(bytes(json)) { JSONValue.parse($0) != nil } == isValid, "\(json)")
                    #expect(withExactBytes(Array(bytes(json).dropLast())) { JSONValue.parse($0) == nil })
                }
            }
        }
    }

    @Test(arguments: [
        "0", "-0", "0.0", "-0.0", "1", "-1", "0.1", "0.5", "1.0003445148468018", "1.0", "3.141592653589793",
        "9007199254740991",
        "9007199254740992", "9007199254740993", "9007199254740994", "0.3", "2.2250738585072014e-308", "5e-324",
        "1.7976931348623157e308",
        "1e22", "1e23", "123456789012345678", "1234567890123456789", "0.1234567890123456789", "1.234567890123456789",
        "18446744073709551615",
        "4503599627370497.5", "4503599627370496.5", "9007199254740993.0", "0.00000000000000000001",
        "12345678901234567890.5", "1e-5",
        "8.5", "1.00000000000000011102230246251565", "1.00000000000000011102", "0.9999999999999999999",
        "9.999999999999999999",
    ]) func numbersAreTheNearestDouble(_ json: String) {
        let value = withExactBytes(bytes(json)) { JSONValue.parse($0)?.double() }
        #expect(value?.bitPattern == Double(json)?.bitPattern)
    }

    @Test func randomNumbersAreTheNearestDouble() {
        var generator = SeededGenerator(state: 42)
        for _ in 0..<100_000 {
            let digits = Int.random(in: 1...19, using: &generator)
            let largest: UInt64 = digits == 19 ? 9_999_999_999_999_999_999 : 1_000_000_000_000_000_000
            let mantissa = UInt64.random(in: 0...largest, using: &generator)
            var json = String(mantissa).prefix(digits).description
            let places = Int.random(in: 0...19, using: &generator)
            if places > 0 {
                json = String(repeating: "0", count: max(0, places + 1 - json.count)) + json
                json.insert(".", at: json.index(json.endIndex, offsetBy: -places))
            }
            let value = withExactBytes(bytes(json)) { JSONValue.parse($0)?.double() }
            if value?.bitPattern != Double(json)?.bitPattern { Issue.record("\(json) reads as \(String(describing: value))") }
        }
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-42", -42), ("9223372036854775807", Int.max),
            ("-9223372036854775808", Int.min),
            ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil), ("1e2", nil), ("true", nil),
            ("\"1\"", nil),
        ] as [(String, Int?)]) func integers(_ json: String, _ wanted: Int?)
    {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0)?.int() } == wanted)
    }

    @Test func aNumberBeyondDoublesIsNone() {
        for json in ["1e400", "-1e400"] { #expect(withExactBytes(bytes(json)) { JSONValue.parse($0)?.double() } == nil) }
    }

    @Test func valuesSayWhatTheyAre() {
        let kinds: [(String, JSONValue.Kind)] = [
            ("{}", .object), ("[]", .array), ("\"\"", .string), ("1", .number), ("true", .true), ("false", .false),
            ("null", .null),
        ]
        for (json, kind) in kinds {
            withExactBytes(bytes(" \(json) ")) { text in
                let value = JSONValue.parse(text)
                #expect(value?.kind == kind)
                #expect(value.map { owned($0.bytes) } == bytes(json))
                #expect(value?.bool() == (kind == .true ? true : kind == .false ? false : nil))
                #expect((value?.stringBytes == nil) == (kind != .string))
            }
        }
    }

    @Test(
        arguments: [
            ("\"type\"", "type", true), ("\"\\u0074ype\"", "type", true), ("\"t\\u0079pe\"", "type", true),
            ("\"typ\"", "type", false),
            ("\"types\"", "type", false), ("\"Type\"", "type", false), ("\"\"", "", true), ("\"\\n\"", "\n", true),
            ("1", "1", false),
            ("\"waited_seconds\"", "waited_seconds", true), ("\"waited_second5\"", "waited_seconds", false),
            ("\"a\"", "a", true),
            ("\"abcde\"", "abcde", true), ("\"abcdf\"", "abcde", false), ("\"abXde\"", "abcde", false),
            ("\"a\\ud83d\\ude00\"", "a", false),
        ] as [(String, StaticString, Bool)]) func equality(_ json: String, _ wanted: StaticString, _ isEqual: Bool)
    {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0)?.equals(wanted) } == isEqual)
    }

    @Test(arguments: [
        ("\"\"", ""), ("\"a\\\"\\\\\\/b\"", "a\"\\/b"), ("\"\\b\\f\\n\\r\\t\"", "\u{8}\u{C}\n\r\t"),
        ("\"\\u00e4\\u20AC\"", "ä€"),
        ("\"\\ud83d\\ude00!\"", "😀!"), ("\"\\ud83d\"", "\u{FFFD}"), ("\"\\ude00x\"", "\u{FFFD}x"),
        ("\"\\ud83d\\n\"", "\u{FFFD}\n"),
        ("\"\\ud83d\\u0041\"", "\u{FFFD}A"), ("\"€😀é\"", "€😀é"), ("\"\\u0000\"", "\0"),
    ]) func texts(_ json: String, _ wanted: String) {
        #expect(withExactBytes(bytes(json)) { JSONValue.parse($0)?.string } == wanted)
        let escaped = JSONText.escape(wanted)
        #expect(withExactBytes([0x22] + escaped + [0x22]) { JSONValue.parse($0)?.string } == wanted)
        #expect(withExactBytes(escaped) { JSONText.decode($0) } == wanted)
    }

    @Test func anObjectIsReadMemberByMember() {
        withExactBytes(bytes(" {\"a\":1, \"b\":[2,{}] ,\"c\":{\"d\":null}} ")) { json in
            var members: [String] = []
            var reader = JSONObjectReader(text: json)
            while case .member(let key, let value)? = reader?.next() {
                members.append(text(owned(key.bytes) + owned(value.bytes)))
            }
            #expect(members == ["\"a\"1", "\"b\"[2,{}]", "\"c\"{\"d\":null}"])
            #expect(JSONValue.parse(json)?.member("c")?.member("d")?.kind == .null)
            #expect(JSONValue.parse(json)?.member("e") == nil)
        }
        #expect(withExactBytes(bytes("[]")) { JSONObjectReader(text: $0) == nil })
    }

    @Test func readingAnObjectFindsWhatIsWrongBehindIt() {
        for json in ["{\"a\":1} x", "{\"a\":1", "{\"a\":1,}", "{\"a\":[}"] {
            withExactBytes(bytes(json)) { text in
                var reader = JSONObjectReader(text: text)
                var last: JSONObjectReader.Step?
                while true {
                    last = reader?.next()
                    if case .member? = last { continue }
                    break
                }
                if case .malformed? = last {} else { Issue.record("\(json)") }
            }
        }
    }
}
