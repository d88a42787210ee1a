import Foundation
import Subprocess
import Synchronization
import Testing

/// A real OpenEnv server with the environment of `Server/benchmark_env.py`, alive for the length of one closure.
struct OpenEnvServer: Sendable {
    /// Where it listens, e.g. `http://127.0.0.1:41231`: the kernel chose the port.
    var url: String

    struct NotReady: Error, CustomStringConvertible {
        var log: String
        var description: String { "the OpenEnv server ended before it was ready:\n" + log }
    }

    /// Serves while `body` runs, then ends every process of the server. Its log becomes an attachment of the test.
    static func serve(
        workers: Int, sessionCapPerWorker: Int, _ body: @escaping @Sendable (OpenEnvServer) async throws -> Void
    ) async throws {
        let python = try PythonEnvironment.openEnv.interpreter
        var platform = PlatformOptions()
        platform.createSession = true
        // The workers share their parent's process group, so that none can outlive the test.
        let teardown = [TeardownStep.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(10))]
        platform.teardownSequence = teardown
        let log = ServerLog()
        defer { Attachment.record(log.text, named: "openenv-server.log") }
        let outcome = try await run(
            .name("env"),
            arguments: [
                python, "-m", "uvicorn", "benchmark_env:app", "--app-dir", Repository.path("Tests/EngineTests/Server"),
                "--host", "127.0.0.1", "--port", "0", "--workers", "\(workers)", "--no-access-log", "--no-use-colors",
            ],
            environment: .inherit.updating([
                "MAX_CONCURRENT_ENVS": "\(sessionCapPerWorker)", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1",
            ]),
            platformOptions: platform, input: .none, output: .sequence, error: .combinedWithOutput
        ) { execution in
            try await withThrowingTaskGroup(of: Void.self) { group in
                let (ready, isReady) = AsyncStream.makeStream(of: OpenEnvServer.self)
                group.addTask {
                    // Reads to the end: a full pipe would stop the server.
                    var startup = Startup(workers: workers)
                    for try await line in execution.standardOutput.strings() {
                        log.append(line)
                        if let server = startup.sees(line) { isReady.yield(server) }
                    }
                    isReady.finish()
                }
                var result: Result<Void, any Error> = .failure(NotReady(log: ""))
                for await server in ready {
                    do { result = .success(try await body(server)) } catch { result = .failure(error) }
                    break
                }
                await execution.teardown(using: teardown)
                try await group.waitForAll()
                if case .failure(is NotReady) = result { throw NotReady(log: log.text) }
                try result.get()
            }
        }
        #expect(outcome.terminationStatus.isSuccess || outcome.terminationStatus == .signaled(15))
    }
}

/// Follows uvicorn's log until its address is known and every worker has started, in whichever order it says so. One
/// good `/health` would speak for one worker only.
private struct Startup {
    private var startingWorkers: Int
    private var url: String?

    init(workers: Int) { startingWorkers = workers }

    /// The server, at the line that makes it ready.
    mutating func sees(_ line: String) -> OpenEnvServer? {
        if let match = line.firstMatch(of: /running on (http:\/\/[0-9.]+:[0-9]+)/) {
            url = String(match.1)
        } else if line.contains("Application startup complete") {
            startingWorkers -= 1
        } else {
            return nil
        }
        return startingWorkers == 0 ? url.map { OpenEnvServer(url: $0) } : nil
    }
}

private final class ServerLog: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: String) { lines.withLock { $0.append(line) } }

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
}
