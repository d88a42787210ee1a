import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

@Suite("Containers live and end") struct DockerLifeTests {
    static func listed(_ state: String, id: String = "c1") -> StandIn.Reply {
        .answer(200, body: #"[{"Id":"\#(id)","Names":["/x"],"State":"\#(state)"}]"#)
    }

    static func deployed(_ script: EngineStandIn.Script, _ provider: String = "docker:env") async throws -> (EngineStandIn, any Deployment)
    {
        let engine = EngineStandIn(DockerLaunchTests.running(script))
        return (engine, try await engine.launch(provider))
    }

    @Test(arguments: ["running", "created", "paused", "restarting", "hibernating"]) func itLives(state: String) async throws {
        let (engine, deployment) = try await Self.deployed(["GET /containers/json": [Self.listed(state)]])
        #expect(await deployment.health() == .alive)
        let filter = "filters=%7B%22label%22%3A%5B%22scalebench.launch%3D\(engine.request.mark.name)%22%5D%7D"
        #expect(engine.requests("GET /containers/json").map(\.line) == ["GET /v1.41/containers/json?all=true&\(filter) HTTP/1.1"])
    }

    @Test(arguments: [StandIn.Reply.hangUp, EngineStandIn.refusal(500, "busy"), .answer(200, body: "{")])
    func anEngineThatDoesNotAnswerSaysNothingAboutIt(reply: StandIn.Reply) async throws {
        let (_, deployment) = try await Self.deployed(["GET /containers/json": [reply]])
        #expect(await deployment.health() == .alive)
    }

    @Test func itsEndIsToldWithWhatItSaidLast() async throws {
        let (engine, deployment) = try await Self.deployed([
            "GET /containers/json": [Self.listed("exited")],
            "GET /containers/c1/json": [EngineStandIn.container(), EngineStandIn.container(status: "exited", exitCode: 137, oom: true)],
            "GET /containers/c1/logs": [EngineStandIn.log("serving", "out of luck")],
        ])
        let state = "the container \(engine.request.mark.name) ran out of memory and was killed (exit status 137)"
        #expect(await deployment.health() == .ended(.init(state: state, lastLines: ["serving", "out of luck"])))
    }

    @Test func oneOfSeveralThatEndsEndsThemAllAndIsNamed() async throws {
        let (engine, deployment) = try await Self.deployed(
            [
                "GET /containers/json": [Self.listed("running", id: "other")],
                "GET /containers/c1/json": [EngineStandIn.container(), EngineStandIn.container(), EngineStandIn.missing],
            ], "docker:env,replicas=2")
        let name = engine.request.mark.name + "-1"
        #expect(await deployment.health() == .ended(.init(state: "the container \(name), replica 1 of 2, was removed by somebody else")))
    }

    @Test func linesOfSeveralAreSortedByTime() async throws {
        let (engine, deployment) = try await Self.deployed(
            ["GET /containers/c1/logs": [EngineStandIn.log("b", "d"), EngineStandIn.log("a")]], "docker:env,replicas=2")
        let mark = engine.request.mark.name
        #expect(await deployment.logs(last: 2) == ["\(mark)-1: d", "\(mark)-2: a"])
        #expect(await deployment.logs(last: 0) == [])
    }

    // MARK: - Stop

    struct Ending: Sendable, CustomTestStringConvertible {
        var testDescription: String
        /// What the container is when it is looked for, and what its stop and its removal are answered.
        var looks: [StandIn.Reply]
        var stop = EngineStandIn.done
        var removal = EngineStandIn.done
        var calls: [String]
        /// Parts of what is said where something may be left.
        var says: String?
    }

    static let look = "GET /containers/MARK/json"

    @Test(arguments: [
        Ending(
            testDescription: "it goes", looks: [.hangUp, EngineStandIn.missing],
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1", look]),
        Ending(
            testDescription: "it has ended", looks: [.hangUp, EngineStandIn.missing], stop: .answer(304),
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1", look]),
        Ending(
            testDescription: "it cannot be asked", looks: [.hangUp, EngineStandIn.missing], stop: EngineStandIn.refusal(500, "no"),
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1", look]),
        Ending(testDescription: "it is gone", looks: [EngineStandIn.missing], calls: [look]),
        Ending(
            testDescription: "it goes between", looks: [.hangUp], removal: EngineStandIn.missing,
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1"]),
        Ending(
            testDescription: "somebody removes it already", looks: [.hangUp, .hangUp, EngineStandIn.missing],
            removal: EngineStandIn.refusal(409, "removal in progress"),
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1", look, look]),
        Ending(
            testDescription: "it stays", looks: [.hangUp], removal: EngineStandIn.refusal(500, "device is busy"),
            calls: [look, "POST /containers/c1/stop", "DELETE /containers/c1"],
            says: "cannot be removed (device is busy); remove it by hand: docker -H unix://"),
        Ending(
            testDescription: "the engine is gone", looks: [EngineStandIn.refusal(503, "down")], calls: [look],
            says: "it cannot be found out whether"),
        Ending(
            testDescription: "it is another's", looks: [EngineStandIn.container(mark: "sb-ffffffffffff-1")], calls: [look],
            says: "does not carry the label of the launch"),
    ])
    func stops(_ item: Ending) async throws {
        // The mark is not known before the engine is made: where it hangs up, the container is the launch's.
        let engine = EngineStandIn { mark in
            let ours = item.looks.map { reply -> StandIn.Reply in
                if case .hangUp = reply { return EngineStandIn.container(mark: mark) }
                return reply
            }
            return DockerLaunchTests.running([
                "GET /containers/MARK/json": ours, "POST /containers/c1/stop": [item.stop], "DELETE /containers/c1": [item.removal],
            ])
        }
        let deployment = try await engine.launch("docker:env")
        let before = engine.calls.count
        do {
            try await deployment.stop()
            #expect(item.says == nil && engine.request.ledger.outstanding.isEmpty)
        } catch {
            #expect(error.code == .infrastructure && item.says.map { error.description.contains($0) } == true, "\(error)")
            #expect(engine.request.ledger.outstanding.count == 1)
        }
        #expect(Array(engine.calls[before...]) == item.calls)
        if item.calls.count > 1 {
            #expect(engine.requests("POST /containers/c1/stop").map(\.line) == ["POST /v1.41/containers/c1/stop?t=5 HTTP/1.1"])
            #expect(engine.requests("DELETE /containers/c1").map(\.line) == ["DELETE /v1.41/containers/c1?v=true&force=true HTTP/1.1"])
        }
    }

    @Test func whatNeverGoesIsGivenUpInTheEnd() async throws {
        let engine = EngineStandIn { mark in
            DockerLaunchTests.running([
                "GET /containers/MARK/json": [EngineStandIn.container(mark: mark)], "POST /containers/c1/stop": [EngineStandIn.done],
                "DELETE /containers/c1": [EngineStandIn.done],
            ])
        }
        let deployment = try await engine.launch("docker:env")
        let error = await #expect(throws: ScaleError.self) { try await deployment.stop() }
        #expect(error?.message == "the container \(engine.request.mark.name) was to be removed and is still there")
        #expect(engine.clock.sleeps.reduce(.zero, +) == .seconds(30))
    }

    // MARK: - Sweeping

    @Test func theSweeperFindsAndRemovesWhatCarriesTheMark() async throws {
        let engine = EngineStandIn { mark in
            [
                "GET /containers/MARK-2/json": [
                    EngineStandIn.container(mark: mark), EngineStandIn.container(mark: mark), EngineStandIn.missing,
                ], "DELETE /containers/c1": [EngineStandIn.done],
            ]
        }
        let resource = Resource(.container, engine.request.mark.name("2"), place: engine.socket)
        let sweeper = try #require(Sweepers.sweeper(for: .container))
        #expect(try await sweeper.find(resource, engine.request) == ["container \(resource.name) (running)"])
        try await sweeper.remove(resource, engine.request)
        #expect(engine.calls.contains("DELETE /containers/c1"))
        #expect(try await sweeper.find(resource, engine.request) == [])
    }

    @Test func theSweeperLeavesWhatIsNotOurs() async throws {
        let engine = EngineStandIn(["GET /containers/MARK/json": [EngineStandIn.container(mark: nil)]])
        let resource = Resource(.container, engine.request.mark.name, place: engine.socket)
        #expect(try await ContainerSweeper().find(resource, engine.request) == [])
        let error = await #expect(throws: ScaleError.self) { try await ContainerSweeper().remove(resource, engine.request) }
        #expect(error?.code == .infrastructure && error?.message.contains("does not carry the label of the launch") == true)
        #expect(!engine.calls.contains { $0.hasPrefix("DELETE") || $0.hasPrefix("POST") })
    }
}
