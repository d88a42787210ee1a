import Testing

@testable import ScaleWire

/// One line of a trace: what is taken from it, and what is said about one that is wrong.
@Suite struct RecordedEpisodeTests {
    struct Episode: Equatable, Sendable {
        var start: Double?
        var reset: String?
        var actions: [String]
        var times: [Double?]

        init(_ start: Double?, _ reset: String?, _ actions: [String], _ times: [Double?]) {
            (self.start, self.reset, self.actions, self.times) = (start, reset, actions, times)
        }

        init(_ episode: RecordedEpisode) {
            start = episode.start
            reset = episode.reset.map { text(Array($0.bytes)) }
            actions = episode.steps.map { text(Array($0.action.bytes)) }
            times = episode.steps.map(\.at)
        }
    }

    static func read(_ line: String) -> Result<Episode, RecordedEpisode.Problem> {
        bytes(line).withUnsafeBytes { raw in
            Result { () throws(RecordedEpisode.Problem) in Episode(try RecordedEpisode(raw)) }
        }
    }

    static let lines: [Example<String, Episode>] = [
        Example("one step", #"{"steps":[{"action":{}}]}"#, Episode(nil, nil, ["{}"], [nil])),
        Example(
            "everything",
            #"{"start": 1.25, "reset": {"seed": 3}, "steps": [{"action": {"a": [1, "}"]}, "at": 0.8}, {"at": 2, "action": {}}]}"#,
            Episode(1.25, #"{"seed": 3}"#, [#"{"a": [1, "}"]}"#, "{}"], [0.8, 2])),
        Example(
            "in any order, with an end of line of another system", "{\"steps\":[{\"action\":{}}],\"start\":0}\r",
            Episode(0, nil, ["{}"], [nil])),
        Example("null is absent", #"{"start":null,"reset":null,"steps":[{"at":null,"action":{}}]}"#, Episode(nil, nil, ["{}"], [nil])),
        Example(
            "what a recorder noted besides", #"{"id":7,"steps":[{"reward":1,"action":{"x":1},"done":false}],"score":[]}"#,
            Episode(nil, nil, [#"{"x":1}"#], [nil])),
        Example("keys with escapes", #"{"st\u0065ps":[{"\u0061ction":{}}]}"#, Episode(nil, nil, ["{}"], [nil])),
        Example("two steps at once", #"{"steps":[{"action":{},"at":1},{"action":{},"at":1}]}"#, Episode(nil, nil, ["{}", "{}"], [1, 1])),
        Example("only some have a time", #"{"steps":[{"action":{},"at":1},{"action":{}}]}"#, Episode(nil, nil, ["{}", "{}"], [1, nil])),
    ]

    @Test(arguments: lines) func isRead(_ example: Example<String, Episode>) throws {
        #expect(try Self.read(example.input).get() == example.output)
    }

    static let problems: [Example<String, String>] = [
        Example("text", "hello", "is not valid JSON"),
        Example("cut off", #"{"steps":[{"action":{}}"#, "is not valid JSON"),
        Example("two values", #"{"steps":[{"action":{}}]} {}"#, "is not valid JSON"),
        Example("a list", "[]", "is not a JSON object"),
        Example("no steps", #"{"reset":{}}"#, #"has no "steps""#),
        Example("steps null", #"{"steps":null}"#, #"has no "steps""#),
        Example("steps no list", #"{"steps":{}}"#, #"has "steps" that are not a list"#),
        Example("steps empty", #"{"steps":[]}"#, #"has a list of "steps" with none in it"#),
        Example("steps twice", #"{"steps":[{"action":{}}],"steps":[{"action":{}}]}"#, #"has "steps" twice"#),
        Example("a step no object", #"{"steps":[{"action":{}},7]}"#, "has a step 2 that is not an object"),
        Example("no action", #"{"steps":[{"actions":{}}]}"#, #"has no "action" in step 1"#),
        Example("an action no object", #"{"steps":[{"action":"hi"}]}"#, #"has an "action" in step 1 that is not an object"#),
        Example("an action twice", #"{"steps":[{"action":{},"action":{}}]}"#, #"has "action" twice in step 1"#),
        Example("a reset no object", #"{"reset":[],"steps":[{"action":{}}]}"#, #"has a "reset" that is not an object"#),
        Example("a start in words", #"{"start":"now","steps":[{"action":{}}]}"#, #"has a "start" that is not a number of seconds from 0"#),
        Example("a start before all", #"{"start":-1,"steps":[{"action":{}}]}"#, #"has a "start" that is not a number of seconds from 0"#),
        Example("a start after all", #"{"start":1e99,"steps":[{"action":{}}]}"#, #"has a "start" that is not a number of seconds from 0"#),
        Example(
            "an at in words", #"{"steps":[{"action":{},"at":"soon"}]}"#, #"has an "at" in step 1 that is not a number of seconds from 0"#),
        Example(
            "back in time", #"{"steps":[{"action":{},"at":2},{"action":{},"at":1}]}"#,
            "has step 2 at 1.0 s, before the step in front of it"),
    ]

    @Test(arguments: problems) func isRefused(_ example: Example<String, String>) {
        #expect(Self.read(example.input) == .failure(RecordedEpisode.Problem(example.output)))
    }
}
