import ScaleControl
import ScaleCore
import ScaleEnv
import ScaleProviders
import Testing

@testable import ScaleRun

/// Servers behind a balancer that was launched with them.
@Suite struct FrontedServersTests {
    private struct Fronted: FrontedServers {
        var front: UInt16
        var backends: [Endpoint]
        var connectionLimit = 100

        init(front: UInt16, backends: [UInt16]) {
            self.front = front
            self.backends = backends.map { Endpoint(secure: false, host: "127.0.0.1", port: $0) }
        }

        var endpoints: [Endpoint] { [Endpoint(secure: false, host: "127.0.0.1", port: front)] }
        var facts: DeploymentRecord {
            DeploymentRecord(
                provider: "p", infra: "p", cores: 1, replicas: backends.count, workers: 1, sessionCap: nil, endpoints: [], balancer: "b")
        }
        var lifecycle: [LifecycleRecord] { [] }
        func health() async -> DeploymentHealth { .alive }
        func logs(last count: Int) async -> [String] { [] }
        func stop() async throws(ScaleError) {}
    }

    private struct FrontedProvider: Provider {
        static let name = "p"
        static let summary = ""
        static let options: [OptionDescription] = []
        var fronted: Fronted

        init(_ fronted: Fronted) { self.fronted = fronted }
        init(spec: ProviderSpec) throws(ScaleError) { throw .usage("none", hint: "") }
        func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment { fronted }
    }

    private static func wait(_ fronted: Fronted, startup: Nanoseconds) async throws(ScaleError) -> [LifecycleRecord] {
        let launch = LaunchRequest(program: "", arguments: [], hostCores: 1, client: ControlClient(version: "1"), startupDeadline: startup)
        return try await ReplicaHealth(deployment: fronted, launch: launch, launchedAt: launch.clock.now, control: StopControl()).wait()
    }

    @Test func eachServerIsWaitedForAndThenTheFront() async throws {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { one in
            try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { two in
                let stages = try await Self.wait(Fronted(front: two, backends: [one, two]), startup: .seconds(60))
                #expect(stages.map(\.replica) == [0, 1] && stages.allSatisfy { $0.stage == .healthy })
            }
        }
    }

    /// Whether the front or a server is what does not answer, it is named.
    @Test(arguments: [true, false]) func whatDoesNotAnswerIsNamed(isFront: Bool) async throws {
        let dead = try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { $0 }
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let fronted = isFront ? Fronted(front: dead, backends: [port, port]) : Fronted(front: port, backends: [port, dead])
            let error = await #expect(throws: ScaleError.self) { try await Self.wait(fronted, startup: .seconds(1)) }
            #expect(error?.message == "http://127.0.0.1:\(dead) was not ready within 1 s")
        }
    }

    private static func live(_ fronted: Fronted) async throws(LaunchFailure) -> LiveDeployment {
        var request = request(plan(), nil)
        request.preflight = false
        return try await LiveDeployment.launch(
            Infrastructure(provider: FrontedProvider(fronted), flag: "--provider"), request, run: "r", StopControl(), observe: { _ in })
    }

    @Test func loadGoesToNoOtherHostBehindALoopbackAddress() async throws {
        var fronted = Fronted(front: 1, backends: [1, 1])
        fronted.backends[1].host = "192.0.2.7"
        let error = await #expect(throws: LaunchFailure.self) { try await Self.live(fronted) }?.reason
        #expect(error?.code == .usage && error?.message.contains("http://192.0.2.7:1") == true)
    }

    @Test func moreConnectionsThanItHoldsAreSaid() async throws {
        try await EnvironmentServer.serving(EnvironmentConfiguration(port: 0)) { port in
            let live = try await Self.live(Fronted(front: port, backends: [port]))
            #expect(live.shortageOfFront(before: 100) == nil)
            #expect(live.shortageOfFront(before: 101)?.hasPrefix("b holds at most 100 connections at a time") == true)
        }
    }
}
