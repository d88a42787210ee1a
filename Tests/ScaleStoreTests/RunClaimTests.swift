import ScaleCore
import Testing

@testable import ScaleStore

@Suite("Who writes a run") struct RunClaimTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch() }

    private func record(_ number: Int, owner: String = "me", at time: Int64 = 1000) -> RunRecord {
        var run = Sample.run("6b1f0c9e-0000-4000-8000-00000000000\(number)", startedAt: time)
        run.owner = owner
        return run
    }

    @Test func theFirstBeginsIt() throws {
        let store = try Store(path: scratch.path())
        let claim = try store.claim(record(1), resuming: .latest) { _ in true }
        #expect(claim == .begun(1))
        #expect(try store.reader.runs().map(\.status) == [.running])
    }

    @Test(arguments: [Resumption.none, .unfinished, .latest, .any]) func aLivingOwnerKeepsIt(resumption: Resumption) throws {
        let store = try Store(path: scratch.path())
        _ = try store.claim(record(1, owner: "other"), resuming: .latest) { _ in true }
        let claim = try store.claim(record(2), resuming: resumption) { $0 == "other" }
        #expect(claim == .held(owner: "other", uuid: record(1).uuid))
        #expect(try store.reader.runs().count == 1)
    }

    /// Its cells would stand under the facts of a host that did not measure them.
    @Test func whatAnotherMachineMeasuredIsNotGoneOnWith() throws {
        let store = try Store(path: scratch.path())
        _ = try store.claim(record(1), resuming: .none) { _ in false }
        try store.finish(run: 1, status: .interrupted, at: WallTime(microseconds: 2000))
        var elsewhere = record(2)
        elsewhere.host?.cpuModel = "Another CPU"
        #expect(try store.claim(elsewhere, resuming: .latest) { _ in true } == .begun(2))
        let host = try #require(record(1).host)
        #expect(try store.reader.latestRun(planHash: elsewhere.planHash, host: host)?.id == 1)
    }

    @Test func ofTwoThatStartAtOnceOneGetsIt() async throws {
        let starts = try (0..<2).map { (try Store(path: scratch.path()), record($0 + 1, owner: "p\($0)")) }
        let claims = try await withThrowingTaskGroup(of: RunClaim.self) { group in
            for (store, record) in starts {
                group.addTask { try store.claim(record, resuming: .latest) { $0.hasPrefix("p") } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(claims.count { if case .begun = $0 { true } else { false } } == 1)
        #expect(claims.count { if case .held = $0 { true } else { false } } == 1)
        #expect(try starts[0].0.reader.runs().count == 1)
    }

    @Test(arguments: [
        (RunStatus.interrupted, Resumption.none, RunClaim.begun(2)), (.interrupted, .unfinished, .taken(id: 1, uuid: "")),
        (.failed, .latest, .taken(id: 1, uuid: "")), (.finished, .unfinished, .begun(2)), (.finished, .latest, .finished(uuid: "")),
        (.finished, .any, .taken(id: 1, uuid: "")),
    ])
    func whatEndedIsTakenUpOrNot(status: RunStatus, resumption: Resumption, wanted: RunClaim) throws {
        let store = try Store(path: scratch.path())
        _ = try store.claim(record(1), resuming: .none) { _ in false }
        try store.finish(run: 1, status: status, at: WallTime(microseconds: 2000))
        let claim = try store.claim(record(2, owner: "next", at: 3000), resuming: resumption) { _ in true }
        let uuid = record(1).uuid
        switch wanted {
        case .taken(let id, _):
            #expect(claim == .taken(id: id, uuid: uuid))
            let run = try store.reader.snapshot(.id(1)).run
            #expect(run.status == .running && run.owner == "next" && run.finishedAt == nil)
        case .finished:
            #expect(claim == .finished(uuid: uuid))
            #expect(try store.reader.snapshot(.id(1)).run.finishedAt == WallTime(microseconds: 2000))
        default: #expect(claim == wanted)
        }
    }

    // MARK: Imports

    private func imported(_ number: Int, owner: String = "me") -> RunRecord {
        var run = record(number, owner: owner)
        (run.source, run.host) = (.imported, nil)
        return run
    }

    @Test func theSameFilesAreStoredOnce() throws {
        let store = try Store(path: scratch.path())
        #expect(try store.claim(imported: imported(1, owner: "gone")) { _ in false } == .begun(1))
        #expect(try store.claim(imported: imported(2)) { $0 == "gone" } == .held(owner: "gone"))
        // A killed one leaves half of them, which is nobody's latest run.
        #expect(throws: ScaleError.self) { _ = try store.reader.snapshot(.latest) }
        guard case .begun(let run) = try store.claim(imported: imported(3), isHeld: { _ in false }) else { throw ScaleError(.defect, "") }
        #expect(try store.reader.runs().map(\.uuid) == [imported(3).uuid])
        try store.finish(run: run, status: .finished, at: WallTime(microseconds: 2000))
        #expect(try store.claim(imported: imported(4)) { _ in true } == .stored(uuid: imported(3).uuid))
        #expect(try store.reader.snapshot(.latest).run.uuid == imported(3).uuid)
    }

    @Test func ofTwoThatImportAtOnceOneStores() async throws {
        let starts = try (0..<2).map { (try Store(path: scratch.path()), imported($0 + 1, owner: "p\($0)")) }
        let claims = try await withThrowingTaskGroup(of: ImportClaim.self) { group in
            for (store, record) in starts { group.addTask { try store.claim(imported: record) { $0.hasPrefix("p") } } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(claims.count { if case .begun = $0 { true } else { false } } == 1)
        #expect(claims.count { if case .held = $0 { true } else { false } } == 1)
    }
}
