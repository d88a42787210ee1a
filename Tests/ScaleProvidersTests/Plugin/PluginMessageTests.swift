import ScaleCore
import Testing

@testable import ScaleProviders

@Suite struct PluginMessageTests {
    private func read(_ line: String) -> Result<PluginMessage, PluginMessage.Refusal> {
        do throws(PluginMessage.Refusal) { return .success(try PluginMessage(Array(line.utf8))) } catch { return .failure(error) }
    }

    static let messages: [(String, PluginMessage)] = [
        (
            #"{"type":"hello","protocol":1,"name":"a-b.2"}"#,
            .hello(.init(version: 1, name: "a-b.2", options: nil, abilities: []))
        ),
        (
            #"{"type":"hello","protocol":2,"name":"x","options":[{"key":"zone","value":"NAME","default":"here"},{"key":"a"}],"abilities":["logs","more"]}"#,
            .hello(
                .init(
                    version: 2, name: "x",
                    options: [
                        OptionDescription("zone", "NAME", "", defaultValue: "here"), OptionDescription("a", "VALUE", ""),
                    ], abilities: ["logs", "more"]))
        ),
        (#"{"type":"log","line":"a"}"#, .log(level: "info", "a")), (#"{"type":"log","level":"warn","line":"a"}"#, .log(level: "warn", "a")),
        (#"{"type":"progress","text":"a"}"#, .progress("a")),
        (#"{"type":"stage","stage":"scheduled","replica":3}"#, .stage(.scheduled, replica: 3)),
        (#"{"type":"stage","stage":"started"}"#, .stage(.started, replica: 0)),
        (#"{"type":"stage","stage":"warmed"}"#, .unknown("stage warmed")), (#"{"type":"stage","stage":"stop"}"#, .unknown("stage stop")),
        (#"{"type":"creating","resource":"box 1"}"#, .creating("box 1")), (#"{"type":"removed","resource":"box 1"}"#, .removed("box 1")),
        (
            #"{"type":"failed","message":"no","hint":"yes","usage":true}"#,
            .failed(.init(message: "no", hint: "yes", isUsage: true))
        ),
        (#"{"type":"failed","message":"no","hint":null}"#, .failed(.init(message: "no", isUsage: false))),
        (#"{"type":"ended","state":"gone","lines":["a"],"replica":1}"#, .ended(.init(state: "gone", lines: ["a"], replica: 1))),
        (#"{"type":"logs","lines":["a","b"]}"#, .logs(["a", "b"])), (#"{"type":"stopped"}"#, .stopped(.init())),
        (#"{"type":"stopped","left":"box 1","hint":"kick it"}"#, .stopped(.init(left: "box 1", hint: "kick it"))),
        (#"{"type":"swept","found":[]}"#, .swept(.init(found: []))), (#"{"type":"later","x":{"y":[1]}}"#, .unknown("later")),
    ]

    @Test(arguments: messages) func reads(line: String, message: PluginMessage) { #expect(read(line) == .success(message)) }

    static let refusals: [(String, String)] = [
        ("hello", "a line that is no JSON"), ("", "a line that is no JSON"), ("[1]", "a line that is JSON, but no object"),
        ("null", "a line that is JSON, but no object"), (#"{"type":"stop"#, "a line that is no JSON"),
        ("{}", "a line that lacks 'type'"), (#"{"type":7}"#, "a line that has a value of the wrong type in 'type'"),
        (#"{"type":"hello","protocol":1}"#, "a 'hello' that lacks 'name'"),
        (#"{"type":"hello","name":"a"}"#, "a 'hello' that lacks 'protocol'"),
        (
            #"{"type":"hello","protocol":1,"name":"a b"}"#,
            "a 'hello' that has a name that is not 1 to 40 letters, digits, hyphens, dots and underscores"
        ),
        (#"{"type":"hello","protocol":1,"name":"a","options":[{"value":"N"}]}"#, "a line that lacks 'options[0].key'"),
        (#"{"type":"ready"}"#, "a 'ready' that lacks 'endpoints'"),
        (#"{"type":"ready","endpoints":[]}"#, "a 'ready' that has no endpoint in 'endpoints'"),
        (#"{"type":"ready","endpoints":[{"url":5}]}"#, "a line that has a value of the wrong type in 'endpoints[0].url'"),
        (
            #"{"type":"ready","endpoints":[{"url":"ftp://SECRET"}]}"#,
            "a 'ready' that has a URL in 'endpoints' that cannot be read: http, https, ws and wss can, with a host"
        ),
        (
            #"{"type":"ready","endpoints":[{"url":"http://a","headers":{"a b":"SECRET"}}]}"#,
            "a 'ready' that has a header in 'endpoints' that cannot stand in a request"
        ),
        (
            #"{"type":"ready","endpoints":[{"url":"http://a"}],"replicas":0}"#,
            "a 'ready' that has 0 in 'replicas', which is not from 1 to 1000000"
        ),
        (#"{"type":"ready","endpoints":[{"url":"http://a"}],"cores":0}"#, "a 'ready' that has 'cores' that are not above 0"),
        (
            #"{"type":"ready","endpoints":[{"url":"http://a"}],"pids":[-1]}"#,
            "a 'ready' that has something in 'pids' that is not the number of a process"
        ),
        (
            #"{"type":"creating","resource":""}"#,
            "a 'creating' that has a resource that is empty, has more than one line or more than 1000 characters"
        ),
        (#"{"type":"logs"}"#, "a 'logs' that lacks 'lines'"), (#"{"type":"failed"}"#, "a 'failed' that lacks 'message'"),
    ]

    @Test(arguments: refusals) func refuses(line: String, what: String) { #expect(read(line) == .failure(.init(what: what))) }

    @Test func readyMayHoldSecrets() throws {
        let line =
            #"{"type":"ready","endpoints":[{"url":"https://box.example/p","secret":true,"headers":{"X-Key":"k1","Accept":"v"}}],"replicas":2,"#
            + #""cores":1.5,"workers":3,"session_cap":4,"pids":[7],"balancer":"nginx","balancer_pids":[8,9]}"#
        guard case .ready(let ready) = try PluginMessage(Array(line.utf8)) else {
            Issue.record("no ready")
            return
        }
        let endpoint = try #require(ready.endpoints.first)
        #expect(endpoint.redacted == "https://***" && endpoint.plain == "https://box.example/p" && endpoint.carriesSecrets)
        #expect(endpoint.headers.map(\.name) == ["Accept", "X-Key"] && endpoint.headers.map(\.value) == ["v", "k1"])
        #expect(ready.replicas == 2 && ready.cores == 1.5 && ready.workers == 3 && ready.sessionCap == 4)
        #expect(ready.processes == [7] && ready.balancer == "nginx" && ready.balancerProcesses == [8, 9])
    }

    @Test func everyRequestIsOneLineOfJSON() {
        let launch = PluginLaunch(
            launch: "sb-1", run: "r", labels: ["l": "v"], options: ["path": "a/b", "x": "\n"], environment: ["A": "ü"], startupSeconds: 60)
        let lines: [(PluginRequest, String)] = [
            (.hello(scalebench: "1.0"), #"{"protocol":1,"scalebench":"1.0","type":"hello"}"#),
            (
                .launch(launch),
                #"{"env":{"A":"ü"},"labels":{"l":"v"},"launch":"sb-1","options":{"path":"a/b","x":"\n"},"run":"r","startup_seconds":60,"type":"launch","variable":"SCALEBENCH_LAUNCH"}"#
            ),
            (.noted(resource: "box"), #"{"resource":"box","type":"noted"}"#), (.logs(last: 3), #"{"last":3,"type":"logs"}"#),
            (.stop, #"{"type":"stop"}"#),
            (
                .sweep(PluginSweep(launch: "sb-1", resources: ["a"], isDry: true)),
                #"{"dry_run":true,"launch":"sb-1","resources":["a"],"type":"sweep"}"#
            ),
        ]
        for (request, line) in lines { #expect(String(decoding: request.line, as: UTF8.self) == line + "\n") }
    }
}
