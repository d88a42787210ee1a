import GRDB
import ScaleCore

extension Store {
    /// Stores how the cells of a run were paired and what was found.
    public func add(_ duel: DuelRecord, run: Int64) throws(ScaleError) {
        try write { db in
            var fields = Fields()
            fields.set("run_id", run)
            fields.set("purpose", duel.purpose.rawValue)
            fields.set("rule", duel.rule)
            fields.set("budget_ns", duel.budget)
            fields.set("search", duel.search)
            fields.set("a", duel.a)
            fields.set("b", duel.b)
            fields.set("verdict", duel.verdict)
            fields.set("reason", duel.reason)
            fields.set("rounds", duel.rounds)
            try fields.insert(into: "duels", db)
            for pair in duel.pairs {
                var fields = Fields()
                fields.set("run_id", run)
                fields.set("pair", pair.number)
                fields.set("mode", pair.mode.rawValue)
                fields.set("requests", pair.sessions)
                fields.set("wait_ns", pair.wait)
                fields.set("steps", pair.steps)
                fields.set("round", pair.round)
                fields.set("first", pair.first)
                fields.set("void", pair.void)
                try fields.insert(into: "duel_pairs", db)
            }
        }
    }

    /// Stores what a server against itself showed, beside what was shown before.
    public func add(_ test: SelfTestRecord) throws(ScaleError) {
        var fields = Fields()
        fields.set("host", test.host)
        fields.set("server", test.server)
        fields.set("measured_at_us", test.measuredAt)
        fields.set("version", test.version)
        fields.set("mode", test.mode.rawValue)
        fields.set("requests", test.sessions)
        fields.set("wait_ns", test.wait)
        fields.set("steps", test.steps)
        fields.set("hold_ns", test.hold)
        fields.set("metric", test.metric)
        fields.set("pairs", test.pairs)
        fields.set("deviation", test.deviation)
        fields.set("detectable", test.detectable)
        try write { _ = try fields.insert(into: "self_tests", $0) }
    }
}

extension RunReader {
    /// How a run's cells were paired; nil where it is no duel, or was killed before its end.
    /// - Parameter run: the run's UUID.
    public func duel(ofRun run: String) throws(ScaleError) -> DuelRecord? {
        try read { db in
            guard
                let row = try Row.fetchOne(
                    db, sql: "SELECT duels.* FROM duels JOIN runs ON runs.id = run_id WHERE uuid = ?", arguments: [run])
            else { return nil }
            let pairs = try Row.fetchAll(
                db, sql: "SELECT * FROM duel_pairs WHERE run_id = ? ORDER BY pair, mode, requests, wait_ns, steps",
                arguments: [try row.value("run_id") as Int64])
            return DuelRecord(
                purpose: try row.member("purpose"), rule: try row.value("rule"), budget: try row.optionalNanoseconds("budget_ns"),
                search: try row.optional("search"), a: try row.value("a"), b: try row.value("b"), verdict: try row.optional("verdict"),
                reason: try row.optional("reason"), rounds: try row.value("rounds"), pairs: try pairs.map(Self.pair))
        }
    }

    private static func pair(_ row: Row) throws -> DuelRecord.Pair {
        DuelRecord.Pair(
            number: try row.value("pair"), mode: try row.member("mode"), sessions: try row.value("requests"),
            wait: try row.nanoseconds("wait_ns"), steps: try row.value("steps"), round: try row.value("round"),
            first: try row.value("first"), void: try row.optional("void"))
    }

    /// What servers against themselves showed on a host, the latest first.
    public func selfTests(host: String) throws(ScaleError) -> [SelfTestRecord] {
        try read { db in
            let rows = try Row.fetchAll(
                db, sql: "SELECT * FROM self_tests WHERE host = ? ORDER BY measured_at_us DESC, id DESC", arguments: [host])
            return try rows.map { row in
                SelfTestRecord(
                    host: try row.value("host"), server: try row.value("server"), measuredAt: try row.wallTime("measured_at_us"),
                    version: try row.value("version"),
                    mode: try row.member("mode"), sessions: try row.value("requests"), wait: try row.nanoseconds("wait_ns"),
                    steps: try row.value("steps"), hold: try row.optionalNanoseconds("hold_ns"), metric: try row.value("metric"),
                    pairs: try row.value("pairs"), deviation: try row.value("deviation"), detectable: try row.value("detectable"))
            }
        }
    }
}
