import Glibc
import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

/// Plug-ins that are shell scripts, without a keeper between.
@Suite struct PluginProviderTests {
    private static let hello = #"printf '{"type":"hello","protocol":1,"name":"x","abilities":["sweep"]}\n'"#
    private static let ready =
        #"printf '{"type":"stage","stage":"create"}\n{"type":"ready","endpoints":[{"url":"http://127.0.0.1:4242"}],"workers":2,"cores":3}\n'"#
    private static let stopped = #"printf '{"type":"stopped"}\n'"#

    init() {
        // A script may be over before all is written to it.
        signal(SIGPIPE, SIG_IGN)
    }

    private func request(_ script: ScriptServer, clock: any ControlClock = SystemClock()) -> LaunchRequest {
        var request = script.request(clock: clock)
        request.program = "/bin/sh"
        request.keeper = ["-c", #"shift; exec "$@""#, "sh"]
        return request
    }

    private func provider(_ script: ScriptServer, _ more: String = "") throws -> any Provider {
        try ProviderRegistry.provider(for: ProviderSpec("exec:\(script.path)\(more)"))
    }

    @Test func itsServersAreADeployment() async throws {
        let script = ScriptServer("read -r h", Self.hello, "read -r l", Self.ready, "read -r s", Self.stopped, "read -r end")
        let request = request(script)
        let deployment = try await provider(script, ",max-concurrent-envs=7").launch(request)
        let facts = deployment.facts
        #expect(facts.provider == "exec" && facts.infra == "exec-x-w2-c7" && facts.endpoints == ["http://127.0.0.1:4242"])
        #expect(facts.cores == 3 && facts.replicas == 1 && facts.workers == 2 && facts.sessionCap == 7)
        #expect(deployment.lifecycle.map(\.stage) == [.create, .started])
        #expect(await deployment.health() == .alive)
        #expect(request.ledger.outstanding.map(\.kind) == [.processes, .plugin])
        try await deployment.stop()
        try await deployment.stop()
        #expect(script.isReaped && request.ledger.outstanding.isEmpty)
    }

    @Test func aFailureIsStoppedAsWell() async throws {
        let script = ScriptServer(
            "read -r h", Self.hello, "read -r l", #"echo secret-value-7 >&2; printf '{"type":"failed","message":"no secret-value-7"}\n'"#,
            "read -r s",
            #"case $s in *stop*) printf '{"type":"stopped"}\n';; esac"#, "read -r end")
        let request = request(script)
        let error = await #expect(throws: ScaleError.self) { try await provider(script, ",env.A=secret-value-7").launch(request) }
        #expect(error?.code == .infrastructure && error?.message == "the plug-in '\(script.path)' says: no ***" && error?.cause == "***")
        #expect(script.isReaped && request.ledger.outstanding.isEmpty)
    }

    /// One that dies is started again to look for what it may have left.
    @Test(arguments: [#"printf '{"type":"swept","found":["box"]}\n'"#, #"printf '{"type":"swept","found":["box"],"left":"box"}\n'"#])
    func whatADeadOneLeftIsSwept(answer: String) async throws {
        let script = ScriptServer(
            "read -r h", Self.hello, "read -r m", #"case $m in *'"type":"sweep"'*"# + ") \(answer); read -r end; exit;; esac", Self.ready,
            "exit 3")
        let request = request(script)
        let deployment = try await provider(script).launch(request)
        #expect(await eventually { await deployment.health() != .alive })
        #expect(await deployment.health().terminal?.state == "the plug-in '\(script.path)' ended with exit status 3")
        if answer.contains("left") {
            let error = await #expect(throws: ScaleError.self) { try await deployment.stop() }
            #expect(error?.message == "the plug-in '\(script.path)' ended before it had stopped its launch")
            #expect(error?.cause?.contains("could not remove all that is left of the launch \(request.mark.name): box") == true)
            #expect(request.ledger.outstanding.map(\.kind) == [.plugin])
        } else {
            try await deployment.stop()
            #expect(request.ledger.outstanding.isEmpty)
        }
    }

    @Test func aLedgersResourceIsFoundByItsPlace() async throws {
        let script = ScriptServer(
            "read -r h", Self.hello, "read -r m",
            #"case $m in *'"dry_run":true'*'"launch":"sb-9"'*'"resources":["a box"]'*) printf '{"type":"swept","found":["box of sb-9"]}\n';; esac"#,
            "read -r end")
        let plugin = try Plugin(exec: [script.path], flag: "--provider")
        let request = request(script)
        let found = try await PluginSweeper().find(Resource(.plugin, "sb-9 a box", place: plugin.place), request)
        #expect(found == ["box of sb-9"] && request.ledger.outstanding.isEmpty && script.isReaped)
    }

    @Test func silenceIsNotWaitedForLonger() async throws {
        let script = ScriptServer("while :; do read -r line; done")
        let request = request(script, clock: ClockOfScript(script: script))
        let error = await #expect(throws: ScaleError.self) { try await provider(script).launch(request) }
        #expect(error?.message == "the plug-in '\(script.path)' did not say hello within 60 s")
        #expect(script.isReaped && request.ledger.outstanding.isEmpty)
    }

    @Test func aStopDuringTheLaunchIsPassedOn() async throws {
        let script = ScriptServer("read -r h", Self.hello, "read -r l", "read -r s", Self.stopped, "read -r end")
        let request = request(script)
        let provider = try provider(script)
        let launch = Task { try await provider.launch(request) }
        #expect(await eventually { script.pid != nil })
        launch.cancel()
        let error = await #expect(throws: ScaleError.self) { try await launch.value }
        #expect(error?.code == .interrupted && script.isReaped && request.ledger.outstanding.isEmpty)
    }

    @Test(arguments: [
        ("exec", "names no path"), ("exec:", "names no path"), ("exec:path=", "names no path"),
        ("exec:\"'a\"", "a quote or a backslash that does not end"),
        ("exec:a,workers=0", "workers is '0'"), ("openenv", "names no class"),
        ("openenv:a b", "class is 'a b', which is no name of a class"),
        ("openenv:A,python=", "python is empty"),
    ])
    func badStringsAreRefused(text: String, part: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderRegistry.provider(for: try ProviderSpec(text)) }
        #expect(error?.code == .usage && error?.message.contains(part) == true && error?.hint != nil, "\(String(describing: error))")
    }

    @Test(arguments: ["/nowhere/launch.py", "no-such-program-anywhere", "/etc/passwd"]) func whatIsNoProgramIsRefused(path: String)
        async throws
    {
        let script = ScriptServer()
        let provider = try ProviderRegistry.provider(for: ProviderSpec("exec:\(path)"))
        let error = await #expect(throws: ScaleError.self) { try await provider.launch(request(script)) }
        #expect(error?.code == .usage && error?.message.contains("'\(path)' is not") == true)
    }

    @Test(arguments: [["a"], ["a b", "c'd", "", "$x\\\""]]) func joinedWordsAreSplitAgain(words: [String]) {
        #expect(CommandWords.split(CommandWords.join(words)) == words)
    }
}
