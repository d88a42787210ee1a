import Foundation
import Subprocess
import Testing

/// The programs in `Recomputation/`: they work out again, by other means, what scalebench computes.
enum Recomputation {
    /// What a program found.
    struct Verdict: Decodable, Sendable {
        /// How many values it compared.
        var compared: Int
        /// One sentence for each that differs.
        var differences: [String]
        /// How many rows it found in tables of the report that not every report has.
        var tables: [String: Int]?
        /// By mode and N, where passes were judged.
        var outcomes: [String: [String: String]]?
    }

    static func estimates(_ tables: StatisticsTables) async throws -> Verdict {
        try await Scratch.folder { folder in
            let file = folder.appending(path: "tables.json")
            try JSONEncoder().encode(tables).write(to: file)
            return try await run("estimates.py", [file.path])
        }
    }

    /// Of one run, from its `sessions` table.
    static func run(_ measured: MeasuredRun) async throws -> Verdict {
        try await run("recompute.py", [measured.database, measured.uuid, measured.json, measured.report, measured.scaling])
    }

    /// A status of 1 and differences come together or not at all.
    private static func run(_ program: String, _ arguments: [String]) async throws -> Verdict {
        let interpreter = try PythonEnvironment.scipy.interpreter
        let path = Repository.path("Tests/EngineTests/Recomputation/" + program)
        let ended = try await Subprocess.run(
            .name("env"), arguments: Arguments([interpreter, "-B", path] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        try #require(
            [.exited(0), .exited(1)].contains(ended.terminationStatus) && !ended.standardOutput.isEmpty,
            "\(program): \(ended.terminationStatus)\n\(ended.standardError)")
        let verdict = try JSONDecoder().decode(Verdict.self, from: Data(ended.standardOutput.utf8))
        #expect(verdict.differences.isEmpty == (ended.terminationStatus == .exited(0)))
        return verdict
    }
}

/// A run of the real program on the bundled environment, with everything that it made, in a folder of its own.
struct MeasuredRun: Sendable {
    var database: String
    var json: String
    var report: String
    /// The table of the scaling chart.
    var scaling: String
    var uuid: String

    static func make(in folder: URL, _ arguments: [String]) async throws -> MeasuredRun {
        let database = folder.appending(path: "run.sqlite").path
        let ended = try await Subprocess.run(
            .name("env"),
            arguments: Arguments(
                [
                    "XDG_STATE_HOME=\(folder.path)/state", Scalebench.program, "run", "--json", "--no-calibrate", "--db", database,
                    "--output-dir", folder.path,
                ] + arguments),
            output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        try #require(ended.terminationStatus == .exited(0), "\(ended.terminationStatus)\n\(ended.standardError)")
        let json = folder.appending(path: "lines.json")
        try ended.standardOutput.write(to: json, atomically: true, encoding: .utf8)
        struct Last: Decodable { var run_id: String }
        let last = try #require(ended.standardOutput.split(separator: "\n").last)
        return MeasuredRun(
            database: database, json: json.path, report: folder.appending(path: "report.md").path,
            scaling: folder.appending(path: "plots/scaling.tsv").path,
            uuid: try JSONDecoder().decode(Last.self, from: Data(last.utf8)).run_id)
    }

    /// Changes rows of its database behind the program's back.
    func change(_ sql: String) async throws {
        let script = """
            import sqlite3, sys
            rows = sqlite3.connect(sys.argv[1], isolation_level=None)
            print(rows.execute(sys.argv[2]).rowcount)
            """
        let ended = try await run(
            .name("env"), arguments: [try PythonEnvironment.scipy.interpreter, "-c", script, database, sql],
            output: .string(limit: 1 << 10), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus == .exited(0) && ended.standardOutput == "1\n", "\(ended.standardError)")
    }
}

/// A folder that is gone when the closure ends.
enum Scratch {
    static func folder<Value>(_ body: (URL) async throws -> Value) async throws -> Value {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-engine-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder)
    }
}
