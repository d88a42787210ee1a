import Foundation
import ScaleProviders
import ScaleTestKit
import Subprocess
import Testing

/// The provider `docker` with a real engine and the bundled environment as an image.
@Suite("Containers of a real engine", .serialized, .patience(minutes: 5))
struct DockerTests {
    @Test(arguments: [
        ("docker:image=\(DockerHost.image)", 1, "docker-scalebench-env"),
        ("docker:\(DockerHost.image),network=host,replicas=2,cpus=1,memory=256m", 2, "docker-scalebench-env-x2-cpus1-host"),
        ("docker:\(DockerHost.image),replicas=3,workers=2,max-concurrent-envs=100", 3, "docker-scalebench-env-x3-w2-c100"),
    ])
    func eachReplicaIsMeasuredAndNothingStays(provider: String, replicas: Int, infra: String) async throws {
        let trial = try await DockerHost.asBefore {
            try await Trial.run(["--provider", provider, "--requests-grid", "\(3 * replicas),64", "--wait", "0.1"])
        }
        #expect(trial.status == .exited(0), "\(trial.errors)")
        #expect(trial.cells.count == 2 && trial.cells.allSatisfy { $0.successRate == 1 && $0.uniqueHosts == replicas && $0.infra == infra })
        #expect(trial.readsProcesses, "\(trial.cells)")
        for replica in 0..<replicas {
            for stage in ["create", "started", "healthy", "first_reset"] {
                #expect(
                    trial.errors.split(separator: "\n").contains { $0.contains("replica=\(replica) ") && $0.contains("stage=\(stage)") })
            }
        }
        #expect(trial.ledgers.isEmpty)
    }

    @Test(arguments: [([], 5), (["--relaunch", "1"], 0)] as [([String], Int32)])
    func aContainerThatIsKilledEndsItsCellAtOnce(relaunch: [String], status: Int32) async throws {
        let place = try Trial.Place()
        defer { place.remove() }
        let trial = try await DockerHost.asBefore {
            async let running = Trial.run(
                ["--provider", "docker:\(DockerHost.image),replicas=2", "--requests", "64", "--wait", "0.5", "--steps", "12"] + relaunch,
                in: place)
            let victim = try await Self.inMidCell(place)
            try await DockerHost.docker("kill", victim)
            let trial = try await running
            #expect(trial.errors.contains("the container \(victim), replica 2 of 2, ended with exit status 137 (SIGKILL)"))
            #expect(trial.errors.contains("listening on http://0.0.0.0:8000"), "with its last line")
            return trial
        }
        #expect(trial.status == .exited(status), "\(trial.errors)")
        let cell = try #require(trial.cells.first)
        #expect(trial.cells.count == 1)
        if status == 0 {
            #expect(cell.successRate == 1 && cell.uniqueHosts == 2)
        } else {
            #expect(!cell.valid && cell.failures["provider_terminated"] == 64, "\(cell)")
        }
    }

    /// Waits until the sessions of a cell are open at both of two replicas.
    /// - Returns: the second one.
    private static func inMidCell(_ place: Trial.Place) async throws -> String {
        let victim = try await Trial.inMidCell {
            let names = place.outstanding.map(\.name).sorted()
            var ports: [Int] = []
            for name in names { ports += [try await DockerHost.port(of: name)].compactMap(\.self) }
            return names.last.map { ($0, ports) }
        }
        return try #require(victim)
    }

    @Test(arguments: [
        BadLaunch(
            testDescription: "no such image", provider: "docker:nosuch,pull=never", status: 2,
            says: ["the image nosuch:latest is not on the Docker engine"]),
        BadLaunch(
            testDescription: "no registry", provider: "docker:127.0.0.1:1/x", status: 5,
            says: ["the image 127.0.0.1:1/x:latest cannot be pulled", "connection refused"]),
        BadLaunch(
            testDescription: "no engine", provider: "docker:\(DockerHost.image),socket=/nowhere/docker.sock", status: 5,
            says: ["there is no Docker engine at /nowhere/docker.sock: No such file or directory", "install and start Docker"]),
        BadLaunch(
            testDescription: "an engine elsewhere", provider: "docker:\(DockerHost.image)",
            variables: ["DOCKER_HOST": "tcp://127.0.0.1:2375"], status: 2,
            says: ["DOCKER_HOST is 'tcp://127.0.0.1:2375', which is no path of a unix socket"]),
        BadLaunch(
            testDescription: "an image whose server ends", provider: "docker:\(DockerHost.image)", arguments: ["--env", "PORT=none"],
            status: 5,
            says: ["ended with exit status 2", "PORT 'none' is not a whole number"]),
        BadLaunch(
            testDescription: "an image without the command", provider: "docker:\(DockerHost.image),command=--nosuch", status: 5,
            says: ["ended with exit status 2", "Unknown option '--nosuch'"]),
        BadLaunch(
            testDescription: "a server at another port", provider: "docker:\(DockerHost.image)",
            arguments: ["--env", "PORT=9999", "--startup-timeout", "2"], status: 5,
            says: ["was not ready within 2 s", "it said last:", "listening on http://0.0.0.0:9999"]),
        BadLaunch(
            testDescription: "a server that never becomes healthy", provider: "docker:\(DockerHost.image)",
            arguments: ["--env", "FAULT=stall-accept=60s", "--startup-timeout", "2"], status: 5,
            says: ["was not ready within 2 s", "it said last:"]),
        BadLaunch(
            testDescription: "more processors than there are", provider: "docker:\(DockerHost.image),cpus=5000", status: 2,
            says: ["--provider docker: the engine refuses a container of scalebench-env:latest", "Range of CPUs"]),
        BadLaunch(
            testDescription: "too little memory", provider: "docker:\(DockerHost.image),memory=1k", status: 2,
            says: ["the engine refuses a container", "emory limit"]),
        BadLaunch(
            testDescription: "more descriptors than the engine has", provider: "docker:\(DockerHost.image),nofile=1048576,replicas=2",
            status: 5,
            says: ["cannot be started", "nofile=0 leaves the number of descriptors to the engine"]),
        BadLaunch(
            testDescription: "in no swarm", provider: "swarm:\(DockerHost.image)", status: 5,
            says: ["is in no swarm (inactive)", "init=true begins one for the launch"]),
    ])
    func whatCannotBeIsSaidInOneSentence(_ bad: BadLaunch) async throws {
        if bad.testDescription.contains("descriptors"), try Self.mayRaiseLimits() { return }
        let trial = try await DockerHost.asBefore {
            try await Trial.run(
                ["--provider", bad.provider, "--requests", "4", "--wait", "0.05"] + bad.arguments, variables: bad.variables)
        }
        bad.expect(of: trial)
        #expect(trial.ledgers.isEmpty)
    }

    /// An engine with more rights can give what is asked for.
    private static func mayRaiseLimits() throws -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return false }
        return limit.rlim_max >= 1_048_576
    }

    @Test func aPortThatIsTakenIsNamed() async throws {
        let holder = try await DockerHost.docker("run", "--detach", "--publish", "127.0.0.1::8000", DockerHost.image)
        let port = try await DockerHost.port(of: holder) ?? 0
        for options in ["host-port=\(port)", "network=host,port=\(port)"] {
            let trial = try await DockerHost.asBefore {
                try await Trial.run(["--provider", "docker:\(DockerHost.image),\(options)", "--requests", "4"])
            }
            #expect(trial.status == .exited(2) && trial.errors.contains("port \(port) of 127.0.0.1 is taken"), "\(trial.errors)")
        }
        try await DockerHost.docker("rm", "--force", holder)
    }
}
