import Foundation
import Subprocess
import Testing

/// The program under test: the one that was built together with these tests.
enum Scalebench {
    /// What one `scalebench run --json` said, and where it stored it.
    struct Outcome: Sendable {
        var cells: [CellLine]
        var run: RunLine
        var sessions: [StoredSession]
    }

    /// The keys of a cell's JSON line that these tests rely on.
    struct CellLine: Decodable, Sendable {
        var successRate: Double
        var peakOpenSessions: Int
        var verdict: String
        var valid: Bool
        var failures: [String: Int]
    }

    struct RunLine: Decodable, Sendable {
        var runId: String
        var db: String
    }

    /// Drives `server` with the arguments, into a database of its own, and reads everything back.
    static func run(_ server: OpenEnvServer, _ arguments: [String]) async throws -> Outcome {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let database = folder.appending(path: "run.sqlite").path
        let ended = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(
                [
                    "XDG_STATE_HOME=\(folder.path)/state", program, "run", "--url", server.url, "--json", "--no-calibrate", "--db",
                    database, "--output-dir", folder.path,
                ] + arguments
            ),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try #require(ended.terminationStatus == .exited(0), "\(ended.terminationStatus)\n\(ended.standardError)")
        let (cells, run) = try parse(ended.standardOutput)
        #expect(run.db == database)
        return Outcome(cells: cells, run: run, sessions: try await StoredSession.all(database: database, run: run.runId))
    }

    /// Standard output holds nothing but JSON lines: the cells, then the run.
    private static func parse(_ output: String) throws -> ([CellLine], RunLine) {
        struct Tag: Decodable { var type: String }
        var lines = output.split(separator: "\n").map { Data($0.utf8) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let tags = try lines.map { try decoder.decode(Tag.self, from: $0).type }
        #expect(tags.dropLast().allSatisfy { $0 == "cell" })
        try #require(tags.last == "run", "the last line is not the run's: \(output)")
        let run = try decoder.decode(RunLine.self, from: lines.removeLast())
        return (try lines.map { try decoder.decode(CellLine.self, from: $0) }, run)
    }

    /// Products stand beside the test program.
    static var program: String { productFolder.appending(path: "scalebench").path }

    static var productFolder: URL {
        URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    }
}

/// A row of the `sessions` table, read the way an outside reader of the database does.
struct StoredSession: Decodable, Sendable {
    var failureKind: String?
    var sessionHash: String?
    var pid: Int?
    var stepsDone: Int

    static func all(database: String, run uuid: String) async throws -> [StoredSession] {
        let script = """
            import json, sqlite3, sys
            rows = sqlite3.connect(sys.argv[1])
            rows.row_factory = sqlite3.Row
            query = '''SELECT s.failure_kind, s.session_hash, s.pid, s.steps_done
                FROM sessions s JOIN cells c ON c.id = s.cell_id JOIN runs r ON r.id = c.run_id WHERE r.uuid = ?'''
            print(json.dumps([dict(row) for row in rows.execute(query, [sys.argv[2]])]))
            """
        let ended = try await run(
            .name("env"), arguments: [try PythonEnvironment.openEnv.interpreter, "-c", script, database, uuid],
            output: .string(limit: 1 << 24), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([StoredSession].self, from: Data(ended.standardOutput.utf8))
    }
}
