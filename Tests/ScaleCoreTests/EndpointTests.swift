import Testing

@testable import ScaleCore

@Suite struct EndpointTests {
    struct Good: CustomTestStringConvertible, Sendable {
        var url: String
        var redacted: String
        var prefix = ""
        var credentials: String?
        var query: String?
        var testDescription: String { url }
    }

    @Test(arguments: [
        Good(url: "http://127.0.0.1:8000", redacted: "http://127.0.0.1:8000"),
        Good(url: "http://localhost:8000/", redacted: "http://localhost:8000"),
        Good(url: "ws://host:9/ws", redacted: "http://host:9"),
        Good(url: "wss://host", redacted: "https://host"),
        Good(url: "host:8000", redacted: "http://host:8000"),
        Good(url: "http:8000", redacted: "http://http:8000"),
        Good(url: "http://xn--bcher-kva.example", redacted: "http://xn--bcher-kva.example"),
        Good(url: "host", redacted: "http://host"),
        Good(url: "https://host/a/b/", redacted: "https://host/a/b", prefix: "/a/b"),
        Good(url: "https://host/a/ws", redacted: "https://host/a", prefix: "/a"),
        Good(url: "http://[::1]:8000", redacted: "http://[::1]:8000"),
        Good(url: "http://u:p%40ss@host:1/x", redacted: "http://host:1/x", prefix: "/x", credentials: "u:p@ss"),
        Good(url: "https://host/?token=secret", redacted: "https://host", query: "token=secret"),
    ])
    func reads(_ good: Good) throws {
        let endpoint = try Endpoint(url: good.url)
        #expect(endpoint.redacted == good.redacted)
        #expect(endpoint.prefix == good.prefix)
        #expect(endpoint.credentials == good.credentials)
        #expect(endpoint.query == good.query)
    }

    @Test(arguments: [
        ("ftp://host", "scheme 'ftp'"), ("http://", "no host"), ("http://:80", "no host"),
        ("http://host:0", "port '0'"), ("http://host:99999", "port '99999'"), ("http://host:x", "port 'x'"),
        ("http://[::1", "without its ]"), ("http://ho st", "space"), ("", "no host"), ("http://host/a b", "space"),
        ("http://bücher.example", "a host name with letters beyond ASCII"), ("bücher.example:8000", "letters beyond ASCII"),
        ("http://host/bücher", "a letter beyond ASCII in its path"), ("http:127.0.0.1:9311", "lacks the // behind 'http:'"),
        ("https:host", "lacks the // behind 'https:'"), ("ws:/host:8000/ws", "lacks the // behind 'ws:'"), ("http:", "lacks the //"),
    ])
    func refuses(_ url: String, _ problem: String) {
        #expect {
            try Endpoint(url: url)
        } throws: { error in
            guard let error = error as? ScaleError else { return false }
            return error.code == .usage && error.message.contains("--url") && error.message.contains(problem) && error.hint != nil
        }
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("127.9.9.9", true), ("localhost", true), ("::1", true), ("127.evil.example", false), ("10.0.0.1", false),
    ])
    func loopback(_ host: String, _ expected: Bool) {
        #expect(Endpoint(secure: false, host: host, port: 1).isLoopback == expected)
    }
}

@Suite struct RedactionTests {
    @Test(arguments: [
        (["scalebench", "--url", "http://u:p@h:1/x?t=s"], "scalebench --url 'http://***@h:1/x?***'"),
        (["scalebench", "--urls", "http://u:p@a,http://b"], "scalebench --urls http://***@a,http://b"),
        (["scalebench", "-u", "user:p@sswd@127.0.0.1:8"], "scalebench -u ***@127.0.0.1:8"),
        (["scalebench", "--url", "http://u:x,SECRET@h/?t=y,SECRET"], "scalebench --url 'http://***@h/?***'"),
        (["scalebench", "--action", #"{"mail":"a@b"}"#], #"scalebench --action '{"mail":"a@b"}'"#),
        (["scalebench", "--token", "abc", "-n", "3"], "scalebench --token *** -n 3"),
        (["scalebench", "--header=Authorization: x"], "scalebench --header=***"),
        (["scalebench", "--provider", "docker:my/img:v1,env.A=b,cpus=2"], "scalebench --provider docker:my/img:v1,env.A=***,cpus=2"),
        (["scalebench", #"--provider=docker:x,env.A="b,c",cpus=2"#], "scalebench --provider=docker:x,env.A=***,cpus=2"),
        (
            ["scalebench", "gate", "--a", "docker:x,env.A=b", "--b=docker:y,env.A=c"],
            "scalebench gate --a docker:x,env.A=*** --b=docker:y,env.A=***"
        ),
        (
            ["scalebench", "duel", "--a", "http://u:p@h", "--b", "https://k@h/?t=1"],
            "scalebench duel --a http://***@h --b 'https://***@h/?***'"
        ),
        (["scalebench", "--provider-option", "env.A=b,c d"], "scalebench --provider-option env.A=***"),
        (["scalebench", "--provider-option=api-token=abc"], "scalebench --provider-option=api-token=***"),
        (["scalebench", "--provider-option", "network=host"], "scalebench --provider-option network=host"),
        (["scalebench", "--action", #"{"a": 'b'}"#], #"scalebench --action '{"a": '\''b'\''}'"#),
    ])
    func commands(_ words: [String], _ expected: String) {
        #expect(Redaction.command(words) == expected)
    }

    @Test(arguments: [
        (#"process:command="HF_TOKEN=abc,d ./x --port {port}",cores=2"#, #"process:command="HF_TOKEN=*** ./x --port {port}",cores=2"#),
        ("process:command=HF_TOKEN=abc,cores=2", "process:command=HF_TOKEN=***,cores=2"),
        (#"process:command="env A_KEY='a b' Secret=""c d""e ./x""#, #"process:command="env A_KEY=*** Secret=*** ./x""#),
        (
            #"process:command="./x --token a --api-key=b --password 'c d' -n 3""#,
            #"process:command="./x --token *** --api-key=*** --password *** -n 3""#
        ),
        (#"process:command="./x '--token' 'a b' --hf-token c""#, #"process:command="./x '--token' *** --hf-token ***""#),
        (
            #"process:command="DB_PASSWORD=a\ b ./x --max-tokens 9 --tokenizer t",port=8"#,
            #"process:command="DB_PASSWORD=*** ./x --max-tokens 9 --tokenizer t",port=8"#
        ),
        ("process:command=./x --credential", "process:command=./x --credential"), ("local:workers=2", "local:workers=2"),
        ("process:command=x TOKEN=", "process:command=x TOKEN=***"), ("process:command=\"x TOKEN=a", "process:command=\"x TOKEN=***"),
    ])
    func processes(_ typed: String, _ shown: String) {
        #expect(Redaction.process(typed, isOption: true) == shown)
        for words in [["--provider", typed], ["--provider=" + typed]] {
            let command = Redaction.command(["scalebench"] + words + ["-n", "1"])
            for part in [" 'a", "abc", "c d", "b ./x"] { #expect(!command.contains(part) || shown.contains(part), "\(command)") }
            #expect(command.hasSuffix(" -n 1"))
        }
    }
}
