import ScaleAnalysis
import ScaleCore

/// What a gate says, as workflow commands: lines of a step's output that GitHub shows as annotations of the build.
///
/// GitHub Docs, "Workflow commands for GitHub Actions", and the escaping of github.com/actions/toolkit, `core/src/command.ts`:
/// `%`, carriage returns and line feeds of a message; of a property colons and commas too. A step shows ten errors and ten
/// warnings at most, so the verdict comes first.
public enum GateAnnotations {
    /// Lines without their ends.
    /// - Parameter strict: evidence that does not decide is an error instead of a warning.
    public static func lines(_ result: GateResult, strict: Bool = false) -> [String] {
        let head = line(
            level(result.verdict, strict: strict), title: "scalebench gate: \(result.verdict.rawValue)",
            GateText.headline(result, strict: strict))
        let checks = result.checks.filter { $0.verdict != .pass }.map { check in
            line(
                check.isUnjudged ? "notice" : level(check.verdict, strict: strict),
                title: "\(check.verdictWords): \(check.name)", check.sentence)
        }
        return [head] + checks
    }

    private static func level(_ verdict: GateVerdict, strict: Bool) -> String {
        switch verdict {
        case .pass: "notice"
        case .regression, .invalid: "error"
        case .inconclusive: strict ? "error" : "warning"
        }
    }

    static func line(_ level: String, title: String, _ message: String) -> String {
        "::\(level) title=\(escaped(title, asProperty: true))::\(escaped(message, asProperty: false))"
    }

    private static func escaped(_ foreign: String, asProperty: Bool) -> String {
        var text = ""
        for scalar in foreign.unicodeScalars {
            switch scalar {
            case "%": text += "%25"
            case "\r": text += "%0D"
            case "\n": text += "%0A"
            case ":" where asProperty: text += "%3A"
            case "," where asProperty: text += "%2C"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
