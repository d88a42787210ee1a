import Glibc
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleTestKit
import Testing

@Suite struct LocalProviderTests {
    static let says = "echo 'environment listening on http://127.0.0.1:4242 with 1 worker'"

    func provider(_ text: String = "local") throws -> any Provider {
        try ProviderRegistry.provider(for: ProviderSpec(text))
    }

    @Test(
        arguments: [
            ("local", "local", 1, nil, "--host 127.0.0.1 --port 0 --workers 1 --lifeline"),
            (
                "local:workers=2,max-concurrent-envs=40", "local-w2-c40", 2, 40,
                "--host 127.0.0.1 --port 0 --workers 2 --max-concurrent-envs 40 --lifeline"
            ),
            (
                "local:workers=1,step-cpu=2ms,fault=slowdown=10%+slow-step=3s@1%,fault-seed=7",
                "local-w1-cpu2ms-slowdown10%-slow-step3s@1%-seed7", 1, nil,
                "--host 127.0.0.1 --port 0 --workers 1 --step-cpu=2ms --fault=slowdown=10% --fault=slow-step=3s@1% "
                    + "--fault-seed=7 --lifeline"
            ),
            ("local:host=0.0.0.0,port=81", "local", 1, nil, "--host 0.0.0.0 --port 81 --workers 1 --lifeline"),
        ] as [(String, String, Int, Int?, String)])
    func startsOurOwnProgram(text: String, infra: String, workers: Int, cap: Int?, flags: String) async throws {
        let script = ScriptServer(#"echo "$@" >&2; [ -p /dev/stdin ] && echo 'a pipe' >&2"#, Self.says, "read ignored")
        let deployment = try await provider(text).launch(script.request())
        #expect(deployment.endpoints == [Endpoint(secure: false, host: "127.0.0.1", port: 4242)])
        let facts = DeploymentRecord(
            provider: "local", infra: infra, cores: 6, replicas: 1, workers: workers, sessionCap: cap,
            endpoints: ["http://127.0.0.1:4242"])
        #expect(deployment.facts == facts)
        #expect(deployment.lifecycle.map(\.stage) == [.started])
        #expect(deployment.readable == [script.pid])
        #expect(await deployment.health() == .alive)
        #expect(await eventually { await deployment.logs(last: 9) == ["serve " + flags, "a pipe"] })
        #expect(await deployment.logs(last: 1) == ["a pipe"])
        try await deployment.stop()
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
        try await deployment.stop()
        #expect(deployment.readable == [])
        guard case .ended(let terminal) = await deployment.health() else { return #expect(Bool(false)) }
        #expect(terminal.state == "signal 15")
    }

    @Test func aServerThatIgnoresTheRequestToEndIsKilledWithItsChildren() async throws {
        let script = ScriptServer("trap '' TERM", "sleep 1000 &", Self.says, "while :; do sleep 1000; done")
        let deployment = try await provider().launch(script.request())
        try await deployment.stop()
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
        #expect(await deployment.health() == .ended(.init(state: "signal 9")))
    }

    @Test func aServerThatObeysLeavesNoChildBehind() async throws {
        let script = ScriptServer(
            "(trap '' TERM; sleep 1000) &", "trap 'exit 0' TERM", Self.says, "read ignored", "exit 7")
        let deployment = try await provider().launch(script.request())
        try await deployment.stop()
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }

    @Test func severalStopsAtOnceAreOne() async throws {
        let script = ScriptServer(Self.says, "read ignored")
        let deployment = try await provider().launch(script.request())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { try await deployment.stop() } }
            try await group.waitForAll()
        }
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }

    @Test func anEarlyEndIsToldWithItsLastLines() async throws {
        let script = ScriptServer(
            "i=0; while [ $i -lt 60 ]; do i=$((i+1)); echo line $i >&2; done", "printf 'cannot bind' >&2", "exit 3")
        let error = await #expect(throws: ScaleError.self) { try await provider().launch(script.request()) }
        #expect(error?.code == .infrastructure)
        #expect(error?.message == "the local server ended with exit status 3 before it listened")
        let lines = error?.cause?.split(separator: "\n") ?? []
        #expect(lines.count == 50)
        #expect(lines.first == "line 12")
        #expect(lines.last == "cannot bind")
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }

    @Test(arguments: ["listening on nothing", "now listening on", "on http://127.0.0.1:1 listening", ""])
    func otherLinesAreNotTheAddress(line: String) async throws {
        let script = ScriptServer("echo '\(line)'", "exit 0")
        let error = await #expect(throws: ScaleError.self) { try await provider().launch(script.request()) }
        #expect(error?.message == "the local server ended with exit status 0 before it listened")
    }

    @Test(arguments: [("http://0.0.0.0:5", "127.0.0.1"), ("http://[::]:5", "::1"), ("http://10.1.2.3:5", "10.1.2.3")])
    func everyInterfaceIsReachedOverLoopback(url: String, host: String) async throws {
        let script = ScriptServer("echo 'starting'; echo 'listening on \(url) (2 workers)'", "read ignored")
        let deployment = try await provider().launch(script.request())
        #expect(deployment.endpoints == [Endpoint(secure: false, host: host, port: 5)])
        try await deployment.stop()
    }

    @Test func aSilentServerIsGivenUpAndEnded() async throws {
        let script = ScriptServer("exec sleep 1000")
        let request = script.request(deadline: .seconds(7), clock: ClockOfScript(script: script))
        let error = await #expect(throws: ScaleError.self) { try await provider().launch(request) }
        #expect(error?.code == .infrastructure)
        #expect(error?.message == "the local server did not say within 7.0 s where it listens")
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }

    @Test func aCancelledLaunchLeavesNoChild() async throws {
        let script = ScriptServer("trap '' TERM", "while :; do sleep 1000; done")
        let provider = try provider()
        let launch = Task { () -> ScaleError.Code? in
            do throws(ScaleError) { _ = try await provider.launch(script.request()) } catch { return error.code }
            return nil
        }
        #expect(await eventually { script.pid != nil })
        launch.cancel()
        #expect(await launch.value == .interrupted)
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }

    @Test func aLaunchInACancelledTaskLeavesNoChild() async throws {
        let script = ScriptServer(Self.says, "read ignored")
        let provider = try provider()
        let launch = Task { () -> ScaleError.Code? in
            withUnsafeCurrentTask { $0?.cancel() }
            do throws(ScaleError) { _ = try await provider.launch(script.request()) } catch { return error.code }
            return nil
        }
        #expect(await launch.value == .interrupted)
        #expect(script.pid == nil || script.isReaped)
    }

    @Test func aForgottenDeploymentEndsItsServer() async throws {
        let script = ScriptServer(Self.says, "read ignored")
        var deployment: (any Deployment)? = try await provider().launch(script.request())
        #expect(deployment?.readable.isEmpty == false)
        deployment = nil
        #expect(await eventually { script.isGone })
    }

    @Test func aDeathIsSeen() async throws {
        let script = ScriptServer("echo 'last words' >&2", Self.says, "read ignored")
        let deployment = try await provider().launch(script.request())
        kill(try #require(script.pid), SIGKILL)
        #expect(await eventually { await deployment.health() != .alive })
        #expect(await deployment.health() == .ended(.init(state: "signal 9", lastLines: ["last words"])))
        try await deployment.stop()
    }

    @Test(arguments: ["/nonexistent/program", "/etc/hostname", "/tmp"])
    func whatCannotBeStartedIsNamed(program: String) async throws {
        var request = ScriptServer().request()
        request.program = program
        let error = await #expect(throws: ScaleError.self) { try await provider().launch(request) }
        #expect(error?.code == .infrastructure)
        #expect(error?.message.hasPrefix("the local server '\(program)' cannot be started: ") == true)
    }

    @Test func muchOutputDoesNotStopTheServer() async throws {
        let script = ScriptServer(
            Self.says, "head -c 300000 /dev/zero", "head -c 300000 /dev/zero >&2", "echo >&2; echo done >&2",
            "read ignored")
        let deployment = try await provider().launch(script.request())
        #expect(await eventually { await deployment.logs(last: 1) == ["done"] })
        try await deployment.stop()
        #expect(script.isReaped)
        #expect(await eventually { script.isGone })
    }
}
