import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleTLS
import ScaleTestKit
import Testing

@testable import ScaleEngine
@testable import ScaleRun

/// Servers that a session finds unfit before the grid, and what is said of each.
@Suite("Before the grid") struct PreflightTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var mode = Mode.ws
        var action: String?
        /// Of each connection behind the first, which only looks whether anybody is there; the last of all further ones.
        var scripts: [[Act]]
        /// The URL says https.
        var isSecure = false
        var identity: TestIdentity?
        var trust = TLSTrust.system
        var code = ScaleError.Code.usage
        /// With `HOST` for the address, and `…` for what breaches are called.
        var said: String
    }

    static func answer(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> [Act] {
        let head = ["HTTP/1.1 \(status) Status"] + (headers + [("Content-Length", "\(body.utf8.count)")]).map { "\($0): \($1)" }
        return [.request, .send(Array((head.joined(separator: "\r\n") + "\r\n\r\n" + body).utf8)), .untilEnd]
    }

    static func status(
        _ status: Int, _ mode: Mode = .ws, headers: [(String, String)] = [], body: String = "", _ code: ScaleError.Code, _ said: String
    ) -> Case {
        Case(
            testDescription: "\(status) over \(mode) \(body)", mode: mode, scripts: [answer(status, headers, body)], code: code, said: said)
    }

    static let statuses = [
        status(
            401, .ws, headers: [("WWW-Authenticate", "Basic realm=\"env\"")], .usage,
            "http://HOST asks for authorization at /ws (HTTP status 401, Basic realm=\"env\"); give user and password in the URL, like https://user:password@HOST"
        ),
        status(
            401, .http, headers: [("WWW-Authenticate", "Bearer")], body: #"{"detail": "Not authenticated"}"#, .usage,
            "http://HOST asks for authorization at /reset (HTTP status 401, Bearer, Not authenticated); no flag sends a token: put it into the query of --url where the server takes it there, or let an exec: plug-in send a header"
        ),
        status(
            403, .ws, .usage,
            "http://HOST has no WebSocket route at /ws, or forbids it: HTTP status 403 without a word; check the path in --url; --mode http where the environment serves that alone; or give it credentials"
        ),
        status(
            403, .ws, body: "Origin not\tallowed\u{7}", .usage,
            "http://HOST forbids /ws: HTTP status 403 (Origin not allowed); check the credentials in --url, and whom the server lets in"),
        status(
            307, .ws, headers: [("Location", "https://elsewhere.example/env/ws")], .usage,
            "http://HOST sends from /ws to https://elsewhere.example/env/ws: HTTP status 307; give that: --url https://elsewhere.example/env"
        ),
        status(
            308, .http, headers: [("Location", "https://u:s3cret@elsewhere.example/reset?token=abcd")], .usage,
            "http://HOST sends from /reset to https://***@elsewhere.example/reset?***: HTTP status 308; give that: --url https://***@elsewhere.example/reset?***"
        ),
        status(
            307, .http, headers: [("Location", "/reset/")], .usage,
            "http://HOST sends from /reset to /reset/: HTTP status 307; its route ends in a slash, which no client of OpenEnv sends: mend the route, or try the other --mode"
        ),
        status(302, .ws, .usage, "http://HOST sends elsewhere from /ws, and does not say where: HTTP status 302; check --url"),
        status(
            429, .ws, headers: [("Retry-After", "30")], body: "rate limit", .infrastructure,
            "the server at http://HOST refuses for now: HTTP status 429 (rate limit); try again in 30 s, as it says, or raise its limit: load needs more than one session"
        ),
        status(
            400, .http, body: #"{"detail": "session_id is required: call /reset first"}"#, .usage,
            "http://HOST does not take the request at /reset: HTTP status 400 (session_id is required: call /reset first); check --url, --mode and --action: over http every call stands alone"
        ),
        status(404, .ws, .usage, "http://HOST has nothing to ask at /ws: HTTP status 404; check the path in --url, and --mode"),
        status(
            200, .ws, .usage,
            "http://HOST does not speak the OpenEnv protocol at /ws: it answered HTTP status 200 instead of opening a WebSocket; check --url and --mode"
        ),
        status(
            500, .ws, body: "boom", .infrastructure,
            "the server at http://HOST failed at /ws with HTTP status 500 (boom); look into its log; --no-preflight measures all the same"),
        status(
            502, .ws, .infrastructure, "a proxy at http://HOST has no server behind it: HTTP status 502; check that the server is up"),
        status(
            503, .ws, headers: [("Server", "nginx/1.22")], body: "<html>503</html>", .infrastructure,
            "a proxy at http://HOST has no server behind it: HTTP status 503 (an HTML page); check that the server is up"),
        status(
            503, .ws, headers: [("Server", "uvicorn")], body: "Service Unavailable", .infrastructure,
            "the server at http://HOST refuses for now: HTTP status 503 (Service Unavailable); try again later, or raise its limit: load needs more than one session"
        ),
        Case(
            testDescription: "compressed", mode: .http, scripts: [answer(200, [("Content-Encoding", "gzip")], "\u{1F}gzip")],
            said:
                "http://HOST answers /reset compressed (gzip), which it was not asked for; turn that off in the server, or in what stands before it"
        ),
    ]

    static func closing(_ code: UInt16, reason: String = "", _ status: ScaleError.Code, _ said: String) -> Case {
        let payload = [UInt8(code >> 8), UInt8(code & 255)] + Array(reason.utf8)
        return Case(
            testDescription: "close \(code) \(reason)", scripts: [Course.resetAnswered([0x88, UInt8(payload.count)] + payload)],
            code: status,
            said: said)
    }

    static let closes = [
        closing(
            1008, .usage, "http://HOST forbids the session: close code 1008; check the credentials in --url, and whom the server lets in"),
        closing(
            1011, .infrastructure,
            "the environment at http://HOST failed in its reset: close code 1011; look into its log; --no-preflight measures all the same"),
        closing(1012, .infrastructure, "the server at http://HOST restarts: close code 1012; try again when it is up"),
        closing(
            1013, .infrastructure,
            "the server at http://HOST refuses for now: close code 1013; try again later, or raise its limit: load needs more than one session"
        ),
        closing(
            1013, reason: "full\u{1B}[1m today", .infrastructure,
            "the server at http://HOST refuses for now: close code 1013 (full [1m today); try again later, or raise its limit: load needs more than one session"
        ),
        closing(
            1003, .usage,
            "http://HOST does not take what was sent in reset: close code 1003; check --url and --mode: it may speak another protocol"),
        closing(
            1000, .infrastructure,
            "http://HOST ended the session in its reset: close code 1000; look into its log; --no-preflight measures all the same"),
    ]

    static let schema = answer(
        200, [("Content-Type", "application/json"), ("Connection", "close")],
        #"{"action": {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}, "observation": {}}"#)
    static let benchmarkReset = Course.opened + [.frame, .send(Wire.benchmark(hash: "0000000000000001", step: 0)), .frame]
    static let rejection = Course.stepAnswered(Wire.error("VALIDATION_ERROR"))

    static let strangers = [
        Case(
            testDescription: "an environment that is not the benchmark one",
            scripts: [Course.resetAnswered(Wire.observation), rejection, schema],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: it rejects the benchmark's step (its action: message: string, required); give an action of its own, like scalebench run --url http://HOST --action '{\"message\": \"hello\"}'"
        ),
        Case(
            testDescription: "one that does not describe its action",
            scripts: [Course.resetAnswered(Wire.observation), rejection, answer(404, [("Connection", "close")])],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: it rejects the benchmark's step (told so); give an action of its own, like --action '{\"message\": \"hi\"}'"
        ),
        Case(
            testDescription: "one that takes the benchmark's step",
            scripts: [Course.resetAnswered(Wire.observation), Course.good, schema],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: its answer to the reset breaks that one's promises (no session_hash) (its action: message: string, required); give an action of its own, like scalebench run --url http://HOST --action '{\"message\": \"hello\"}'"
        ),
        Case(
            testDescription: "one whose step lacks what its reset tells",
            scripts: [
                benchmarkReset + [.send(Wire.observation), .untilEnd],
                benchmarkReset + [.send(Wire.observation)] + Course.farewell, answer(404, [("Connection", "close")]),
            ],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: its answer to the step breaks that one's promises (no session_hash); give an action of its own, like --action '{\"message\": \"hi\"}'"
        ),
        Case(
            testDescription: "one that mixes up sessions",
            scripts: [benchmarkReset + [.send(Wire.benchmark(hash: "0000000000000002", step: 1)), .untilEnd]], code: .infrastructure,
            said:
                "the environment at http://HOST mixes up sessions: session hash changed; look at how its workers, or what balances between them, keep sessions apart; --no-preflight measures all the same"
        ),
        Case(
            testDescription: "one that fails at it",
            scripts: [Course.resetAnswered(Wire.observation), Course.stepAnswered(Wire.error("EXECUTION_ERROR")), schema],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: it fails at the benchmark's step (told so) (its action: message: string, required); give an action of its own, like scalebench run --url http://HOST --action '{\"message\": \"hello\"}'"
        ),
        Case(
            testDescription: "over http", mode: .http,
            scripts: [
                [.request, .send(Wire.answer), .untilEnd],
                [.request, .send(Wire.answer), .request, .send(Wire.response(422, #"{"detail": "no"}"#)), .untilEnd], schema,
            ],
            said:
                "http://HOST speaks the OpenEnv protocol and is not the benchmark environment: it rejects the benchmark's step (its action: message: string, required); give an action of its own, like scalebench run --url http://HOST --mode http --action '{\"message\": \"hello\"}'"
        ),
        Case(
            testDescription: "an action that is rejected", action: "{}", scripts: [rejection, schema],
            said:
                "the environment at http://HOST rejected the action: told so (its action: message: string, required); one that fits is --action '{\"message\": \"hello\"}'; --no-preflight measures all the same"
        ),
        Case(
            testDescription: "a reset that is rejected", scripts: [Course.resetAnswered(Wire.error("VALIDATION_ERROR"))],
            said:
                "the environment at http://HOST rejected the reset: told so; --trace FILE sends a reset of your own, with lines like {\"reset\": {\"task_id\": \"a\"}, \"steps\": [{\"action\": {}}]}; --action changes the steps alone"
        ),
        Case(
            testDescription: "a reset that fails", scripts: [Course.resetAnswered(Wire.error("EXECUTION_ERROR"))], code: .infrastructure,
            said:
                "the environment at http://HOST failed in its reset with execution (told so); look into its log; --no-preflight measures all the same"
        ),
    ]

    private static let alert: [Act] = [.anything, .raw([0x15, 3, 3, 0, 2, 2, 40]), .untilEnd]

    static let transports = [
        Case(
            testDescription: "https to plain HTTP", scripts: [[.anything, .send(Wire.response(400)), .untilEnd]], isSecure: true,
            said: "the server at https://HOST speaks no TLS; use http: --url http://HOST"),
        Case(
            testDescription: "http to TLS", scripts: [alert], said: "the server at http://HOST speaks TLS; use https: --url https://HOST"),
        Case(
            testDescription: "http to TLS, in HTTP mode", mode: .http, scripts: [alert],
            said: "the server at http://HOST speaks TLS; use https: --url https://HOST"),
        Case(
            testDescription: "http to TLS that refuses it in plain HTTP",
            scripts: [answer(400, [], "The plain HTTP request was sent to HTTPS port"), alert],
            said: "the server at http://HOST speaks TLS; use https: --url https://HOST"),
        Case(
            testDescription: "an unknown authority", scripts: [[.request]], isSecure: true, identity: .selfSigned,
            said:
                "the certificate of https://HOST is refused (self-signed certificate); give its authority with --ca-file, or --insecure to trust it unseen"
        ),
        Case(
            testDescription: "an authority that is not in the file", scripts: [[.request]], isSecure: true, identity: .selfSigned,
            trust: .file(TestIdentity.authorityFile),
            said:
                "the certificate of https://HOST is refused (self-signed certificate); none of --ca-file vouches for it: name its authority there, let the server send the intermediate certificates, or --insecure to trust it unseen"
        ),
        Case(
            testDescription: "an expired certificate", scripts: [[.request]], isSecure: true, identity: .expired,
            trust: .file(TestIdentity.authorityFile),
            said: "the certificate of https://HOST is refused (certificate has expired); renew it, or --insecure to trust it unseen"),
        Case(
            testDescription: "another host's certificate", scripts: [[.request]], isSecure: true, identity: .elsewhere,
            trust: .file(TestIdentity.authorityFile),
            said:
                "the certificate of https://HOST is refused (IP address mismatch); use the name that it was made for in --url, or --insecure to trust it unseen"
        ),
        Case(
            testDescription: "neither", scripts: [[.anything, .send(Array("SSH-2.0-OpenSSH_9.6\r\n".utf8)), .untilEnd]],
            said:
                "http://HOST does not speak the OpenEnv protocol at /ws: its answer to the request for a WebSocket opens none (no HTTP status line); check --url and --mode"
        ),
    ]

    @Test(arguments: statuses + closes + strangers + transports)
    func eachCauseHasItsSentence(each: Case) async throws {
        let (reason, _) = try await ScriptedPeer.serving([[.untilEnd]] + each.scripts, tls: each.identity) { place in
            var endpoint = place.endpoint
            endpoint.secure = each.isSecure
            return try await Self.refusal(each, at: endpoint)
        }
        #expect(reason?.code == each.code)
        let parts = each.said.split(separator: "…").map(String.init)
        let description = try #require(reason?.description)
        #expect(
            parts.count == 1 ? description == each.said : description.hasPrefix(parts[0]) && description.hasSuffix(parts[1]),
            "\(description)")
    }

    /// A peer that is silent on purpose: the session's own deadline ends it.
    @Test func silenceIsToldAsThat() async throws {
        let each = Case(testDescription: "silent", scripts: [[.untilEnd]], said: "")
        let (reason, _) = try await ScriptedPeer.serving([[.untilEnd]] + each.scripts) { place in
            try await Self.refusal(each, at: place.endpoint, timeouts: .all(.milliseconds(100)))
        }
        #expect(reason?.code == .usage && reason?.message == "http://HOST opened no session at /ws in time", "\(reason as Any)")
    }

    @Test(arguments: [
        (FailureKind.timeout, Phase.step, nil, ScaleError.Code.usage, "http://h gave no answer to the step at /step in time"),
        (.portExhausted, .connect, 99, .infrastructure, "this host cannot open a session to http://h: port_exhausted, errno 99"),
        (.messageTooLarge, .step, 1009, .infrastructure, "an answer of http://h at /step is larger than any that is taken"),
        (.closedMidSession, .reset, 104, .usage, "http://h closed the connection instead of answering the reset at /reset"),
        (.capacityReached, .reset, nil, .infrastructure, "the environment at http://h has no free session before the grid has begun"),
        (.factory, .reset, nil, .infrastructure, "the environment at http://h failed in its reset with factory"),
    ])
    func whatNoPeerNeedsToSay(kind: FailureKind, phase: Phase, number: Int32?, code: ScaleError.Code, said: String) {
        let error = SessionRefusal(
            failure: SessionFailure(kind: kind, phase: phase, code: number, at: .zero), mode: .http,
            endpoint: Endpoint(secure: false, host: "h", port: 80), name: "http://h", flag: "--url", isLaunched: false, isTraced: false,
            trust: .system, isBalanced: false, said: nil, answer: nil
        ).error
        #expect(error.code == code && error.message == said && error.hint?.isEmpty == false)
    }

    @Test func whyTLSCannotBeAgreedOnIsSaid() async throws {
        var each = Case(testDescription: "an alert", scripts: [Self.alert], said: "")
        each.isSecure = true
        let (reason, _) = try await ScriptedPeer.serving([[.untilEnd]] + each.scripts) { [each] place in
            var endpoint = place.endpoint
            endpoint.secure = true
            return try await Self.refusal(each, at: endpoint)
        }
        #expect(reason?.code == .usage)
        #expect(reason?.message == "TLS with https://HOST cannot be agreed on")
        // In the words of whichever library it is.
        #expect(reason?.cause?.contains("handshake failure") == true, "\(reason as Any)")
    }

    private static func refusal(
        _ each: Case, at endpoint: Endpoint, timeouts: PhaseTimeouts = .all(.seconds(60))
    ) async throws -> ScaleError? {
        let plan = Plan(modes: [each.mode], sessions: [1], waits: [.zero], timeouts: timeouts, action: each.action)
        let launch = LaunchRequest(
            program: "/proc/self/exe", arguments: [], hostCores: 2, client: ControlClient(version: "test"), run: "r")
        let request = RunRequest(
            plan: plan, provider: URLProvider(endpoints: [endpoint]), launch: launch, trust: each.trust, calibrates: false,
            command: "scalebench run", hardware: "", host: host)
        do {
            _ = try await LiveDeployment.launch(request.infrastructures[0], request, run: "r", StopControl()) { _ in }
            return nil
        } catch {
            var reason = error.reason
            func hosted(_ text: String?) -> String? { text?.replacing("\(endpoint.host):\(endpoint.port)", with: "HOST") }
            reason.message = hosted(reason.message) ?? ""
            (reason.cause, reason.hint) = (hosted(reason.cause), hosted(reason.hint))
            return reason
        }
    }
}
