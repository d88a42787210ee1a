import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleConfig

@Suite("What is wrong with an experiment file, and where") struct ExperimentProblemTests {
    struct Case: Sendable, CustomTestStringConvertible {
        /// Stands below the six lines of the head: its first line is the seventh.
        var text: String
        /// Each as `line:column: part of the sentence`.
        var problems: [String]
        var testDescription: String { text }

        init(_ text: String, _ problems: String...) {
            self.text = text
            self.problems = problems
        }
    }

    static let head = """
        # a comment
        name: test
        infrastructures:
          - name: one
            provider: local
        batch_sizes: [8]

        """

    static let cases = [
        Case("batchsizes: [4]", "7:1: 'batchsizes' is not a key here; did you mean 'batch_sizes'?"),
        Case("requests: 4", "7:1: 'requests' is not a key here; did you mean 'batch_sizes'?"),
        Case("cool-down: 4", "7:1: 'cool-down' is not a key here; did you mean 'cool_down'?"),
        Case("tiemout: 4", "7:1: 'tiemout' is not a key here; did you mean 'timeout'?"),
        Case("banana: 4", "7:1: 'banana' is not a key here; there are name, description,"),
        Case("steps: x", "7:8: 'steps' is 'x'; give a whole number from 1"),
        Case("steps: 0", "7:8: 'steps' is '0'; give a whole number from 1"),
        Case("steps: [1, 2]", "7:8: 'steps' is a list; give one value"),
        Case("steps:", "'steps' is empty; give one value"),
        Case("steps: ~", "7:8: 'steps' is empty; give one value"),
        Case("waits: [1, soon]", "7:12: 'waits' is 'soon'; give seconds from 0"),
        Case("waits: [-1]", "7:9: 'waits' is '-1'"),
        Case("waits: []", "7:8: 'waits' is an empty list"),
        Case("waits: [1, 1s, 1000ms]", "7:12: 'waits' has the value at 7:9 again", "7:16: 'waits' has the value at 7:9 again"),
        Case("waits: [1, {a: b}]", "7:12: 'waits' is a mapping of keys; give one value"),
        Case("waits: [1, uniform:0-1]", "7:12: waits that are drawn must be the only entry"),
        Case(
            "action: '{\"message\": \"hi\"}'\nwaits: [1]",
            "8:1: 'waits' is given, and 'action' has no {{wait}} to send it; write {{wait}} where the action says how long to wait, or drop"
        ),
        Case("action: '{\"message\": \"hi\"}'\nwaits: uniform:0-1", "8:1: 'waits' is given, and 'action' has no {{wait}}"),
        Case("modes: [ws, grpc]", "7:13: 'modes' is 'grpc'; give ws or http"),
        Case("rule: mean", "7:7: 'rule' is 'mean'; give bounds or point"),
        Case("lockstep: perhaps", "7:11: 'lockstep' is 'perhaps'; give true or false"),
        Case("seed: -1", "7:7: 'seed' is '-1'; give a whole number from 0"),
        Case("http_connections: pool:0", "7:19: 'http_connections' is 'pool:0'; give per-session, per-request or pool:K"),
        Case("rate: fast", "7:7: 'rate' is 'fast'; give sessions per time"),
        Case("arrivals: even", "7:11: 'arrivals' needs a rate"),
        Case("ramp: 1\nrate: 1/s", "8:7: 'ramp' and 'rate' are both given"),
        Case("hold: 5\nlockstep: true", "7:7: 'hold' and 'lockstep' are both given"),
        Case("hold: 5\nsteps: 3", "8:8: 'steps' 3 and 'hold' are both given"),
        Case("max_reps: 5", "7:11: 'max_reps' is for repetitions that are added"),
        Case("reps: many", "7:7: 'reps' is 'many'; give a whole number from 1, or auto"),
        Case("reps: auto\nmax_reps: x", "8:11: 'max_reps' is 'x'"),
        Case("search: {}", "7:1: 'search' chooses the N by itself, and 'batch_sizes' names them"),
        Case("timeout: 1\nwaits: 5", "8:8: 'waits': a wait of 5.0 s cannot end within the step timeout of 1.0 s; raise 'timeout'"),
        Case("budget: 0", "7:9: 'budget' is '0'; give seconds above 0"),
        // All of them at once, in the order of their places.
        Case(
            "steps: x\nbatchsizes: [4]\nwaits: [soon]\nmodes: [grpc]", "7:8: 'steps'", "8:1: 'batchsizes'", "9:9: 'waits'",
            "10:9: 'modes'"),
        // YAML itself.
        Case("steps: [1", "8:1: this is not YAML: while parsing a flow sequence at 7:8: "),
        Case("\tsteps: 1", "7:1: this is not YAML: "),
        Case("steps: 1\nsteps: 2", "7:1: 'steps' stands here more than once"),
        Case("steps: *nowhere", "7:8: this is not YAML: found undefined alias"),
        Case("? [a, b]\n: 1", "7:1: a key must be a single word"),
        Case("---\nname: other", "7:1: this is not YAML: expected a single document"),
    ]

    private func check(_ text: String, _ wanted: [String]) {
        let found = ExperimentFile.read(text).problems.map(\.description)
        #expect(found.count == wanted.count, "\(found)")
        for (problem, part) in zip(found, wanted) { #expect(problem.contains(part), "'\(part)' is not in: \(problem)") }
        for (problem, part) in zip(found, wanted) where part.first?.isNumber == true {
            #expect(problem.hasPrefix(part.prefix { $0 != " " }))
        }
    }

    @Test(arguments: cases) func problemsHaveTheirPlaces(each: Case) { check(Self.head + each.text + "\n", each.problems) }

    static let infrastructures = [
        Case("{}", "1:1: the key 'name' is missing", "1:1: the key 'infrastructures' is missing"),
        Case("[1, 2]", "1:1: the file is a list, and must be a mapping of keys"),
        Case("just words", "1:1: the file is a single value"),
        Case("", "1:1: the file is empty"),
        Case("# nothing\n", "1:1: the file is empty"),
        Case(
            "name: a b\nbatch_sizes: 1\ninfrastructures: []", "1:7: 'name' is 'a b'; give up to 64 letters",
            "3:18: 'infrastructures' is a list"),
        Case(
            "name: ../x\nbatch_sizes: 1\ninfrastructures: 5", "1:7: 'name' is '../x'",
            "3:18: 'infrastructures' is a single value; give a list"),
        Case(
            "name: a\nbatch_sizes: 1\ninfrastructures:\n  - nam: x\n    worker: 2", "4:5: the key 'name' is missing",
            "4:5: the key 'provider' is missing", "4:5: 'nam' is not a key here; did you mean 'name'?",
            "5:5: 'worker' is not a key here; did you mean 'workers'?"),
        Case(
            "name: a\nbatch_sizes: 1\ninfrastructures:\n  - {name: x, provider: local}\n  - {name: x, provider: local}",
            "5:12: the infrastructure at 4:12 is called 'x' too"),
        Case(
            "name: a\ninfrastructures: [{name: x, provider: local}]",
            "1:1: the key 'batch_sizes' is missing; give the N to measure, or 'search'"),
        Case(
            "name: a\nreps: 2\nsearch: {from: 5, within: 500%}\ninfrastructures: [{name: x, provider: local}]",
            "2:1: 'search' repeats as often as it needs", "3:10: 'from' is not a key here", "3:27: 'within' is '500%'"),
    ]

    @Test(arguments: infrastructures) func wholeFilesThatAreWrong(each: Case) {
        let wanted = each.problems
        let found = ExperimentFile.read(each.text).problems.map(\.description)
        for part in wanted { #expect(found.contains { $0.contains(part) }, "'\(part)' is not in: \(found)") }
        // A file without sizes lacks them too, which is not what these are about.
        #expect(found.filter { !$0.contains("'batch_sizes' is missing") }.count <= wanted.count, "\(found)")
    }

    // MARK: Limits

    /// Nine to the ninth things in a few lines.
    static let bomb = (0...9).map { level -> String in
        level == 0
            ? "a0: &a0 [x, x, x, x, x, x, x, x, x]"
            : "a\(level): &a\(level) [" + Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ") + "]"
    }.joined(separator: "\n")

    static let hostile: [(String, String)] = [
        (bomb, "3:1: this is one alias more than the 16"), ("? *a\n" + bomb, "alias"),
        (String(repeating: "[", count: 60_000), "nested too deep"), (String(repeating: "{a: ", count: 10_000), "nested too deep"),
        (String(repeating: "- ", count: 20_000), "nested too deep"), (String(repeating: "? ", count: 20_000), "nested too deep"),
        ((0..<300).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n"), "nested too deep"),
        (String(repeating: "a", count: 70_000), "an experiment fits into 65536"),
        ("name: [[[[[[[[[[[[[[[[[[[[a]]]]]]]]]]]]]]]]]]]]", "nested more than 16 deep"),
        ("a\u{0}b: 1", "this is not YAML"), (String(repeating: "x: 1\n", count: 9_000), "stands here more than once"),
        // Doubled eight times by as few aliases as are allowed.
        (
            (0..<8).map { "a\($0): &a\($0) " + ($0 == 0 ? "[\(String(repeating: "x,", count: 100))x]" : "[*a\($0 - 1), *a\($0 - 1)]") }
                .joined(separator: "\n"), "more than 10000 things"
        ),
        // What looks like a comment and is none hides nothing.
        (bomb.replacing(": &", with: ": [\" #\", &").replacing("\n", with: "]\n") + "]", "one alias more than the 16"),
        ("name: \" #\"\nwaits: [\" #\", " + String(repeating: "[", count: 60_000), "nested too deep"),
        // Keys of thousands of words, of which the parser would take a digest again and again.
        (doubled + "\n? *a7\n: 1", "a key must be a single word"), (doubled + "\n*a7 : 1", "a key must be a single word"),
        (doubled + "\nb: {{{[*a7, x]: 1}: 1}: 1}", "a key must be a single word"),
        (String(repeating: "? ", count: 39) + "[" + String(repeating: "x,", count: 30_000) + "x]", "a key must be a single word"),
        (doubled + "\nb: [? *a7 : 1]", "a key must be a single word"), (doubled + "\nb: {*a7: 1}", "a key must be a single word"),
    ]

    static let doubled = (0..<8).map {
        "a\($0): &a\($0) " + ($0 == 0 ? "[\(String(repeating: "x,", count: 30_000))x]" : "[*a\($0 - 1), *a\($0 - 1)]")
    }.joined(separator: "\n")

    @Test func whatOnlyLooksLikeAKeyIsNone() {
        for text in [
            "name: a\nnote: &n x ? y", "b: &b [1]\nc: *b", "a: &a \"[x]:y *z:q\"\nb: *a", "url: http://h/?a=b", "a: {b: [1], c: {d: 2}}",
            "a: &a ?x\nb: [*a, {c: *a}]",
        ] {
            #expect(throws: Never.self) { _ = try ConfigNode.read(text) }
        }
    }

    @Test(.patience(minutes: 1), arguments: hostile) func whatWouldTakeForEverIsRefused(text: String, part: String) {
        let problems = ExperimentFile.read(text).problems.map(\.description)
        #expect(problems.contains { $0.contains(part) }, "\(problems.prefix(3))")
    }

    @Test func distances() {
        for (one, other, distance) in [("", "", 0), ("abc", "", 3), ("kitten", "sitting", 3), ("steps", "steps", 0)] {
            #expect(Spelling.distance(one, other) == distance)
        }
    }
}
