import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

extension StoredDuel {
    private var host: String? { snapshot.run.host?.fingerprint }

    /// What a self-test found, as it is stored for later gates.
    public func records(of tests: [SelfTest]) -> [SelfTestRecord] {
        guard let host else { return [] }
        return tests.map { test in
            SelfTestRecord(
                host: host, server: specification(of: .a), measuredAt: HostClock.wallTime(), version: Version.current, mode: test.load.mode,
                sessions: test.load.sessions, wait: test.load.wait, steps: test.load.steps, hold: snapshot.run.plan.pacing.holds,
                metric: test.metric.name, pairs: test.pairs, deviation: test.deviation, detectable: test.detectable)
        }
    }

    /// The latest self-tests of the same host, server, loads and length of a cell.
    public func selfTests(in reader: RunReader) throws(ScaleError) -> [SelfTest] {
        guard let host else { return [] }
        let (server, hold) = (specification(of: .a), snapshot.run.plan.pacing.holds)
        var found: [SelfTest] = []
        for record in try reader.selfTests(host: host) where record.hold == hold && record.server == server {
            guard let metric = CellMetric(name: record.metric) else { continue }
            let load = CellLoad(mode: record.mode, sessions: record.sessions, wait: record.wait, steps: record.steps)
            if found.contains(where: { $0.load == load && $0.metric == metric }) { continue }
            found.append(
                SelfTest(
                    load: load, metric: metric, pairs: record.pairs, deviation: record.deviation, detectable: record.detectable))
        }
        return found.filter { test in pairs.contains { $0.load == test.load } }
    }
}

extension RunRequest {
    /// The N at which the first side was last held against itself on this host, by the same steps and length of a cell; nil where
    /// it never was. A gate then has the load that its self-test speaks of.
    public func selfTestedSessions(in reader: RunReader) throws(ScaleError) -> Int? {
        let server = infrastructures[0].specification.shown
        guard !server.isEmpty, let mode = plan.modes.first, let wait = plan.waits.first else { return nil }
        return try reader.selfTests(host: host.fingerprint).first { test in
            test.server == server && test.mode == mode && test.wait == wait && test.steps == plan.steps && test.hold == plan.pacing.holds
        }?.sessions
    }
}
