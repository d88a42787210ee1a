import Glibc
import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

@Suite("Containers are launched and removed") struct DockerLaunchTests {
    /// One container that comes up and goes.
    static func running(_ more: EngineStandIn.Script = [:]) -> EngineStandIn.Script {
        [
            "POST /containers/create": [EngineStandIn.created], "POST /containers/c1/start": [EngineStandIn.done],
            "GET /containers/c1/json": [EngineStandIn.container()],
        ].merging(more) { $1 }
    }

    @Test func oneContainerFromItsImageToItsEnd() async throws {
        let engine = EngineStandIn(Self.running())
        let deployment = try await engine.launch("docker:env,workers=2,max-concurrent-envs=40,cpus=0.5")
        #expect(deployment.endpoints == [Endpoint(secure: false, host: "127.0.0.1", port: 49_153)])
        #expect(
            deployment.facts
                == DeploymentRecord(
                    provider: "docker", infra: "docker-env-w2-c40-cpus0.5", cores: 0.5, replicas: 1, workers: 2, sessionCap: 40,
                    endpoints: ["http://127.0.0.1:49153"]))
        #expect(deployment.lifecycle.map(\.stage) == [.create, .started])
        #expect(
            engine.calls == [
                "GET /images/env:latest/json", "POST /containers/create", "POST /containers/c1/start", "GET /containers/c1/json",
            ])
        let mark = engine.request.mark.name
        #expect(engine.requests("POST /containers/create").map(\.line) == ["POST /v1.41/containers/create?name=\(mark) HTTP/1.1"])
        #expect(engine.request.ledger.outstanding == [Resource(.container, mark, place: engine.socket)])
    }

    @Test func whatRunsAlreadyIsStarted() async throws {
        let engine = EngineStandIn(Self.running(["POST /containers/c1/start": [.answer(304)]]))
        #expect(try await engine.launch("docker:env").endpoints.count == 1)
    }

    @Test func ofSeveralEachHasItsNameAndItsStages() async throws {
        let engine = EngineStandIn(Self.running())
        let deployment = try await engine.launch("docker:env,replicas=12")
        #expect(deployment.endpoints.count == 12 && deployment.facts.replicas == 12 && deployment.facts.cores == 4)
        let names = engine.requests("POST /containers/create").map { $0.line.split(separator: "=")[1].split(separator: " ")[0] }
        #expect(Set(names) == Set((1...12).map { "\(engine.request.mark.name)-\($0)" }) && names.count == 12)
        #expect(deployment.lifecycle.map(\.replica) == (0..<12).flatMap { [$0, $0] })
        #expect(engine.request.ledger.outstanding.count == 12)
    }

    @Test(arguments: [("1.41", "1.12", "v1.41"), ("1.51", "1.24", "v1.44"), ("1.60", "1.52", "v1.52"), ("1.25", "1.12", "v1.25")])
    func theVersionIsOneThatBothSidesKnow(newest: String, oldest: String, spoken: String) async throws {
        let version = #"{"Version":"9","ApiVersion":"\#(newest)","MinAPIVersion":"\#(oldest)"}"#
        let engine = EngineStandIn(Self.running(["GET /version": [.answer(200, body: version)]]))
        _ = try await engine.launch("docker:env")
        #expect(engine.requests("GET /info").map(\.line) == ["GET /\(spoken)/info HTTP/1.1"])
    }

    // MARK: - Images

    @Test func anImageThatIsNotThereIsPulledWithProgress() async throws {
        let pull = """
            {"status":"Pulling fs layer","progressDetail":{},"id":"a"}
            {"status":"Pull complete","progressDetail":{},"id":"a"}
            """
        let engine = EngineStandIn(
            Self.running([
                "GET /images/r:5000/env:v1/json": [EngineStandIn.missing], "POST /images/create": [.answer(200, body: pull)],
            ]))
        _ = try await engine.launch("docker:r:5000/env:v1,platform=linux/amd64")
        #expect(
            engine.requests("POST /images/create").map(\.line) == [
                "POST /v1.41/images/create?fromImage=r%3A5000%2Fenv&tag=v1&platform=linux%2Famd64 HTTP/1.1"
            ])
        #expect(engine.calls.prefix(3) == ["GET /images/r:5000/env:v1/json", "POST /images/create", "POST /containers/create"])
        #expect(engine.progress.all.first == "pulling r:5000/env:v1 …")
        #expect(engine.progress.all.contains { $0.hasPrefix("pulling r:5000/env:v1: ") && $0.hasSuffix(" of 1 layer") })
    }

    @Test func aLongPullTakesNothingFromTheDeadlineOfTheStart() async throws {
        let engine = EngineStandIn(Self.running(["POST /images/create": [.answer(200)]]))
        let clock = engine.clock
        engine.on("POST /images/create") { clock.advance(.seconds(90)) }
        #expect(try await engine.launch("docker:env,pull=always").preparation == .seconds(90))
    }

    @Test(arguments: [
        ("docker:env", false), ("docker:env,pull=always", true), ("docker:env,pull=never", false),
        ("docker:env,platform=linux/arm64", true),
        ("docker:env,platform=linux/amd64", false), ("docker:env,platform=linux/amd64/v2", false),
    ])
    func whenAnImageIsPulled(text: String, pulls: Bool) async throws {
        let engine = EngineStandIn(Self.running(["POST /images/create": [.answer(200)]]))
        _ = try await engine.launch(text)
        #expect(engine.calls.contains("POST /images/create") == pulls)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var provider = "docker:env"
        var script: EngineStandIn.Script
        var code = ScaleError.Code.infrastructure
        /// Parts of the whole error.
        var says: [String]
        /// Whether a container is created.
        var creates = false
        /// What is still in the ledger.
        var leaves = 0
    }

    @Test(arguments: [
        Refusal(
            testDescription: "no such image, and it may not be pulled", provider: "docker:other,pull=never", script: [:], code: .usage,
            says: ["the image other:latest is not on the Docker engine at /tmp/", "pull=never"]),
        Refusal(
            testDescription: "not for this platform, and it may not be pulled", provider: "docker:env,pull=never,platform=linux/arm64",
            script: [:],
            code: .usage, says: ["the image env:latest for linux/arm64 is not on the Docker engine"]),
        Refusal(
            testDescription: "in no registry", provider: "docker:other",
            script: ["POST /images/create": [EngineStandIn.refusal(404, "pull access denied for other")]], code: .usage,
            says: ["there is no image other:latest", "pull access denied for other", "docker pull other:latest"]),
        Refusal(
            testDescription: "no registry", provider: "docker:other",
            script: ["POST /images/create": [EngineStandIn.refusal(500, "dial tcp: connection refused")]],
            says: ["the image other:latest cannot be pulled (dial tcp: connection refused)", "its registry can be reached"]),
        Refusal(
            testDescription: "a pull that breaks off", provider: "docker:other",
            script: ["POST /images/create": [.answer(200, body: #"{"errorDetail":{"message":"no space left on device"},"error":"x"}"#)]],
            says: ["the image other:latest cannot be pulled (no space left on device)"]),
        Refusal(
            testDescription: "a name that is none", provider: "docker:UPPER",
            script: ["GET /images/UPPER:latest/json": [EngineStandIn.refusal(400, "must be lowercase")]], code: .usage,
            says: ["no image is called 'UPPER:latest' (must be lowercase)"]),
        Refusal(
            testDescription: "an engine that is too old",
            script: ["GET /version": [.answer(200, body: #"{"Version":"1.12","ApiVersion":"1.24"}"#)]],
            says: ["Docker 1.12 at /tmp/", "speaks version 1.24 of its API, and at least 1.25 is needed"]),
        Refusal(
            testDescription: "no engine at all", script: ["GET /version": [.answer(200, body: "hello")]],
            says: ["no Docker engine answers at /tmp/", "hello"]),
        Refusal(
            testDescription: "an engine that hangs up", script: ["GET /version": [.hangUp]], says: ["no Docker engine answers at /tmp/"]),
        Refusal(
            testDescription: "the image went meanwhile",
            script: ["POST /containers/create": [EngineStandIn.refusal(404, "No such image: env")]],
            says: ["the image env:latest was gone when the container MARK was created from it", "No such image: env"], creates: true),
        Refusal(
            testDescription: "the name is taken",
            script: [
                "POST /containers/create": [EngineStandIn.refusal(409, "name is already in use")],
                "GET /containers/MARK/json": [EngineStandIn.container(mark: "sb-ffffffffffff-1")],
            ], says: ["a container MARK is there already (name is already in use)", "docker -H unix:///tmp/"], creates: true),
        Refusal(
            testDescription: "a bad parameter", provider: "docker:env,cpus=64",
            script: ["POST /containers/create": [EngineStandIn.refusal(400, "Range of CPUs is from 0.01 to 2.00")]], code: .usage,
            says: ["--provider docker: the engine refuses a container of env:latest (Range of CPUs is from 0.01 to 2.00)"], creates: true),
        Refusal(
            testDescription: "a create that nobody knows the end of", script: ["POST /containers/create": [.hangUp]],
            says: ["the container MARK of env:latest cannot be created"], creates: true, leaves: 1),
        Refusal(
            testDescription: "an answer that is not understood", script: ["POST /containers/create": [.answer(201, body: "[]")]],
            says: ["the container MARK of env:latest cannot be created (the engine answered what is not understood: [])"], creates: true,
            leaves: 1),
        Refusal(
            testDescription: "no such command", provider: "docker:env,command=nosuch",
            script: running(["POST /containers/c1/start": [EngineStandIn.refusal(400, "executable file not found in $PATH")]]),
            code: .usage,
            says: ["the container MARK of env:latest cannot be started (executable file not found in $PATH)", "the command 'nosuch'"],
            creates: true),
        Refusal(
            testDescription: "more descriptors than the engine may give",
            script: running([
                "POST /containers/c1/start": [EngineStandIn.refusal(500, "error setting rlimit type 7: operation not permitted")]
            ]),
            says: ["cannot be started", "nofile=0"], creates: true),
        Refusal(
            testDescription: "it ends at once",
            script: running([
                "GET /containers/c1/json": [EngineStandIn.container(status: "exited", exitCode: 2, port: nil)],
                "GET /containers/c1/logs": [EngineStandIn.log("starting", "no module named app")],
            ]), says: ["the container MARK of env:latest ended with exit status 2 before it served (starting\nno module named app)"],
            creates: true),
        Refusal(
            testDescription: "it needs more memory than it may have",
            script: running([
                "GET /containers/c1/json": [EngineStandIn.container(status: "exited", exitCode: 137, oom: true, port: nil)]
            ]), says: ["ran out of memory and was killed (exit status 137) before it served"], creates: true),
        Refusal(
            testDescription: "no port leads to it", script: running(["GET /containers/c1/json": [EngineStandIn.container(port: nil)]]),
            says: ["does not say which port of this host leads to the container MARK", "network=host"], creates: true),
    ])
    func whatGoesWrongIsSaidAndNothingStays(_ item: Refusal) async throws {
        let engine = EngineStandIn(item.script)
        let error = await #expect(throws: ScaleError.self) { _ = try await engine.launch(item.provider) }
        #expect(error?.code == item.code)
        let mark = engine.request.mark.name
        for part in item.says {
            let text = part.split(separator: "MARK", omittingEmptySubsequences: false).joined(separator: mark)
            #expect(String(describing: error).contains(text) || error?.description.contains(text) == true, "\(String(describing: error))")
        }
        // A create is never tried again.
        #expect(engine.calls.count { $0 == "POST /containers/create" } == (item.creates ? 1 : 0))
        #expect(engine.request.ledger.outstanding.count == item.leaves)
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        listen(listener, 1)
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &address) { pointer in
            _ = pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &size) }
        }
        let port = UInt16(bigEndian: address.sin_port)
        for options in ["host-port=\(port)", "network=host,port=\(port)"] {
            let engine = EngineStandIn(Self.running())
            let error = await #expect(throws: ScaleError.self) { _ = try await engine.launch("docker:env,\(options)") }
            #expect(error?.code == .usage && error?.message == "port \(port) of 127.0.0.1 is taken")
            #expect(engine.calls.isEmpty)
        }
    }

    @Test func whereOneOfThreeFailsAllAreRemoved() async throws {
        let engine = EngineStandIn(
            Self.running([
                "POST /containers/create": [EngineStandIn.created, EngineStandIn.refusal(500, "no room"), EngineStandIn.created]
            ]))
        let error = await #expect(throws: ScaleError.self) { _ = try await engine.launch("docker:env,replicas=3") }
        #expect(error?.cause == "no room")
        let looked = Set(engine.calls.filter { $0.hasPrefix("GET /containers/MARK-") })
        #expect(looked == ["GET /containers/MARK-1/json", "GET /containers/MARK-2/json", "GET /containers/MARK-3/json"])
        #expect(engine.request.ledger.outstanding.isEmpty)
    }

    @Test(arguments: ["GET /version", "POST /containers/create", "POST /containers/c1/start", "GET /containers/c1/json"])
    func aLaunchThatIsCancelledRemovesWhatItMade(moment: String) async throws {
        let engine = EngineStandIn { mark in
            Self.running([
                "GET /containers/MARK/json": [EngineStandIn.container(mark: mark), EngineStandIn.missing],
                "POST /containers/c1/stop": [EngineStandIn.done], "DELETE /containers/c1": [EngineStandIn.done],
            ])
        }
        let error = await engine.launchCancelled(at: moment, "docker:env")
        #expect(error?.code == .interrupted, "\(String(describing: error))")
        #expect(engine.request.ledger.outstanding.isEmpty)
        #expect(engine.calls.contains("DELETE /containers/c1") == (moment != "GET /version"))
    }
}
