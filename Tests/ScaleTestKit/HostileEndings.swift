import ScaleCore
import ScaleWire

/// WebSockets that end, break or fall silent where they must not.
extension Hostile {
    static let closes: [PeerCase] = properCloses + improperCloses + closesOfGoodbye

    private static let proper: [UInt16] = [
        1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999,
    ]
    /// Reserved, only for use within an end, or out of range (RFC 6455 section 7.4).
    private static let improper: [UInt16] = [0, 1, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535]

    private static func closed(_ name: String, _ bytes: [UInt8], _ kind: FailureKind, _ code: Int32?) -> [PeerCase] {
        answers(name, bytes, kind, code) + [
            ws(name + ", behind the 101", [.request, .upgrade(then: bytes), .untilEnd], .failure(kind, .reset, code))
        ]
    }

    private static let properCloses: [PeerCase] =
        proper.flatMap {
            closed("close \($0)", Wire.close($0), $0 == 1009 ? .messageTooLarge : .closedMidSession, Int32($0))
        } + closed("a close without a code", Wire.close(nil), .closedMidSession, nil)
        + closed(
            "a close with a long reason", Wire.frame(.close, [3, 0xF3] + [UInt8](repeating: 65, count: 123)), .closedMidSession, 1011)

    private static let improperCloses: [PeerCase] =
        improper.flatMap { closed("close \($0)", Wire.close($0), .protocolViolation, ProtocolBreach.closeCode.rawValue) }
        + closed("half a close code", Wire.frame(.close, [3]), .protocolViolation, ProtocolBreach.closePayload.rawValue)
        + closed(
            "a close of 126 bytes", Wire.frame(.close, [3, 0xE8] + [UInt8](repeating: 65, count: 124)), .protocolViolation,
            ProtocolBreach.controlTooLong.rawValue)
        + closed(
            "a reason in invalid UTF-8", Wire.frame(.close, [3, 0xE8, 0xC3, 0x28]), .protocolViolation,
            ProtocolBreach.invalidUTF8.rawValue)

    /// The work is done by then; what the server thinks of it does not count, how it says so does.
    private static let closesOfGoodbye: [PeerCase] =
        [1000, 1001, 1011, 4000].map { (code: UInt16) in
            ws("close \(code) after the goodbye", Course.wasStepped + [.send(Wire.close(code)), .frame, .close], .success)
        } + [
            ws("a close without a code after the goodbye", Course.wasStepped + [.send(Wire.close(nil)), .frame, .close], .success),
            ws(
                "close 999 after the goodbye", Course.wasStepped + [.send(Wire.close(999)), .untilEnd],
                .violation(.close, .closeCode)),
            ws(
                "half a close code after the goodbye", Course.wasStepped + [.send(Wire.frame(.close, [3])), .untilEnd],
                .violation(.close, .closePayload)),
        ]

    /// What the kernel reports depends on whether the request was there before the end.
    private static let goneAtOnce: [Ending] = [
        .failure(.badHandshake, .connect), .failure(.reset, .connect, 104), .failure(.reset, .connect, 32),
    ]
    private static let goneWithUpgrade: [Ending] = [
        .failure(.closedMidSession, .reset, 104), .failure(.closedMidSession, .reset, 32), .failure(.reset, .connect, 104),
    ]

    private static func cut(_ name: String, _ script: [Act], _ endings: [Ending]) -> PeerCase {
        var peer = ws(name, script)
        peer.endings = endings
        return peer
    }

    static let cuts: [PeerCase] = [
        cut("closed at once", [.close], goneAtOnce),
        cut("RST at once", [.reset], goneAtOnce),
        ws("half-close at once", [.halfClose, .untilEnd], .failure(.badHandshake, .connect)),
        ws("FIN after the request to upgrade", [.request, .close], .failure(.badHandshake, .connect)),
        ws("RST after the request to upgrade", [.request, .reset], .failure(.reset, .connect, 104)),
        ws("half-close after the request to upgrade", [.request, .halfClose, .untilEnd], .failure(.badHandshake, .connect)),
        ws("half a 101, then FIN", [.request, .send(ascii("HTTP/1.1 101 Sw")), .close], .failure(.badHandshake, .connect)),
        cut("RST behind the 101", Course.opened + [.reset], goneWithUpgrade),
        ws("half-close behind the 101", Course.opened + [.halfClose, .untilEnd], .failure(.closedMidSession, .reset)),
        ws("FIN in mid-reset", Course.opened + [.frame, .close], .failure(.closedMidSession, .reset)),
        ws("RST in mid-reset", Course.opened + [.frame, .reset], .failure(.closedMidSession, .reset, 104)),
        ws("half-close in mid-reset", Course.opened + [.frame, .halfClose, .untilEnd], .failure(.closedMidSession, .reset)),
        ws(
            "FIN behind half a frame", Course.opened + [.frame, .send(Array(Wire.observation.dropLast())), .close],
            .failure(.closedMidSession, .reset)),
        ws(
            "half-close behind the answer to the reset", Course.opened + [.frame, .send(Wire.observation), .halfClose, .untilEnd],
            .failure(.closedMidSession, .step)),
        ws("FIN in mid-step", Course.wasReset + [.close], .failure(.closedMidSession, .step)),
        ws("RST in mid-step", Course.wasReset + [.reset], .failure(.closedMidSession, .step, 104)),
        ws("half-close in mid-step", Course.wasReset + [.halfClose, .untilEnd], .failure(.closedMidSession, .step)),
        ws("FIN after the goodbye", Course.wasStepped + [.close], .success),
        ws("RST after the goodbye", Course.wasStepped + [.reset], .success),
        ws("half-close after the goodbye", Course.wasStepped + [.halfClose, .untilEnd], .success),
        ws("RST behind the closing handshake", Course.wasStepped + [.send(Wire.close(1000)), .frame, .reset], .success),
    ]

    static let websocketSilence: [PeerCase] = [
        ws("silence after accept", [.untilEnd], .failure(.timeout, .connect), silentIn: .connect),
        ws("silence after the request to upgrade", [.request, .untilEnd], .failure(.timeout, .connect), silentIn: .connect),
        ws(
            "half a 101, then silence", [.request, .send(ascii("HTTP/1.1 101 Sw")), .untilEnd], .failure(.timeout, .connect),
            silentIn: .connect),
        ws("silence in the reset", Course.opened + [.untilEnd], .failure(.timeout, .reset), silentIn: .reset),
        ws(
            "half a frame, then silence", Course.opened + [.frame, .send(Array(Wire.observation.dropLast())), .untilEnd],
            .failure(.timeout, .reset), silentIn: .reset),
        ws(
            "an answer that drips in more slowly than the deadline",
            Course.opened + [.frame, .drip(Wire.observation, every: .milliseconds(20))], .failure(.timeout, .reset), silentIn: .reset),
        ws("silence in the step", Course.wasReset + [.untilEnd], .failure(.timeout, .step), silentIn: .step),
        ws(
            "only pings in the step", Course.wasReset + [.drip([0x89, 0], every: .milliseconds(20)), .untilEnd],
            .failure(.timeout, .step), silentIn: .step),
        ws("silence after the goodbye", Course.wasStepped + [.untilEnd], .failure(.timeout, .close), silentIn: .close),
        ws(
            "an error instead of a close", Course.wasStepped + [.send(Wire.error("UNKNOWN_TYPE")), .untilEnd],
            .failure(.timeout, .close), silentIn: .close),
        ws(
            "TCP stays open behind the closing handshake", Course.wasStepped + [.send(Wire.close(1000)), .frame, .untilEnd], .success),
    ]
}
