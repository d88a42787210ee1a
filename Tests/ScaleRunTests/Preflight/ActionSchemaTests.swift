import Foundation
import Testing

@testable import ScaleRun

@Suite("The action of an environment, from its schema") struct ActionSchemaTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// The action's JSON Schema.
        var schema: String
        var summary: String
        var example: String
    }

    static func object(_ properties: String, required: String = "[]", more: String = "") -> String {
        "{\"type\": \"object\", \"properties\": {\(properties)}, \"required\": \(required)\(more)}"
    }

    static let plain = [
        Case(
            testDescription: "a required string, and the metadata of every action",
            schema: object(
                #""metadata": {"type": "object", "additionalProperties": true}, "message": {"type": "string"}"#, required: #"["message"]"#),
            summary: "message: string, required; metadata: object", example: #"{"message": "hello"}"#),
        Case(
            testDescription: "the environment's order for what it requires",
            schema: object(
                #""b": {"type": "boolean"}, "z": {"type": "integer"}, "a": {"type": "number"}, "c": {"type": "array", "items": {"type": "string"}}"#,
                required: #"["z", "b", "a", "c"]"#),
            summary: "z: integer, required; b: boolean, required; a: number, required; c: array of string, required",
            example: #"{"a": 0, "b": false, "c": [], "z": 0}"#),
        Case(
            testDescription: "limits",
            schema: object(
                #""a": {"type": "integer", "minimum": 3}, "b": {"type": "number", "exclusiveMinimum": 0.5}, "c": {"type": "integer", "maximum": -2}, "d": {"type": "string", "minLength": 7}, "e": {"type": "string", "maxLength": 2}, "f": {"type": "array", "items": {"type": "integer"}, "minItems": 2}"#,
                required: #"["a", "b", "c", "d", "e", "f"]"#),
            summary:
                "a: integer, required; b: number, required; c: integer, required; d: string, required; e: string, required; f: array of integer, required",
            example: #"{"a": 3, "b": 1.5, "c": -2, "d": "aaaaaaa", "e": "he", "f": [0, 0]}"#),
        Case(
            testDescription: "choices, defaults, constants and examples",
            schema: object(
                #""kind": {"enum": ["left", "right"], "type": "string"}, "fixed": {"const": "v1"}, "n": {"type": "integer", "default": 4}, "said": {"type": "string", "examples": ["e4"]}"#,
                required: #"["kind", "said"]"#),
            summary: #"kind: "left" or "right", required; said: string, required; fixed: "v1"; n: integer, default 4"#,
            example: #"{"fixed": "v1", "kind": "left", "said": "e4"}"#),
        Case(
            testDescription: "nothing is required",
            schema: object(
                #""metadata": {"type": "object"}, "n": {"type": "integer", "default": 4}, "text": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": null}"#
            ),
            summary: "metadata: object; n: integer, default 4; text: string or null, default null",
            example: #"{"n": 4, "text": "hello"}"#),
        Case(testDescription: "no fields at all", schema: object(""), summary: "no fields", example: "{}"),
        Case(
            testDescription: "several types", schema: object(#""x": {"type": ["null", "integer"]}, "y": {}"#, required: #"["x", "y"]"#),
            summary: "x: null or integer, required; y: any, required", example: #"{"x": 0, "y": "hello"}"#),
    ]

    static let composed = [
        Case(
            testDescription: "references and nesting",
            schema: object(
                ##""at": {"$ref": "#/$defs/Point"}, "where": {"anyOf": [{"$ref": "#/$defs/Point"}, {"type": "null"}], "default": null}"##,
                required: #"["at"]"#,
                more:
                    ##", "$defs": {"Point": {"type": "object", "properties": {"x": {"type": "integer", "minimum": 1}, "y": {"type": "number"}}, "required": ["x", "y"]}}"##
            ),
            summary: "at: object, required; where: object or null, default null", example: #"{"at": {"x": 1, "y": 0}}"#),
        Case(
            testDescription: "one of several kinds of action",
            schema:
                ##"{"oneOf": [{"$ref": "#/$defs/Click"}, {"$ref": "#/$defs/Type"}], "$defs": {"Click": {"type": "object", "properties": {"type": {"const": "click", "default": "click"}, "x": {"type": "integer"}}, "required": ["x"]}, "Type": {"type": "object", "properties": {"text": {"type": "string"}}}}}"##,
            summary: #"x: integer, required; type: "click", default "click"; or 1 other kind of action"#,
            example: #"{"type": "click", "x": 0}"#),
        Case(
            testDescription: "parts that belong together",
            schema:
                ##"{"allOf": [{"$ref": "#/$defs/Base"}, {"properties": {"b": {"type": "integer"}}, "required": ["b"]}], "$defs": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}}"##,
            summary: "a: string, required; b: integer, required", example: #"{"a": "hello", "b": 0}"#),
        Case(
            testDescription: "a tuple",
            schema: object(
                #""pair": {"type": "array", "prefixItems": [{"type": "integer"}, {"type": "string"}]}"#, required: #"["pair"]"#),
            summary: "pair: array, required", example: #"{"pair": [0, "hello"]}"#),
        Case(
            testDescription: "a reference to nothing", schema: object(##""x": {"$ref": "#/$defs/Gone"}"##, required: #"["x"]"#),
            summary: "x: any, required", example: #"{"x": "hello"}"#),
        Case(
            testDescription: "what a terminal would obey", schema: object(#""a\u001b[31m\nb": {"type": "string", "default": "\u0007'"}"#),
            summary: #"a [31m b: string, default "\u0007'""#, example: #"{"a\u001b[31m\u000ab": "\u0007'"}"#),
    ]

    @Test(arguments: plain + composed) func saysWhatIsTaken(each: Case) throws {
        let schema = try #require(ActionSchema(Array("{\"action\": \(each.schema), \"observation\": {}, \"state\": {}}".utf8)))
        #expect(schema.summary == each.summary)
        #expect(schema.example == each.example)
        #expect(throws: Never.self) { try RunRequest.checkAction(schema.example) }
    }

    @Test(arguments: ["", "no JSON", "[]", "{}", #"{"action": {}}"#, #"{"action": "x"}"#, #"{"detail": "Not Found"}"#])
    func whatIsNoSchemaIsNone(body: String) {
        #expect(ActionSchema(Array(body.utf8)) == nil)
    }

    @Test func longListsAreCut() throws {
        let choices = (0..<9).map { "\($0)" }.joined(separator: ", ")
        let fields = (10..<30).map { "\"f\($0)\": {\"enum\": [\(choices)]}" }.joined(separator: ", ")
        let schema = try #require(ActionSchema(Array("{\"action\": \(Self.object(fields))}".utf8)))
        #expect(schema.fields.count == 20)
        #expect(schema.summary.hasPrefix("f10: 0, 1, 2, 3, 4, 5 and 3 more; f11: "))
        #expect(schema.summary.hasSuffix("; f21: 0, 1, 2, 3, 4, 5 and 3 more and 8 more"))
    }

    /// Each would take for ever, were everything in it followed.
    @Test(arguments: [
        ##"{"$ref": "#"}"##,
        ##"{"allOf": [{"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}, {"$ref": "#"}]}"##,
        object(
            (0..<40).map { "\"f\($0)\": {\"$ref\": \"#\"}" }.joined(separator: ", "),
            required: "[" + (0..<40).map { "\"f\($0)\"" }.joined(separator: ", ") + "]"),
        object(##""f": {"type": "array", "items": {"$ref": "#"}, "minItems": 1000000000}"##, required: #"["f"]"#),
        ##"{"anyOf": [{"$ref": "#"}, {"$ref": "#"}], "type": "object"}"##,
    ])
    func circlesEnd(schema: String) {
        _ = ActionSchema(Array("{\"action\": \(schema)}".utf8))
    }
}
