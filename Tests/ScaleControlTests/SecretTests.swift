import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@Suite struct SecretTests {
    let token = Secret("hf_topsecret")
    let long = Nanoseconds.seconds(20)

    @Test func nothingPrintsIt() {
        let header = HTTPHeader.bearer(token)
        let request = HTTPRequest(.get, "https://user:topsecret@host/path?token=topsecret", headers: [header])
        var dumped = ""
        dump(request.headers, to: &dumped)
        for text in [
            "\(token)", String(reflecting: token), "\(header)", String(reflecting: header), "\(request)", dumped,
            "\(HTTPResponse(status: 403, body: Array("no".utf8)).refusal(of: request))",
        ] {
            #expect(!text.contains("topsecret"), "\(text)")
        }
        #expect(token.revealed == "hf_topsecret")
    }

    @Test(arguments: [
        ("http://127.0.0.1:1/", false, "not https"), ("http://example.test/", true, "not https"),
        ("http://127.0.0.1.example.test/", true, "not https"),
    ])
    func secretsDoNotTravelInTheOpen(url: String, loopbackAllowed: Bool, problem: String) async {
        let client = ControlClient(version: "1", allowsSecretsOverLoopback: loopbackAllowed)
        let error = await #expect(throws: TransportFailure.self) {
            _ = try await client.send(HTTPRequest(.get, url, headers: [.bearer(token)]), within: long)
        }
        #expect(error?.kind == .request)
        #expect(error?.message.contains(problem) == true)
    }

    @Test func credentialsInTheURLAreSecretsToo() async {
        let error = await #expect(throws: TransportFailure.self) {
            _ = try await ControlClient(version: "1").send(HTTPRequest(.get, "http://u:p@127.0.0.1:1/"), within: long)
        }
        #expect(error?.kind == .request)
    }

    /// Only a request without secrets, and only a read, follows a redirect.
    @Test(arguments: [(HTTPRequest.Method.get, false, 200), (.get, true, 307), (.post, false, 307)])
    func redirects(method: HTTPRequest.Method, secret: Bool, status: Int) async throws {
        let target = StandIn { _, _ in .answer(200, headers: ["X-At: target"]) }
        let url = target.url
        let server = StandIn { _, _ in .answer(307, headers: ["Location: \(url)/there", "X-At: first"]) }
        defer {
            server.stop()
            target.stop()
        }
        let client = ControlClient(version: "1", allowsSecretsOverLoopback: true)
        let headers = secret ? [HTTPHeader.bearer(token)] : []
        let response = try await client.send(HTTPRequest(method, server.url, headers: headers), within: long)
        #expect(response.status == status)
        #expect(response.headers.filter { $0.name == "x-at" }.map(\.value) == [status == 200 ? "target" : "first"])
        #expect(target.requests.count == (status == 200 ? 1 : 0))
        #expect(server.requests[0].header("Authorization") == (secret ? "Bearer hf_topsecret" : nil))
    }

    @Test(arguments: [
        ("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("Aladdin:open sesame", "QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
    ])
    func basicCredentials(text: String, encoded: String) async throws {
        let server = StandIn { _, _ in .answer(200) }
        defer { server.stop() }
        let client = ControlClient(version: "1", allowsSecretsOverLoopback: true)
        _ = try await client.send(HTTPRequest(.get, server.url, headers: [.basic(Secret(text))]), within: long)
        #expect(server.requests[0].header("Authorization") == "Basic " + encoded)
    }
}
