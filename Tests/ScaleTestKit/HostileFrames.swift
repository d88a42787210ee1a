import ScaleCore
import ScaleWire

/// Frames that break RFC 6455, and some that only look as if.
extension Hostile {
    private static let text = Wire.observationText

    /// A frame with any first byte and any spelling of its length.
    private static func frame(_ first: UInt8, length: [UInt8], _ payload: [UInt8] = []) -> [UInt8] { [first] + length + payload }

    static let frames: [PeerCase] = headers + lengths + utf8 + splitFrames

    private static let headers: [PeerCase] =
        answers("a masked frame", Wire.frame(.text, ascii(text), mask: 7), .maskedFrame)
        + [("first", 0xC1), ("second", 0xA1), ("third", 0x91), ("every", 0xF1)].flatMap { (which: String, byte: UInt8) in
            answers("the \(which) reserved bit", frame(byte, length: [0]), .reservedBits)
        }
        + ([3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8]).flatMap { opcode in
            answers("opcode \(opcode)", frame(0x80 | opcode, length: [0]), .unknownOpcode)
        }

    private static let lengths: [PeerCase] =
        answers(
            "a 64-bit length with its top bit set", frame(0x81, length: [127] + [UInt8](repeating: 0xFF, count: 8)), .lengthTooLarge)
        + answers("a 64-bit length of 2^62", frame(0x81, length: [127, 0x40, 0, 0, 0, 0, 0, 0, 0]), .messageTooLarge, 1009)
        + answers("a length of 1 TB", frame(0x81, length: [127, 0, 0, 1, 0, 0, 0, 0, 0]), .messageTooLarge, 1009)
        + [
            fine("a 16-bit length that needs no 16 bits", frame(0x81, length: [126, 0, UInt8(text.utf8.count)], ascii(text))),
            fine(
                "a 64-bit length that needs no 64 bits",
                frame(0x81, length: [127, 0, 0, 0, 0, 0, 0, 0, UInt8(text.utf8.count)], ascii(text))),
            fine("a 16-bit length", Wire.text(text + String(repeating: " ", count: 200))),
            fine("a 64-bit length", Wire.text(text + String(repeating: " ", count: 70_000))),
            fine("an answer of 1 MB", Wire.text(text + String(repeating: " ", count: 1 << 20))),
            ws(
                "fragments without end, of which each is small enough",
                Course.opened + [
                    .frame, .send(Wire.text("{", final: false)),
                    .flood(Wire.frame(.continuation, [UInt8](repeating: 32, count: 1 << 20), final: false)),
                ], .failure(.messageTooLarge, .reset, 1009), sessions: 1),
            ws(
                "empty fragments without end",
                Course.opened + [.frame, .send(Wire.text("{", final: false)), .flood(Wire.frame(.continuation, [], final: false))],
                .failure(.timeout, .reset), silentIn: .reset),
        ]

    private static let utf8: [PeerCase] =
        [
            ("invalid UTF-8", [0x22, 0xC3, 0x28, 0x22]), ("half a UTF-8 sequence", [0x22, 0xE2, 0x82]),
            ("a surrogate in UTF-8", [0x22, 0xED, 0xA0, 0x80, 0x22]), ("an overlong UTF-8 sequence", [0x22, 0xC0, 0xAF, 0x22]),
        ].flatMap { (name: String, bytes: [UInt8]) in
            answers(name, Wire.frame(.text, bytes), .invalidUTF8)
        }
        + answers(
            "invalid UTF-8 over two fragments",
            Wire.frame(.text, [0x22, 0xC3], final: false) + Wire.frame(.continuation, [0x28, 0x22]), .invalidUTF8)

    static let fragments: [PeerCase] = legalFragments + illegalFragments

    private static let inFragments = [UInt8](
        text.utf8.enumerated().flatMap { index, byte in
            Wire.frame(index == 0 ? .text : .continuation, [byte], final: index == text.utf8.count - 1)
        })
    private static let first = Wire.text(String(text.prefix(30)), final: false)
    private static let last = Wire.frame(.continuation, ascii(String(text.dropFirst(30))))
    private static let ping = Wire.frame(.ping, ascii("ping"))

    private static let legalFragments: [PeerCase] = [
        fine("a fragment for every byte", inFragments),
        fine("an empty fragment between two", first + Wire.frame(.continuation, [], final: false) + last),
        fine("an empty fragment at the end", Wire.text(text, final: false) + Wire.frame(.continuation, [])),
        fine("a pong nobody asked for", Wire.frame(.pong, ascii("?")) + Wire.observation),
        fine("a pong between two fragments", first + Wire.frame(.pong, []) + last),
        ws(
            "pings between fragments and in mid-step",
            Course.opened + [
                .frame, .send(first + ping + last), .frame, .frame, .send(ping), .frame, .send(ping + Wire.observation), .frame,
                .frame, .send(Wire.close(1000)), .frame, .close,
            ], .success),
        ws(
            "pings without end", Course.opened + [.flood(Wire.frame(.ping, Array(repeating: 65, count: 125)))],
            .failure(.timeout, .reset), silentIn: .reset),
    ]

    private static let illegalFragments: [PeerCase] =
        answers("a fragmented ping", Wire.frame(.ping, [], final: false), .controlFragmented)
        + answers("a fragmented close", Wire.frame(.close, [], final: false), .controlFragmented)
        + answers("a ping of 126 bytes", Wire.frame(.ping, [UInt8](repeating: 65, count: 126)), .controlTooLong)
        + answers("a fragmented ping between two fragments", first + Wire.frame(.ping, [], final: false) + last, .controlFragmented)
        + answers("a continuation of nothing", Wire.frame(.continuation, ascii(text)), .continuationUnexpected)
        + answers("a message inside a fragmented one", first + Wire.observation, .continuationExpected)

    /// An answer cut at every byte: each connection at another.
    private static let splitFrames: [PeerCase] = {
        var cut = ws("frames cut at every byte", Course.good, .success, sessions: Wire.observation.count - 1)
        cut.scripts = (1..<Wire.observation.count).map { place in
            let parts: [Act] = [
                .frame, .send(Array(Wire.observation[..<place])), .pause(.milliseconds(1)), .send(Array(Wire.observation[place...])),
            ]
            return Course.opened + parts + parts + Course.farewell
        }
        let trickled: [Act] = [.frame, .trickle(Wire.observation)]
        return [
            cut,
            ws(
                "frames byte by byte",
                Course.opened + trickled + trickled + [.frame, .trickle(Wire.close(1000)), .frame, .close], .success),
        ]
    }()
}
