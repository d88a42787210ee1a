import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// A real OpenEnv server that scalebench itself launches, in an experiment beside the bundled environment.
@Suite("An experiment with a real OpenEnv server", .serialized, .patience(minutes: 3))
struct OpenEnvProcessTests {
    @Test func bothTakeTurnsAndNothingIsLeft() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let mark = "SCALEBENCH_TEST_MARK=\(UUID().uuidString)"
        let file = """
            name: engine
            infrastructures:
              - {name: bundled, provider: local}
              - name: openenv
                provider: >-
                  process:command="env MAX_CONCURRENT_ENVS=100 PYTHONDONTWRITEBYTECODE=1 '\(try PythonEnvironment.openEnv.interpreter)' -m uvicorn
                  benchmark_env:app --app-dir '\(Repository.path("Tests/EngineTests/Server"))' --port {port} --workers 2
                  --no-access-log"
                workers: 2
                max_concurrent_envs: 100
            batch_sizes: [8, 32]
            waits: 100ms
            reps: 2

            """
        try Data(file.utf8).write(to: folder.appending(path: "engine.yaml"))
        let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
            .appending(path: "scalebench").path
        let words = [
            "-C", folder.path, mark, "XDG_STATE_HOME=\(folder.path)/state", program, "experiment", "run", "engine.yaml", "--json",
            "--no-calibrate", "--db", "run.sqlite",
        ]
        let ended = try await run(
            .name("env"), arguments: Arguments(words), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try #require(ended.terminationStatus == .exited(0), "\(ended.terminationStatus)\n\(ended.standardError)")
        struct Line: Decodable {
            var type: String
            var infra: String?
            var success_rate: Double?
        }
        let lines = try ended.standardOutput.split(separator: "\n").map { try JSONDecoder().decode(Line.self, from: Data($0.utf8)) }
        let cells = lines.filter { $0.type == "cell" }
        #expect(cells.count == 8 && cells.allSatisfy { $0.success_rate == 1 })
        #expect(cells.filter { $0.infra == "openenv" }.count == 4)
        #expect(Self.processes(with: mark).isEmpty)
    }

    /// Every process of this machine that was started with a variable.
    private static func processes(with mark: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int(name) != nil, let text = try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(name)/environ")) else { return false }
            return text.split(separator: 0).contains { String(decoding: $0, as: UTF8.self) == mark }
        }
    }
}
