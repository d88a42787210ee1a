import Foundation
import GRDB
import ScaleCore
import Synchronization
import Testing

@testable import ScaleStore

/// Many who make, migrate and write one file at the same moment, each with a connection of its own.
@Suite(.serialized) struct SharedFileTests {
    private static let writers = 8

    /// - Returns: what went wrong.
    private static func atOnce(_ work: @escaping @Sendable (Int) throws -> Void) async -> [String] {
        await withTaskGroup(of: String?.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    await withCheckedContinuation { done in
                        // Threads of their own: each waits for the locks of the others.
                        Thread.detachNewThread {
                            do {
                                try work(writer)
                                done.resume(returning: nil)
                            } catch {
                                done.resume(returning: "\(error)")
                            }
                        }
                    }
                }
            }
            return await group.reduce(into: []) { if let problem = $1 { $0.append(problem) } }
        }
    }

    private static func uuid(_ writer: Int) -> String { "6b1f0c9e-0000-4000-8000-00000000000\(writer)" }

    @Test(arguments: 0..<50)
    func aNewFileHasTheRunsOfAllWhoMadeIt(round: Int) async throws {
        let scratch = try Scratch()
        let path = scratch.path()
        let problems = await Self.atOnce { _ = try Store(path: path).begin(Sample.run(Self.uuid($0))) }
        #expect(problems == [])
        #expect(Set(try RunReader(path: path).runs().map(\.uuid)) == Set((0..<Self.writers).map(Self.uuid)))
    }

    @Test(arguments: ["v1", "v2", "v3"])
    func anOldFileIsMigratedOnce(version: String) async throws {
        let scratch = try Scratch()
        let path = scratch.path()
        let url = try #require(Bundle.module.url(forResource: version, withExtension: "sql", subdirectory: "Fixtures"))
        let sql = try String(contentsOf: url, encoding: .utf8)
        try raw(path) { try $0.execute(sql: sql) }
        let problems = await Self.atOnce { writer in
            if writer % 2 == 0 {
                _ = try RunReader(path: path).runs()
            } else {
                _ = try Store(path: path).begin(Sample.run("7c1f0c9e-0000-4000-8000-00000000000\(writer)"))
            }
        }
        #expect(problems == [])
        #expect(try RunReader(path: path).runs().count == 1 + Self.writers / 2)
    }

    /// One writer that is refused takes nothing from another that has stored its run meanwhile.
    @Test func aWriterThatStoresNothingLeavesTheFileOfAnother() throws {
        let scratch = try Scratch()
        let refused = try Store(path: scratch.path())
        _ = try Store(path: scratch.path()).begin(Sample.run())
        try refused.close()
        #expect(try RunReader(path: scratch.path()).runs().count == 1)
    }

    /// A kill between two migrations left a file with the table of migrations alone, which no version could open.
    @Test func aFileWhoseMakingWasCutOffIsTakenOver() throws {
        let scratch = try Scratch()
        try raw(scratch.path()) { db in
            try db.execute(sql: "PRAGMA journal_mode = WAL")
            try db.execute(sql: "CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)")
        }
        _ = try Store(path: scratch.path()).begin(Sample.run())
        #expect(try RunReader(path: scratch.path()).runs().count == 1)
    }
}
