import ScaleWire
import Testing

/// What a receiver said, in few words: `200 body`, `POST /step body`, `close` behind a last message.
private func summary(_ event: OwnedHTTPEvent) -> String {
    func line(_ head: OwnedHead) -> String {
        head.status > 0 ? "\(head.status)" : text(head.method) + " " + text(head.target)
    }
    return switch event {
    case .message(let head, let body, let keepAlive):
        line(head) + " [" + text(body) + "]" + (keepAlive ? "" : " close")
    case .upgrade(let head): "upgrade " + line(head)
    case .violation(let violation): "\(violation)"
    case .finished(let head, let body): "finished " + line(head) + " [" + text(body) + "]"
    }
}

private typealias Row = Example<String, [String]>

@Suite struct HTTPReceiverTests {
    private static let responses: [Row] = [
        Row("a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", ["200 [hello]"]),
        Row("no body", "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", ["200 []"]),
        Row("without reason", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", ["404 []"]),
        Row("an empty reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", ["404 []"]),
        Row("a long reason", "HTTP/1.1 422 Unprocessable \u{C4}\tContent\r\nContent-Length: 2\r\n\r\n{}", ["422 [{}]"]),
        Row(
            "one after the other",
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 500 x\r\nContent-Length: 1\r\n\r\nb",
            ["200 [a]", "500 [b]"]),
        Row(
            "chunks", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n",
            ["200 [hello world]"]),
        Row(
            "a chunked body without bytes", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n0\r\n\r\n",
            ["200 []"]),
        Row(
            "extensions and trailers",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b;c=\"d\"\r\nhello\r\n0 ;x\r\nA: b\r\nC: d\r\n\r\n",
            ["200 [hello]"]),
        Row(
            "sizes in hexadecimal, with zeros in front",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0A\r\n0123456789\r\n000b\r\n0123456789a\r\n000\r\n\r\n",
            ["200 [01234567890123456789a]"]),
        Row(
            "a message after chunks",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
            ["200 [x]", "204 []"]),
        Row(
            "204 has no body", "HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n",
            ["204 []", "200 []"]),
        Row(
            "304 has none", "HTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\nHTTP/1.1 200 x\r\nContent-Length: 0\r\n\r\n",
            ["304 []", "200 []"]),
        Row(
            "interim responses",
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
            ["200 [a]"]),
        Row("until the close", "HTTP/1.1 200 OK\r\n\r\nhello", ["finished 200 [hello]"]),
        Row("nothing until the close", "HTTP/1.0 200 OK\r\nServer: x\r\n\r\n", ["finished 200 []"]),
        Row("cut in its body", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", []),
        Row("cut in a chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhell", []),
        Row("cut in its head", "HTTP/1.1 200 OK\r\nContent-", []),
        Row("upgraded", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n", ["upgrade 101"]),
        Row(
            "connection close", "HTTP/1.1 200 OK\r\nConnection: x, Close\r\nContent-Length: 0\r\n\r\n",
            ["200 [] close"]),
        Row("1.0 closes", "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", ["200 [] close"]),
        Row("1.0 may stay", "HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 0\r\n\r\n", ["200 []"]),
        Row(
            "close beats keep-alive",
            "HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            ["200 [] close"]),
    ]

    private static let brokenResponses: [Row] = [
        Row("another protocol", "SSH-2.0-OpenSSH_9.2\r\n", ["badStartLine"]),
        Row("a TLS alert", "\u{15}\u{3}\u{1}", ["badStartLine"]),
        Row("HTTP/2", "HTTP/2 200 OK\r\n\r\n", ["badVersion"]),
        Row("HTTP/1.2", "HTTP/1.2 200 OK\r\n\r\n", ["badVersion"]),
        Row("a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", ["badStartLine"]),
        Row("a status below 100", "HTTP/1.1 099 OK\r\n\r\n", ["badStartLine"]),
        Row("a status of four digits", "HTTP/1.1 2000\r\n\r\n", ["badStartLine"]),
        Row("an empty line in front", "\r\nHTTP/1.1 200 OK\r\n\r\n", ["badStartLine"]),
        Row("a bare line feed after the status", "HTTP/1.1 200 OK\n", ["badStartLine"]),
        Row("a bare line feed after a field", "HTTP/1.1 200 OK\r\nA: b\n", ["badHeader"]),
        Row("a bare carriage return", "HTTP/1.1 200 OK\r\nA: b\rC: d\r\n\r\n", ["badHeader"]),
        Row("a folded line", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", ["badHeader"]),
        Row("a blank before the colon", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n", ["badHeader"]),
        Row("no colon", "HTTP/1.1 200 OK\r\nA\r\n\r\n", ["badHeader"]),
        Row("no name", "HTTP/1.1 200 OK\r\n: b\r\n\r\n", ["badHeader"]),
        Row("a NUL", "HTTP/1.1 200 OK\r\nA: \0\r\n\r\n", ["badHeader"]),
        Row("a length twice", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n\r\n", ["badLength"]),
        Row("a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\n", ["badLength"]),
        Row("a negative length", "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", ["badLength"]),
        Row("a length with a sign", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\n", ["badLength"]),
        Row("an empty length", "HTTP/1.1 200 OK\r\nContent-Length:  \r\n\r\n", ["badLength"]),
        Row("a length that is none", "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\n", ["badLength"]),
        Row(
            "a length beyond 64 bits", "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
            ["badLength"]),
        Row("a length beyond the limit", "HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", ["bodyTooLarge"]),
        Row(
            "both lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            ["badTransferEncoding"]),
        Row(
            "both, the other way", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
            ["badTransferEncoding"]),
        Row("another coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", ["badTransferEncoding"]),
        Row("identity", "HTTP/1.1 200 OK\r\nTransfer-Encoding: identity\r\n\r\n", ["badTransferEncoding"]),
        Row(
            "chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
            ["badTransferEncoding"]),
        Row("a coding in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", ["badTransferEncoding"]),
        Row("a good message first", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naX", ["200 [a]", "badStartLine"]),
    ]

    private static let chunkHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    private static let brokenChunks: [Row] =
        [
            "\r\n", "x\r\n", "-1\r\n", "0x1\r\na\r\n", "1\na\r\n", "1\ra\r\n", "1\r\nab\r\n", "1\r\na\n0\r\n\r\n",
            "1 \r\na\r\n", "1 2\r\na\r\n",
            "1;\n\r\na\r\n", "0\r\nA\n\r\n", "0\r\n\rx", "00000000000000001\r\na\r\n0\r\n\r\n", "1;\u{1}\r\na",
        ].map { Row("chunk \($0.debugDescription)", chunkHead + $0, ["badChunk"]) } + [
            Row("a chunk beyond the limit", chunkHead + "100001\r\n", ["bodyTooLarge"]),
            Row("chunks beyond the limit", chunkHead + "1\r\na\r\n100000\r\n", ["bodyTooLarge"]),
            Row("a size beyond 64 bits", chunkHead + "ffffffffffffffff", ["bodyTooLarge"]),
        ]

    private static let requests: [Row] = [
        Row("a GET", "GET /health HTTP/1.1\r\nHost: h\r\n\r\n", ["GET /health []"]),
        Row("a POST", "POST /step HTTP/1.1\r\nhost: h\r\nContent-Length: 2\r\n\r\n{}", ["POST /step [{}]"]),
        Row(
            "a chunked POST",
            "POST /step HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
            ["POST /step [{}]"]),
        Row(
            "pipelined", "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            ["GET /a []", "GET /b []"]),
        Row("an empty line in front", "\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", ["GET / []"]),
        Row(
            "an empty line between", "GET /a HTTP/1.1\r\nHost: h\r\n\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n",
            ["GET /a []", "GET /b []"]),
        Row("1.0 without host", "GET / HTTP/1.0\r\n\r\n", ["GET / [] close"]),
        Row("a request never lasts until the close", "POST / HTTP/1.1\r\nHost: h\r\n\r\n", ["POST / []"]),
        Row("an upgrade", "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: h2c, WebSocket\r\n\r\n", ["upgrade GET /ws"]),
        Row("another upgrade", "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\n\r\n", ["GET /ws []"]),
        Row(
            "an upgrade with a body is none",
            "GET /ws HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nContent-Length: 1\r\n\r\na", ["GET /ws [a]"]),
        Row("an upgrade in 1.0 is none", "GET /ws HTTP/1.0\r\nUpgrade: websocket\r\n\r\n", ["GET /ws [] close"]),
    ]

    private static let brokenRequests: [Row] = [
        Row("a TLS hello", "\u{16}\u{3}\u{1}", ["badStartLine"]),
        Row("two empty lines in front", "\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("no version", "GET /\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("no target", "GET  HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("two blanks", "GET /  HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("a blank at the end", "GET / HTTP/1.1 \r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("a tab", "GET\t/ HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("a method that is none", "G@T / HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("a target outside ASCII", "GET /\u{E4} HTTP/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("HTTP/2", "PRI * HTTP/2.0\r\n\r\n", ["badVersion"]),
        Row("a lower-case protocol", "GET / http/1.1\r\nHost: h\r\n\r\n", ["badStartLine"]),
        Row("no host", "GET / HTTP/1.1\r\n\r\n", ["badHost"]),
        Row("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", ["badHost"]),
        Row(
            "both lengths",
            "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            ["badTransferEncoding"]),
        Row(
            "a coding with a vertical tab", "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n",
            ["badHeader"]),
        Row(
            "two lengths", "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
            ["badLength"]),
        Row("a folded first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n", ["badHeader"]),
    ]

    @Test(arguments: responses + brokenResponses + brokenChunks) private func clientReceives(_ row: Row) { judge(row, .client) }

    @Test(arguments: requests + brokenRequests) private func serverReceives(_ row: Row) { judge(row, .server) }

    private func judge(_ row: Row, _ role: WireRole) {
        let stream = bytes(row.input)
        let whole = feedHTTP(stream, role: role)
        #expect(whole.events.map(summary) == row.output)
        #expect(whole.problem == nil)
        for cut in everyCut(stream) { #expect(feedHTTP(stream, role: role, cuts: cut) == whole, "\(cut)") }
    }

    @Test func everyViolationIsShown() {
        let rows = Self.brokenResponses + Self.brokenChunks + Self.brokenRequests
        let shown = Set(rows.flatMap(\.output))
        for violation in HTTPViolation.allCases where violation != .headTooLarge { #expect(shown.contains("\(violation)")) }
    }

    @Test func theHeadIsBounded() {
        let head = bytes("HTTP/1.1 204 x\r\nA: " + String(repeating: "b", count: 100) + "\r\n\r\n")
        for cuts in [Cuts.whole, .every(1), .every(50)] {
            let fits = feedHTTP(head, role: .client, maxHeadBytes: head.count, cuts: cuts)
            #expect(fits.events.map(summary) == ["204 []"])
            let exceeds = feedHTTP(head, role: .client, maxHeadBytes: head.count - 1, cuts: cuts)
            #expect(exceeds.events.map(summary) == ["headTooLarge"])
        }
    }

    @Test func trailersAreBounded() {
        let stream = bytes(Self.chunkHead + "0\r\nA: " + String(repeating: "b", count: 5000))
        #expect(feedHTTP(stream, role: .client, maxHeadBytes: 4096).events.map(summary) == ["headTooLarge"])
    }

    @Test func theBodyIsBoundedExactly() {
        for (body, limit, wanted) in [("hello", 5, "200 [hello]"), ("hello!", 5, "bodyTooLarge")] {
            let length = bytes("HTTP/1.1 200 OK\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
            let (first, rest) = (body.prefix(2), body.dropFirst(2))
            let chunked = bytes(Self.chunkHead + "2\r\n\(first)\r\n\(rest.utf8.count)\r\n\(rest)\r\n0\r\n\r\n")
            let untilClose = bytes("HTTP/1.1 200 OK\r\n\r\n\(body)")
            for stream in [length, chunked] {
                #expect(feedHTTP(stream, role: .client, maxBodyBytes: limit).events.map(summary) == [wanted])
            }
            let last = wanted == "bodyTooLarge" ? wanted : "finished " + wanted
            #expect(feedHTTP(untilClose, role: .client, maxBodyBytes: limit, cuts: .every(1)).events.map(summary) == [last])
        }
    }

    @Test func knowsWhenItIsInTheMiddle() {
        #expect(!feedHTTP([], role: .client).isMidMessage)
        #expect(feedHTTP(bytes("HTTP/1.1 2"), role: .client).isMidMessage)
        #expect(feedHTTP(bytes("HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\n"), role: .client).isMidMessage)
        #expect(!feedHTTP(bytes("HTTP/1.1 200 x\r\nContent-Length: 1\r\n\r\na"), role: .client, cuts: .every(1)).isMidMessage)
    }
}
