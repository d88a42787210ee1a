import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

@Suite("Services live, are scaled and end") struct SwarmLifeTests {
    @Test func itsHealthIsThatOfItsTasks() async throws {
        let failed = SwarmLaunchTests.tasks(SwarmLaunchTests.task(1, "running", port: 31_001), SwarmLaunchTests.task(2, "failed", exit: 3))
        let engine = EngineStandIn { mark in
            SwarmLaunchTests.running(
                mark,
                [
                    "GET /tasks": [
                        SwarmLaunchTests.twoRun, SwarmLaunchTests.twoRun, SwarmLaunchTests.twoRun, EngineStandIn.refusal(500, "busy"),
                        failed, EngineStandIn.missing,
                    ],
                    "GET /tasks/t2/logs": [EngineStandIn.log("out of luck")],
                ])
        }
        let deployment = try await engine.launch("swarm:env,publish=host")
        let mark = engine.request.mark.name
        #expect(await deployment.health() == .alive)
        #expect(await deployment.health() == .alive, "an engine that is busy says nothing")
        let state = "the task \(mark).2, replica 2 of 2, ended with exit status 3"
        #expect(await deployment.health() == .ended(.init(state: state, lastLines: ["out of luck"])))
        #expect(await deployment.health() == .ended(.init(state: "the service \(mark) was removed by somebody else")))
    }

    @Test func itIsScaledAlthoughSomebodyElseChangesItToo() async throws {
        let three = SwarmLaunchTests.tasks(
            SwarmLaunchTests.task(1, "running", port: 31_001), SwarmLaunchTests.task(2, "running", port: 31_002),
            SwarmLaunchTests.task(3, "running", port: 31_003))
        let engine = EngineStandIn { mark in
            SwarmLaunchTests.running(
                mark,
                [
                    "GET /tasks": [SwarmLaunchTests.twoRun, SwarmLaunchTests.twoRun, three],
                    "GET /containers/c3/json": [EngineStandIn.container("c3", port: 31_003)],
                    "GET /services/MARK": [SwarmLaunchTests.service(mark, version: 7), SwarmLaunchTests.service(mark, version: 8)],
                    "POST /services/MARK/update": [EngineStandIn.refusal(500, "update out of sequence"), SwarmLaunchTests.ok],
                ])
        }
        let service = try #require(try await engine.launch("swarm:env,publish=host") as? any Rescalable)
        let scaled = try await service.rescale(to: 3)
        #expect(scaled.endpoints.count == 3 && scaled.facts.replicas == 3 && scaled.facts.infra == "swarm-env-x3")
        #expect(scaled.lifecycle.filter { $0.replica == 2 }.map(\.stage) == [.scheduled, .started])
        let updates = engine.requests("POST /services/MARK/update")
        #expect(updates.map { $0.line.split(separator: "?")[1] } == ["version=7 HTTP/1.1", "version=8 HTTP/1.1"])
        #expect(updates.allSatisfy { $0.body.contains(#""Replicas":3"#) })
    }

    @Test func anUpdateThatIsRefusedForGoodIsNotTriedAgain() async throws {
        let engine = EngineStandIn { mark in
            SwarmLaunchTests.running(mark, ["POST /services/MARK/update": [EngineStandIn.refusal(400, "no")]])
        }
        let service = try #require(try await engine.launch("swarm:env,publish=host") as? any Rescalable)
        let error = await #expect(throws: ScaleError.self) { _ = try await service.rescale(to: 3) }
        #expect(error?.message.hasSuffix("cannot be scaled to 3 replicas") == true)
        #expect(engine.requests("POST /services/MARK/update").count == 1)
    }

    // MARK: - Sweeping

    @Test(arguments: [Resource.Kind.service, .network, .swarm]) func sweepersLeaveWhatIsNotOurs(kind: Resource.Kind) async throws {
        let theirs = #"{"Labels":{"scalebench.launch":"sb-ffffffffffff-1"}}"#
        let engine = EngineStandIn([
            "GET /services/MARK": [SwarmLaunchTests.service("sb-ffffffffffff-1")], "GET /networks/MARK": [.answer(200, body: theirs)],
            "GET /swarm": [.answer(200, body: #"{"Spec":\#(theirs)}"#)], "GET /networks/docker_gwbridge": [.answer(200, body: theirs)],
            "GET /containers/json": [SwarmLaunchTests.nothing],
        ])
        let resource = Resource(kind, engine.request.mark.name, place: engine.socket)
        let sweeper = try #require(Sweepers.sweeper(for: kind))
        #expect(try await sweeper.find(resource, engine.request) == [])
        if kind == .swarm {
            try await sweeper.remove(resource, engine.request)
        } else {
            let error = await #expect(throws: ScaleError.self) { try await sweeper.remove(resource, engine.request) }
            #expect(error?.message.contains("does not carry the label of the launch") == true)
        }
        #expect(engine.calls.allSatisfy { $0.hasPrefix("GET") })
    }

    @Test func theSweeperOfAServiceWaitsForItsContainers() async throws {
        let left = StandIn.Reply.answer(200, body: #"[{"Id":"c0ffee","Names":["/x"],"State":"running"}]"#)
        let engine = EngineStandIn { mark in
            SwarmLaunchTests.running(
                mark,
                [
                    "GET /services/MARK": [SwarmLaunchTests.service(mark), SwarmLaunchTests.service(mark), EngineStandIn.missing],
                    "GET /tasks": [SwarmLaunchTests.twoRun, SwarmLaunchTests.nothing],
                    "GET /containers/json": [left, left, left, SwarmLaunchTests.nothing],
                ])
        }
        let resource = Resource(.service, engine.request.mark.name, place: engine.socket)
        #expect(
            try await ServiceSweeper().find(resource, engine.request) == [
                "service \(resource.name)", "container c0ffee of service \(resource.name) (running)",
            ])
        try await ServiceSweeper().remove(resource, engine.request)
        #expect(engine.calls.count { $0 == "GET /containers/json" } == 4)
        #expect(try await ServiceSweeper().find(resource, engine.request) == [])
    }

    @Test func whereNoSwarmIsNothingOfItIsLeft() async throws {
        let engine = EngineStandIn([
            "GET /services/MARK": [SwarmLaunchTests.noSwarm], "GET /swarm": [SwarmLaunchTests.noSwarm],
            "GET /containers/json": [SwarmLaunchTests.nothing],
        ])
        for kind in [Resource.Kind.service, .network, .swarm] {
            let resource = Resource(kind, engine.request.mark.name, place: engine.socket)
            let sweeper = try #require(Sweepers.sweeper(for: kind))
            #expect(try await sweeper.find(resource, engine.request) == [])
            try await sweeper.remove(resource, engine.request)
        }
    }
}
