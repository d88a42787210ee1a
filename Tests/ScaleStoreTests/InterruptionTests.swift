import Foundation
import GRDB
import ScaleCore
import Testing

@testable import ScaleStore

/// What a kill leaves behind: the files as they lie on the disk at some moment, opened anew.
@Suite struct InterruptionTests {
    @Test func finishedCellsSurviveAKillInTheMiddleOfTheNext() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        _ = try store.finish(cell: Sample.fullCell(), run: run, deployment: deployment)

        let copy = scratch.path("copy.sqlite")
        try store.queue.writeWithoutTransaction { db in
            // A cache of five pages, so that the unfinished transaction reaches the log.
            try db.execute(sql: "PRAGMA cache_size = 5")
            try db.execute(sql: "BEGIN IMMEDIATE")
            let before = try size(scratch.path() + "-wal")
            _ = try CellWriter(db: db).write(Sample.largeCell(Sample.key(5_000)), run: run, deployment: deployment)
            #expect(try size(scratch.path() + "-wal") > before + 100_000)
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: scratch.path() + suffix, toPath: copy + suffix)
            }
            try db.execute(sql: "ROLLBACK")
        }

        let reader = try RunReader(path: copy)
        let snapshot = try reader.snapshot(.latest)
        #expect(snapshot.run.status == .running)
        #expect(snapshot.run.finishedAt == nil)
        #expect(snapshot.cells.map(\.record) == [Sample.fullCell().record])
        let reopened = try Store(path: copy)
        #expect(try reopened.first("PRAGMA integrity_check") == "ok")
        #expect(try reopened.first("SELECT count(*) FROM sessions") == 2)
        // The cell that was cut off can be measured again.
        _ = try reopened.finish(cell: Sample.largeCell(Sample.key(5_000)), run: run, deployment: deployment)
    }

    private func size(_ path: String) throws -> Int {
        (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
    }

    @Test func aKillWhileTheFileIsMadeLeavesANewDatabase() throws {
        let scratch = try Scratch()
        let path = scratch.path()
        // The journal mode is set before the schema's one transaction.
        try raw(path) { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
        _ = try Store(path: path).begin(Sample.run())
        #expect(try RunReader(path: path).runs().count == 1)
    }
}
