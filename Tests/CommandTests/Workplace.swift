import Foundation
import ScaleStore
import ScaleTestKit
import Subprocess
import Testing

/// A folder of its own for one test, and an environment variable of its own that marks every process started in it.
struct Workplace: Sendable {
    let folder: String
    /// Where the program keeps its ledgers, beside ``folder``.
    var state: String { folder + "-state" }
    /// `NAME=VALUE`; children inherit it.
    let mark: String

    /// Makes one for the length of a closure.
    static func with<Value>(_ body: (Workplace) async throws -> Value) async throws -> Value {
        let name = UUID().uuidString
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-command-\(name)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let place = Workplace(folder: folder.path, mark: "SCALEBENCH_TEST_PLACE=\(name)")
        defer { for each in [place.folder, place.state] { try? FileManager.default.removeItem(atPath: each) } }
        return try await body(place)
    }

    func file(_ name: String) -> String { folder + "/" + name }
    var database: String { file("run.sqlite") }

    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: file(name)))
    }

    func text(of name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: file(name))), as: UTF8.self)
    }

    /// Every file below the folder, from it.
    var files: [String] { (try? FileManager.default.subpathsOfDirectory(atPath: folder)) ?? [] }

    /// The ledgers of the program's processes.
    var ledgers: [String] {
        let folder = state + "/scalebench/launches"
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).map { folder + "/" + $0 }
    }

    /// Runs stored in a database; none when it was never made.
    func storedRuns(_ name: String = "run.sqlite") throws -> [RunSummary] {
        guard FileManager.default.fileExists(atPath: file(name)) else { return [] }
        return try RunReader(path: file(name)).runs()
    }

    /// Asks a database as any program beside ours would: one row per line, columns parted by `|`.
    @discardableResult
    func sql(_ statement: String, database name: String = "run.sqlite") async throws -> [String] {
        let script = """
            import sqlite3, sys
            with sqlite3.connect(sys.argv[1]) as db:
                for row in db.execute(sys.argv[2]):
                    print("|".join("" if value is None else str(value) for value in row))
            """
        let ended = try await Subprocess.run(
            .name("python3"), arguments: ["-c", script, file(name), statement], output: .string(limit: 1 << 22),
            error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        return ended.standardOutput.split(separator: "\n").map(String.init)
    }

    // MARK: Processes

    struct LiveProcess: Sendable, Hashable {
        var pid: Int32
        var words: [String]
        var isServer: Bool { words.dropFirst().first == "serve" }
        var isWorker: Bool { words.contains("--worker") }
    }

    /// The processes of this machine that were started here and are still alive.
    var processes: [LiveProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter { isOurs($0) }.map { pid in
            LiveProcess(pid: pid, words: Self.strings("/proc/\(pid)/cmdline"))
        }
    }

    private func isOurs(_ pid: Int32) -> Bool { Self.strings("/proc/\(pid)/environ").contains(mark) }

    /// The NUL-separated strings of a file in `/proc`; empty for a process that is gone or a zombie.
    private static func strings(_ path: String) -> [String] {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return [] }
        return data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether all of them come to their end.
    func isDeserted() async -> Bool { await eventually { processes.isEmpty } }
}
