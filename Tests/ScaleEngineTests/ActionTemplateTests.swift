import ScaleCore
import Testing

@testable import ScaleEngine

@Suite struct ActionTemplateTests {
    @Test func drawnWaitsAreWrittenPerStep() throws {
        let own = ActionTemplate.benchmark(wait: nil)
        #expect(own.isBenchmark && !own.isConstant)
        #expect(own.text(step: 1, session: 0, wait: .milliseconds(250)) == #"{"wait_seconds": 0.250000000}"#)
        let users = try ActionTemplate(#"{"a": [{{step}}, {{wait}}]}"#, wait: nil)
        #expect(users.text(step: 3, session: 0, wait: Nanoseconds(12_000_000_007)) == #"{"a": [3, 12.000000007]}"#)
        #expect(users.text(step: .max, session: .max, wait: Nanoseconds(.max)).utf8.count <= users.maximumSize)
    }

    @Test(arguments: [
        (#"{"message": "hi"}"#, #"{"message": "hi"}"#),
        (#"{"w": {{wait}}}"#, #"{"w": 0.5}"#),
        (#"{"n": {{step}}, "s": "{{session}}"}"#, #"{"n": 12, "s": "3456"}"#),
        (#"{"n": {{ step }}}"#, #"{"n": 12}"#),
        (#"{"a": {"b": {"c": 1}}}"#, #"{"a": {"b": {"c": 1}}}"#),
    ])
    func fillsIn(_ template: String, _ expected: String) throws {
        let action = try ActionTemplate(template, wait: .seconds(0.5))
        #expect(action.text(step: 12, session: 3456) == expected)
        #expect(!action.isBenchmark)
        #expect(expected.utf8.count <= action.maximumSize)
    }

    @Test func benchmarkActionIsTheSameForAll() {
        let action = ActionTemplate.benchmark(wait: .seconds(1))
        #expect(action.text(step: 1, session: 1) == #"{"wait_seconds": 1.0}"#)
        #expect(action.isConstant && action.isBenchmark)
    }

    @Test(arguments: [
        ("{{walt}}", "unknown placeholder {{walt}}"),
        ("[1]", "is not a JSON object"),
        ("message=hi", "is not a JSON object"),
        (#"{"a": }"#, "is not a JSON object"),
        ("", "is not a JSON object"),
    ])
    func refuses(_ template: String, _ problem: String) {
        #expect {
            try ActionTemplate(template, wait: .zero)
        } throws: { error in
            guard let error = error as? ScaleError else { return false }
            return error.code == .usage && error.message.contains("--action") && error.message.contains(problem)
        }
    }

    @Test(arguments: [0, 1, 9, 10, 99, 100, 16_384, 999_999_999, Int.max])
    func digits(_ value: Int) {
        let text = String(unsafeUninitializedCapacity: 20) { Digits.write(value, to: UnsafeMutableRawBufferPointer($0)) }
        #expect(text == String(value))
    }
}
