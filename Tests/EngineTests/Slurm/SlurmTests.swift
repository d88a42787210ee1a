import Foundation
import ScaleProviders
import ScaleTestKit
import Subprocess
import Testing

/// The provider `slurm` with a real Slurm of two nodes.
@Suite("Jobs of a real Slurm", .serialized, .patience(minutes: 5))
struct SlurmTests {
    private static let local = "slurm:host=127.0.0.1"

    @Test func oneNode() async throws {
        let trial = try await SlurmHost.trial([
            "--provider", Self.local + ",workers=2,max-concurrent-envs=64", "--requests-grid", "16,64", "--wait", "0.1",
        ])
        #expect(trial.isMeasured, "\(trial.errors)")
        #expect(trial.cells.count == 2)
        #expect(
            trial.cells.allSatisfy { $0.successRate == 1 && $0.uniqueHosts == 1 && $0.uniquePids == 2 && $0.infra == "slurm-n1-w2-c64" })
        #expect(trial.readsProcesses, "\(trial.cells)")
        for stage in ["create", "scheduled", "started", "healthy", "first_reset", "stop"] {
            #expect(trial.errors.contains("stage=\(stage)"))
        }
    }

    @Test(arguments: [
        ("nodes=2", "slurm-n2-haproxy"),
        (
            "nodes=2,command=\"'\(Scalebench.program)' serve --host {host} --port {port} --advertise-host {node}\"",
            "slurm-scalebench-n2-haproxy"
        ),
    ])
    func twoNodesBehindHAProxy(options: String, infra: String) async throws {
        let trial = try await SlurmHost.trial([
            "--provider", "\(Self.local),\(options)", "--balancer", "haproxy", "--requests-grid", "16,64", "--wait", "0.1",
            "--expected-hosts", "2",
            "--require-hosts",
        ])
        #expect(trial.isMeasured, "\(trial.errors)")
        #expect(
            trial.cells.count == 2
                && trial.cells.allSatisfy { $0.successRate == 1 && $0.uniqueHosts == 2 && $0.uniquePids == 2 && $0.infra == infra })
        for replica in 0...1 {
            #expect(trial.errors.split(separator: "\n").contains { $0.contains("replica=\(replica) ") && $0.contains("stage=healthy") })
        }
    }

    @Test func aJobThatIsCancelledEndsItsCellAtOnce() async throws {
        let place = try Trial.Place()
        defer { place.remove() }
        async let running = SlurmHost.trial(
            [
                "--provider", Self.local + ",nodes=2,balancer=haproxy", "--requests", "32", "--wait", "600", "--timeout", "900",
                "--no-preflight",
            ], in: place)
        let job = try await Self.inMidCell(place)
        try await SlurmHost.ask("scancel", job)
        let trial = try await running
        #expect(trial.status == .exited(5), "\(trial.errors)")
        #expect(trial.errors.contains("the server that slurm launched ended during the grid (job \(job) is CANCELLED"), "\(trial.errors)")
        let cell = try #require(trial.cells.first)
        #expect(trial.cells.count == 1 && !cell.valid && cell.failures["provider_terminated"] == 32, "\(cell)")
    }

    /// Waits until the sessions of a cell are open at both servers.
    /// - Returns: the job.
    private static func inMidCell(_ place: Trial.Place) async throws -> String {
        let mark = { place.outstanding.first { $0.kind == .job }?.name }
        let job: String? = try await Trial.inMidCell {
            guard let mark = mark(),
                let line = try await SlurmHost.ask("squeue", "--noheader", "--format=%i %T", "--name=\(mark)").first,
                line.hasSuffix("RUNNING")
            else { return nil }
            return (String(line.prefix { $0 != " " }), (0...1).compactMap { port(ofTask: $0, place, mark) })
        }
        if job == nil, let mark = mark() { try await SlurmHost.ask("scancel", "--name=\(mark)") }
        return try #require(job)
    }

    /// Where a task listens, as it says itself.
    private static func port(ofTask task: Int, _ place: Trial.Place, _ mark: String) -> Int? {
        let log = place.state.appending(path: "scalebench/jobs/\(mark)/task-\(task).log")
        let text = (try? Data(contentsOf: log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.firstMatch(of: /listening on http:\/\/127\.0\.0\.1:([0-9]+)/).flatMap { Int($0.output.1) }
    }

    @Test(arguments: [
        BadLaunch(
            testDescription: "no such partition", provider: local + ",partition=nope", status: 2,
            says: ["--provider slurm: sbatch refuses the job (invalid partition specified: nope", "check partition"]),
        BadLaunch(
            testDescription: "a partition that is down", provider: local + ",partition=closed", status: 5,
            says: ["will not start: PartitionDown"]),
        BadLaunch(
            testDescription: "more nodes than there are", provider: local + ",nodes=3", status: 5, says: ["will not start: Partition"]),
        BadLaunch(
            testDescription: "more memory than there is", provider: local + ",memory=90g", status: 2,
            says: ["sbatch refuses the job (Memory specification"]),
        BadLaunch(
            testDescription: "a job that waits for long", provider: local + ",extra=--begin=now+600",
            arguments: ["--startup-timeout", "2"],
            status: 5,
            says: ["did not start within 2 s: it is PENDING", "--startup-timeout gives it longer"]),
        BadLaunch(
            testDescription: "no such program", provider: local + ",command=/nonexistent/server {port}", status: 5,
            says: ["ended before it was ready: ", "FAILED, exit code 127:0", "/nonexistent/server: not found"]),
        BadLaunch(
            testDescription: "a server that ends", provider: local + ",command=\"sh -c 'echo last words; exit 3' {port}\"", status: 5,
            says: ["ended before it was ready: ", "FAILED, exit code 3:0 (last words"]),
        BadLaunch(
            testDescription: "a server that never listens", provider: local + ",command=sleep 600 {port}",
            arguments: ["--startup-timeout", "8"],
            status: 5,
            says: ["was not ready within 8 s", "Couldn't connect"]),
        BadLaunch(
            testDescription: "a variable reaches the server", provider: local, arguments: ["--env", "FAULT=reset-error=100%"], status: 5,
            says: ["failed in its reset"]),
        BadLaunch(
            testDescription: "fewer hosts than were expected", provider: local + ",nodes=2,balancer=haproxy",
            arguments: ["--expected-hosts", "3", "--require-hosts"],
            status: 5, says: ["2 of the 3 hosts of --expected-hosts answered"]),
        BadLaunch(
            testDescription: "no controller", provider: local, variables: ["SLURM_CONF": "/nonexistent/slurm.conf"], status: 5,
            says: ["no controller of Slurm answers", "check that slurmctld runs, and SLURM_CONF"]),
    ])
    func whatCannotBeIsSaidInOneSentence(_ bad: BadLaunch) async throws {
        let trial = try await SlurmHost.trial(
            ["--provider", bad.provider, "--requests", "4", "--wait", "0.05"] + bad.arguments, variables: bad.variables)
        bad.expect(of: trial)
    }
}
