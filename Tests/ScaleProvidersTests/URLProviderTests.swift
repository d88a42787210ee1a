import ScaleControl
import ScaleCore
import ScaleProviders
import Testing

@Suite struct URLProviderTests {
    let request = LaunchRequest(
        program: "/nonexistent", arguments: [], hostCores: 8, client: ControlClient(version: "1"))

    @Test(
        arguments: [
            ("http://user:pw@127.0.0.1:8000/?t=1", "url-127.0.0.1:8000", 1, nil, ["http://127.0.0.1:8000"]),
            ("https://a.test/pre", "url-a.test", 1, nil, ["https://a.test/pre"]),
            ("http://a,ws://b:1", "url-x2", 2, nil, ["http://a", "http://b:1"]),
            (#"url:urls="http://a,http://b",cores=2.5"#, "url-x2", 2, 2.5, ["http://a", "http://b"]),
        ] as [(String, String, Int, Double?, [String])])
    func attaches(text: String, infra: String, replicas: Int, cores: Double?, shown: [String]) async throws {
        let deployment = try await ProviderRegistry.provider(for: ProviderSpec(text)).launch(request)
        let facts = DeploymentRecord(
            provider: "url", infra: infra, cores: cores, replicas: replicas, workers: nil, sessionCap: nil,
            endpoints: shown)
        #expect(deployment.facts == facts)
        #expect(deployment.endpoints.map(\.redacted) == shown)
        #expect(deployment.readable == [])
        try await deployment.stop()
        try await deployment.stop()
        #expect(await deployment.health() == .alive, "what was not launched is not stopped")
        #expect(await deployment.logs(last: 5).isEmpty)
    }

    @Test func whatTheUserKnowsOfTheServersIsKept() async throws {
        let text = "url:urls=http://h:1,workers=2,max-concurrent-envs=40,pid=7+8,balancer=haproxy,balancer-pid=9"
        let deployment = try await ProviderRegistry.provider(for: ProviderSpec(text)).launch(request)
        let facts = DeploymentRecord(
            provider: "url", infra: "url-h:1", cores: 8, replicas: 1, workers: 2, sessionCap: 40, endpoints: ["http://h:1"],
            balancer: "haproxy")
        #expect(deployment.facts == facts, "servers of this host may use its cores")
        #expect(deployment.readable == [7, 8] && (deployment as? any ResourceReading)?.balancerProcesses == [9])
    }

    @Test func aBalancerThatCanBeReadStandsThere() async throws {
        let deployment = try await ProviderRegistry.provider(for: ProviderSpec("url:urls=http://h,balancer-pid=9")).launch(request)
        #expect(deployment.facts.balancer == "balancer" && deployment.facts.cores == nil)
    }

    @Test(arguments: ["pid=", "pid=x", "pid=1+", "pid=0", "pid=-4", "balancer-pid=haproxy", "pid=99999999999"])
    func whatIsNoProcessIsRefused(option: String) throws {
        let error = try #require(throws: ScaleError.self) {
            try ProviderRegistry.provider(for: ProviderSpec("url:urls=http://h," + option))
        }
        #expect(error.code == .usage && error.message.contains("which is not the number of a process"))
    }

    @Test func credentialsStayWithTheEndpoint() async throws {
        let deployment = try await ProviderRegistry.provider(for: ProviderSpec("http://user:pw@h/?t=1")).launch(request)
        #expect(deployment.endpoints[0].credentials == "user:pw")
        #expect(deployment.endpoints[0].query == "t=1")
    }
}
