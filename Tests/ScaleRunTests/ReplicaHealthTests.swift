import ScaleControl
import ScaleCore
import ScaleProviders
import Testing

@testable import ScaleRun

@Suite struct ReplicaHealthTests {
    /// Nobody listens there, and its image took long.
    private struct Prepared: Deployment {
        var endpoints = [Endpoint(secure: false, host: "127.0.0.1", port: 1)]
        var facts: DeploymentRecord {
            DeploymentRecord(provider: "p", infra: "p", cores: 1, replicas: 1, workers: 1, sessionCap: nil, endpoints: [])
        }
        var lifecycle: [LifecycleRecord] {
            [
                LifecycleRecord(replica: 0, stage: .started, start: .seconds(101), duration: .zero, outcome: "ok"),
                LifecycleRecord(replica: 0, stage: .create, start: .seconds(100), duration: .seconds(1), outcome: "ok"),
            ]
        }
        func health() async -> DeploymentHealth { .alive }
        func logs(last count: Int) async -> [String] { [] }
        func stop() async throws(ScaleError) {}
    }

    @Test func theDeadlineRunsSinceTheFirstResourceWasAskedFor() {
        let launch = LaunchRequest(
            program: "", arguments: [], hostCores: 1, client: ControlClient(version: "1"), startupDeadline: .seconds(4))
        let launchedAt = launch.clock.now
        let health = ReplicaHealth(deployment: Prepared(), launch: launch, launchedAt: launchedAt, control: StopControl())
        #expect(health.readyBy - launchedAt == .seconds(104))
    }
}
