import ScaleCore
import ScaleWire

/// What the codecs find, as failures name it.
extension ProtocolBreach {
    init(_ flaw: OpenEnvFlaw) {
        switch flaw {
        case .notJSON: self = .notJSON
        case .notAnObject: self = .notAnObject
        case .tooDeep: self = .nestedTooDeep
        case .binaryNotJSON: self = .binaryNotJSON
        case .noType: self = .noType
        case .noObservation: self = .noObservation
        }
    }

    /// Nil for a message that is only too large.
    init?(_ violation: WebSocketViolation) {
        switch violation {
        case .reservedBits: self = .reservedBits
        case .unknownOpcode: self = .unknownOpcode
        case .masked: self = .maskedFrame
        case .unmasked: self = .unmaskedFrame
        case .controlTooLong: self = .controlTooLong
        case .controlFragmented: self = .controlFragmented
        case .continuationUnexpected: self = .continuationUnexpected
        case .continuationExpected: self = .continuationExpected
        case .lengthNotMinimal: self = .lengthNotMinimal
        case .lengthTooLarge: self = .lengthTooLarge
        case .messageTooLarge: return nil
        case .invalidUTF8: self = .invalidUTF8
        case .closePayload: self = .closePayload
        case .closeCode: self = .closeCode
        }
    }

    init(_ violation: HTTPViolation) {
        switch violation {
        case .headTooLarge: self = .headTooLarge
        case .bodyTooLarge: self = .bodyTooLarge
        case .badStartLine: self = .badStartLine
        case .badVersion: self = .badVersion
        case .badHeader: self = .badHeader
        case .badHost: self = .badHost
        case .badLength: self = .badLength
        case .badChunk: self = .badChunk
        case .badTransferEncoding: self = .badTransferEncoding
        }
    }

    /// Nil for a status, which has a kind of its own.
    init?(_ refusal: WebSocketHandshake.Refusal) {
        switch refusal {
        case .status: return nil
        case .missingUpgrade: self = .noUpgrade
        case .missingConnection: self = .noConnectionUpgrade
        case .wrongAccept: self = .wrongAccept
        case .unexpectedExtension: self = .unaskedExtension
        case .unexpectedSubprotocol: self = .unaskedSubprotocol
        }
    }
}
