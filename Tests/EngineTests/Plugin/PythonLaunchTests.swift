import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// The providers `uv`, `exec` and `openenv` with real uv, the example plug-in and the real openenv package, whose UVProvider
/// runs uv in its turn.
@Suite("Launches by Python and plug-ins", .serialized, .patience(minutes: 10))
struct PythonLaunchTests {
    private static let server = Repository.path("Tests/EngineTests/Server")

    struct Case: Sendable, CustomTestStringConvertible {
        var provider: String
        var flags: [String] = []
        var infra: String
        /// Of the servers. uvicorn answers as soon as one of its workers does: the others may come too late to have a session.
        var processes: ClosedRange<Int>
        var testDescription: String { infra }
    }

    static let cases = [
        Case(
            provider: "uv:\(server),app=benchmark_env:app", flags: ["--workers", "2", "--max-concurrent-envs", "100"],
            infra: "uv-Server-w2-c100", processes: 1...2),
        Case(
            provider:
                "exec:\(Repository.path("docs/examples/plugin.py")),replicas=2,program=\(Scalebench.productFolder.path)/scalebench-env",
            infra: "exec-example-x2-w1", processes: 2...2),
        Case(
            provider:
                "openenv:UVProvider,python=\(Repository.path(".venv/openenv/bin/python")),project-path=\(server),app=benchmark_env:app",
            flags: ["--env", "MAX_CONCURRENT_ENVS=100"], infra: "openenv-UVProvider-c100", processes: 1...1),
        Case(
            provider: "openenv:LocalDockerProvider,python=\(Repository.path(".venv/openenv/bin/python"))",
            flags: ["--image", "scalebench-env", "--env", "WORKERS=2"], infra: "openenv-LocalDockerProvider", processes: 1...2),
    ]

    @Test(arguments: cases)
    func isMeasuredAndLeavesNothing(_ each: Case) async throws {
        let trial = try await UVHost.trial(
            ["--provider", each.provider, "--requests-grid", "8,64", "--wait", "0.1", "--startup-timeout", "180"] + each.flags)
        #expect(trial.status == .exited(0), "\(trial.errors)")
        #expect(trial.cells.count == 2 && trial.cells.allSatisfy { $0.successRate == 1 && $0.infra == each.infra }, "\(trial.cells)")
        #expect(each.processes.contains(trial.cells.last?.uniquePids ?? 0) && trial.readsProcesses, "\(trial.cells)")
        #expect(trial.ledgers.isEmpty)
        let mark = try #require(trial.errors.firstMatch(of: /resource=(sb-[0-9a-f]{12})/)?.1)
        #expect(UVHost.processes(of: String(mark)).isEmpty)
        #expect(try await UVHost.containers(of: String(mark)).isEmpty)
    }

    /// The official layout, whose app imports its modules from the project's folder and admits one session.
    @Test func whatOpenEnvInitMakesIsMeasuredAsItIs() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-init-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let made = try await run(
            .name("env"), arguments: [Repository.path(".venv/openenv/bin/openenv"), "init", "my_env", "--output-dir", folder.path],
            output: .string(limit: 65_536), error: .string(limit: 65_536))
        try #require(made.terminationStatus.isSuccess, "\(made.standardOutput) \(made.standardError)")
        let trial = try await UVHost.trial([
            "--provider", "uv:\(folder.path)/my_env,port=0", "--requests", "1", "--action", #"{"message":"hi"}"#, "--startup-timeout",
            "180",
        ])
        #expect(trial.status == .exited(0), "\(trial.errors)")
        #expect(trial.cells.map(\.infra) == ["uv-my_env-w1"] && trial.cells.allSatisfy { $0.successRate == 1 }, "\(trial.errors)")
        #expect(trial.ledgers.isEmpty)
    }

    @Test(
        arguments: [
            // With several workers uvicorn starts them again and again, and never ends.
            ("uv:\(server),app=nothing_here:app,workers=2", 5, "uvicorn cannot load nothing_here:app"),
            ("uv:/nonexistent", 2, "'/nonexistent' is not there"),
            ("openenv:NoSuchProvider,python=\(Repository.path(".venv/openenv/bin/python"))", 2, "has no class NoSuchProvider; it has"),
            ("openenv:UVProvider,colour=red,python=\(Repository.path(".venv/openenv/bin/python"))", 2, "colour"),
            ("openenv:UVProvider,python=\(Repository.path(".venv/uv/bin/python"))", 5, "has no package openenv"),
            ("exec:/bin/cat", 5, "docs/plugin-protocol.md"), ("exec:/nonexistent", 2, "'/nonexistent' is not there"),
        ] as [(String, Int32, String)])
    func badInputIsOneSentence(provider: String, status: Int32, words: String) async throws {
        let trial = try await UVHost.trial(["--provider", provider, "--requests", "4", "--startup-timeout", "60"])
        let said = trial.errors.split(separator: "\n").filter { $0.hasPrefix("scalebench: ") }
        #expect(trial.status == .exited(status) && said.count == 1, "\(trial.errors)")
        #expect(trial.errors.contains(words), "\(trial.errors)")
        #expect(trial.ledgers.isEmpty)
    }
}

/// uv as `make engines` prepares it.
private enum UVHost {
    static func trial(_ arguments: [String]) async throws -> Trial {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let variables = ["PATH": Repository.path(".venv/uv/bin") + ":" + path, "PYTHONDONTWRITEBYTECODE": "1"]
        let trial = try await Trial.run(arguments, variables: variables)
        let served = trial.errors.matches(of: /http:\/\/(?:127\.0\.0\.1|localhost):([0-9]+)/).compactMap { UInt16($0.1) }
        #expect(listenedPorts.isDisjoint(with: served))
        return trial
    }

    /// Those that inherited the mark of a launch of this invocation.
    static func processes(of invocation: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let wanted = Data("SCALEBENCH_LAUNCH=\(invocation)-".utf8)
        return names.filter { name in
            guard Int(name) != nil, let text = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(name)/environ")) else { return false }
            return text.range(of: wanted) != nil
        }
    }

    static func containers(of invocation: String) async throws -> String {
        let words = ["ps", "--all", "--format", "{{.Names}}", "--filter", "name=\(invocation)"]
        let listed = try await run(.name("docker"), arguments: Arguments(words), output: .string(limit: 65_536))
        #expect(listed.terminationStatus == .exited(0))
        return listed.standardOutput
    }

    /// TCP ports of this host that somebody listens at (proc(5)): the local address, and 0A for LISTEN in the field `st`.
    private static var listenedPorts: Set<UInt16> {
        // Read to its end: a file of the kernel has no size.
        let table = FileHandle(forReadingAtPath: "/proc/net/tcp").flatMap { try? $0.readToEnd() }
        let text = String(decoding: table ?? Data(), as: UTF8.self)
        var found: Set<UInt16> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard fields.count > 3, fields[3] == "0A", let port = fields[1].split(separator: ":").last else { continue }
            found.insert(UInt16(port, radix: 16) ?? 0)
        }
        return found
    }
}
