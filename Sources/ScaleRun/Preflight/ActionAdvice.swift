import ScaleCore
import ScaleTLS

/// Which action an environment takes, and what to type.
struct ActionAdvice {
    var endpoint: Endpoint
    /// What names where the server is.
    var flag: String
    /// Nil for both.
    var mode: Mode?
    var trust: TLSTrust
    /// Nil where the environment does not say.
    var schema: ActionSchema?

    /// What an environment that is not the benchmark one makes of the benchmark's step; with what it said, where it did.
    enum Reply {
        case rejects(String?)
        case fails(String?)
        /// It answers, and not as the benchmark environment does.
        case answers(SessionFailure)
    }

    /// - Parameter name: of the endpoint, in sentences.
    func stranger(_ name: String, _ reply: Reply) -> ScaleError {
        func quoting(_ words: String?) -> String {
            words.flatMap { ForeignWords.cleaned($0, hiding: endpoint) }.map { " (\($0))" } ?? ""
        }
        let why =
            switch reply {
            // What is missing in it the schema says better.
            case .rejects(let words): "it rejects the benchmark's step" + (schema == nil ? quoting(words) : "")
            case .fails(let words): "it fails at the benchmark's step" + quoting(words)
            case .answers(let failure):
                "its answer to the \(failure.phase.rawValue) breaks that one's promises"
                    + (failure.kind.named(failure.code).map { " (\($0))" } ?? "")
            }
        return ScaleError(
            .usage, "\(name) speaks the OpenEnv protocol and is not the benchmark environment: \(why)",
            cause: schema.map { "its action: \($0.summary)" },
            hint: "give an action of its own, like " + (schema.map(commandLine) ?? "--action '{\"message\": \"hi\"}'"))
    }

    /// The same for an action that was rejected.
    func added(to error: ScaleError) -> ScaleError {
        guard let schema else { return error }
        var error = error
        error.cause = "its action: \(schema.summary)"
        error.hint = "one that fits is --action \(Self.quoted(schema.example)); " + SessionRefusal.allTheSame
        return error
    }

    /// Whole where all of it can be shown.
    private func commandLine(_ schema: ActionSchema) -> String {
        let action = "--action " + Self.quoted(schema.example)
        guard ["--url", "--urls"].contains(flag), !endpoint.carriesSecrets else { return action }
        var words = ["scalebench run --url", endpoint.redacted]
        if mode != .ws { words.append(mode == nil ? "--compare" : "--mode http") }
        if endpoint.secure {
            switch trust {
            case .system: break
            case .file(let path): words.append("--ca-file " + Self.quoted(path))
            case .insecure: words.append("--insecure")
            }
        }
        return (words + [action]).joined(separator: " ")
    }

    /// As a POSIX shell needs it.
    private static func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
}
