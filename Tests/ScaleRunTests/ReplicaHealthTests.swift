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

    @Test func theDeadlineRunsSinceTheFirstResourceWasAskedFor() async {
        let clock = ManualClock()
        let launch = LaunchRequest(
            program: "", arguments: [], hostCores: 1, client: ControlClient(version: "1"), startupDeadline: .seconds(4), clock: clock)
        let launchedAt = clock.now
        clock.advance(.seconds(101))
        let health = ReplicaHealth(deployment: Prepared(), launch: launch, launchedAt: launchedAt, control: StopControl())
        let error = await #expect(throws: ScaleError.self) { _ = try await health.wait() }
        #expect(error?.message == "http://127.0.0.1:1 was not ready within 4 s")
        #expect(clock.now - launchedAt >= .seconds(104))
    }
}
