import Foundation
import Subprocess
import Testing

/// The providers `uv`, `exec` and `openenv` with real uv, the example plug-in and the real openenv package, whose UVProvider
/// runs uv in its turn.
@Suite("Launches by Python and plug-ins", .serialized, .timeLimit(.minutes(10)))
struct PythonLaunchTests {
    private static let server = Repository.path("Tests/EngineTests/Server")

    struct Case: Sendable, CustomTestStringConvertible {
        var provider: String
        var flags: [String] = []
        var infra: String
        var processes: Int
        var testDescription: String { infra }
    }

    static let cases = [
        Case(
            provider: "uv:\(server),app=benchmark_env:app", flags: ["--workers", "2", "--max-concurrent-envs", "100"],
            infra: "uv-Server-w2-c100", processes: 2),
        Case(
            provider:
                "exec:\(Repository.path("docs/examples/plugin.py")),replicas=2,program=\(Scalebench.productFolder.path)/scalebench-env",
            infra: "exec-example-x2-w1", processes: 2),
        Case(
            provider:
                "openenv:UVProvider,python=\(Repository.path(".venv/openenv/bin/python")),project-path=\(server),app=benchmark_env:app",
            flags: ["--env", "MAX_CONCURRENT_ENVS=100"], infra: "openenv-UVProvider-c100", processes: 1),
    ]

    @Test(arguments: cases)
    func isMeasuredAndLeavesNothing(_ each: Case) async throws {
        let trial = try await UVHost.trial(
            ["--provider", each.provider, "--requests-grid", "8,64", "--wait", "0.1", "--startup-timeout", "180"] + each.flags)
        #expect(trial.status == .exited(0), "\(trial.errors)")
        #expect(trial.cells.count == 2 && trial.cells.allSatisfy { $0.successRate == 1 && $0.infra == each.infra }, "\(trial.cells)")
        #expect(trial.cells.last?.uniquePids == each.processes)
        #expect(trial.ledgers.isEmpty)
        let mark = try #require(trial.errors.firstMatch(of: /resource=(sb-[0-9a-f]{12})/)?.1)
        #expect(UVHost.processes(of: String(mark)).isEmpty)
    }

    @Test(
        arguments: [
            ("uv:\(server),app=nothing_here:app", 5, "nothing_here"),
            ("uv:/nonexistent", 2, "'/nonexistent' is not there"),
            ("openenv:NoSuchProvider,python=\(Repository.path(".venv/openenv/bin/python"))", 2, "has no class NoSuchProvider; it has"),
            ("openenv:UVProvider,colour=red,python=\(Repository.path(".venv/openenv/bin/python"))", 2, "colour"),
            ("openenv:UVProvider,python=\(Repository.path(".venv/scipy/bin/python"))", 5, "has no package openenv"),
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
        let before = listeners
        let trial = try await Trial.run(arguments, variables: variables)
        #expect(listeners.subtracting(before).isEmpty)
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

    /// Inodes of listening TCP sockets (proc(5)): the field behind `st`, 0A for LISTEN.
    private static var listeners: Set<String> {
        let text = (try? String(contentsOfFile: "/proc/net/tcp", encoding: .utf8)) ?? ""
        var found: Set<String> = []
        for line in text.split(separator: "\n") {
            let fields = line.split(separator: " ")
            if fields.count > 9, fields[3] == "0A" { found.insert(String(fields[9])) }
        }
        return found
    }
}
