import GRDB
import ScaleCore
import Testing

@testable import ScaleStore

@Suite struct DuelStoreTests {
    let scratch: Scratch
    let store: Store
    let run: Int64

    init() throws {
        scratch = try Scratch()
        store = try Store(path: scratch.path())
        run = try store.begin(Sample.run())
    }

    @Test func aDuelIsReadAsItWasStored() throws {
        #expect(try store.reader.duel(ofRun: Sample.run().uuid) == nil)
        try store.add(Sample.duel, run: run)
        #expect(try store.reader.duel(ofRun: Sample.run().uuid) == Sample.duel)
    }

    @Test func oneThatWasInterruptedHasNoVerdict() throws {
        var duel = Sample.duel
        (duel.verdict, duel.reason, duel.budget, duel.search, duel.pairs) = (nil, nil, nil, nil, [])
        try store.add(duel, run: run)
        #expect(try store.reader.duel(ofRun: Sample.run().uuid) == duel)
    }

    @Test func itGoesWithItsRun() throws {
        try store.add(Sample.duel, run: run)
        #expect(try store.first("SELECT count(*) FROM duel_pairs") == 2)
        try store.remove(runs: [run])
        #expect(try store.first("SELECT count(*) FROM duels") == 0)
        #expect(try store.first("SELECT count(*) FROM duel_pairs") == 0)
    }

    @Test func selfTestsAreReadByHostTheLatestFirst() throws {
        var later = Sample.selfTest
        later.measuredAt = WallTime(microseconds: Sample.selfTest.measuredAt.microseconds + 1)
        var other = Sample.selfTest
        other.host = "ffffffffffffffff"
        for test in [Sample.selfTest, later, other] { try store.add(test) }
        #expect(try store.reader.selfTests(host: Sample.selfTest.host) == [later, Sample.selfTest])
    }

    @Test(arguments: [
        "UPDATE duels SET verdict = 'maybe'", "UPDATE duels SET reason = NULL", "UPDATE duels SET rule = '{'",
        "UPDATE duel_pairs SET first = 'c'", "UPDATE duel_pairs SET round = 3", "UPDATE self_tests SET pairs = 1",
        "INSERT INTO duels (run_id, purpose, rule, a, b, rounds) VALUES (99, 'duel', '{}', 'a', 'b', '[]')",
    ])
    func constraintsHold(sql: String) throws {
        try store.add(Sample.duel, run: run)
        try store.add(Sample.selfTest)
        #expect(throws: (any Error).self) { try store.queue.write { try $0.execute(sql: sql) } }
    }
}

extension Sample {
    static let duel = DuelRecord(
        purpose: .gate, rule: #"{"looks":[6]}"#, budget: .seconds(30), search: #"[{"sessions":1}]"#, a: "a", b: "b",
        verdict: "regression", reason: "so", rounds: "[]",
        pairs: [
            DuelRecord.Pair(
                number: 1, mode: .ws, sessions: 4, wait: .zero, steps: 0, round: 1, first: "a", void: nil),
            DuelRecord.Pair(
                number: 2, mode: .ws, sessions: 4, wait: .zero, steps: 0, round: 2, first: "b", void: "swapped"),
        ])

    static let selfTest = SelfTestRecord(
        host: "0123456789abcdef", server: "local", measuredAt: WallTime(microseconds: 7), version: "1.0.0", mode: .ws, sessions: 4,
        wait: .zero,
        steps: 0, hold: .seconds(2), metric: "steps_per_second", pairs: 18, deviation: 0.021, detectable: 0.018)
}
