import ScaleCore
import ScaleWire

/// HTTP servers that answer something else than a result, or not at all.
extension Hostile {
    private static func resetAnswered(_ bytes: [UInt8]) -> [Act] { [.request, .send(bytes), .untilEnd] }
    private static func stepAnswered(_ bytes: [UInt8]) -> [Act] { [.request, .send(Wire.answer), .request, .send(bytes), .untilEnd] }

    private static func calls(_ name: String, _ bytes: [UInt8], _ kind: FailureKind, _ code: Int32? = nil) -> [PeerCase] {
        [
            http(name + ", to the reset", resetAnswered(bytes), .failure(kind, .reset, code)),
            http(name + ", to the step", stepAnswered(bytes), .failure(kind, .step, code)),
        ]
    }

    private static func calls(_ name: String, _ bytes: [UInt8], _ breach: ProtocolBreach) -> [PeerCase] {
        calls(name, bytes, .protocolViolation, breach.rawValue)
    }

    static let statuses: [PeerCase] =
        [
            (201, .httpStatus), (204, .httpStatus), (301, .httpStatus), (304, .httpStatus), (400, .httpStatus), (401, .httpStatus),
            (403, .httpStatus), (404, .httpStatus), (422, .validation), (429, .httpStatus), (500, .execution), (502, .gateway),
            (503, .gateway), (504, .gateway), (524, .gateway), (999, .httpStatus),
        ].flatMap { (status: Int, kind: FailureKind) in
            calls("\(status) instead of 200", Wire.response(status, status == 204 || status == 304 ? "" : "no"), kind, Int32(status))
        } + [
            http(
                "a 503 that ends with the connection", [.request, .send(ascii("HTTP/1.0 503 S\r\n\r\n")), .close],
                .failure(.gateway, .reset, 503)),
            http(
                "100 Continue without end", [.request, .flood(ascii("HTTP/1.1 100 Continue\r\n\r\n"))],
                .failure(.timeout, .reset), silentIn: .reset),
            http(
                "headers without end", [.request, .send(ascii("HTTP/1.1 200 OK\r\n")), .flood(ascii("X: a\r\n"))],
                .violation(.reset, .headTooLarge)),
        ] + calls("an upgrade nobody asked for", ascii("HTTP/1.1 101 S\r\nUpgrade: websocket\r\n\r\n"), .unaskedUpgrade)
        + calls("another protocol", ascii("SSH-2.0-OpenSSH_9.6\r\n"), .badStartLine)
        + calls("a WebSocket frame", Wire.observation, .badStartLine)
        + calls(
            "1 MB of headers", ascii("HTTP/1.1 200 OK\r\nX-Filler: " + String(repeating: "a", count: 1 << 20) + "\r\n\r\n"),
            .headTooLarge)

    private static func response(_ fields: String, _ body: String) -> [UInt8] { ascii("HTTP/1.1 200 OK\r\n\(fields)\r\n\r\n\(body)") }
    private static func chunked(_ body: String) -> [UInt8] { response("Transfer-Encoding: chunked", body) }
    private static let result = Wire.result

    static let httpBodies: [PeerCase] = lengths + chunks + contents

    private static let lengths: [PeerCase] =
        [
            ("a length that is too small", response("Content-Length: 10", result), .notJSON),
            ("two lengths", response("Content-Length: 10\r\nContent-Length: 20", result), .badLength),
            ("a length and chunks", response("Content-Length: 10\r\nTransfer-Encoding: chunked", result), .badTransferEncoding),
            ("a negative length", response("Content-Length: -1", result), .badLength),
            ("a length in words", response("Content-Length: ten", result), .badLength),
            ("a list of lengths", response("Content-Length: 10, 10", result), .badLength),
            ("a length of twenty digits", response("Content-Length: 99999999999999999999", result), .badLength),
        ].flatMap { (name: String, bytes: [UInt8], breach: ProtocolBreach) in calls(name, bytes, breach) }
        + calls("a body above the limit", response("Content-Length: 999999999", ""), .messageTooLarge)
        + [
            http(
                "a length that is too large, then silence", resetAnswered(response("Content-Length: 1000", result)),
                .failure(.timeout, .reset), silentIn: .reset),
            http(
                "a length that is too large, then FIN", [.request, .send(response("Content-Length: 1000", result)), .close],
                .failure(.closedMidSession, .reset)),
        ]

    private static let chunks: [PeerCase] =
        [
            ("a chunk size that is no number", chunked("zz\r\n\(result)\r\n0\r\n\r\n"), .badChunk),
            ("no chunk size", chunked("\r\n\(result)\r\n0\r\n\r\n"), .badChunk),
            ("a negative chunk size", chunked("-1\r\n\(result)"), .badChunk),
            ("a chunk longer than its size", chunked("5\r\n\(result)\r\n0\r\n\r\n"), .badChunk),
            ("a chunk size of seventeen digits", chunked("00000000000000001\r\na\r\n0\r\n\r\n"), .badChunk),
            ("a bare line feed behind a chunk size", chunked("5\n\(result)"), .badChunk),
            ("chunks of no JSON", chunked("5\r\nhello\r\n0\r\n\r\n"), .notJSON),
            ("no chunks at all", chunked("0\r\n\r\n"), .notJSON), ("garbage behind the chunk", chunked("1\r\n{garbage"), .badChunk),
            ("another transfer coding", response("Transfer-Encoding: gzip", result), .badTransferEncoding),
            ("chunks twice over", response("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", result), .badTransferEncoding),
        ].flatMap { (name: String, bytes: [UInt8], breach: ProtocolBreach) in calls(name, bytes, breach) }
        + calls("a chunk above the limit", chunked("FFFFFFFF\r\n"), .messageTooLarge)
        + [
            http(
                "chunk extensions without end", [.request, .send(chunked("1;")), .flood(ascii("a"))],
                .violation(.reset, .headTooLarge)),
            http(
                "trailers without end", [.request, .send(chunked("1\r\n \r\n0\r\n")), .flood(ascii("X: a\r\n"))],
                .violation(.reset, .headTooLarge)),
            http(
                "chunks that break off, then FIN", [.request, .send(chunked("FF\r\n\(result)")), .close],
                .failure(.closedMidSession, .reset)),
            http(
                "chunks that break off, then silence", resetAnswered(chunked("FF\r\n\(result)")), .failure(.timeout, .reset),
                silentIn: .reset),
        ]

    private static let contents: [PeerCase] =
        [
            ("an empty body", "", .notJSON), ("no JSON", "hello", .notJSON), ("JSON that breaks off", #"{"observation":{"#, .notJSON),
            ("an array", "[]", .notAnObject), ("null", "null", .notAnObject), ("an object that says nothing", "{}", .noObservation),
            ("no observation", #"{"reward":1.0,"done":false}"#, .noObservation),
            ("an observation that is a number", #"{"observation":1}"#, .noObservation),
            ("arrays without end", #"{"observation":"# + String(repeating: "[", count: 1000), .nestedTooDeep),
            ("a WebSocket answer", Wire.observationText, .noObservation),
        ].flatMap { (name: String, text: String, breach: ProtocolBreach) in calls(name, Wire.response(200, text), breach) }
        + calls("an error in place of a result", Wire.response(200, #"{"error":"No active episode."}"#), .execution)
        + calls("a tool's error", Wire.response(200, #"{"observation":{"error":{"error_type":"timeout"}}}"#), .execution)
        + calls(
            "invalid UTF-8",
            ascii("HTTP/1.1 200 OK\r\nContent-Length: 26\r\n\r\n{\"observation\":{\"a\":\"") + [0xC3, 0x28] + ascii("\"}}"),
            .notJSON)

    private static let gone: [Ending] = [
        .failure(.closedMidSession, .reset), .failure(.closedMidSession, .reset, 104), .failure(.closedMidSession, .reset, 32),
        .failure(.reset, .connect, 104),
    ]

    private static func cut(_ name: String, _ script: [Act], _ endings: [Ending]) -> PeerCase {
        var peer = http(name, script)
        peer.endings = endings
        return peer
    }

    static let httpCuts: [PeerCase] = [
        cut("closed at once", [.close], gone),
        cut("RST at once", [.reset], gone),
        http("half-close at once", [.halfClose, .untilEnd], .failure(.closedMidSession, .reset)),
        http("FIN instead of an answer", [.request, .close], .failure(.closedMidSession, .reset)),
        http("RST instead of an answer", [.request, .reset], .failure(.closedMidSession, .reset, 104)),
        http("half-close instead of an answer", [.request, .halfClose, .untilEnd], .failure(.closedMidSession, .reset)),
        http(
            "FIN in the middle of an answer", [.request, .send(Array(Wire.answer.dropLast())), .close],
            .failure(.closedMidSession, .reset)),
        http("FIN in the middle of a head", [.request, .send(Array(Wire.answer.prefix(30))), .close], .failure(.closedMidSession, .reset)),
        // On a connection that has served the end may cross the step, which is sent again; here the next connection answers.
        http("FIN in mid-step", [.request, .send(Wire.answer), .request, .close], .success),
        http("RST in mid-step", [.request, .send(Wire.answer), .request, .reset], .success),
        // Whether the end is seen before the step is sent is for the kernel to say; if it is, the step takes another connection.
        cut(
            "half-close behind the answer to the reset", [.request, .send(Wire.answer), .halfClose, .untilEnd],
            [.success, .failure(.closedMidSession, .step)]),
        http("silence in the reset", [.untilEnd], .failure(.timeout, .reset), silentIn: .reset),
        http(
            "half an answer, then silence", resetAnswered(Array(Wire.answer.dropLast())), .failure(.timeout, .reset), silentIn: .reset),
        // Who has the connection of the pool is answered in the end; who waits for it is not.
        http(
            "silence while others wait for the pool",
            [.request, .pause(.milliseconds(900)), .send(Wire.answer), .request, .send(Wire.answer), .untilEnd],
            .success, .failure(.timeout, .queue), connections: .pool(1), silentIn: .queue),
        http("silence in the step", [.request, .send(Wire.answer), .request, .untilEnd], .failure(.timeout, .step), silentIn: .step),
        http(
            "an answer that drips in more slowly than the deadline", [.request, .drip(Wire.answer, every: .milliseconds(20))],
            .failure(.timeout, .reset), silentIn: .reset),
        // The second one answers nothing: it is dropped with its connection (RFC 9112 section 9.2), and the next call takes another.
        http("two answers to each call", [.request, .send(Wire.answer + Wire.answer), .untilEnd], .success),
        http(
            "two answers to each call, in a pool", [.request, .send(Wire.answer + Wire.answer), .untilEnd], .success, connections: .pool(2)),
        http("answers byte by byte", [.request, .trickle(Wire.answer), .request, .trickle(Wire.chunkedAnswer), .untilEnd], .success),
        http("answers that end with the connection", [.request, .send(Wire.endlessAnswer), .close], .success),
    ]
}
