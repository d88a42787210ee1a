import CCurl
import Glibc
import ScaleControl
import ScaleCore
import ScaleTestKit
import Synchronization
import Testing

@Suite struct ControlClientTests {
    let client = ControlClient(version: "1.2.3")
    let long = Nanoseconds.seconds(20)

    @Test(arguments: [200, 201, 204, 302, 404, 429, 503])
    func everyStatusIsAnAnswer(status: Int) async throws {
        let server = StandIn { _, _ in
            .answer(status, headers: ["X-Thing: a: b", "x-thing: second"], body: status == 204 ? "" : "body")
        }
        defer { server.stop() }
        let response = try await client.send(HTTPRequest(.get, server.url + "/a?b=c"), within: long)
        #expect(response.status == status)
        #expect(response.isSuccess == (200...299).contains(status))
        #expect(response.header("x-THING") == "a: b")
        #expect(response.headers.count { $0.name == "x-thing" } == 2)
        #expect(response.text == (status == 204 ? "" : "body"))
        #expect(server.requests.map(\.line) == ["GET /a?b=c HTTP/1.1"])
        #expect(server.requests[0].header("User-Agent") == "scalebench/1.2.3")
    }

    @Test(arguments: HTTPRequest.Method.allCases, [nil, "", #"{"a":"é"}"#])
    func methodsAndBodiesArriveAsTheyAre(method: HTTPRequest.Method, body: String?) async throws {
        if method == .head && body != nil { return }
        let server = StandIn { _, _ in .answer(200) }
        defer { server.stop() }
        var request = HTTPRequest(
            method, server.url + "/x", headers: [HTTPHeader("X-One", "1")], body: body.map { Array($0.utf8) })
        if let body, !body.isEmpty {
            request = .json(method, server.url + "/x", headers: [HTTPHeader("X-One", "1")], body)
        }
        #expect(try await client.send(request, within: long).status == 200)
        let seen = server.requests[0]
        #expect(seen.line == "\(method.rawValue) /x HTTP/1.1")
        #expect(seen.header("X-One") == "1")
        #expect(seen.body == body ?? "")
        #expect(seen.header("Expect") == nil)
        if body == nil && method.isRead { #expect(seen.header("Content-Length") == nil) }
        if let body, !body.isEmpty { #expect(seen.header("Content-Type") == "application/json") }
    }

    @Test func aLongBodyGoesWithoutWaitingForLeave() async throws {
        let server = StandIn { _, request in .answer(200, body: String(request.body.utf8.count)) }
        defer { server.stop() }
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 3 << 20)
        let response = try await client.send(HTTPRequest(.post, server.url, body: body), within: long)
        #expect(response.text == String(body.count))
    }

    /// As load does, which follows nothing and sends the credentials of the URL.
    @Test func anEnvironmentIsAskedOnceAndItsRedirectIsTheAnswer() async throws {
        let server = StandIn { _, _ in .answer(307, headers: ["Location: /elsewhere"], body: "there") }
        defer { server.stop() }
        let endpoint = Endpoint(
            secure: false, host: "127.0.0.1", port: server.port, prefix: "/env", credentials: "me:s3cret", query: "token=a")
        let response = try #require(await client.ask(endpoint, .get, "/schema", within: long))
        #expect(response.status == 307 && response.header("location") == "/elsewhere" && response.text == "there")
        #expect(server.requests.map(\.line) == ["GET /env/schema?token=a HTTP/1.1"])
        #expect(server.requests[0].header("Authorization") == "Basic bWU6czNjcmV0")
    }

    @Test func aServerWithoutTLSBehindAnHTTPSAddressIsToldAsThat() async throws {
        let (client, long) = (client, long)
        let (error, _) = try await ScriptedPeer.serving([[.anything, .send(Wire.response(400)), .untilEnd]]) { place in
            await #expect(throws: TransportFailure.self) {
                _ = try await client.send(HTTPRequest(.get, "https://127.0.0.1:\(place.endpoint.port)"), within: long)
            }
        }
        #expect(error?.kind == .tls)
        #expect(error?.message.hasPrefix("the server speaks no TLS: use http (") == true, "\(error as Any)")
    }

    @Test func aUnixSocketReplacesTheHost() async throws {
        let path = "/tmp/scalebench-control-\(getpid()).sock"
        defer { unlink(path) }
        let server = StandIn(unixSocket: path) { _, _ in .answer(200, body: "engine") }
        defer { server.stop() }
        let client = ControlClient(version: "1", unixSocket: path)
        let response = try await client.send(HTTPRequest(.get, "http://docker/v1.41/version"), within: long)
        #expect(response.text == "engine")
        #expect(server.requests[0].header("Host") == "docker")
    }

    struct Failure: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reply: StandIn.Reply
        var kind: TransportFailure.Kind
        var code: CURLcode
        var deadline = Nanoseconds.seconds(20)
    }

    @Test(arguments: [
        Failure(testDescription: "hang up", reply: .hangUp, kind: .broken, code: CURLE_GOT_NOTHING),
        Failure(
            testDescription: "cut body", reply: .raw("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"), kind: .broken,
            code: CURLE_PARTIAL_FILE),
        Failure(
            testDescription: "no HTTP", reply: .raw("SSH-2.0-x\r\n"), kind: .broken, code: CURLE_UNSUPPORTED_PROTOCOL),
        Failure(
            testDescription: "too long", reply: .answer(200, body: String(repeating: "x", count: 2000)),
            kind: .tooLarge,
            code: CURLE_WRITE_ERROR),
        Failure(
            testDescription: "slow", reply: .silence, kind: .timeout, code: CURLE_OPERATION_TIMEDOUT,
            deadline: .milliseconds(50)),
    ])
    func whatBreaksBelowHTTPIsNoAnswer(_ item: Failure) async throws {
        let server = StandIn { _, _ in item.reply }
        defer { server.stop() }
        var client = client
        client.maximumBody = 1000
        let error = await #expect(throws: TransportFailure.self) {
            _ = try await client.send(HTTPRequest(.get, server.url), within: item.deadline)
        }
        #expect(error?.kind == item.kind)
        #expect(error?.code == Int32(item.code.rawValue))
        #expect(error?.message.isEmpty == false)
    }

    @Test func piecesComeWhileTheAnswerIsStillOnItsWay() async {
        let server = StandIn { _, _ in .open("HTTP/1.1 200 OK\r\n\r\nfirst") }
        defer { server.stop() }
        let (pieces, report) = AsyncStream.makeStream(of: [UInt8].self)
        let (client, url) = (client, server.url)
        let call = Task { () -> TransportFailure.Kind? in
            do throws(TransportFailure) { _ = try await client.send(HTTPRequest(.get, url), within: long) { report.yield($0) } } catch {
                return error.kind
            }
            return nil
        }
        var iterator = pieces.makeAsyncIterator()
        #expect(await iterator.next() == Array("first".utf8))
        call.cancel()
        #expect(await call.value == .cancelled)
    }

    @Test(arguments: [(200, "", "the whole"), (299, "", "the whole"), (404, "the whole", ""), (500, "the whole", "")])
    func onlyThePiecesOfASuccessAreHandedOut(status: Int, body: String, pieces: String) async throws {
        let server = StandIn { _, _ in .answer(status, body: "the whole") }
        defer { server.stop() }
        let seen = Mutex("")
        var client = client
        client.maximumBody = pieces.isEmpty ? 9 : 0
        let response = try await client.send(HTTPRequest(.post, server.url), within: long) { piece in
            seen.withLock { $0 += String(decoding: piece, as: UTF8.self) }
        }
        #expect(response.status == status && response.text == body)
        #expect(seen.withLock { $0 } == pieces)
    }

    @Test func nobodyListens() async {
        let server = StandIn { _, _ in .hangUp }
        let url = server.url
        server.stop()
        let error = await #expect(throws: TransportFailure.self) {
            _ = try await client.send(HTTPRequest(.get, url), within: long)
        }
        #expect(error?.kind == .connect)
        #expect(error?.isTransient == true)
    }

    @Test func aNameWithoutAnAddress() async {
        let error = await #expect(throws: TransportFailure.self) {
            _ = try await client.send(HTTPRequest(.get, "http://nowhere.invalid/"), within: long)
        }
        #expect(error?.kind == .resolve)
    }

    @Test(arguments: [
        HTTPRequest(.get, "ftp://127.0.0.1/x"), HTTPRequest(.get, "file:///etc/hostname"),
        HTTPRequest(.get, "http://a b/"),
        HTTPRequest(.get, "127.0.0.1:80"),
        HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("A", "b\r\nC: d")]),
        HTTPRequest(.get, "http://127.0.0.1/", headers: [HTTPHeader("", "b")]),
    ])
    func whatCannotBeSentIsAUsageError(request: HTTPRequest) async {
        let error = await #expect(throws: TransportFailure.self) { _ = try await client.send(request, within: long) }
        #expect(error?.kind == .request)
        #expect(error?.error(of: request).code == .usage)
    }

    @Test(.patience(minutes: 1)) func cancellationEndsTheCallAtOnce() async {
        let server = StandIn { _, _ in .silence }
        defer { server.stop() }
        let (client, url) = (client, server.url)
        let call = Task { () -> TransportFailure.Kind? in
            do throws(TransportFailure) { _ = try await client.send(HTTPRequest(.get, url), within: .seconds(86_400)) } catch {
                return error.kind
            }
            return nil
        }
        while server.requests.isEmpty { await Task.yield() }
        call.cancel()
        #expect(await call.value == .cancelled)
    }

    @Test(arguments: [
        ("/health", 200, true), ("/pre/health", 200, true), ("/health", 204, false), ("/health", 503, false),
    ])
    func onlyAHealth200IsReady(path: String, status: Int, ready: Bool) async throws {
        let server = StandIn { _, request in request.line == "GET \(path) HTTP/1.1" ? .answer(status) : .answer(404) }
        defer { server.stop() }
        let endpoint = try Endpoint(url: server.url + path.dropLast("/health".count))
        #expect((await client.health(of: endpoint) == .ready) == ready)
    }
}
