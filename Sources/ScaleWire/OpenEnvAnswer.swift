/// The codes of OpenEnv's error frames.
public enum OpenEnvErrorCode: Sendable, CaseIterable {
    case invalidJSON, unknownType, validation, execution, capacityReached, factory, session
    /// A code this client does not know, or none.
    case other

    /// As it stands on the wire; empty for ``other``.
    public var text: StaticString {
        switch self {
        case .invalidJSON: "INVALID_JSON"
        case .unknownType: "UNKNOWN_TYPE"
        case .validation: "VALIDATION_ERROR"
        case .execution: "EXECUTION_ERROR"
        case .capacityReached: "CAPACITY_REACHED"
        case .factory: "FACTORY_ERROR"
        case .session: "SESSION_ERROR"
        case .other: ""
        }
    }

    init(_ value: JSONValue) {
        if value.equals("CAPACITY_REACHED") {
            self = .capacityReached
        } else if value.equals("EXECUTION_ERROR") {
            self = .execution
        } else if value.equals("VALIDATION_ERROR") {
            self = .validation
        } else if value.equals("FACTORY_ERROR") {
            self = .factory
        } else if value.equals("SESSION_ERROR") {
            self = .session
        } else if value.equals("INVALID_JSON") {
            self = .invalidJSON
        } else if value.equals("UNKNOWN_TYPE") {
            self = .unknownType
        } else {
            self = .other
        }
    }
}

/// What a reset or step answered. Texts are views on the message, as they stand between the quotes; all are nil where
/// absent or of another type, as most are for other environments than the bundled one.
public struct OpenEnvObservation {
    /// How long the environment says it waited.
    public var waitedSeconds: Double?
    public var pid: Int?
    public var sessionHash: UnsafeRawBufferPointer?
    public var hostURL: UnsafeRawBufferPointer?
    public var stepCount: Int?
    public var done: Bool
    public var reward: Double?

    public init(
        waitedSeconds: Double? = nil, pid: Int? = nil, sessionHash: UnsafeRawBufferPointer? = nil,
        hostURL: UnsafeRawBufferPointer? = nil, stepCount: Int? = nil, done: Bool = false, reward: Double? = nil
    ) {
        self.waitedSeconds = waitedSeconds
        self.pid = pid
        self.sessionHash = sessionHash
        self.hostURL = hostURL
        self.stepCount = stepCount
        self.done = done
        self.reward = reward
    }
}

/// What a server sent. Views are valid as long as the message.
public enum OpenEnvAnswer {
    case observation(OpenEnvObservation)
    case error(code: OpenEnvErrorCode, message: UnsafeRawBufferPointer?, activeSessions: Int?, maxSessions: Int?)
    case state
    /// A JSON object of another type.
    case other
    /// Not JSON, JSON that is not an object, or an observation without its shape.
    case malformed

    /// Reads a WebSocket text message. Members may come in any order; of repeated ones the last counts, as in Python.
    public static func parse(webSocket text: UnsafeRawBufferPointer) -> OpenEnvAnswer {
        guard var cursor = JSONCursor(text), cursor.enterObject() else { return .malformed }
        var scan = OpenEnvScan()
        var type: JSONValue?
        var isFirst = true
        while true {
            switch cursor.nextMember(&isFirst) {
            case .malformed: return .malformed
            case .end: return cursor.isAtEnd() ? scan.answer(type) : .malformed
            case .key(let key):
                if key.equals("data") {
                    scan = OpenEnvScan()
                    guard scan.readData(&cursor) else { return .malformed }
                } else {
                    guard let value = cursor.value() else { return .malformed }
                    if key.equals("type") { type = value }
                }
            }
        }
    }

    /// Reads the body of an HTTP 200: an observation without envelope.
    public static func parse(http text: UnsafeRawBufferPointer) -> OpenEnvAnswer {
        guard var cursor = JSONCursor(text) else { return .malformed }
        var scan = OpenEnvScan()
        guard cursor.peek() == UInt8(ascii: "{"), scan.readData(&cursor), cursor.isAtEnd(), scan.hasObservation else {
            return .malformed
        }
        return .observation(scan.observation)
    }
}

/// Collects every member an answer can carry while each byte is read once: what they mean is known only when `type` is,
/// and that may come last.
struct OpenEnvScan {
    private(set) var observation = OpenEnvObservation()
    private(set) var hasObservation = false
    private var code = OpenEnvErrorCode.other
    private var message: UnsafeRawBufferPointer?
    private var activeSessions: Int?
    private var maxSessions: Int?

    func answer(_ type: JSONValue?) -> OpenEnvAnswer {
        guard let type else { return .other }
        if type.equals("observation") { return hasObservation ? .observation(observation) : .malformed }
        if type.equals("error") {
            return .error(code: code, message: message, activeSessions: activeSessions, maxSessions: maxSessions)
        }
        return type.equals("state") ? .state : .other
    }

    /// Reads the envelope's `data`; false when it is not JSON. Another kind of value has no members.
    @inline(__always)
    mutating func readData(_ cursor: inout JSONCursor) -> Bool {
        guard cursor.peek() == UInt8(ascii: "{") else { return cursor.value() != nil }
        guard cursor.enterObject() else { return false }
        var isFirst = true
        while true {
            switch cursor.nextMember(&isFirst) {
            case .malformed: return false
            case .end: return true
            case .key(let key):
                if key.equals("observation") {
                    guard readObservation(&cursor) else { return false }
                } else {
                    guard let value = cursor.value() else { return false }
                    take(key, value)
                }
            }
        }
    }

    private mutating func take(_ key: JSONValue, _ value: JSONValue) {
        if key.equals("done") {
            observation.done = value.kind == .true
        } else if key.equals("reward") {
            observation.reward = value.double()
        } else if key.equals("message") {
            message = value.stringBytes
        } else if key.equals("code") {
            code = OpenEnvErrorCode(value)
        } else if key.equals("active_sessions") {
            activeSessions = value.int()
        } else if key.equals("max_sessions") {
            maxSessions = value.int()
        }
    }

    @inline(__always)
    private mutating func readObservation(_ cursor: inout JSONCursor) -> Bool {
        observation = OpenEnvObservation(done: observation.done, reward: observation.reward)
        hasObservation = cursor.peek() == UInt8(ascii: "{")
        guard hasObservation else { return cursor.value() != nil }
        guard cursor.enterObject() else { return false }
        var isFirst = true
        while true {
            switch cursor.nextMember(&isFirst) {
            case .malformed: return false
            case .end: return true
            case .key(let key):
                guard let value = cursor.value() else { return false }
                if key.equals("waited_seconds") {
                    observation.waitedSeconds = value.double()
                } else if key.equals("pid") {
                    observation.pid = value.int()
                } else if key.equals("session_hash") {
                    observation.sessionHash = value.stringBytes
                } else if key.equals("host_url") {
                    observation.hostURL = value.stringBytes
                } else if key.equals("step_count") {
                    observation.stepCount = value.int()
                }
            }
        }
    }
}
