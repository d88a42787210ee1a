import Foundation
import ScaleStore
import ScaleTestKit
import Testing

/// Whatever stands where records are read from and written to.
@Suite("Files of stored runs", .serialized, .patience(minutes: 3))
struct RecordFileTests {
    @Test func anExportLeavesWhatIsNoFile() async throws {
        try await Workplace.with { place in
            try await RecordsTests.measured(in: place)
            func export(_ output: String, shell: String = ":") async throws -> Program.Ended {
                try await Program.run(
                    ["export", "--format", "csv", "--db", "a.sqlite", "-o", output], in: place, shell: shell)
            }
            // A device of its own, so that a defect costs no one else's.
            let made = try await export("null", shell: "ln -s /dev/null null")
            #expect(made.status == 0, "\(made.said)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.file("null")) == "/dev/null")
            #expect(try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type] as? FileAttributeType == .typeCharacterSpecial)

            let piped = try await export("pipe", shell: "mkfifo pipe && { cat pipe > copy & }")
            #expect(piped.status == 0 && piped.output.isEmpty, "\(piped.said)")
            #expect(try place.text(of: "copy").split(separator: "\n").count == 3)

            let linked = try await export(
                "link", shell: "mkdir sub && echo old > sub/target && ln -s sub/target link && ln -s sub/new later")
            #expect(linked.status == 0, "\(linked.said)")
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: place.file("link")) == "sub/target")
            #expect(try place.text(of: "sub/target").split(separator: "\n").count == 3)
            #expect(try await export("later").status == 0)
            #expect(try place.text(of: "sub/new") == place.text(of: "sub/target"))
            #expect(try await export("/dev/stdout").output.count == 3)
            #expect(try await export("sub").status == 6)
            #expect(!place.files.contains { $0.hasSuffix(".part") })

            // The run of a cell is known by the cell.
            try await RecordsTests.measured(in: place, ["--seed", "5"])
            let one = try await Program.run(["export", "--format", "hgrm", "--cell", "1", "--db", "a.sqlite"], in: place)
            #expect(one.status == 0 && one.output.last?.hasPrefix("#[Buckets =") == true, "\(one.said)")
        }
    }

    @Test func severalFoldersOfWhichSomeAreStored() async throws {
        try await Workplace.with { place in
            try await RecordsTests.measured(in: place)
            for name in ["one", "two"] {
                let ended = try await Program.run(
                    ["export", "--format", "jsonl", "--db", "a.sqlite", "-o", name + "/raw.jsonl"], in: place)
                #expect(ended.status == 0, "\(ended.said)")
            }
            let lines = try place.text(of: "two/raw.jsonl")
            // The first of two batches.
            try place.write(lines.split(separator: "\n").prefix(24).map { $0 + "\n" }.joined(), to: "two/raw.jsonl")
            try place.write(lines, to: "bad.jsonl")
            func importing(_ paths: String...) async throws -> Program.Ended {
                try await Program.run(["import", "--db", "b.sqlite"] + paths, in: place)
            }
            let first = try await importing("one")
            #expect(first.status == 0, "\(first.said)")
            // Read before anything is stored.
            try place.write(lines + "{", to: "bad.jsonl")
            #expect(try await importing("two", "bad.jsonl").status == 2)
            #expect(try place.storedRuns("b.sqlite").count == 1)
            let both = try await importing("one", "two")
            #expect(both.status == 0 && both.output.count == 1, "\(both.said)")
            #expect(both.errors.contains { $0.hasPrefix("note: ") && $0.contains("is stored already") }, "\(both.said)")
            #expect(try place.storedRuns("b.sqlite").count == 2)
            #expect(try await importing("one", "two").status == 2)

            let pipe = try await Program.run(["import", "pipe", "--db", "b.sqlite"], in: place, shell: "mkfifo pipe")
            #expect(pipe.status == 2 && pipe.sentences.first?.contains("is no regular file") == true, "\(pipe.said)")
        }
    }

    @Test(arguments: [2, 15] as [Int32]) func anImportThatIsStoppedLeavesNothing(signal: Int32) async throws {
        try await Workplace.with { place in
            try await RecordsTests.measured(in: place)
            let ended = try await Program.run(["export", "--format", "jsonl", "--db", "a.sqlite", "-o", "raw.jsonl"], in: place)
            #expect(ended.status == 0, "\(ended.said)")
            let lines = try place.text(of: "raw.jsonl")
            try place.write(String(repeating: lines, count: 2000), to: "raw.jsonl")
            let stopped = try await Program.run(["import", "raw.jsonl", "--db", "b.sqlite"], in: place) { running in
                // The run is there before its cells are.
                while ((try? place.storedRuns("b.sqlite"))?.isEmpty ?? true), !Task.isCancelled { await Task.yield() }
                running.signal(signal)
            }
            #expect(stopped.status == 130 && stopped.sentences.count == 1, "\(stopped.said)")
            #expect(try place.storedRuns("b.sqlite").isEmpty)
        }
    }

    /// Writing a large file anew would make whoever measures into it wait.
    @Test func aFileThatIsWrittenToIsNotCompacted() async throws {
        try await Workplace.with { place in
            try await RecordsTests.measured(in: place)
            try await RecordsTests.measured(in: place, ["--seed", "5"])
            let uuids = try place.storedRuns("a.sqlite").map(\.uuid)
            let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).split(separator: "\n")[0]
            let stat = try String(contentsOfFile: "/proc/self/stat", encoding: .utf8)
            let start = try #require(stat.split(separator: ")").last?.split(separator: " ")[19])
            let pid = ProcessInfo.processInfo.processIdentifier
            try await place.sql(
                "UPDATE runs SET status = 'running', finished_at_us = NULL, owner = '\(boot) \(pid) \(start)' WHERE uuid = '\(uuids[0])'",
                database: "a.sqlite")
            let removed = try await Program.run(["runs", "rm", uuids[1], "--yes", "--compact", "--db", "a.sqlite"], in: place)
            #expect(removed.status == 0 && removed.output.first?.contains("because process \(pid) writes") == true, "\(removed.said)")
            #expect(try place.storedRuns("a.sqlite").map(\.uuid) == [uuids[0]])
        }
    }
}
