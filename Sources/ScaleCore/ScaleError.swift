/// What went wrong at a module's edge, as data: a code that fixes the exit status, one sentence for a person, the
/// cause where one is known, and what to do about it.
///
/// Failures of single sessions are results, not errors: see ``FailureKind``.
public struct ScaleError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// The command line, a file or an environment variable asks for something that cannot be done.
        case usage
        /// The provider or the infrastructure under test did not do its part.
        case infrastructure
        /// The database or an output file cannot be read or written.
        case storage
        /// A measurement was made and must not be believed.
        case invalidMeasurement
        /// A threshold was missed or a regression was found.
        case regression
        /// The evidence does not decide.
        case inconclusive
        /// The user stopped the run.
        case interrupted
        /// An invariant of ours does not hold: a defect.
        case defect

        /// The process exit status, as documented under "Exit status".
        public var exitStatus: Int32 {
            switch self {
            case .regression: 1
            case .usage: 2
            case .inconclusive: 3
            case .invalidMeasurement: 4
            case .infrastructure: 5
            case .storage: 6
            case .defect: 70
            case .interrupted: 130
            }
        }
    }

    public var code: Code
    /// One clear sentence that names the flag, field or resource.
    public var message: String
    /// What the layer below said, verbatim.
    public var cause: String?
    /// What to do about it.
    public var hint: String?

    public init(_ code: Code, _ message: String, cause: String? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.hint = hint
    }

    public static func usage(_ message: String, hint: String? = nil) -> ScaleError {
        ScaleError(.usage, message, hint: hint)
    }

    public var description: String {
        var text = message
        if let cause, !cause.isEmpty { text += " (" + cause + ")" }
        if let hint { text += "; " + hint }
        return text
    }
}
