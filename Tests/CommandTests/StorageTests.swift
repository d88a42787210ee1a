import Foundation
import ScaleStore
import ScaleTestKit
import Testing

/// Places where results cannot be kept: found before the first cell, with exit status 6.
@Suite("Storage that does not work", .serialized, .patience(minutes: 2))
struct StorageTests {
    static let refusals = [
        Refusal(["--db", "."], "--db", "'.'", "directory", status: 6),
        Refusal(["--db", "text.txt"], "--db", "'text.txt'", "not a SQLite database", status: 6),
        Refusal(["--db", "text.txt/deeper/run.sqlite"], "--db", "text.txt", status: 6),
        Refusal(["--db", "newer.sqlite"], "--db", "newer.sqlite", "newer", "v999", status: 6),
        Refusal(["--db", "other.sqlite"], "--db", "other.sqlite", "another program", status: 6),
        Refusal(["--db", "damaged.sqlite"], "--db", "damaged.sqlite", status: 6),
        Refusal(["--db", "/dev/null"], "--db", "/dev/null", status: 6),
        Refusal(["--db", "nowhere/deeper/run.sqlite"], "--db", "'nowhere'", status: 2),
        Refusal(["--db", "/proc/run.sqlite"], "--db", "'/proc'", "No such file or directory", status: 6),
        Refusal(["-o", "/proc/nope"], "--output-dir", "'/proc/nope'", "takes no files", status: 6),
        Refusal(["--output-dir", "text.txt/out"], "--output-dir", "'text.txt/out'", "Not a directory", status: 6),
        Refusal(["-o", "text.txt"], "--output-dir", "'text.txt'", status: 6),
        Refusal(["-o", "out", "--plots-dir", "text.txt/plots"], "--plots-dir", "'text.txt/plots'", status: 6),
    ]

    @Test(arguments: refusals)
    func isRefusedBeforeTheFirstCell(refusal: Refusal) async throws {
        try await Workplace.with { place in
            try place.write("not a database, but long enough to hold the head of one\n", to: "text.txt")
            try await prepare(place)
            let before = try place.contents
            try await refusal.check(in: place)
            let after = try place.contents
            for (name, content) in before { #expect(after[name] == content, "\(name) was changed") }
        }
    }

    private func prepare(_ place: Workplace) async throws {
        for name in ["newer.sqlite", "damaged.sqlite"] { try place.makeDatabase(name) }
        try await place.sql("INSERT INTO grdb_migrations VALUES ('v999')", database: "newer.sqlite")
        try await place.sql("CREATE TABLE theirs (id INTEGER)", database: "other.sqlite")
        // Merged first, so that what is damaged is the file itself and not its log.
        try await place.sql("PRAGMA wal_checkpoint(TRUNCATE)", database: "damaged.sqlite")
        let file = URL(fileURLWithPath: place.file("damaged.sqlite"))
        var bytes = try Data(contentsOf: file)
        for index in 100..<bytes.count { bytes[index] = 0xA5 }
        try bytes.write(to: file)
    }

    @Test(arguments: ["missing.sqlite", "text.txt", "newer.sqlite", "."])
    func aReportOfSomethingElseIsRefused(name: String) async throws {
        try await Workplace.with { place in
            try place.write("not a database, but long enough to hold the head of one\n", to: "text.txt")
            try await prepare(place)
            let ended = try await Program.run(["report", "--db", name], in: place)
            #expect(ended.status == (name == "missing.sqlite" ? 2 : 6))
            #expect(ended.output == [])
            #expect(ended.errors.count == 1 && ended.sentences.first?.contains(name) == true, "\(ended.said)")
        }
    }

    /// An empty file is what `mktemp` makes: a fine place for a database.
    @Test func anEmptyFileBecomesADatabase() async throws {
        try await Workplace.with { place in
            try place.write("", to: "run.sqlite")
            let ended = try await Program.run(["-n", "1", "-w", "0", "--db", "run.sqlite"], in: place)
            #expect(ended.isMeasured, "\(ended.said)")
            #expect(try place.storedRuns().map(\.cells) == [1])
        }
    }
}

extension Workplace {
    /// A database without a run.
    fileprivate func makeDatabase(_ name: String) throws {
        let store = try Store(path: file(name))
        try store.remove(runs: [])
        try store.close()
    }

    /// The bytes of every file directly in the folder, apart from SQLite's own logs.
    fileprivate var contents: [String: Data] {
        get throws {
            var found: [String: Data] = [:]
            for name in files where !name.contains("/") && !name.hasSuffix("-wal") && !name.hasSuffix("-shm") {
                found[name] = try? Data(contentsOf: URL(fileURLWithPath: file(name)))
            }
            return found
        }
    }
}
