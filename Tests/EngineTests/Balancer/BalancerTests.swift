import Foundation
import ScaleProviders
import ScaleTestKit
import Subprocess
import Testing

/// `--balancer haproxy` with a real HAProxy, before servers that run already.
@Suite("A real HAProxy", .serialized, .patience(minutes: 5))
struct BalancerTests {
    /// Two of the bundled environment's servers, alive for the length of one closure.
    private static func withServers(_ body: @escaping @Sendable ([String]) async throws -> Void) async throws {
        try await withServer("a") { a in try await withServer("b") { b in try await body([a, b]) } }
    }

    private static func withServer(_ host: String, _ body: @escaping @Sendable (String) async throws -> Void) async throws {
        _ = try await run(
            .name("env"), arguments: [Scalebench.program, "serve", "--port", "0", "--advertise-host", host], input: .none,
            output: .sequence,
            error: .discarded
        ) { server in
            for try await line in server.standardOutput.strings() {
                guard let match = line.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/) else { continue }
                let result: Result<Void, any Error>
                do { result = .success(try await body(String(match.output))) } catch { result = .failure(error) }
                try server.send(signal: .terminate)
                try result.get()
            }
        }
    }

    private static func trial(_ arguments: [String], variables: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> Trial
    {
        let place = try Trial.Place()
        defer { place.remove() }
        return try await trial(arguments, in: place, variables: variables, sourceLocation: sourceLocation)
    }

    /// After it neither HAProxy nor its folder is left.
    private static func trial(
        _ arguments: [String], in place: Trial.Place, variables: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Trial {
        var trial = try await Trial.run(arguments, in: place, variables: variables)
        let said = trial.errors
        // The servers go on, and are named too.
        for url in arguments.flatMap({ $0.split(separator: ",") }) { trial.errors = trial.errors.replacing(url, with: "") }
        #expect(Trace(trial).leftovers.isEmpty, sourceLocation: sourceLocation)
        #expect(trial.ledgers.isEmpty, sourceLocation: sourceLocation)
        trial.errors = said
        return trial
    }

    @Test(arguments: [
        ("haproxy", "ws", "url-x2-haproxy"), ("haproxy:roundrobin", "ws", "url-x2-haproxy-roundrobin"),
        ("haproxy", "http", "url-x2-haproxy"),
    ])
    func bothServersAreMeasured(balancer: String, mode: String, infra: String) async throws {
        try await Self.withServers { urls in
            let trial = try await Self.trial([
                "--urls", urls.joined(separator: ","), "--balancer", balancer, "--mode", mode, "--requests-grid", "16,128", "--wait", "0.1",
                "--expected-hosts", "2", "--require-hosts",
            ])
            #expect(trial.isMeasured, "\(trial.errors)")
            #expect(
                trial.cells.count == 2 && trial.cells.allSatisfy { $0.successRate == 1 && $0.uniqueHosts == 2 && $0.infra == infra },
                "\(trial.cells)")
        }
    }

    /// Its health checks and its upgrades meet the server that most environments have.
    @Test func realOpenEnvServersBehindIt() async throws {
        try await OpenEnvServer.serve(workers: 1, sessionCapPerWorker: 100) { first in
            try await OpenEnvServer.serve(workers: 1, sessionCapPerWorker: 100) { second in
                let trial = try await Self.trial([
                    "--urls", "\(first.url),\(second.url)", "--balancer", "haproxy", "--requests", "64", "--wait", "0.2",
                ])
                #expect(trial.isMeasured, "\(trial.errors)")
                #expect(trial.cells.map(\.successRate) == [1] && trial.cells.map(\.uniquePids) == [2], "\(trial.cells)")
            }
        }
    }

    @Test func aBalancerThatIsKilledEndsItsCell() async throws {
        try await Self.withServers { urls in
            let place = try Trial.Place()
            defer { place.remove() }
            let ports = urls.compactMap { $0.split(separator: ":").last.flatMap { Int($0) } }
            async let running = Self.trial(
                [
                    "--urls", urls.joined(separator: ","), "--balancer", "haproxy", "--requests", "32", "--wait", "600", "--timeout", "900",
                    "--no-preflight",
                ],
                in: place)
            try #require(await eventually { ports.allSatisfy { DockerHost.connections(to: $0) >= 16 } })
            let mark = try #require(place.outstanding.first { $0.kind == .processes }).name
            let balancer = try #require(Trace.processes(of: mark).first { $0.words.first?.hasSuffix("/haproxy") == true })
            kill(balancer.pid, SIGKILL)
            let trial = try await running
            #expect(trial.status == .exited(5), "\(trial.errors)")
            #expect(trial.errors.contains("haproxy ended with exit status 137"), "\(trial.errors)")
            #expect(trial.cells.first?.failures["provider_terminated"] == 32, "\(trial.cells)")
        }
    }

    private static let longFolder = FileManager.default.temporaryDirectory.appending(path: String(repeating: "x", count: 100)).path

    struct Bad: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var balancer = "haproxy"
        /// In place of the second server.
        var other: String?
        var arguments: [String] = []
        var variables: [String: String] = [:]
        var status: Int32
        var says: String
    }

    @Test(arguments: [
        Bad(
            testDescription: "a server that is not there", other: "http://127.0.0.1:9", status: 5,
            says: "no server answers at http://127.0.0.1:9, before which haproxy is to stand"),
        Bad(
            testDescription: "a server with TLS", other: "https://127.0.0.1:9", status: 2,
            says: "does not stand before https://127.0.0.1:9: it speaks no TLS"),
        Bad(
            testDescription: "fewer hosts than must be", arguments: ["--expected-hosts", "3", "--require-hosts"], status: 5,
            says: "2 of the 3 hosts of --expected-hosts answered; check the balancer"),
        Bad(
            testDescription: "fewer hosts than were expected", arguments: ["--expected-hosts", "3"], status: 0,
            says: "warning: 2 of the 3 hosts of --expected-hosts answered"),
        Bad(
            testDescription: "a balancer that is not here", balancer: "envoy", variables: ["PATH": "/nowhere"], status: 5,
            says: "envoy is not on this host; install it"),
        Bad(
            testDescription: "a balancer that nobody knows", balancer: "nginx", status: 2,
            says: "--balancer names the balancer 'nginx', which there is none of; use haproxy or envoy"),
        Bad(testDescription: "a folder that nobody may write to", variables: ["TMPDIR": "/proc/self"], status: 5, says: "cannot be made"),
        Bad(
            testDescription: "a folder whose name is too long for a socket",
            variables: ["TMPDIR": Self.longFolder], status: 5,
            says: "haproxy refuses its configuration"),
    ])
    func whatCannotBeIsSaidInOneSentence(_ bad: Bad) async throws {
        try FileManager.default.createDirectory(atPath: Self.longFolder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: Self.longFolder) }
        try await Self.withServers { urls in
            let began = ContinuousClock.now
            let trial = try await Self.trial(
                ["--urls", "\(urls[0]),\(bad.other ?? urls[1])", "--balancer", bad.balancer, "--requests", "8", "--wait", "0.05"]
                    + bad.arguments,
                variables: bad.variables)
            #expect(bad.status == 0 ? trial.isMeasured : trial.status == .exited(bad.status), "\(trial.errors)")
            #expect(trial.errors.contains(bad.says), "\(trial.errors)")
            #expect(ContinuousClock.now - began < .seconds(30), "what is clear is not waited for until the deadline")
        }
    }
}
