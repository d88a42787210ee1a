import ScaleTestKit
import Testing

/// Servers that are not there, are something else, or refuse what they are asked.
@Suite("A target that cannot be measured", .serialized, .patience(minutes: 3))
struct TargetTests {
    static let unreachable = [
        Refusal(["--url", "http://127.0.0.1:1"], "--url", "http://127.0.0.1:1", "refused"),
        Refusal(["--urls", "http://127.0.0.1:1,http://127.0.0.1:2"], "--urls", "http://127.0.0.1:1"),
        Refusal(["--provider", "http://127.0.0.1:1"], "--provider", "http://127.0.0.1:1"),
        Refusal(["--provider", "url:urls=http://127.0.0.1:1,pid=2147483647"], "--provider url: pid 2147483647 is no process"),
        Refusal(["--provider", "url:urls=http://127.0.0.1:1,balancer-pid=1+2147483647"], "balancer-pid 2147483647"),
        Refusal(["--url", "http://no-such-host.invalid:80"], "--url", "no-such-host.invalid", "resolved"),
        Refusal(
            ["--url", "https://127.0.0.1:1", "--ca-file", "/nonexistent.pem"], "--ca-file", "/nonexistent.pem", "No such file or directory"),
    ]

    @Test(arguments: unreachable)
    func whereNothingListens(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    struct Stranger: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var answer: String
        var naming: String
    }

    static let strangers = [
        Stranger(testDescription: "closes", answer: "", naming: "/ws"),
        Stranger(testDescription: "garbage", answer: "SSH-2.0-OpenSSH_9.2\r\n", naming: "/ws"),
        Stranger(testDescription: "404", answer: "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", naming: "404"),
        Stranger(testDescription: "200", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", naming: "200"),
    ]

    @Test(arguments: strangers, ["ws", "http"])
    func whereSomethingElseListens(stranger: Stranger, mode: String) async throws {
        try await Workplace.with { place in
            let listener = try StandIn(.answers(stranger.answer))
            defer { listener.stop() }
            let url = "http://127.0.0.1:\(listener.port)"
            var refusal = Refusal(["--url", url, "--mode", mode], "--url", url)
            // A plain 200 is no refusal by HTTP's own rules; what is wrong with it is the body.
            refusal.naming.append(mode == "ws" ? stranger.naming : stranger.testDescription == "404" ? "404" : "/reset")
            try await refusal.check(in: place)
        }
    }

    struct Refuser: Sendable, CustomTestStringConvertible {
        var testDescription: String { answer }
        /// Status line and fields.
        var answer: String
        var body = ""
        var status: Int32
        var naming: String
    }

    /// 2 where the command line can mend it, 5 where only the server can.
    static let refusers = [
        Refuser(answer: "401 Unauthorized\r\nWWW-Authenticate: Basic realm=\"x\"", status: 2, naming: "asks for authorization at /ws"),
        Refuser(answer: "403 Forbidden", status: 2, naming: "has no WebSocket route at /ws"),
        Refuser(answer: "307 Temporary Redirect\r\nLocation: https://there.example/ws", status: 2, naming: "--url https://there.example"),
        Refuser(
            answer: "429 Too Many Requests\r\nRetry-After: 7", body: "slow down", status: 5,
            naming: "refuses for now: HTTP status 429 (slow down); try again in 7 s"),
        Refuser(answer: "500 Internal Server Error", body: "boom", status: 5, naming: "failed at /ws with HTTP status 500 (boom)"),
        Refuser(answer: "502 Bad Gateway", status: 5, naming: "a proxy at"),
    ]

    @Test(arguments: refusers) func whereTheServerRefuses(each: Refuser) async throws {
        try await Workplace.with { place in
            let answer = "HTTP/1.1 \(each.answer)\r\nContent-Length: \(each.body.utf8.count)\r\n\r\n\(each.body)"
            let listener = try StandIn(.answers(answer))
            defer { listener.stop() }
            let url = "http://127.0.0.1:\(listener.port)"
            try await Refusal(["--url", url], each.naming, url, status: each.status).check(in: place)
        }
    }

    @Test func whereTLSIsNotSpoken() async throws {
        try await Workplace.with { place in
            let listener = try StandIn(.answers("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"))
            defer { listener.stop() }
            try await Refusal(
                ["--url", "https://127.0.0.1:\(listener.port)"], "speaks no TLS", "use http: --url http://127.0.0.1:\(listener.port)"
            ).check(in: place)
        }
    }

    @Test(arguments: ["ws", "http"])
    func anActionThatTheEnvironmentRejects(mode: String) async throws {
        try await Workplace.with { place in
            let refusal = Refusal(["--action", #"{"message": "hi"}"#, "--mode", mode], "--action", "rejected the action")
            try await refusal.check(in: place)
            try await Serve.with(in: place) { url in
                let ended = try await Program.run(["--url", url, "--mode", mode] + refusal.words.prefix(2), in: place)
                #expect(ended.status == 2)
                let sentence = try #require(ended.sentences.first, "\(ended.said)")
                // What the environment itself said, not only that it said something.
                #expect(sentence.contains("message: Extra inputs are not permitted"), "\(sentence)")
            }
        }
    }

    /// Measuring it all the same is what `--no-preflight` is for: then every session fails, and that is a result.
    @Test func withoutPreflightTheRejectionsAreCounted() async throws {
        try await Workplace.with { place in
            let words = ["--action", #"{"message": "hi"}"#, "-n", "4", "--no-preflight", "--json", "--db", "run.sqlite"]
            let ended = try await Program.run(words, in: place)
            #expect(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.failures) == [["validation": 4]])
            try place.expectStored(results.cells, run: results.run.runId)
        }
    }
}
