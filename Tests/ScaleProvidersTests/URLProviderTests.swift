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
        #expect(deployment.processes.isEmpty)
        await deployment.stop()
        await deployment.stop()
        #expect(await deployment.health() == .alive, "what was not launched is not stopped")
        #expect(await deployment.logs(last: 5).isEmpty)
    }

    @Test func credentialsStayWithTheEndpoint() async throws {
        let deployment = try await ProviderRegistry.provider(for: ProviderSpec("http://user:pw@h/?t=1")).launch(request)
        #expect(deployment.endpoints[0].credentials == "user:pw")
        #expect(deployment.endpoints[0].query == "t=1")
    }
}
