import Foundation
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleTestKit
import Subprocess
import Testing

/// The provider `swarm` with a real engine, which becomes a swarm for each test and is none afterwards.
@Suite("A swarm of a real engine", .serialized, .patience(minutes: 5))
struct SwarmTests {
    @Test func eachOfThreeTasksIsMeasuredAndNothingStays() async throws {
        let trial = try await DockerHost.asBefore {
            try await Trial.run([
                "--provider", "swarm:\(DockerHost.image),init=true,network=create,publish=host,constraint=node.role==manager", "--replicas",
                "3",
                "--workers", "2", "--cpus", "1", "--memory", "256m", "--requests-grid", "9,64", "--wait", "0.1",
            ])
        }
        #expect(trial.status == .exited(0), "\(trial.errors)")
        #expect(
            trial.cells.count == 2
                && trial.cells.allSatisfy { $0.successRate == 1 && $0.uniqueHosts == 3 && $0.infra == "swarm-scalebench-env-x3-w2" })
        #expect(trial.readsProcesses, "\(trial.cells)")
        for replica in 0..<3 {
            for stage in ["create", "scheduled", "started", "healthy", "first_reset"] {
                #expect(
                    trial.errors.split(separator: "\n").contains { $0.contains("replica=\(replica) ") && $0.contains("stage=\(stage)") })
            }
        }
        #expect(trial.ledgers.isEmpty)
    }

    /// The mesh needs IPVS in the kernel: where that is missing, the swarm accepts the service all the same.
    @Test func theMeshLeadsToAllOrIsSaidNotTo() async throws {
        let trial = try await DockerHost.asBefore {
            try await Trial.run(["--provider", "swarm:\(DockerHost.image),init=true,publish=ingress", "--requests", "32", "--wait", "0.1"])
        }
        if trial.status == .exited(0) {
            #expect(trial.cells.map(\.uniqueHosts) == [2])
        } else {
            #expect(trial.status == .exited(5) && trial.errors.contains("this host's kernel has no IPVS; publish=host"), "\(trial.errors)")
        }
    }

    @Test(arguments: [
        ("nosuch-image,init=true", 5, "was rejected by its node: No such image: nosuch-image"),
        ("\(DockerHost.image),init=true,env.PORT=none", 5, "PORT 'none' is not a whole number"),
        ("\(DockerHost.image),init=true,constraint=node.role==worker", 5, "no node of the swarm takes a task"),
        ("\(DockerHost.image),init=true,network=nosuch", 2, "there is no network 'nosuch'"),
        ("\(DockerHost.image),init=true,cpus=5000", 2, "cpus is 5000"),
    ])
    func whatCannotBeIsSaidInOneSentence(options: String, status: Int32, says: String) async throws {
        let trial = try await DockerHost.asBefore {
            try await Trial.run(["--provider", "swarm:\(options)", "--requests", "4", "--wait", "0.05"])
        }
        #expect(trial.status == .exited(status) && trial.errors.contains(says), "\(trial.errors)")
        #expect(trial.cells.isEmpty && trial.ledgers.isEmpty)
    }

    private static func request(_ ledger: Ledger) -> LaunchRequest {
        LaunchRequest(
            program: "none", arguments: [], hostCores: 2, client: ControlClient(version: "1"), run: "engine-tests", ledger: ledger)
    }

    @Test func itIsScaledWhileItRuns() async throws {
        let before = try await DockerHost.State.now
        let provider = try ProviderRegistry.provider(for: ProviderSpec("swarm:\(DockerHost.image),init=true,replicas=2,publish=host"))
        let request = Self.request(.inMemory())
        var deployment = try await provider.launch(request)
        do {
            for replicas in [4, 1] {
                let service = try #require(deployment as? any Rescalable)
                deployment = try await service.rescale(to: replicas)
                #expect(Set(deployment.endpoints.map(\.port)).count == replicas && deployment.facts.replicas == replicas)
                let endpoints = deployment.endpoints
                let serves = await eventually {
                    for endpoint in endpoints where await request.client.health(of: endpoint) != .ready { return false }
                    return true
                }
                #expect(serves)
                #expect(await deployment.health() == .alive)
            }
        } catch {
            try await deployment.stop()
            throw error
        }
        try await deployment.stop()
        #expect(request.ledger.outstanding.isEmpty)
        #expect(try await DockerHost.State.now == before)
        #expect(try await DockerHost.leftovers(namedIn: request.mark.name).isEmpty)
    }

    /// What a killed process leaves is found by its ledger and removed; what others made stays.
    @Test(arguments: ["docker:\(DockerHost.image),replicas=2", "swarm:\(DockerHost.image),init=true,network=create,publish=host"])
    func whatAKilledProcessLeavesIsRemoved(provider: String) async throws {
        let before = try await DockerHost.State.now
        let bystander = try await DockerHost.docker("run", "--detach", "--label", "scalebench.launch=sb-ffffffffffff-1", DockerHost.image)
        let place = try Trial.Place()
        defer { place.remove() }
        let isSwarm = provider.hasPrefix("swarm")
        let killed = try await run(
            .name("env"), arguments: place.arguments(["--provider", provider, "--requests", "16", "--wait", "30"]), input: .none,
            output: .discarded, error: .discarded
        ) { execution in
            let isThere = try await eventually {
                guard place.outstanding.count == (isSwarm ? 3 : 2), let mark = place.outstanding.last?.name.prefix(15) else { return false }
                return DockerHost.lines(try await DockerHost.docker("ps", "--format", "{{.Names}}")).count { $0.hasPrefix(mark) } == 2
            }
            #expect(isThere)
            try execution.send(signal: .kill)
        }
        #expect(killed.terminationStatus == .signaled(9))
        let request = Self.request(.inMemory())
        let left = place.outstanding
        for resource in left.reversed() {
            let sweeper = try #require(Sweepers.sweeper(for: resource.kind))
            #expect(try await !sweeper.find(resource, request).isEmpty, "\(resource)")
            try await sweeper.remove(resource, request)
            #expect(try await sweeper.find(resource, request).isEmpty, "\(resource)")
        }
        #expect(try await DockerHost.State.now == before)
        #expect(try await DockerHost.leftovers(namedIn: left.map(\.name).joined(separator: " ")).isEmpty)
        #expect(try await DockerHost.docker("inspect", "--format", "{{.State.Running}}", bystander) == "true")
        try await DockerHost.docker("rm", "--force", bystander)
    }
}
