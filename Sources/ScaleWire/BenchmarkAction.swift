/// The action of the bundled benchmark environment.
public struct BenchmarkAction: Sendable, Equatable {
    /// How long a step takes, not below 0 and finite.
    public var waitSeconds: Double

    public init(waitSeconds: Double) { self.waitSeconds = waitSeconds }

    public enum Outcome {
        case action(BenchmarkAction)
        case rejected(OpenEnvRejection)
    }

    /// Reads `{"wait_seconds": number}`; absent means 0. `metadata`, which every OpenEnv action has, may be an object.
    public static func parse(_ data: JSONValue) -> Outcome {
        guard var reader = JSONObjectReader(data) else {
            return .rejected(OpenEnvRejection(.validation, .notAnObject))
        }
        var action = BenchmarkAction(waitSeconds: 0)
        while case .member(let key, let value) = reader.next() {
            if key.equals("wait_seconds") {
                guard let seconds = value.double() else {
                    return .rejected(OpenEnvRejection(.notANumber, "wait_seconds"))
                }
                if seconds < 0 { return .rejected(OpenEnvRejection(.negative, "wait_seconds")) }
                action.waitSeconds = seconds
            } else if key.equals("metadata") {
                if value.kind != .object { return .rejected(OpenEnvRejection(.notAnObject, "metadata")) }
            } else {
                return .rejected(OpenEnvRejection(.validation, .extraForbidden, key.stringBytes))
            }
        }
        return .action(action)
    }
}
