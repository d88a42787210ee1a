import ScaleAnalysis
import ScaleCore
import ScaleReactor
import ScaleStore

extension StoredDuel {
    private var host: String? { snapshot.run.host?.fingerprint }

    /// What a self-test found, as it is stored for later gates.
    public func records(of tests: [SelfTest]) -> [SelfTestRecord] {
        guard let host else { return [] }
        return tests.map { test in
            SelfTestRecord(
                host: host, measuredAt: HostClock.wallTime(), version: Version.current, mode: test.load.mode,
                sessions: test.load.sessions, wait: test.load.wait, steps: test.load.steps, hold: snapshot.run.plan.pacing.holds,
                metric: test.metric.name, pairs: test.pairs, deviation: test.deviation, detectable: test.detectable)
        }
    }

    /// The latest self-tests of the same host, loads and length of a cell.
    public func selfTests(in reader: RunReader) throws(ScaleError) -> [SelfTest] {
        guard let host else { return [] }
        let hold = snapshot.run.plan.pacing.holds
        var found: [SelfTest] = []
        for record in try reader.selfTests(host: host) where record.hold == hold {
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
