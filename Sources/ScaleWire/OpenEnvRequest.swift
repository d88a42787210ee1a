/// What a client asks an environment to do. Views are valid as long as the message.
public enum OpenEnvRequest {
    /// - seed: nil when absent or not an integer.
    /// - data: all the reset's parameters; nil when there are none.
    case reset(seed: Int?, data: JSONValue?)
    /// The action, an object.
    case step(data: JSONValue)
    case state
    /// A JSON-RPC request, an object.
    case mcp(data: JSONValue)
    case close
    case rejected(OpenEnvRejection)

    /// Reads a WebSocket text message with the reference server's rules: text that is no JSON is INVALID_JSON, JSON that
    /// is no object SESSION_ERROR, an unknown or absent `type` UNKNOWN_TYPE. Then every member but `type` and, where the
    /// type has it, `data` is a VALIDATION_ERROR. Of repeated members the last counts.
    public static func parse(webSocket text: UnsafeRawBufferPointer) -> OpenEnvRequest {
        let notJSON = OpenEnvRequest.rejected(OpenEnvRejection(.invalidJSON, .notJSON))
        guard var reader = JSONObjectReader(text: text) else {
            return JSONValue.parse(text) == nil ? notJSON : .rejected(OpenEnvRejection(.session, .notAnObject))
        }
        var type: JSONValue?
        var data: JSONValue?
        var extra: JSONValue?
        members: while true {
            switch reader.next() {
            case .malformed: return notJSON
            case .end: break members
            case .member(let key, let value):
                if key.equals("type") {
                    type = value
                } else if key.equals("data") {
                    data = value
                } else {
                    extra = extra ?? key
                }
            }
        }
        guard let type, let kind = Kind(type) else { return .rejected(OpenEnvRejection(.unknownType, .unknownType)) }
        if let extra { return .rejected(OpenEnvRejection(.validation, .extraForbidden, extra.stringBytes)) }
        return kind.request(data)
    }

    private enum Kind {
        case reset, step, state, mcp, close

        init?(_ type: JSONValue) {
            if type.equals("step") {
                self = .step
            } else if type.equals("reset") {
                self = .reset
            } else if type.equals("close") {
                self = .close
            } else if type.equals("state") {
                self = .state
            } else if type.equals("mcp") {
                self = .mcp
            } else {
                return nil
            }
        }

        func request(_ data: JSONValue?) -> OpenEnvRequest {
            switch self {
            case .state: return data == nil ? .state : .rejected(OpenEnvRejection(.extraForbidden, "data"))
            case .close: return data == nil ? .close : .rejected(OpenEnvRejection(.extraForbidden, "data"))
            case .reset:
                guard let data else { return .reset(seed: nil, data: nil) }
                guard data.kind == .object else { return .rejected(OpenEnvRejection(.notAnObject, "data")) }
                return .reset(seed: data.member("seed")?.int(), data: data)
            case .step, .mcp:
                guard let data else { return .rejected(OpenEnvRejection(.missing, "data")) }
                guard data.kind == .object else { return .rejected(OpenEnvRejection(.notAnObject, "data")) }
                return self == .step ? .step(data: data) : .mcp(data: data)
            }
        }
    }

    /// Reads the body of `POST /reset`, which may be empty. `seed` is absent, null or an integer not below 0,
    /// `episode_id` absent, null or a text of at most 255 characters; other members are let through.
    public static func parse(httpReset text: UnsafeRawBufferPointer) -> OpenEnvRequest {
        if text.trimmed.isEmpty { return .reset(seed: nil, data: nil) }
        guard let body = JSONValue.parse(text) else { return .rejected(OpenEnvRejection(.invalidJSON, .notJSON)) }
        guard body.kind == .object else { return .rejected(OpenEnvRejection(.validation, .notAnObject)) }
        let seed = body.member("seed")
        if let seed, seed.kind != .null {
            guard let value = seed.int() else { return .rejected(OpenEnvRejection(.notAnInteger, "seed")) }
            if value < 0 { return .rejected(OpenEnvRejection(.negative, "seed")) }
        }
        if let problem = identifierProblem(body.member("episode_id")) {
            return .rejected(OpenEnvRejection(problem, "episode_id"))
        }
        return .reset(seed: seed?.int(), data: body)
    }

    /// Reads the body of `POST /step`: `action` is an object, `timeout_s` absent, null or a number above 0, `request_id`
    /// absent, null or a text of at most 255 characters; other members are let through.
    public static func parse(httpStep text: UnsafeRawBufferPointer) -> OpenEnvRequest {
        guard let body = JSONValue.parse(text) else { return .rejected(OpenEnvRejection(.invalidJSON, .notJSON)) }
        guard body.kind == .object else { return .rejected(OpenEnvRejection(.validation, .notAnObject)) }
        guard let action = body.member("action") else { return .rejected(OpenEnvRejection(.missing, "action")) }
        guard action.kind == .object else { return .rejected(OpenEnvRejection(.notAnObject, "action")) }
        if let timeout = body.member("timeout_s"), timeout.kind != .null {
            guard let value = timeout.double() else { return .rejected(OpenEnvRejection(.notANumber, "timeout_s")) }
            if value <= 0 { return .rejected(OpenEnvRejection(.notPositive, "timeout_s")) }
        }
        if let problem = identifierProblem(body.member("request_id")) {
            return .rejected(OpenEnvRejection(problem, "request_id"))
        }
        return .step(data: action)
    }

    private static func identifierProblem(_ value: JSONValue?) -> OpenEnvRejection.Problem? {
        guard let value, value.kind != .null else { return nil }
        guard let text = value.string else { return .notAString }
        return text.unicodeScalars.count > 255 ? .tooLong : nil
    }
}
