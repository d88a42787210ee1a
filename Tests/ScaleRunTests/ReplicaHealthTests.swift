import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleTestKit
import Testing

@testable import ScaleRun

@Suite struct ReplicaHealthTests {
    /// Nobody listens there, and its image took long.
    private struct Prepared: Deployment {
        var endpoints = [Endpoint(secure: false, host: "127.0.0.1", port: 1)]
        var facts: DeploymentRecord {
            DeploymentRecord(provider: "p", infra: "p", cores: 1, replicas: 1, workers: 1, sessionCap: nil, endpoints: [])
        }
        var lifecycle = [
            LifecycleRecord(replica: 0, stage: .started, start: .seconds(101), duration: .zero, outcome: "ok"),
            LifecycleRecord(replica: 0, stage: .create, start: .seconds(100), duration: .seconds(1), outcome: "ok"),
        ]
        func health() async -> DeploymentHealth { .alive }
        func logs(last count: Int) async -> [String] { [] }
        func stop() async throws(ScaleError) {}
    }

    /// An address that the provider gives for TLS, where none is spoken, and the other way round.
    @Test(arguments: [
        (true, [Act.anything, .send(Wire.response(400)), .untilEnd], "speaks no TLS; use http in the provider's address"),
        (false, [Act.anything, .raw([0x15, 3, 3, 0, 2, 2, 40]), .untilEnd], "speaks TLS; use https in the provider's address"),
    ])
    func whatThePortSpeaksIsSaid(isSecure: Bool, script: [Act], said: String) async throws {
        let (error, _) = try await ScriptedPeer.serving([script]) { place in
            var endpoint = place.endpoint
            endpoint.secure = isSecure
            let launch = LaunchRequest(
                program: "", arguments: [], hostCores: 1, client: ControlClient(version: "1"), startupDeadline: .milliseconds(1))
            var deployment = Prepared()
            (deployment.endpoints, deployment.lifecycle) = ([endpoint], [])
            let health = ReplicaHealth(
                deployment: deployment, launch: launch, launchedAt: launch.clock.now, control: StopControl())
            return await #expect(throws: ScaleError.self) { _ = try await health.wait() }
        }
        #expect(error?.code == .infrastructure)
        #expect(error?.description.hasSuffix(said) == true, "\(error as Any)")
    }

    @Test func theDeadlineRunsSinceTheFirstResourceWasAskedFor() {
        let launch = LaunchRequest(
            program: "", arguments: [], hostCores: 1, client: ControlClient(version: "1"), startupDeadline: .seconds(4))
        let launchedAt = launch.clock.now
        let health = ReplicaHealth(deployment: Prepared(), launch: launch, launchedAt: launchedAt, control: StopControl())
        #expect(health.readyBy - launchedAt == .seconds(104))
    }
}
