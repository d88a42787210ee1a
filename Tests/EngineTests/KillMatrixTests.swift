import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// `Benchmarks/kill-matrix.py` over the providers that need no engine, with the moments that matter most.
@Suite("Signals at every stage of a launch", .patience(minutes: 5)) struct KillMatrixTests {
    private func trials(_ arguments: [String]) async throws -> (isPassed: Bool, lines: [String]) {
        let words = [Repository.path("Benchmarks/kill-matrix.py"), "--program", Scalebench.program] + arguments
        let ended = try await run(
            .name("python3"), arguments: Arguments(words), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (ended.terminationStatus == .exited(0), (ended.standardOutput + ended.standardError).split(separator: "\n").map(String.init))
    }

    @Test(arguments: ["local", "process"]) func nothingIsLeftAndNoFinishedCellIsLost(provider: String) async throws {
        let (isPassed, lines) = try await trials([
            "--verbose", "--signals", "KILL,INT", "--stages", "launching,started,first_reset,cell,stopping", "--delays", "0,40", provider,
        ])
        #expect(isPassed, "\(lines.joined(separator: "\n"))")
        #expect(lines.contains { $0.hasPrefix("14 trials, 0 failed") }, "\(lines)")
    }

    /// It would be no evidence if it passed whatever is left.
    @Test func anOrphanIsFound() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-kill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let careless = folder.appending(path: "careless").path
        let script = "#!/bin/sh\n[ \"$1\" = run ] && { sleep 300 >/dev/null 2>&1 & }\nexec '\(Scalebench.program)' \"$@\"\n"
        try Data(script.utf8).write(to: URL(fileURLWithPath: careless))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: careless)
        let (isPassed, lines) = try await trials(["--program", careless, "--signals", "INT", "--stages", "started", "local"])
        #expect(!isPassed && lines.contains { $0.contains("left after clean: process") && $0.contains("sleep 300") }, "\(lines)")
    }
}
