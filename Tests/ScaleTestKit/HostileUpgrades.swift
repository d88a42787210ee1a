import ScaleCore
import ScaleWire

/// What comes instead of the 101 that opens a WebSocket.
extension Hostile {
    static let upgrades: [PeerCase] = refusedStatuses + heads + unfinishedHeads + splitHeads

    private static let refusedStatuses: [PeerCase] =
        [
            (200, .httpStatus), (204, .httpStatus), (301, .httpStatus), (307, .httpStatus), (400, .httpStatus),
            (401, .httpStatus), (403, .httpStatus), (404, .httpStatus), (426, .httpStatus), (429, .httpStatus),
            (500, .httpStatus), (502, .gateway), (503, .gateway), (504, .gateway),
        ].map { (status: Int, kind: FailureKind) in
            ws(
                "\(status) instead of 101", [.request, .send(Wire.response(status, "no")), .untilEnd],
                .failure(kind, .connect, Int32(status)))
        } + [
            ws(
                "a 502 that ends with the connection",
                [.request, .send(ascii("HTTP/1.0 502 Bad Gateway\r\n\r\nno")), .close], .failure(.gateway, .connect, 502)),
            ws(
                "a 200 whose body is half there",
                [.request, .send(ascii("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nno")), .close],
                .failure(.badHandshake, .connect)),
        ]

    private static func head(_ name: String, _ text: String, _ ending: Ending) -> PeerCase {
        ws(name, [.request, .head(text), .untilEnd], ending)
    }

    private static let upgrade = "Upgrade: websocket\r\n"
    private static let connection = "Connection: Upgrade\r\n"
    private static let accept = "Sec-WebSocket-Accept: {accept}\r\n"
    private static let status = "HTTP/1.1 101 Switching Protocols\r\n"
    private static let whole = status + upgrade + connection + accept

    private static let heads: [PeerCase] =
        [
            ("no Upgrade", status + connection + accept, .noUpgrade),
            ("no Connection", status + upgrade + accept, .noConnectionUpgrade),
            ("no accept key", status + upgrade + connection, .wrongAccept),
            ("another Upgrade", status + "Upgrade: h2c\r\n" + connection + accept, .noUpgrade),
            ("a wrong accept key", status + upgrade + connection + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", .wrongAccept),
            ("an empty accept key", status + upgrade + connection + "Sec-WebSocket-Accept:\r\n", .wrongAccept),
            ("two accept keys", whole + accept, .wrongAccept),
            ("an extension nobody offered", whole + "Sec-WebSocket-Extensions: permessage-deflate\r\n", .unaskedExtension),
            ("a subprotocol nobody offered", whole + "Sec-WebSocket-Protocol: chat\r\n", .unaskedSubprotocol),
            ("a header without a colon", whole + "nonsense\r\n", .badHeader),
            ("a folded header", whole + "X: a\r\n b\r\n", .badHeader),
            ("a control character in a header", whole + "X: \u{1}\r\n", .badHeader),
            ("HTTP/2", "HTTP/2 101 Switching Protocols\r\n" + upgrade + connection + accept, .badVersion),
            ("a status of two digits", "HTTP/1.1 99 No\r\n" + upgrade + connection + accept, .badStartLine),
            (
                "1 MB of headers", whole + String(repeating: "X-Filler: \(String(repeating: "a", count: 1000))\r\n", count: 1024),
                .headTooLarge
            ),
            ("a header of 1 MB", whole + "X-Filler: " + String(repeating: "a", count: 1 << 20) + "\r\n", .headTooLarge),
        ].map { (name: String, text: String, breach: ProtocolBreach) in head("101 with " + name, text + "\r\n", .badHandshake(breach)) } + [
            ws(
                "101 with 60 KB of headers",
                [.request, .head(whole + "X-Filler: " + String(repeating: "a", count: 60_000) + "\r\n\r\n")]
                    + Course.good.dropFirst(2), .success),
            ws(
                "100 Continue before the 101",
                [.request, .head("HTTP/1.1 100 Continue\r\n\r\n" + whole + "\r\n")] + Course.good.dropFirst(2), .success),
            ws(
                "lines that end in a bare line feed", [.request, .head(whole.replacing("\r\n", with: "\n") + "\n"), .untilEnd],
                .badHandshake(.badStartLine)),
            ws("another protocol", [.request, .send(ascii("SSH-2.0-OpenSSH_9.6\r\n")), .untilEnd], .badHandshake(.badStartLine)),
            ws("a TLS alert", [.request, .send([0x15, 3, 3, 0, 2, 2, 40]), .untilEnd], .badHandshake(.badStartLine)),
            ws("zeros", [.request, .send([UInt8](repeating: 0, count: 4096)), .untilEnd], .badHandshake(.badStartLine)),
            ws("a frame without a handshake", [.request, .send(Wire.observation), .untilEnd], .badHandshake(.badStartLine)),
        ]

    private static let unfinishedHeads: [PeerCase] = [
        ws(
            "100 Continue without end", [.request, .flood(ascii("HTTP/1.1 100 Continue\r\n\r\n"))],
            .failure(.timeout, .connect), silentIn: .connect),
        ws(
            "headers without end", [.request, .send(ascii(status)), .flood(ascii("X-Filler: a\r\n"))],
            .badHandshake(.headTooLarge)),
        ws(
            "a head that drips in more slowly than the deadline",
            [.request, .drip(ascii(status + upgrade + connection), every: .milliseconds(20))],
            .failure(.timeout, .connect), silentIn: .connect),
    ]

    /// The head of the 101 cut at every byte: each connection at another.
    private static let splitHeads: [PeerCase] = {
        let size = WebSocketHandshake.responseSize
        var cut = ws("the 101 cut at every byte", Course.good, .success, sessions: size - 1)
        cut.scripts = (1..<size).map { [.request, .cutUpgrade($0)] + Course.good.dropFirst(2) }
        return [cut, ws("the 101 byte by byte", [.request, .trickledUpgrade] + Course.good.dropFirst(2), .success)]
    }()
}
