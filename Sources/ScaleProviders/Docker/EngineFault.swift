import ScaleControl
import ScaleCore

/// What came of a call of the Engine API that did not do what it was to.
struct EngineFault: Error, Hashable, Sendable {
    enum Kind: Hashable, Sendable {
        /// The engine said no, with a status of HTTP.
        case refused(Int)
        /// Nobody knows what came of it.
        case noAnswer(TransportFailure.Kind)
        /// Its answer is not what it should be.
        case unreadable
    }

    var kind: Kind
    /// In the engine's own words where it said something.
    var message: String

    var status: Int? { if case .refused(let status) = kind { status } else { nil } }
    var isMissing: Bool { status == 404 }
    /// Whether what was asked for may have been done, or yet be done, all the same.
    var isUncertain: Bool { if case .refused = kind { false } else { true } }

    /// The error of a caller that cannot go on. What the engine takes for a bad parameter was typed by a user.
    func error(_ sentence: String, hint: String? = nil) -> ScaleError {
        if case .noAnswer(.cancelled) = kind { return ScaleError(.interrupted, sentence + ": it was stopped") }
        return ScaleError(status == 400 ? .usage : .infrastructure, sentence, cause: message, hint: hint)
    }
}

extension HTTPResponse {
    /// The `message` of a refusal, or what there is in its place.
    var engineMessage: String {
        struct Body: Decodable { var message: String }
        if let body = EngineJSON.value(Body.self, from: body) { return body.message.filter { $0 != "\n" } }
        return text.isEmpty ? "status \(status)" : String(text.prefix(500))
    }
}
