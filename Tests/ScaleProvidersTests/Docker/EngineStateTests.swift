import ScaleCore
import Testing

@testable import ScaleProviders

/// What is made of the states that an engine tells.
@Suite("States of the Engine API") struct EngineStateTests {
    static func container(_ state: String, ports: String = "{}") throws -> ContainerState {
        let text = #"{"Id":"c1","Name":"/x","State":\#(state),"Config":{"Tty":false},"NetworkSettings":{"Ports":\#(ports)},"Future":1}"#
        return try #require(EngineJSON.value(ContainerState.self, from: Array(text.utf8)))
    }

    @Test(
        arguments: [
            ("created", 0, false, "", nil), ("running", 0, false, "", nil), ("paused", 0, false, "", nil),
            ("restarting", 1, false, "", nil),
            ("Exited", 1, false, "", nil), ("stopped", 1, false, "", nil),
            ("removing", 0, false, "", "is being removed"), ("exited", 0, false, "", "ended with exit status 0"),
            ("dead", 3, false, "", "ended with exit status 3"), ("exited", 137, false, "", "ended with exit status 137 (SIGKILL)"),
            ("exited", 137, true, "", "ran out of memory and was killed (exit status 137)"),
            ("exited", 143, false, "", "ended with exit status 143 (SIGTERM)"), ("exited", 200, false, "", "ended with exit status 200"),
            ("exited", 128, false, "no such file", "ended with exit status 128: no such file"),
        ] as [(String, Int, Bool, String, String?)])
    func aContainerEnds(status: String, code: Int, oom: Bool, error: String, ending: String?) throws {
        let state = #"{"Status":"\#(status)","OOMKilled":\#(oom),"Pid":7,"ExitCode":\#(code),"Error":"\#(error)"}"#
        #expect(try Self.container(state).ending == ending)
    }

    @Test(
        arguments: [
            ("{}", nil), ("null", nil), (#"{"8000/tcp":null}"#, nil), (#"{"8000/tcp":[]}"#, nil),
            (#"{"8000/tcp":[{"HostIp":"127.0.0.1","HostPort":"49153"}]}"#, 49_153),
            (#"{"8000/tcp":[{"HostIp":"::","HostPort":"1"},{"HostIp":"0.0.0.0","HostPort":"2"}]}"#, 2),
            (#"{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"2"}]}"#, nil), (#"{"8000/tcp":[{"HostIp":"0.0.0.0","HostPort":""}]}"#, nil),
        ] as [(String, UInt16?)])
    func aPublishedPortIsKnownWhenTheEngineHasChosenIt(ports: String, port: UInt16?) throws {
        #expect(try Self.container(#"{"Status":"running","Pid":7,"ExitCode":0}"#, ports: ports).published(8000) == port)
    }

    // MARK: - Tasks

    static func task(
        _ id: String = "t", slot: Int = 1, state: String, err: String? = nil, exit: Int? = nil, ports: String = "null",
        desired: String = "running", created: String = "2026-01-01T00:00:00Z"
    ) throws -> TaskState {
        let container = exit.map { #"{"ContainerID":"c","PID":9,"ExitCode":\#($0)}"# } ?? "null"
        let said = err.map { #""\#($0)""# } ?? "null"
        let text = """
            {"ID":"\(id)","CreatedAt":"\(created)","Slot":\(slot),"NodeID":"n1","DesiredState":"\(desired)","Status":{"State":"\(state)",
            "Err":\(said),"ContainerStatus":\(container),"PortStatus":{"Ports":\(ports)}}}
            """
        return try #require(EngineJSON.value(TaskState.self, from: Array(text.utf8)))
    }

    @Test(
        arguments: [
            ("new", nil, nil, .waiting(nil)), ("allocated", nil, nil, .waiting(nil)), ("pending", nil, nil, .waiting(nil)),
            ("pending", "", nil, .waiting(nil)), ("pending", "no suitable node", nil, .waiting("no suitable node")),
            ("hibernating", nil, nil, .waiting(nil)),
            ("assigned", nil, nil, .scheduled), ("accepted", nil, nil, .scheduled), ("preparing", nil, nil, .scheduled),
            ("ready", nil, nil, .scheduled), ("starting", nil, nil, .scheduled), ("running", nil, 0, .running),
            ("complete", nil, 0, .ended("ended with exit status 0")),
            ("failed", "task: non-zero exit (2)", 2, .ended("ended with exit status 2")),
            ("failed", "task: non-zero exit (137)", 137, .ended("ended with exit status 137 (SIGKILL)")),
            ("failed", "starting container failed: port", nil, .ended("failed: starting container failed: port")),
            ("failed", "starting container failed: port", 0, .ended("failed: starting container failed: port")),
            ("rejected", "No such image: x", nil, .ended("was rejected by its node: No such image: x")),
            ("orphaned", nil, nil, .ended("is on a node that is lost")), ("shutdown", nil, 0, .ended("was ended by the swarm (shutdown)")),
            ("remove", nil, nil, .ended("was ended by the swarm (remove)")),
        ] as [(String, String?, Int?, TaskState.Stage)])
    func aTaskIsSomewhere(state: String, err: String?, exit: Int?, stage: TaskState.Stage) throws {
        #expect(try Self.task(state: state, err: err, exit: exit).stage == stage)
    }

    @Test(
        arguments: [
            ("null", nil), ("[]", nil), (#"[{"TargetPort":8000,"PublishedPort":30000,"PublishMode":"ingress"}]"#, nil),
            (#"[{"TargetPort":80,"PublishedPort":1,"PublishMode":"host"},{"TargetPort":8000,"PublishedPort":2,"PublishMode":"host"}]"#, 2),
            (#"[{"TargetPort":8000,"PublishMode":"host"}]"#, nil),
        ] as [(String, UInt16?)])
    func aTaskTellsItsPort(ports: String, port: UInt16?) throws {
        #expect(try Self.task(state: "running", ports: ports).published(8000) == port)
    }

    @Test func theNewestWantedTaskOfEachReplicaStandsForIt() throws {
        let tasks = [
            try Self.task("old", slot: 1, state: "shutdown", desired: "shutdown", created: "2026-01-01T00:00:02Z"),
            try Self.task("new", slot: 1, state: "running", created: "2026-01-01T00:00:01Z"),
            try Self.task("first", slot: 2, state: "failed", desired: "shutdown", created: "2026-01-01T00:00:00.5Z"),
            try Self.task("second", slot: 2, state: "failed", desired: "shutdown", created: "2026-01-01T00:00:00.51Z"),
            try Self.task("beyond", slot: 3, state: "running"),
        ]
        for order in [tasks, tasks.reversed()] {
            #expect(TaskState.current(order, replicas: 2).mapValues(\.id) == [1: "new", 2: "second"])
        }
    }

    @Test func thePortOfTheMesh() throws {
        func service(_ ports: String) throws -> ServiceState {
            let text = #"{"ID":"s","Version":{"Index":7},"Spec":{"Name":"x"},"Endpoint":\#(ports)}"#
            return try #require(EngineJSON.value(ServiceState.self, from: Array(text.utf8)))
        }
        #expect(try service(#"{"Ports":[{"TargetPort":8000,"PublishedPort":30000,"PublishMode":"ingress"}]}"#).ingress(8000) == 30_000)
        #expect(try service(#"{"Ports":[{"TargetPort":8000,"PublishedPort":0,"PublishMode":"ingress"}]}"#).ingress(8000) == nil)
        #expect(try service(#"{}"#).ingress(8000) == nil && service("null").ingress(8000) == nil)
    }

    @Test(arguments: [
        ("sb-0123456789ab-3", "sb-0123456789ab-3"), ("sb-0123456789ab-3-12", "sb-0123456789ab-3"),
        ("sb-0123456789ab-3-net", "sb-0123456789ab-3"),
    ])
    func aResourceTellsTheMarkOfItsLaunch(name: String, mark: String) {
        let resource = Resource(.container, name)
        #expect(resource.mark == mark)
        #expect(resource.isMarked(["scalebench.launch": mark]))
        #expect(!resource.isMarked(["scalebench.launch": "sb-0123456789ab-33"]) && !resource.isMarked([:]) && !resource.isMarked(nil))
    }
}
