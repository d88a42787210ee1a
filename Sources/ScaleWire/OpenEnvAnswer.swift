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

/// Why what a server sent is no answer.
public enum OpenEnvFlaw: Sendable, CaseIterable {
    case notJSON, notAnObject, tooDeep
    /// Of a binary message, which need not have been meant to be.
    case binaryNotJSON
    /// An object without a `type`, or with one that is no text.
    case noType
    /// An observation without its shape.
    case noObservation
}

/// What a server sent. Views are valid as long as the message.
public enum OpenEnvAnswer {
    case observation(OpenEnvObservation)
    /// A call that failed, such as a tool's: an `error` that says something, in the observation, beside it or in place of it, or
    /// in a JSON-RPC answer. ``OpenEnvComplaint`` says what.
    case failedCall
    case error(code: OpenEnvErrorCode, message: UnsafeRawBufferPointer?, activeSessions: Int?, maxSessions: Int?)
    case state
    /// A JSON object of a type that is not asked for here.
    /// - hasObservation: it carries what an answer carries.
    case other(hasObservation: Bool)
    case malformed(OpenEnvFlaw)

    /// Reads a WebSocket message. Members may come in any order; of repeated ones the last counts, as in Python.
    /// - Parameter hasNonFinite: set where a number is `NaN`, `Infinity` or `-Infinity`, which Python reads too.
    public static func parse(webSocket text: UnsafeRawBufferPointer, hasNonFinite: inout Bool) -> OpenEnvAnswer {
        guard var cursor = JSONCursor(text, takesNonFinite: true) else { return .malformed(.notJSON) }
        let answer = read(&cursor)
        if cursor.hasNonFinite { hasNonFinite = true }
        return answer ?? .malformed(flaw(cursor, text))
    }

    /// As ``parse(webSocket:hasNonFinite:)``.
    public static func parse(webSocket text: UnsafeRawBufferPointer) -> OpenEnvAnswer {
        var ignored = false
        return parse(webSocket: text, hasNonFinite: &ignored)
    }

    /// Nil when the syntax is wrong.
    @inline(__always)
    private static func read(_ cursor: inout JSONCursor) -> OpenEnvAnswer? {
        guard cursor.enterObject() else { return nil }
        var scan = OpenEnvScan()
        var type: JSONValue?
        var hasFailed = false
        var isFirst = true
        while true {
            switch cursor.nextMember(&isFirst) {
            case .malformed: return nil
            case .end: return cursor.isAtEnd() ? scan.answer(type, hasFailed: hasFailed) : nil
            case .key(let key):
                if key.equals("data") {
                    scan = OpenEnvScan()
                    guard scan.readData(&cursor) else { return nil }
                } else {
                    guard let value = cursor.value() else { return nil }
                    if key.equals("type") {
                        type = value
                    } else if key.equals("error") {
                        hasFailed = value.isSomething
                    }
                }
            }
        }
    }

    /// Reads the body of an HTTP 200: an observation without envelope.
    /// - Parameter hasNonFinite: as for ``parse(webSocket:hasNonFinite:)``.
    public static func parse(http text: UnsafeRawBufferPointer, hasNonFinite: inout Bool) -> OpenEnvAnswer {
        guard var cursor = JSONCursor(text, takesNonFinite: true) else { return .malformed(.notJSON) }
        var scan = OpenEnvScan()
        guard cursor.peek() == UInt8(ascii: "{"), scan.readData(&cursor), cursor.isAtEnd() else {
            return .malformed(flaw(cursor, text))
        }
        if cursor.hasNonFinite { hasNonFinite = true }
        if scan.hasFailed { return .failedCall }
        return scan.hasObservation ? .observation(scan.observation) : .malformed(.noObservation)
    }

    /// As ``parse(http:hasNonFinite:)``.
    public static func parse(http text: UnsafeRawBufferPointer) -> OpenEnvAnswer {
        var ignored = false
        return parse(http: text, hasNonFinite: &ignored)
    }

    /// Why a text could not be read; it is read once more, which no good answer is.
    private static func flaw(_ cursor: JSONCursor, _ text: UnsafeRawBufferPointer) -> OpenEnvFlaw {
        if cursor.isTooDeep { return .tooDeep }
        guard var again = JSONCursor(text, takesNonFinite: true) else { return .notJSON }
        let isWhole = again.value() != nil && again.isAtEnd()
        return isWhole ? .notAnObject : again.isTooDeep ? .tooDeep : .notJSON
    }
}

/// Collects every member an answer can carry while each byte is read once: what they mean is known only when `type` is,
/// and that may come last.
struct OpenEnvScan {
    private(set) var observation = OpenEnvObservation()
    private(set) var hasObservation = false
    /// Of the observation.
    private var observationHasFailed = false
    /// Of what stands around it.
    private var envelopeHasFailed = false
    private var code = OpenEnvErrorCode.other
    private var message: UnsafeRawBufferPointer?
    private var activeSessions: Int?
    private var maxSessions: Int?

    var hasFailed: Bool { observationHasFailed || envelopeHasFailed }

    /// - Parameter hasFailed: the envelope has an `error` that says something.
    @inline(__always)
    func answer(_ type: JSONValue?, hasFailed outside: Bool) -> OpenEnvAnswer {
        guard let type, type.kind == .string else { return outside || hasFailed ? .failedCall : .malformed(.noType) }
        if type.equals("observation") {
            if outside || hasFailed { return .failedCall }
            return hasObservation ? .observation(observation) : .malformed(.noObservation)
        }
        if type.equals("error") {
            return .error(code: code, message: message, activeSessions: activeSessions, maxSessions: maxSessions)
        }
        if type.equals("state") { return .state }
        return outside || hasFailed ? .failedCall : .other(hasObservation: hasObservation)
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
        } else if key.equals("error") {
            envelopeHasFailed = value.isSomething
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
        observationHasFailed = false
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
                } else if key.equals("error") {
                    observationHasFailed = value.isSomething
                }
            }
        }
    }
}
