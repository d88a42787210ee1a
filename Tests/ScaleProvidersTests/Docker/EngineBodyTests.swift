import ScaleCore
import Testing

@testable import ScaleProviders

/// What the engine is asked for, to the last byte.
@Suite("Bodies of the Engine API") struct EngineBodyTests {
    static let mark = LaunchMark(run: "r1", invocation: "0123456789ab", launch: 3)

    static func docker(_ options: String) throws -> DockerProvider { try DockerProvider(spec: ProviderSpec("docker:" + options)) }
    static func swarm(_ options: String) throws -> SwarmProvider { try SwarmProvider(spec: ProviderSpec("swarm:" + options)) }

    static let labels = #""Labels":{"scalebench.launch":"sb-0123456789ab-3","scalebench.run":"r1"}"#
    static let files = #""Ulimits":[{"Hard":100,"Name":"nofile","Soft":100}]"#

    @Test(arguments: [
        (
            "env,nofile=100",
            #"{"Env":["HOST=0.0.0.0","PORT=8000"],"ExposedPorts":{"8000/tcp":{}},"HostConfig":{"NetworkMode":"bridge","PidsLimit":65536,"PortBindings":{"8000/tcp":[{"HostIp":"127.0.0.1","HostPort":""}]},"RestartPolicy":{"Name":"no"},\#(files)},"Image":"env:latest",\#(labels)}"#
        ),
        (
            "r:5000/a/env:v1,workers=2,max-concurrent-envs=40,cpus=1.5,memory=512m,port=80,host-port=8081,nofile=0,env.A=b=c,env.PORT=9",
            #"{"Env":["A=b=c","HOST=0.0.0.0","MAX_CONCURRENT_ENVS=40","PORT=9","WORKERS=2"],"ExposedPorts":{"80/tcp":{}},"HostConfig":{"Memory":536870912,"NanoCpus":1500000000,"NetworkMode":"bridge","PidsLimit":65536,"PortBindings":{"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8081"}]},"RestartPolicy":{"Name":"no"}},"Image":"r:5000/a/env:v1",\#(labels)}"#
        ),
        (
            #"env,network=host,port=81,nofile=100,command="serve '--at={host}:{port}' ""x y""""#,
            #"{"Cmd":["serve","--at=127.0.0.1:81","x y"],"Env":["HOST=127.0.0.1","PORT=81"],"HostConfig":{"NetworkMode":"host","PidsLimit":65536,"RestartPolicy":{"Name":"no"},\#(files)},"Image":"env:latest",\#(labels)}"#
        ),
    ])
    func aContainer(options: String, body: String) throws {
        let provider = try Self.docker(options)
        #expect(EngineJSON.text(provider.body(port: try provider.choosePort().number, labels: Self.mark.labels)) == body)
    }

    @Test func onThisHostsNetworkEachGetsAFreePort() throws {
        let provider = try Self.docker("env,network=host,replicas=3")
        let ports = try (0..<3).map { _ in try provider.choosePort() }
        #expect(Set(ports.map(\.number)).count == 3 && !ports.contains { $0.number == ContainerSettings.usualPort || $0.claim == nil })
    }

    @Test(
        arguments: [
            (
                "env,nofile=100", SwarmProvider.Publish.host, nil,
                #"{"EndpointSpec":{"Ports":[{"Protocol":"tcp","PublishMode":"host","TargetPort":8000}]},\#(labels),"Mode":{"Replicated":{"Replicas":2}},"Name":"sb-0123456789ab-3","TaskTemplate":{"ContainerSpec":{"Env":["HOST=0.0.0.0","PORT=8000"],"Image":"sha256:1",\#(labels),"StopGracePeriod":5000000000,\#(files)},"Placement":{"Constraints":[]},"Resources":{"Limits":{"Pids":65536}},"RestartPolicy":{"Condition":"none"}}}"#
            ),
            (
                "env,nofile=0,replicas=4,workers=2,max-concurrent-envs=9,cpus=0.5,memory=1g,port=81,constraint=node.role==worker+node.id!=x,command=serve --port {port}",
                .ingress, "net",
                #"{"EndpointSpec":{"Ports":[{"Protocol":"tcp","PublishMode":"ingress","TargetPort":81}]},\#(labels),"Mode":{"Replicated":{"Replicas":4}},"Name":"sb-0123456789ab-3","TaskTemplate":{"ContainerSpec":{"Args":["serve","--port","81"],"Env":["HOST=0.0.0.0","MAX_CONCURRENT_ENVS=9","PORT=81","WORKERS=2"],"Image":"sha256:1",\#(labels),"StopGracePeriod":5000000000},"Networks":[{"Target":"net"}],"Placement":{"Constraints":["node.role==worker","node.id!=x"]},"Resources":{"Limits":{"MemoryBytes":1073741824,"NanoCPUs":500000000,"Pids":65536}},"RestartPolicy":{"Condition":"none"}}}"#
            ),
        ] as [(String, SwarmProvider.Publish, String?, String)])
    func aService(options: String, publish: SwarmProvider.Publish, network: String?, body: String) throws {
        let made = try Self.swarm(options).body(image: "sha256:1", publish: publish, network: network, mark: Self.mark, grace: .seconds(5))
        #expect(EngineJSON.text(made) == body)
    }

    @Test func networksAndASwarm() {
        let labels = Self.mark.labels
        #expect(
            EngineJSON.text(NetworkBody.overlay("n", labels)) == #"{"CheckDuplicate":true,"Driver":"overlay",\#(Self.labels),"Name":"n"}"#)
        #expect(
            EngineJSON.text(NetworkBody.gateway(labels))
                == #"{"CheckDuplicate":true,"Driver":"bridge",\#(Self.labels),"Name":"docker_gwbridge","Options":{"com.docker.network.bridge.enable_icc":"false","com.docker.network.bridge.enable_ip_masquerade":"true","com.docker.network.bridge.name":"docker_gwbridge"}}"#
        )
        #expect(
            EngineJSON.text(SwarmBody(spec: .init(labels: labels)))
                == #"{"AdvertiseAddr":"127.0.0.1","ListenAddr":"127.0.0.1:2377","Spec":{\#(Self.labels)}}"#)
    }

    // MARK: - Options

    @Test(arguments: [
        ("env", "docker-env", 4.0), ("a/env:v1,replicas=3,workers=2,max-concurrent-envs=40", "docker-env-x3-w2-c40", 4.0),
        ("env,cpus=0.5,replicas=2,network=host", "docker-env-x2-cpus0.5-host", 1.0), ("env,cpus=3,replicas=2", "docker-env-x2-cpus3", 4.0),
    ])
    func whatItIsCalledAndMayUse(options: String, infra: String, cores: Double) throws {
        let provider = try Self.docker(options)
        #expect(provider.infra == infra && provider.settings.cores(of: 4) == cores)
    }

    @Test(arguments: [
        ("docker", "names no image"), ("docker:image=", "names no image"), ("docker:A B", "which no image is called"),
        ("docker:env,replicas=0", "replicas is '0'"), ("docker:env,cpus=0", "cpus is '0'"), ("docker:env,memory=much", "memory is 'much'"),
        ("docker:env,network=none", "network is 'none', which is none of its values"), ("docker:env,pull=maybe", "pull is 'maybe'"),
        ("docker:env,network=host,host-port=1", "host-port and network=host are both given"),
        ("docker:env,replicas=2,host-port=81", "2 replicas cannot share the one port that host-port names"),
        ("docker:env,replicas=2,network=host,port=81", "2 replicas cannot share the one port that port names"),
        ("docker:env,command='x", "command has a quote or a backslash that does not end"),
        ("docker:env,publish=host", "has no option 'publish'"),
        ("swarm:env,publish=mesh", "publish is 'mesh'"), ("swarm:env,init=maybe", "init is 'maybe'"),
        ("swarm:env,constraint=node.role", "constraint 'node.role' compares nothing"),
        ("swarm:env,constraint=a==b+==c", "constraint '==c' compares nothing"),
        ("swarm:env,constraint=a=b", "constraint 'a=b' compares nothing"),
        ("swarm:env,constraint=a==", "constraint 'a==' compares nothing"), ("swarm:env,network=", "network is empty"),
        ("swarm:env,pull=always", "has no option 'pull'"),
    ])
    func badOptionsAreRefused(text: String, problem: String) {
        let error = #expect(throws: ScaleError.self) { try ProviderRegistry.provider(for: ProviderSpec(text)) }
        #expect(error?.code == .usage && error?.hint != nil)
        #expect(error?.message.contains(problem) == true, "\(String(describing: error))")
    }

    @Test func constraintsOfBothKindsAreTaken() throws {
        #expect(
            try Self.swarm("env,constraint=node.role==worker+node.hostname!=a").constraints == ["node.role==worker", "node.hostname!=a"])
    }
}
