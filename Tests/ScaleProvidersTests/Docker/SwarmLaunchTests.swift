import ScaleControl
import ScaleCore
import ScaleTestKit
import Testing

@testable import ScaleProviders

@Suite("Services are launched and removed") struct SwarmLaunchTests {
    /// A task of a list.
    static func task(
        _ slot: Int, _ state: String, port: Int? = nil, err: String? = nil, exit: Int? = 0, node: String = "n1"
    ) -> String {
        let ports = port.map { #"[{"TargetPort":8000,"PublishedPort":\#($0),"PublishMode":"host"}]"# } ?? "null"
        let container = exit.map { #"{"ContainerID":"c\#(slot)","PID":0,"ExitCode":\#($0)}"# } ?? "null"
        return """
            {"ID":"t\(slot)","CreatedAt":"2026-01-01T00:00:00Z","Slot":\(slot),"NodeID":"\(node)","DesiredState":"running",
            "Status":{"State":"\(state)","Err":\(err.map { "\"\($0)\"" } ?? "null"),"ContainerStatus":\(container),"PortStatus":{"Ports":\(ports)}}}
            """
    }

    static func tasks(_ tasks: String...) -> StandIn.Reply { .answer(200, body: "[" + tasks.joined(separator: ",") + "]") }

    static func service(_ mark: String, version: Int = 7, ports: String = "[]") -> StandIn.Reply {
        .answer(
            200,
            body:
                #"{"ID":"s1","Version":{"Index":\#(version)},"Spec":{"Name":"x","Labels":{"scalebench.launch":"\#(mark)"}},"Endpoint":{"Ports":\#(ports)}}"#
        )
    }

    static let made = StandIn.Reply.answer(201, body: #"{"ID":"s1"}"#)
    static let ok = StandIn.Reply.answer(200)
    static let nothing = StandIn.Reply.answer(200, body: "[]")
    static let noSwarm = EngineStandIn.refusal(503, "This node is not a swarm manager")
    static let twoRun = tasks(task(1, "running", port: 31_001), task(2, "running", port: 31_002))

    /// A service of two tasks that come up and go.
    static func running(_ mark: String, _ more: EngineStandIn.Script = [:]) -> EngineStandIn.Script {
        [
            "POST /services/create": [made], "GET /services/MARK": [service(mark)], "GET /tasks": [twoRun],
            "GET /containers/c1/json": [EngineStandIn.container("c1", port: 31_001)],
            "GET /containers/c2/json": [EngineStandIn.container("c2", port: 32_002)], "DELETE /services/s1": [ok],
            "GET /containers/json": [nothing],
        ].merging(more) { $1 }
    }

    @Test func twoTasksFromTheImageToTheirEnd() async throws {
        let gone = Self.nothing
        let engine = EngineStandIn { mark in
            Self.running(
                mark,
                [
                    "GET /tasks": [
                        Self.tasks(Self.task(1, "pending", exit: nil), Self.task(2, "new", exit: nil)),
                        Self.tasks(Self.task(1, "running", port: 31_001), Self.task(2, "preparing", exit: nil)),
                        Self.tasks(Self.task(1, "running", port: 31_001), Self.task(2, "running")), Self.twoRun, Self.twoRun, Self.twoRun,
                        gone,
                    ]
                ])
        }
        let mark = engine.request.mark.name
        let deployment = try await engine.launch("swarm:env,publish=host,workers=2")
        // Of this host's containers the address is known to the container itself.
        #expect(deployment.endpoints.map(\.redacted) == ["http://127.0.0.1:31001", "http://127.0.0.1:32002"])
        #expect(
            deployment.facts
                == DeploymentRecord(
                    provider: "swarm", infra: "swarm-env-x2-w2", cores: 4, replicas: 2, workers: 2, sessionCap: nil,
                    endpoints: ["http://127.0.0.1:31001", "http://127.0.0.1:32002"]))
        let stages = deployment.lifecycle.map {
            "\($0.replica) \($0.stage.rawValue) \($0.start.rawValue / 1_000_000)+\($0.duration.rawValue / 1_000_000)"
        }
        #expect(
            stages == ["0 create 0+0", "1 create 0+0", "0 scheduled 0+25", "0 started 25+0", "1 scheduled 0+25", "1 started 25+50"])
        #expect(engine.requests("POST /services/create")[0].body.contains(#""Image":"sha256:1""#), "a lone node has the image")
        #expect(engine.request.ledger.outstanding == [Resource(.service, mark, place: engine.socket)])
        try await deployment.stop()
        #expect(engine.request.ledger.outstanding.isEmpty)
        let before = engine.calls.count
        try await deployment.stop()
        #expect(engine.calls.count == before, "nothing is left to stop")
    }

    @Test func aTaskOfAnotherNodeIsReachedThere() async throws {
        let engine = EngineStandIn { mark in
            Self.running(
                mark,
                [
                    "GET /info": [
                        .answer(
                            200, body: #"{"NCPU":4,"Swarm":{"NodeID":"n1","LocalNodeState":"active","ControlAvailable":true,"Nodes":2}}"#)
                    ],
                    "GET /tasks": [Self.tasks(Self.task(1, "running", port: 31_001), Self.task(2, "running", port: 31_002, node: "n2"))],
                    "GET /nodes/n2": [.answer(200, body: #"{"ID":"n2","Status":{"State":"ready","Addr":"10.0.0.7"}}"#)],
                ])
        }
        let deployment = try await engine.launch("swarm:env,publish=host")
        #expect(deployment.endpoints.map(\.redacted) == ["http://127.0.0.1:31001", "http://10.0.0.7:31002"])
        #expect(deployment.facts.cores == nil)
        #expect(engine.requests("POST /services/create")[0].body.contains(#""Image":"env:latest""#), "each node finds it by its name")
    }

    @Test func aMeshThatLeadsNowhereIsFoundOut() async throws {
        let engine = EngineStandIn { mark in
            Self.running(
                mark,
                [
                    "GET /services/MARK": [
                        Self.service(mark, ports: #"[{"TargetPort":8000,"PublishedPort":1,"PublishMode":"ingress"}]"#)
                    ],
                    "GET /tasks": [Self.tasks(Self.task(1, "running"), Self.task(2, "running")), Self.twoRun, Self.twoRun, Self.nothing],
                ])
        }
        if EngineHost.hasIPVS {
            // Then it may be that the server only does not listen yet.
            #expect(try await engine.launch("swarm:env,publish=ingress").facts.balancer == "ingress")
            return
        }
        let error = await #expect(throws: ScaleError.self) { _ = try await engine.launch("swarm:env,publish=ingress") }
        #expect(error?.message.contains("refuses connections") == true && error?.hint?.hasPrefix("publish=host") == true)
        #expect(engine.request.ledger.outstanding.isEmpty)
    }

    // MARK: - The swarm and its network

    static let inactive = StandIn.Reply.answer(200, body: #"{"NCPU":4,"Swarm":{"LocalNodeState":"inactive","ControlAvailable":false}}"#)
    static let active = StandIn.Reply.answer(
        200, body: #"{"NCPU":4,"Swarm":{"NodeID":"n1","LocalNodeState":"active","ControlAvailable":true,"Nodes":1}}"#)

    @Test func aSwarmAndANetworkAreMadeAndGoAgain() async throws {
        let engine = EngineStandIn { mark in
            let labels = #"{"Labels":{"scalebench.launch":"\#(mark)"}}"#
            let attached = #"{"Labels":{"scalebench.launch":"\#(mark)"},"Containers":{"ingress-sbox":{"Name":"gateway_ingress-sbox"}}}"#
            return Self.running(
                mark,
                [
                    "GET /info": [Self.inactive, Self.active, Self.active, Self.inactive], "POST /networks/create": [.answer(201)],
                    "POST /swarm/init": [Self.ok],
                    "GET /networks/docker_gwbridge": [
                        EngineStandIn.missing, .answer(200, body: labels), .answer(200, body: attached), .answer(200, body: labels),
                        .answer(200, body: attached), .answer(200, body: labels), EngineStandIn.missing,
                    ],
                    "GET /networks/MARK-net": [.answer(200, body: labels), .answer(200, body: labels), EngineStandIn.missing],
                    "DELETE /networks/MARK-net": [EngineStandIn.refusal(400, "in use by service"), EngineStandIn.done],
                    "DELETE /networks/docker_gwbridge": [EngineStandIn.done],
                    "POST /networks/docker_gwbridge/disconnect": [Self.ok],
                    "GET /swarm": [.answer(200, body: #"{"Spec":\#(labels)}"#), Self.noSwarm], "GET /services": [Self.nothing],
                    "POST /swarm/leave": [Self.ok], "GET /tasks": [Self.twoRun, Self.twoRun, Self.twoRun, Self.nothing],
                ])
        }
        let deployment = try await engine.launch("swarm:env,publish=host,init=true,network=create")
        let mark = engine.request.mark.name
        #expect(
            engine.request.ledger.outstanding == [
                Resource(.swarm, mark, place: engine.socket), Resource(.network, mark + "-net", place: engine.socket),
                Resource(.service, mark, place: engine.socket),
            ])
        #expect(engine.requests("POST /services/create")[0].body.contains(#""Networks":[{"Target":"\#(mark)-net"}]"#))
        try await deployment.stop()
        #expect(engine.request.ledger.outstanding.isEmpty)
        let writes = engine.calls.filter { !$0.hasPrefix("GET") }
        #expect(
            writes == [
                "POST /networks/create", "POST /swarm/init", "POST /networks/create", "POST /services/create", "DELETE /services/s1",
                "DELETE /networks/MARK-net", "DELETE /networks/MARK-net", "POST /swarm/leave",
                "POST /networks/docker_gwbridge/disconnect", "DELETE /networks/docker_gwbridge",
            ])
        #expect(
            engine.requests("POST /networks/docker_gwbridge/disconnect").map(\.body) == [
                #"{"Container":"gateway_ingress-sbox","Force":true}"#
            ])
    }

    @Test func aSwarmThatOthersUseByNowStays() async throws {
        let engine = EngineStandIn { mark in
            [
                "GET /swarm": [.answer(200, body: #"{"Spec":{"Labels":{"scalebench.launch":"\#(mark)"}}}"#)],
                "GET /services": [.answer(200, body: #"[{"ID":"s9","Version":{"Index":1},"Spec":{"Name":"theirs"}}]"#)],
            ]
        }
        let resource = Resource(.swarm, engine.request.mark.name, place: engine.socket)
        let error = await #expect(throws: ScaleError.self) { try await SwarmSweeper().remove(resource, engine.request) }
        #expect(error?.message.hasSuffix("is left as it is: the service theirs of others runs in it by now") == true)
        #expect(!engine.calls.contains("POST /swarm/leave"))
    }

    @Test func aSwarmThatWasThereIsNeitherMarkedNorLeft() async throws {
        let engine = EngineStandIn { mark in
            Self.running(mark, ["GET /tasks": [Self.twoRun, Self.twoRun, Self.twoRun, Self.nothing]])
        }
        let deployment = try await engine.launch("swarm:env,publish=host,init=true")
        #expect(engine.request.ledger.outstanding.map(\.kind) == [.service])
        try await deployment.stop()
        #expect(!engine.calls.contains { $0.contains("/swarm") })
    }

    // MARK: - What goes wrong

    struct Refusal: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var options = ""
        var script: EngineStandIn.Script = [:]
        var code = ScaleError.Code.infrastructure
        var says: [String]
        var creates = true
        var leaves = 0
    }

    static func info(_ swarm: String) -> EngineStandIn.Script { ["GET /info": [.answer(200, body: #"{"NCPU":4,"Swarm":{\#(swarm)}}"#)]] }

    @Test(arguments: [
        Refusal(
            testDescription: "no swarm", script: info(#""LocalNodeState":"inactive""#),
            says: ["is in no swarm (inactive)", "init=true begins one"],
            creates: false),
        Refusal(
            testDescription: "a locked swarm is not begun anew", options: ",init=true",
            script: info(#""LocalNodeState":"locked","Error":"is locked""#),
            says: ["is in no swarm (locked) (is locked)"], creates: false),
        Refusal(
            testDescription: "no manager", script: info(#""LocalNodeState":"active","ControlAvailable":false"#),
            says: ["is a worker of its swarm", "run scalebench on a manager"], creates: false),
        Refusal(
            testDescription: "a swarm cannot be begun", options: ",init=true",
            script: info(#""LocalNodeState":"inactive""#).merging([
                "POST /networks/create": [.answer(201)], "POST /swarm/init": [EngineStandIn.refusal(500, "no address")],
            ]) { $1 },
            says: ["a swarm cannot be begun at the Docker engine of /tmp/", "(no address)"], creates: false),
        Refusal(
            testDescription: "more than its one node has", options: ",cpus=5", code: .usage,
            says: ["--provider swarm: cpus is 5, and the swarm's one node has 4"], creates: false),
        Refusal(
            testDescription: "no such network", options: ",network=other", code: .usage,
            says: ["--provider swarm: there is no network 'other'"],
            creates: false),
        Refusal(
            testDescription: "no network can be made", options: ",network=create",
            script: ["POST /networks/create": [EngineStandIn.refusal(500, "no subnet")]],
            says: ["the overlay network MARK-net cannot be made (no subnet)"], creates: false),
        Refusal(
            testDescription: "a bad parameter", script: ["POST /services/create": [EngineStandIn.refusal(400, "invalid mount")]],
            code: .usage,
            says: ["--provider swarm: the swarm refuses a service of env:latest (invalid mount)"]),
        Refusal(
            testDescription: "the name is taken", script: ["POST /services/create": [EngineStandIn.refusal(409, "name conflicts")]],
            says: ["a service MARK is there already (name conflicts)"]),
        Refusal(
            testDescription: "a create that nobody knows the end of", script: ["POST /services/create": [.hangUp]],
            says: ["the service MARK of env:latest cannot be created"], leaves: 1),
        Refusal(
            testDescription: "no node for it",
            script: ["POST /services/create": [made], "GET /tasks": [tasks(task(1, "pending", err: "no suitable node (x)", exit: nil))]],
            says: ["no node of the swarm takes a task of the service MARK: no suitable node (x)", "constraint="]),
        Refusal(
            testDescription: "a task that its node rejects",
            script: [
                "POST /services/create": [made],
                "GET /tasks": [tasks(task(1, "rejected", err: "No such image: env", exit: nil), task(2, "running"))],
            ],
            says: ["the task MARK.1, replica 1 of 2, was rejected by its node: No such image: env"]),
        Refusal(
            testDescription: "a task that fails",
            script: [
                "POST /services/create": [made],
                "GET /tasks": [tasks(task(1, "running", port: 1), task(2, "failed", err: "task: non-zero exit (137)", exit: 137))],
                "GET /containers/c2/json": [EngineStandIn.container("c2", status: "exited", exitCode: 137, oom: true)],
                "GET /tasks/t2/logs": [EngineStandIn.log("too much")],
            ], says: ["the task MARK.2, replica 2 of 2, ran out of memory and was killed (exit status 137) (too much)"]),
        Refusal(
            testDescription: "tasks that take too long",
            script: ["POST /services/create": [made], "GET /tasks": [tasks(task(1, "running", port: 1), task(2, "preparing", exit: nil))]],
            says: ["1 of 2 tasks of the service MARK ran within 60 s (MARK.2: preparing)", "--startup-timeout"]),
    ])
    func whatGoesWrongIsSaidAndNothingStays(_ item: Refusal) async throws {
        let engine = EngineStandIn(item.script)
        let error = await #expect(throws: ScaleError.self) { _ = try await engine.launch("swarm:env,publish=host" + item.options) }
        #expect(error?.code == item.code)
        for part in item.says {
            let text = part.split(separator: "MARK", omittingEmptySubsequences: false).joined(separator: engine.request.mark.name)
            #expect(error?.description.contains(text) == true, "\(String(describing: error))")
        }
        #expect(engine.calls.count { $0 == "POST /services/create" } == (item.creates ? 1 : 0))
        #expect(engine.request.ledger.outstanding.count == item.leaves, "\(engine.calls)")
    }

    @Test(arguments: ["POST /services/create", "GET /tasks"]) func aLaunchThatIsCancelledRemovesWhatItMade(moment: String) async throws {
        let engine = EngineStandIn { mark in Self.running(mark, ["GET /tasks": [Self.twoRun, Self.nothing]]) }
        let error = await engine.launchCancelled(at: moment, "swarm:env,publish=host")
        #expect(error?.code == .interrupted, "\(String(describing: error))")
        #expect(engine.calls.contains("DELETE /services/s1") && engine.request.ledger.outstanding.isEmpty)
    }
}
