import ScaleAnalysis
import ScaleCore

/// What a gate says, as a JUnit report: the elements and attributes that Apache Ant's schema, Jenkins and GitLab have in common.
/// GitLab shows the text of a failure and not its message, so both say the same.
public enum GateJUnit {
    /// A whole document.
    /// - Parameter strict: evidence that does not decide is a failure instead of skipped.
    public static func xml(_ result: GateResult, strict: Bool = false) -> String {
        var cases = result.checks.map { Case($0, strict: strict) }
        // What makes a whole gate worse than its checks, such as too many void pairs, must be in the report.
        if !result.checks.contains(where: { $0.verdict == result.verdict && !$0.isUnjudged }) {
            cases.insert(Case(name: "verdict", outcome: outcome(result.verdict, strict: strict), reason: result.reason), at: 0)
        }
        func count(_ outcome: Outcome) -> Int { cases.count { $0.outcome == outcome } }
        let counts =
            "tests=\"\(cases.count)\" failures=\"\(count(.failure))\" errors=\"\(count(.error))\" skipped=\"\(count(.skipped))\""
        var lines = ["<?xml version=\"1.0\" encoding=\"UTF-8\"?>", "<testsuites name=\"scalebench gate\" \(counts)>"]
        lines.append("  <testsuite name=\"scalebench gate\" \(counts)>")
        lines.append("    <properties>")
        lines += properties(result).map { name, value in
            "      <property name=\"\(name)\" value=\"\(attribute(value))\"/>"
        }
        lines.append("    </properties>")
        lines += cases.flatMap { $0.lines(of: result.kind) }
        return (lines + ["  </testsuite>", "</testsuites>"]).joined(separator: "\n") + "\n"
    }

    private enum Outcome { case passed, failure, error, skipped }

    private static func outcome(_ verdict: GateVerdict, strict: Bool) -> Outcome {
        switch verdict {
        case .pass: .passed
        case .regression: .failure
        case .inconclusive: strict ? .failure : .skipped
        case .invalid: .error
        }
    }

    private struct Case {
        var name: String
        var outcome: Outcome
        var type = "scalebench"
        var reason: String

        init(name: String, outcome: Outcome, reason: String) {
            self.name = name
            self.outcome = outcome
            self.reason = reason
        }

        init(_ check: GateCheck, strict: Bool) {
            let outcome = check.isUnjudged ? .skipped : GateJUnit.outcome(check.verdict, strict: strict)
            self.init(name: check.name + (check.place.map { " · " + $0 } ?? ""), outcome: outcome, reason: check.reason)
            type = check.isUnjudged ? "unjudged" : check.verdict.rawValue
        }

        func lines(of kind: GateResult.Kind) -> [String] {
            let head = "    <testcase classname=\"scalebench.gate.\(kind.rawValue)\" name=\"\(GateJUnit.attribute(name))\" time=\"0\""
            let message = "message=\"\(GateJUnit.attribute(reason))\""
            let text = HTML.escaped(Markdown.oneLine(reason))
            switch outcome {
            case .passed: return [head + "/>"]
            case .skipped: return [head + ">", "      <skipped \(message)/>", "    </testcase>"]
            case .failure: return [head + ">", "      <failure type=\"\(type)\" \(message)>\(text)</failure>", "    </testcase>"]
            case .error: return [head + ">", "      <error type=\"\(type)\" \(message)>\(text)</error>", "    </testcase>"]
            }
        }
    }

    private static func attribute(_ foreign: String) -> String { HTML.escaped(Markdown.oneLine(foreign)) }

    private static func properties(_ result: GateResult) -> [(String, String)] {
        [
            ("verdict", result.verdict.rawValue), ("reason", result.reason), ("kind", result.kind.rawValue), ("subject", result.subject),
            ("baseline", result.baseline ?? ""), ("run", result.run ?? ""), ("database", result.database ?? ""),
        ].filter { !$0.1.isEmpty }
    }
}
