import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// What a killed run left on a real engine.
@Suite("Containers that a killed run left", .patience(minutes: 2)) struct DockerCleanTests {
    private static func said(_ words: [String], _ variables: [String] = []) async throws -> (status: TerminationStatus, lines: [String]) {
        let ended = try await run(
            .name("env"), arguments: Arguments(variables + words), output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
        return (ended.terminationStatus, (ended.standardOutput + ended.standardError).split(separator: "\n").map(String.init))
    }

    /// An engine goes on with what it was asked for by a process that is gone.
    @Test func aContainerThatMayYetComeIsLookedForAgain() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-clean-\(UUID().uuidString)")
        let ledgers = folder.appending(path: "scalebench/launches")
        try FileManager.default.createDirectory(at: ledgers, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let ledger = ledgers.appending(path: "a.jsonl")
        let mark = "sb-" + UUID().uuidString.lowercased().filter { $0 != "-" }.prefix(12) + "-1"
        let head = #"{"head":{"owner":"another-boot 7 7","startedAt":1795747162678244,"version":1}}"#
        let made = #"{"made":{"kind":"container","name":"\#(mark)","place":"/var/run/docker.sock"}}"#
        try Data("\(head)\n\(made)\n".utf8).write(to: ledger)
        let clean = [Scalebench.program, "clean", "--yes"]
        let state = ["XDG_STATE_HOME=\(folder.path)"]

        let early = try await Self.said(clean, state)
        #expect(early.status == .exited(0) && early.lines.first?.contains("may yet come: look again in a minute") == true, "\(early)")
        #expect(FileManager.default.fileExists(atPath: ledger.path))

        // It came; beside it stand one of the same name without the mark's label, and one of another launch.
        let looks = ["\(mark)-look", "\(mark)0"]
        for (name, label) in [(mark, mark), (looks[0], "none"), (looks[1], "\(mark)0")] {
            let words = ["docker", "create", "--name", name, "--label", "scalebench.launch=\(label)", "scalebench-env"]
            try #require(try await Self.said(words).status == .exited(0))
        }
        let removed = try await Self.said(clean, state)
        #expect(removed.status == .exited(0) && removed.lines.contains("removed 1 container"), "\(removed)")
        #expect(!FileManager.default.fileExists(atPath: ledger.path))
        let left = try await Self.said(["docker", "ps", "-a", "--format", "{{.Names}}", "--filter", "name=\(mark)"])
        #expect(Set(left.lines) == Set(looks))
        _ = try await Self.said(["docker", "rm", "-f"] + looks)

        // A minute later it does not come any more.
        try Data("\(head)\n\(made)\n".utf8).write(to: ledger)
        try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -61)], ofItemAtPath: ledger.path)
        let late = try await Self.said(clean, state)
        #expect(late.lines == ["nothing is left of killed runs"] && !FileManager.default.fileExists(atPath: ledger.path), "\(late)")
    }
}
