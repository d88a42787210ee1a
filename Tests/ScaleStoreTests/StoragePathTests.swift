import Foundation
import GRDB
import ScaleCore
import Testing

@testable import ScaleStore

/// Every bad path as one clear sentence, with exit status 6, or 2 where it was mistyped. The cases fail for root too, whom no permission stops.
@Suite struct StoragePathTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func expect(
        _ message: String, _ code: ScaleError.Code = .storage, sourceLocation: SourceLocation = #_sourceLocation,
        _ work: () throws -> Void
    ) {
        let error = #expect(throws: ScaleError.self, sourceLocation: sourceLocation, performing: work)
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.message == message, sourceLocation: sourceLocation)
    }

    @Test func directory() throws {
        expect("'\(scratch.directory)' is a directory, not a database") { _ = try Store(path: scratch.directory) }
        expect("'\(scratch.directory)' is a directory, not a database") { _ = try RunReader(path: scratch.directory) }
    }

    @Test func device() throws {
        expect("'/dev/null' is not a regular file") { _ = try Store(path: "/dev/null") }
        expect("'/dev/null' is not a regular file") { _ = try RunReader(path: "/dev/null") }
    }

    @Test func missingForAReader() throws {
        expect("--db: there is no database at '\(scratch.path())'", .usage) { _ = try RunReader(path: scratch.path()) }
        expect("--baseline: there is no database at '\(scratch.path())'", .usage) {
            _ = try RunReader(path: scratch.path(), flag: "--baseline")
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.path()))
    }

    @Test func aMissingFolderIsMadeAndTwoAreNot() throws {
        let path = scratch.path("results/run.sqlite")
        _ = try Store(path: path).begin(Sample.run())
        #expect(try RunReader(path: path).runs().count == 1)
        let deep = scratch.path("a/b/run.sqlite")
        expect("'\(deep)' cannot be made: there is no folder '\(scratch.path("a"))'", .usage) { _ = try Store(path: deep) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory) == ["results"])
    }

    @Test func aFileThatNothingWasWrittenToIsNotMade() throws {
        let store = try Store(path: scratch.path())
        #expect(try store.reader.runs().isEmpty)
        try store.close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.directory).isEmpty)
    }

    @Test func parentThatCannotBeMade() throws {
        expect("the directory '/proc/nowhere' cannot be made") { _ = try Store(path: "/proc/nowhere/results.sqlite") }
        let file = try scratch.write("text", to: "file")
        expect("'\(file)' is not a directory, so '\(file)/results.sqlite' cannot be made") {
            _ = try Store(path: file + "/results.sqlite")
        }
    }

    @Test func placeWhereNoFileCanBeMade() throws {
        expect("'/proc/results.sqlite' cannot be made in '/proc'") { _ = try Store(path: "/proc/results.sqlite") }
    }

    @Test(arguments: ["short", String(repeating: "This is no database. ", count: 500)])
    func textFile(content: String) throws {
        let path = try scratch.write(content, to: "notes.txt")
        expect("'\(path)' is not a SQLite database") { _ = try Store(path: path) }
        expect("'\(path)' is not a SQLite database") { _ = try RunReader(path: path) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == content)
    }

    @Test func emptyFileIsANewDatabaseForTheWriterAlone() throws {
        let path = try scratch.write("", to: "empty.sqlite")
        expect("'\(path)' is an empty database") { _ = try RunReader(path: path) }
        _ = try Store(path: path).begin(Sample.run())
        #expect(try RunReader(path: path).runs().count == 1)
    }

    @Test func databaseOfAnotherProgramIsLeftAlone() throws {
        let path = scratch.path("other.sqlite")
        try raw(path) { try $0.execute(sql: "CREATE TABLE users (id INTEGER)") }
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        expect("'\(path)' is a SQLite database of another program") { _ = try Store(path: path) }
        expect("'\(path)' is a SQLite database of another program") { _ = try RunReader(path: path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
    }

    @Test func newerSchema() throws {
        let path = scratch.path()
        try made(path).close()
        try raw(path) { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v9')") }
        expect("'\(path)' was written by a newer scalebench: schema 'v9' is unknown") { _ = try Store(path: path) }
        expect("'\(path)' was written by a newer scalebench: schema 'v9' is unknown") { _ = try RunReader(path: path) }
    }

    @Test func truncatedFile() throws {
        let path = scratch.path()
        try made(path).close()
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: path))
        expect("the database '\(path)' is damaged") { _ = try Store(path: path) }
        expect("the database '\(path)' is damaged") { _ = try RunReader(path: path) }
    }

    @Test func damagedPage() throws {
        let path = scratch.path()
        let store = try Store(path: path)
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        let id = try store.finish(cell: Sample.largeCell(Sample.key(500)), run: run, deployment: deployment)
        let page = try store.queue.read { db in
            try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = 'sessions'")
        }
        try store.close()
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let start = (try #require(page) - 1) * 4096
        bytes.replaceSubrange(start..<start + 4096, with: Data(repeating: 0xA5, count: 4096))
        try bytes.write(to: URL(fileURLWithPath: path))
        let reader = try RunReader(path: path)
        #expect(try reader.snapshot(.latest).cells.count == 1)
        expect("the database '\(path)' is damaged") { _ = try reader.sessions(of: id) }
    }

    @Test func noSpaceLeft() throws {
        let path = scratch.path()
        let store = try Store(path: path)
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        try store.queue.writeWithoutTransaction { db in
            let pages = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
            _ = try Int.fetchOne(db, sql: "PRAGMA max_page_count = \(pages + 2)")
        }
        expect("there is no space left to write '\(path)'") {
            _ = try store.finish(cell: Sample.largeCell(Sample.key(2_000)), run: run, deployment: deployment)
        }
        #expect(try store.reader.snapshot(.latest).cells.isEmpty)
    }

    @Test func lockedByAnother() throws {
        let path = scratch.path()
        let store = try Store(path: path, busyTimeout: 0)
        try raw(path) { other in
            try other.execute(sql: "BEGIN IMMEDIATE")
            expect("'\(path)' is locked by another process") { _ = try store.begin(Sample.run()) }
            try other.execute(sql: "ROLLBACK")
        }
        _ = try store.begin(Sample.run())
    }

    @Test func writingToAReader() throws {
        let path = scratch.path()
        try made(path).close()
        let reader = try RunReader(path: path)
        expect("'\(path)' is not writable") {
            try storage(path) { try reader.queue.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM runs") } }
        }
    }

    @Test func valuesThatThisVersionDoesNotKnow() throws {
        let path = scratch.path()
        let store = try Store(path: path)
        _ = try store.begin(Sample.run())
        try raw(path) { try $0.execute(sql: "PRAGMA ignore_check_constraints = 1; UPDATE runs SET status = 'lost'") }
        expect("the column 'status' holds 'lost', which this version does not know") { _ = try store.reader.runs() }
        try raw(path) { db in
            try db.execute(sql: "PRAGMA ignore_check_constraints = 1; UPDATE runs SET status = 'running', plan = '[]'")
        }
        #expect(throws: ScaleError.self) { _ = try store.reader.snapshot(.latest) }
    }
}
