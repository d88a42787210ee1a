import Foundation
import GRDB
import ScaleCore
import Testing

@testable import ScaleStore

@Suite struct SchemaTests {
    private let scratch: Scratch
    private let store: Store
    private let run: Int64
    private let deployment: Int64

    init() throws {
        scratch = try Scratch()
        store = try Store(path: scratch.path())
        run = try store.begin(Sample.run())
        deployment = try store.addDeployment(Sample.deployment, run: run)
        _ = try store.finish(cell: Sample.fullCell(), run: run, deployment: deployment)
    }

    @Test func pragmasAreSet() throws {
        #expect(try store.first("PRAGMA foreign_keys") == 1)
        #expect(try store.first("PRAGMA journal_mode") == "wal")
        #expect(try store.first("PRAGMA application_id") == Schema.applicationID)
        #expect(try store.first("PRAGMA integrity_check") == "ok")
    }

    /// The lists in the schema are spelled out: a value that an enum gained must have come with a migration.
    @Test func everyEnumValueIsAllowed() throws {
        for (index, kind) in FailureKind.allCases.enumerated() {
            for (offset, phase) in Phase.allCases.enumerated() {
                var cell = Sample.bareCell(Sample.key(100 + index, rep: offset + 1))
                cell.record.verdict.limiter = Limiter.allCases[index % Limiter.allCases.count]
                cell.record.failures = [FailureCount(kind: kind, phase: phase, code: nil, count: 1, firstAt: .zero)]
                cell.sessions[0].failure = SessionFailure(kind: kind, phase: phase, at: .zero)
                cell.record.checks = ConsistencyCheck.allCases.filter { !$0.isAcrossCells }.map { CheckViolation($0, "so") }
                cell.histograms = [Metric.allCases[index % Metric.allCases.count]: [1]]
                _ = try store.finish(cell: cell, run: run, deployment: deployment)
            }
        }
        for stage in LifecycleRecord.Stage.allCases {
            let record = LifecycleRecord(replica: 0, stage: stage, start: .zero, duration: .zero, outcome: "ok")
            try store.addLifecycle([record], deployment: deployment)
        }
    }

    @Test(arguments: [
        "INSERT INTO cell_failures (cell_id, kind, phase, count, first_at_ns) VALUES (1, 'sulking', 'step', 1, 0)",
        "INSERT INTO cell_failures (cell_id, kind, phase, count, first_at_ns) VALUES (1, 'timeout', 'nap', 1, 0)",
        "INSERT INTO cell_failures (cell_id, kind, phase, count, first_at_ns) VALUES (1, 'timeout', 'step', 0, 0)",
        "INSERT INTO cell_failures (cell_id, kind, phase, count, first_at_ns) VALUES (77, 'timeout', 'step', 1, 0)",
        "INSERT INTO sessions (cell_id, session, intended_start_ns, steps_done) VALUES (1, 0, 0, 0)",
        "INSERT INTO sessions (cell_id, session, intended_start_ns, steps_done) VALUES (1, 9, NULL, 0)",
        "INSERT INTO sessions (cell_id, session, intended_start_ns, steps_done, pid) VALUES (1, 9, 0, 0, 'one')",
        "UPDATE sessions SET failure_kind = 'timeout' WHERE failure_kind IS NULL",
        "UPDATE sessions SET failure_code = 5 WHERE failure_kind IS NULL",
        "INSERT INTO cell_checks (cell_id, check_name, sentence) VALUES (1, 'mood', 'bad')",
        "INSERT INTO cell_checks (cell_id, check_name, sentence) VALUES (1, 'below-wait', 'again')",
        "INSERT INTO cell_checks (cell_id, check_name, sentence) VALUES (77, 'little', 'nowhere')",
        "UPDATE cells SET mode = 'grpc'",
        "UPDATE cells SET limiter = 'moon'",
        "UPDATE cells SET total_p99_ns = NULL",
        "UPDATE cells SET server_peak_rss_bytes = NULL",
        "UPDATE cells SET balancer_peak_rss_bytes = NULL",
        "UPDATE cells SET hold_least_open = NULL",
        "UPDATE cells SET lockstep_idle_share = NULL",
        "UPDATE cells SET floor_connect_p50_ns = NULL",
        "UPDATE cells SET deployment_id = 5",
        "UPDATE runs SET status = 'finished'",
        "UPDATE runs SET status = 'lost'",
        "UPDATE runs SET plan = '{'",
        "UPDATE runs SET uuid = upper(uuid)",
        "INSERT INTO histograms (cell_id, metric, hdr) VALUES (1, 'total', x'00')",
        "INSERT INTO histograms (cell_id, metric, hdr) VALUES (1, 'mood', x'00')",
    ])
    func constraintsHold(sql: String) throws {
        let error = #expect(throws: DatabaseError.self) {
            try store.queue.write { try $0.execute(sql: sql) }
        }
        #expect(error?.resultCode == .SQLITE_CONSTRAINT, "\(String(describing: error))")
    }

    @Test func aCellIsStoredOnceAndWhole() throws {
        let error = #expect(throws: ScaleError.self) {
            _ = try store.finish(cell: Sample.bareCell(), run: run, deployment: deployment)
        }
        #expect(error?.code == .storage)
        #expect(error?.cause?.contains("UNIQUE") == true)

        var broken = Sample.fullCell(Sample.key(7))
        broken.sessions[1].session = broken.sessions[0].session
        #expect(throws: ScaleError.self) { _ = try store.finish(cell: broken, run: run, deployment: deployment) }
        broken = Sample.fullCell(Sample.key(7))
        broken.sessions[1].host = 2
        #expect(throws: ScaleError.self) { _ = try store.finish(cell: broken, run: run, deployment: deployment) }
        #expect(try store.reader.snapshot(.id(run)).cells.count == 1)
        #expect(try store.first("SELECT count(*) FROM sessions") == 2)
    }

    @Test func deletingARunLeavesNothingOfIt() throws {
        let stage = LifecycleRecord(replica: 0, stage: .stop, start: .zero, duration: .zero, outcome: "ok")
        try store.addLifecycle([stage], deployment: deployment)
        let tables = [
            "deployments", "lifecycle", "cells", "cell_failures", "cell_checks", "cell_texts", "cell_oddities", "cell_addresses",
            "sessions", "histograms", "samples",
        ]
        for table in tables { #expect(try store.first("SELECT count(*) > 0 FROM \(table)") == true, "\(table)") }
        try store.queue.write { try $0.execute(sql: "DELETE FROM runs") }
        for table in tables { #expect(try store.first("SELECT count(*) FROM \(table)") == 0, "\(table)") }
    }

    @Test func runsThatAreNotThereAreErrors() {
        #expect(throws: ScaleError.self) { try store.finish(run: 99, status: .finished, at: WallTime(microseconds: 1)) }
        #expect(throws: ScaleError.self) { _ = try store.addDeployment(Sample.deployment, run: 99) }
        #expect(throws: ScaleError.self) {
            _ = try store.finish(cell: Sample.bareCell(Sample.key(5)), run: 99, deployment: deployment)
        }
    }

    /// A file as each version of the schema wrote it, kept as the SQL that makes it.
    @Test(arguments: Schema.migrations.map(\.name))
    func fixtureOfEverySchemaIsReadable(version: String) throws {
        let url = try #require(Bundle.module.url(forResource: version, withExtension: "sql", subdirectory: "Fixtures"))
        let sql = try String(contentsOf: url, encoding: .utf8)
        let path = scratch.path("old.sqlite")
        try raw(path) { try $0.execute(sql: sql) }

        let snapshot = try RunReader(path: path).snapshot(.latest)
        #expect(snapshot.run == Sample.run())
        #expect(Array(snapshot.deployments.values) == [Sample.deployment])
        var record = Sample.fullCell().record
        if ["v1", "v2", "v3"].contains(version) { record.forgetV4() }
        #expect(snapshot.cells.map(\.record) == [record])
        #expect(snapshot.lifecycle.values.flatMap { $0.map(\.launch) } == (version == "v1" ? [] : ["sb-0123456789ab-1"]))
        let cell = try #require(snapshot.cells.first)
        #expect(try RunReader(path: path).sessions(of: cell.id).sessions.count == 2)
        #expect(try RunReader(path: path).histogram(cell: cell.id, metric: .total) == [0x1C, 0x84, 0x00, 0xFF])
        #expect(try RunReader(path: path).calibrations() == [Sample.calibration])
        let hasDuels = !["v1", "v2"].contains(version)
        #expect(try RunReader(path: path).duel(ofRun: Sample.run().uuid) == (hasDuels ? Sample.duel : nil))
        #expect(try RunReader(path: path).selfTests(host: Sample.selfTest.host) == (hasDuels ? [Sample.selfTest] : []))

        let reopened = try Store(path: path)
        let run = try reopened.begin(Sample.run("6b1f0c9e-0000-4000-8000-00000000000f"))
        #expect(run > 1)
        // What the migrations make of an old file is what they make of none: no released one was edited.
        let schema = "SELECT group_concat(sql, ';') FROM (SELECT sql FROM sqlite_master ORDER BY type, name)"
        let (old, new): (String?, String?) = (try reopened.first(schema), try store.first(schema))
        #expect(old == new)
    }
}

extension CellRecord {
    /// What no file of before schema `v4` holds.
    fileprivate mutating func forgetV4() {
        lastSuccess = nil
        reportedActiveSessions = nil
        texts = []
        oddities = [:]
        addresses = []
    }
}
