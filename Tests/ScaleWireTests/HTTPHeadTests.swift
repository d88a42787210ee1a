import ScaleWire
import Testing

@Suite struct HTTPHeadTests {
    private static let response = """
        HTTP/1.1 200 OK\r
        Date: Fri, 09 Jan 2026 12:00:00 GMT\r
        X-Twice:  first \r
        x-twice: second, Third\r
        Empty:\r
        Content-Length: 2\r
        \r
        {}
        """

    @Test func fieldsAreFoundWhateverTheirCase() {
        withHead(Self.response) { head in
            #expect(head.value("date").map(owned) == bytes("Fri, 09 Jan 2026 12:00:00 GMT"))
            #expect(head.value("x-twice").map(owned) == bytes("first"))
            #expect(head.value("empty").map(owned) == [])
            #expect(head.value("absent") == nil)
            #expect(head.value("dat") == nil)
            #expect(head.count("x-twice") == 2)
        }
    }

    @Test func tokensAreFoundInEveryLine() {
        withHead(Self.response) { head in
            #expect(head.contains("x-twice", token: "first"))
            #expect(head.contains("x-twice", token: "second"))
            #expect(head.contains("x-twice", token: "third"))
            #expect(!head.contains("x-twice", token: "thir"))
            #expect(!head.contains("x-twice", token: "fourth"))
            #expect(!head.contains("absent", token: "first"))
        }
    }

    @Test func fieldsComeInOrder() {
        withHead(Self.response) { head in
            var names: [String] = []
            var all = head.all
            while let field = all.next() { names.append(text(owned(field.name))) }
            #expect(names == ["Date", "X-Twice", "x-twice", "Empty", "Content-Length"])
        }
    }

    private func withHead(_ message: String, _ body: (HTTPHead) -> Void) {
        var stream = bytes(message)
        stream.withUnsafeMutableBytes { buffer in
            var receiver = HTTPReceiver(role: .client, maxBodyBytes: 100)
            var input = buffer
            guard case .message(let received) = receiver.next(&input) else {
                Issue.record("no message")
                return
            }
            #expect(received.body.baseAddress == buffer.baseAddress.map { UnsafeRawPointer($0) + (buffer.count - 2) })
            body(received.head)
        }
    }

    // MARK: What is written

    @Test func writesARequest() {
        let request = HTTPSerializer.request(
            method: "POST", target: "/step", host: "h:8000", headers: [("Content-Type", "application/json")], body: bytes("{}"))
        #expect(
            text(request)
                == "POST /step HTTP/1.1\r\nHost: h:8000\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
        let get = HTTPSerializer.request(method: "GET", target: "/health", host: "h", headers: [], body: nil)
        #expect(text(get) == "GET /health HTTP/1.1\r\nHost: h\r\n\r\n")
    }

    @Test func aValueCannotBeginALine() {
        let request = HTTPSerializer.request(
            method: "GET\r\nX: y", target: "/ \r\n", host: "h\r\nX: y",
            headers: [("A", "b\r\nC: d"), ("E\r\n", "f"), ("", "g")], body: nil)
        #expect(text(request) == "GETX:y / HTTP/1.1\r\nHost: h  X: y\r\nA: b  C: d\r\n\r\n")
        #expect(HTTPSerializer.isField(name: "A", value: "b\tc \u{E4}"))
        #expect(!HTTPSerializer.isField(name: "A", value: "b\n"))
        #expect(!HTTPSerializer.isField(name: "A b", value: ""))
        #expect(!HTTPSerializer.isField(name: "", value: ""))
    }

    @Test(arguments: [200, 404, 431, 599]) func writesResponses(_ status: Int) {
        for (body, keepAlive) in [("", true), ("{\"a\":1}", false), (String(repeating: "x", count: 1000), true)] {
            let size = HTTPSerializer.responseSize(contentType: "application/json", body: body.utf8.count)
            let written = Invariants.written(size) { target in
                withExactBytes(bytes(body)) {
                    HTTPSerializer.writeResponse(status: status, keepAlive: keepAlive, body: $0, to: target)
                }
            }
            let events = feedHTTP(written, role: .client).events
            guard case .message(let head, let received, let stays)? = events.first, events.count == 1 else {
                Issue.record("\(events)")
                return
            }
            #expect(head.status == status && received == bytes(body) && stays == keepAlive)
            #expect(head.fields.starts(with: [bytes("Content-Type"), bytes("application/json")]))
        }
    }

    @Test func writesAnyResponse() {
        let response = HTTPSerializer.response(
            status: 426, headers: [("Sec-WebSocket-Version", "13"), ("Connection", "close")], body: bytes("no"))
        #expect(
            text(response)
                == "HTTP/1.1 426 Upgrade Required\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
    }

    @Test func violationsAreAnsweredByStatus() {
        let statuses = HTTPViolation.allCases.map(\.status)
        #expect(Set(statuses) == [400, 413, 431, 501, 505])
        for status in statuses { #expect(HTTPSerializer.reason(status).utf8CodeUnitCount > 0) }
    }
}
