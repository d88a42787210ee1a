/// What a server violated: the code of a ``FailureKind/protocolViolation`` or of a ``FailureKind/badHandshake``. The raw
/// values are stored and never change their meaning; they lie between those of ``IsolationBreak`` and every HTTP status, which
/// start at 100, so that one column holds them all.
public enum ProtocolBreach: Int32, Hashable, Sendable, Codable, CaseIterable {
    // What a message is.
    case notJSON = 11
    case notAnObject = 12
    case nestedTooDeep = 13
    case wrongType = 14
    case noType = 15
    case noObservation = 16
    /// An answer before its request, or a second one.
    case unaskedAnswer = 17
    case binaryNotJSON = 18

    // What the benchmark environment promises.
    /// The step was answered sooner than its wait could pass, by the generator's own clock.
    case answeredTooSoon = 21
    /// The environment itself says that it waited less.
    case waitedTooLittle = 22
    case noWaitedSeconds = 23
    case noStepCount = 24
    case noSessionHash = 25

    // WebSocket frames (RFC 6455).
    case reservedBits = 31
    case unknownOpcode = 32
    case maskedFrame = 33
    case unmaskedFrame = 34
    case controlTooLong = 35
    case controlFragmented = 36
    case continuationUnexpected = 37
    case continuationExpected = 38
    case lengthNotMinimal = 39
    case lengthTooLarge = 40
    case invalidUTF8 = 41
    case closePayload = 42
    case closeCode = 43

    // HTTP messages (RFC 9112).
    case headTooLarge = 51
    case badStartLine = 52
    case badVersion = 53
    case badHeader = 54
    case badHost = 55
    case badLength = 56
    case badChunk = 57
    case badTransferEncoding = 58
    case unaskedUpgrade = 59
    case unaskedResponse = 60
    /// Of the answer to an upgrade; elsewhere it is ``FailureKind/messageTooLarge``.
    case bodyTooLarge = 61

    // The head of a 101 (RFC 6455 section 4.1).
    case noUpgrade = 71
    case noConnectionUpgrade = 72
    case wrongAccept = 73
    case unaskedExtension = 74
    case unaskedSubprotocol = 75

    /// What was violated, for a sentence.
    public var words: String {
        switch self {
        case .notJSON: "a message that is not JSON"
        case .notAnObject: "JSON that is not an object"
        case .nestedTooDeep: "JSON nested deeper than 128 levels"
        case .wrongType: "message of another type"
        case .noType: "message without a type"
        case .noObservation: "answer without an observation"
        case .unaskedAnswer: "an answer nobody asked for"
        case .binaryNotJSON: "binary message that is not JSON"
        case .answeredTooSoon: "answered before the wait had passed"
        case .waitedTooLittle: "waited_seconds below the wait"
        case .noWaitedSeconds: "no waited_seconds"
        case .noStepCount: "no step_count"
        case .noSessionHash: "no session_hash"
        case .reservedBits: "frame with reserved bits"
        case .unknownOpcode: "frame with an unknown opcode"
        case .maskedFrame: "masked frame of a server"
        case .unmaskedFrame: "unmasked frame of a client"
        case .controlTooLong: "control frame of more than 125 bytes"
        case .controlFragmented: "control frame in fragments"
        case .continuationUnexpected: "continuation of no message"
        case .continuationExpected: "message inside a fragmented one"
        case .lengthNotMinimal: "frame length in more bytes than it needs"
        case .lengthTooLarge: "frame length of more than 63 bits"
        case .invalidUTF8: "text that is not UTF-8"
        case .closePayload: "half a close code"
        case .closeCode: "close code that may not be sent"
        case .headTooLarge: "HTTP head too large"
        case .badStartLine: "no HTTP status line"
        case .badVersion: "another version of HTTP"
        case .badHeader: "malformed HTTP header"
        case .badHost: "not exactly one Host header"
        case .badLength: "wrong Content-Length"
        case .badChunk: "malformed chunk"
        case .badTransferEncoding: "unsupported Transfer-Encoding"
        case .unaskedUpgrade: "an upgrade nobody asked for"
        case .unaskedResponse: "a response nobody asked for"
        case .bodyTooLarge: "HTTP body too large"
        case .noUpgrade: "101 without Upgrade: websocket"
        case .noConnectionUpgrade: "101 without Connection: Upgrade"
        case .wrongAccept: "wrong Sec-WebSocket-Accept"
        case .unaskedExtension: "a WebSocket extension nobody asked for"
        case .unaskedSubprotocol: "a WebSocket subprotocol nobody asked for"
        }
    }
}

extension FailureKind {
    /// Nil where a code of this kind says something else.
    func breach(_ code: Int32) -> ProtocolBreach? {
        self == .protocolViolation || self == .badHandshake ? ProtocolBreach(rawValue: code) : nil
    }
}

extension SessionFailure {
    /// Nil where the failure is of another sort.
    public var breach: ProtocolBreach? { code.flatMap(kind.breach) }
}
