import ScaleCore
import ScaleWire

/// What a server sent, read as an answer to what a session asked; what the official client takes is taken here too.
extension EngineLoop {
    /// A WebSocket message.
    /// - Parameter unasked: it came before the request that is out was sent, or behind its answer.
    /// - Returns: nil when it was passed over, and the request that is out still waits for its answer.
    mutating func take(
        _ message: UnsafeRawBufferPointer, _ opcode: WebSocketOpcode, _ session: Int, unasked: Bool
    ) -> Episode.Action? {
        var hasNonFinite = false
        let text = opcode == .binary ? Self.withoutMark(message) : message
        var answer = OpenEnvAnswer.parse(webSocket: text, hasNonFinite: &hasNonFinite)
        if opcode == .binary {
            if case .malformed(.notJSON) = answer { answer = .malformed(.binaryNotJSON) } else { recorder.note(.binaryMessage) }
        }
        if case .other(hasObservation: false) = answer {
            recorder.note(.unaskedMessage)
            return nil
        }
        if hasNonFinite { recorder.note(.nonFiniteNumber) }
        let action = judge(answer, session, at: arrival, unasked: unasked)
        keepWords(of: answer, text, session)
        return action
    }

    /// Python's `json` reads bytes with a mark of byte order, and refuses a text with one.
    private static func withoutMark(_ bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        guard bytes.count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF else { return bytes }
        return UnsafeRawBufferPointer(rebasing: bytes[3...])
    }

    /// The body of an HTTP 200.
    mutating func take(_ body: UnsafeRawBufferPointer, _ session: Int) -> Episode.Action {
        var hasNonFinite = false
        let answer = OpenEnvAnswer.parse(http: body, hasNonFinite: &hasNonFinite)
        if hasNonFinite { recorder.note(.nonFiniteNumber) }
        let action = judge(answer, session, at: arrival, unasked: false)
        keepWords(of: answer, body, session)
        return action
    }

    /// Keeps what the environment said to a session that failed by it.
    private mutating func keepWords(of answer: OpenEnvAnswer, _ text: UnsafeRawBufferPointer, _ session: Int) {
        switch answer {
        case .error, .failedCall: break
        case .observation, .state, .other, .malformed: return
        }
        if sessions[session].failure?.kind.origin == .environment { heard(text, session) }
    }

    /// Ends the session of a connection whose peer violated a protocol.
    mutating func fail(_ link: Int, _ kind: FailureKind, _ breach: ProtocolBreach) {
        fail(link, kind, code: breach.rawValue)
    }
}
