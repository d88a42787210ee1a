import Foundation
import GRDB
import ScaleCore
import Testing

@testable import ScaleStore

@Suite("Runs are removed with everything that belongs to them")
struct RemovalTests {
    private static let tables = ["deployments", "lifecycle", "cells", "cell_failures", "cell_checks", "sessions", "histograms", "samples"]

    @Test func onlyTheChosenOnesGo() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        var runs: [Int64] = []
        for index in 1...3 {
            let run = try store.begin(Sample.run("6b1f0c9e-0000-4000-8000-00000000000\(index)", startedAt: Int64(index)))
            let deployment = try store.addDeployment(Sample.deployment, run: run)
            _ = try store.finish(cell: Sample.fullCell(), run: run, deployment: deployment)
            runs.append(run)
        }
        let before = try Self.counts(store)
        let size = try store.reader.size()
        #expect(size.sessions.keys.sorted() == runs && Set(size.sessions.values).count == 1)
        #expect(size.share(of: runs[0]).map { ($0 - 1.0 / 3).magnitude < 1e-9 } == true)
        try store.remove(runs: [runs[0], runs[2]])
        #expect(try store.reader.runs().map(\.id) == [runs[1]])
        let after = try Self.counts(store)
        for table in Self.tables { #expect((after[table] ?? -1) * 3 == before[table], "\(table)") }
    }

    @Test func oneThatIsNotThereKeepsTheOthers() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        let run = try store.begin(Sample.run())
        #expect(throws: ScaleError.self) { try store.remove(runs: [run, run + 1]) }
        #expect(try store.reader.runs().count == 1)
    }

    @Test func oneThatIsStillWrittenKeepsTheOthers() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        let over = try store.begin(Sample.run())
        try store.finish(run: over, status: .finished, at: WallTime(microseconds: 2000))
        var record = Sample.run("6b1f0c9e-0000-4000-8000-000000000009", startedAt: 9)
        record.owner = "living"
        let written = try store.begin(record)
        let error = #expect(throws: ScaleError.self) { try store.remove(runs: [over, written]) { $0 == "living" ? 7 : nil } }
        #expect(error?.code == .usage && error?.message.contains("process 7 of this host still writes") == true)
        #expect(try store.reader.runs().count == 2)
        #expect(try store.reader.owners() == ["living"])
        try store.remove(runs: [over, written]) { _ in nil }
        #expect(try store.reader.runs().isEmpty)
    }

    @Test func compactingGivesTheSpaceBack() throws {
        let scratch = try Scratch()
        let store = try Store(path: scratch.path())
        let run = try store.begin(Sample.run())
        let deployment = try store.addDeployment(Sample.deployment, run: run)
        var cell = Sample.fullCell()
        cell.sessions = (0..<20_000).map { SessionRecord(session: $0, intendedStart: .zero) }
        _ = try store.finish(cell: cell, run: run, deployment: deployment)
        try store.remove(runs: [run])
        let full = try store.reader.size()
        #expect(full.freeBytes > full.bytes / 2 && full.sessions.isEmpty && full.share(of: run) == nil)
        try store.compact()
        let small = try store.reader.size()
        #expect(small.bytes < full.bytes / 2 && small.freeBytes == 0)
        #expect(try FileManager.default.attributesOfItem(atPath: scratch.path())[.size] as? Int == small.bytes)
    }

    private static func counts(_ store: Store) throws -> [String: Int] {
        var counts: [String: Int] = [:]
        for table in tables { counts[table] = try store.first("SELECT count(*) FROM \(table)") }
        return counts
    }
}
