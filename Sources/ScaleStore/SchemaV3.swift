/// The tables of migration `v3`: duels, and what servers against themselves show.
enum SchemaV3 {
    static let sql = """
        CREATE TABLE duels (
            run_id INTEGER PRIMARY KEY REFERENCES runs (id) ON DELETE CASCADE,
            purpose TEXT NOT NULL CHECK (purpose IN ('duel', 'gate', 'self-test')),
            rule TEXT NOT NULL CHECK (json_valid(rule)),
            budget_ns INTEGER CHECK (budget_ns > 0),
            search TEXT CHECK (search IS NULL OR json_valid(search)),
            a TEXT NOT NULL,
            b TEXT NOT NULL,
            verdict TEXT CHECK (verdict IS NULL OR verdict IN ('pass', 'regression', 'inconclusive', 'invalid')),
            reason TEXT CHECK ((reason IS NULL) = (verdict IS NULL)),
            rounds TEXT NOT NULL CHECK (json_valid(rounds))
        ) STRICT;
        CREATE TABLE duel_pairs (
            run_id INTEGER NOT NULL REFERENCES duels (run_id) ON DELETE CASCADE,
            pair INTEGER NOT NULL CHECK (pair >= 1),
            mode TEXT NOT NULL CHECK (mode IN ('ws', 'http')),
            requests INTEGER NOT NULL CHECK (requests > 0),
            wait_ns INTEGER NOT NULL,
            steps INTEGER NOT NULL CHECK (steps >= 0),
            round INTEGER NOT NULL CHECK (round IN (1, 2)),
            first TEXT NOT NULL CHECK (first IN ('a', 'b')),
            void TEXT,
            PRIMARY KEY (run_id, pair, mode, requests, wait_ns, steps)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE self_tests (
            id INTEGER PRIMARY KEY,
            host TEXT NOT NULL CHECK (length(host) = 16),
            server TEXT NOT NULL,
            measured_at_us INTEGER NOT NULL,
            version TEXT NOT NULL,
            mode TEXT NOT NULL CHECK (mode IN ('ws', 'http')),
            requests INTEGER NOT NULL CHECK (requests > 0),
            wait_ns INTEGER NOT NULL,
            steps INTEGER NOT NULL CHECK (steps >= 0),
            hold_ns INTEGER CHECK (hold_ns > 0),
            metric TEXT NOT NULL,
            pairs INTEGER NOT NULL CHECK (pairs >= 2),
            deviation REAL NOT NULL CHECK (deviation >= 0),
            detectable REAL NOT NULL CHECK (detectable >= 0)
        ) STRICT;
        CREATE INDEX self_tests_by_host ON self_tests (host, metric, measured_at_us);
        """
}
