import ScaleAnalysis
import ScaleCore

/// A published cell as ours: latencies of the successful sessions by nearest rank, and nothing that the files do not say.
/// The generator, its lateness and how many sessions were open at once stay absent.
struct ImportedCell {
    let key: CellKey
    /// Which lines of which files it was read from.
    let evidence: String

    private var verdict: Verdict { Verdict(.unknown, evidence: evidence) }

    /// From the lines of its sessions; `row` is what the summary adds, where there is one.
    func finished(_ batch: Batch, row: SummaryRow?) -> FinishedCell {
        var histograms: [Metric: LatencyHistogram] = [:]
        func record(_ value: Nanoseconds?, _ metric: Metric) {
            if let value { histograms[metric, default: LatencyHistogram()].record(value) }
        }
        var window: (first: Nanoseconds, last: Nanoseconds)?
        var stepTime = Nanoseconds.zero
        var (steps, succeeded) = (0, 0)
        var (pids, hashes, hosts) = (Set<Int32>(), Set<SessionHash>(), Set<Int32>())
        var end = Nanoseconds.zero
        for session in batch.sessions {
            end = max(end, session.endedAt ?? .zero)
            if session.stepsDone > 0, let inSteps = session.steps {
                let made = Int(session.stepsDone)
                record(Nanoseconds(inSteps.rawValue / Int64(made)), .step)
                steps += made
                stepTime += inSteps
                if let first = session.resetAt, let last = session.lastStepAt {
                    window = window.map { (min($0.first, first), max($0.last, last)) } ?? (first, last)
                }
            }
            guard session.succeeded else { continue }
            succeeded += 1
            record(session.connect, .connect)
            record(session.reset, .reset)
            record(session.total, .total)
            record(session.total.map { $0 - key.wait * key.steps }, .overhead)
            if let pid = session.pid { pids.insert(pid) }
            if let hash = session.hash { hashes.insert(hash) }
            if let host = session.host { hosts.insert(host) }
        }
        let wall = row.map(\.wall).flatMap { $0 > .zero ? $0 : nil } ?? end
        var latencies = histograms.compactMapValues(\.summary)
        // A line has the mean of its session's steps: only the summary knows each of several.
        if key.steps > 1 {
            histograms[.step] = nil
            latencies[.step] = Self.summary(row?.step, count: steps)
        }
        let span = window.map { $0.last - $0.first } ?? .zero
        let record = CellRecord(
            key: key, startedAt: batch.startedAt, wall: wall, succeeded: succeeded, failed: batch.sessions.count - succeeded,
            failures: Self.failures(of: batch.sessions), latencies: latencies,
            sessionsPerSecond: Self.rate(Double(succeeded), wall), stepsPerSecond: Self.rate(Double(steps), span),
            effectiveConcurrency: Self.rate(stepTime.seconds, span), peakOpen: nil, uniquePids: pids.count,
            uniqueSessions: hashes.count, uniqueHosts: hosts.count, lateStarts: 0, generator: nil, server: nil,
            verdict: verdict, reportedSessionCap: nil)
        return FinishedCell(
            record: record, sessions: batch.sessions, hosts: batch.hosts, histograms: histograms.mapValues(\.encoded), samples: [])
    }

    /// From its row alone: no sessions, no distributions.
    func finished(_ row: SummaryRow, now: WallTime) -> FinishedCell {
        let waits = key.wait * key.steps
        func left(_ span: Nanoseconds) -> Nanoseconds { max(.zero, span - waits) }
        var latencies: [Metric: LatencySummary] = [:]
        latencies[.connect] = Self.summary(row.connect, count: row.succeeded)
        latencies[.reset] = Self.summary(row.reset, count: row.succeeded)
        latencies[.step] = Self.summary(row.step, count: row.succeeded * key.steps)
        latencies[.total] = row.total
        latencies[.overhead] = row.total.map { total in
            LatencySummary(
                count: total.count, min: total.min.map(left), mean: total.mean.map(left), p50: left(total.p50),
                p90: total.p90.map(left), p95: left(total.p95), p99: left(total.p99), max: total.max.map(left))
        }
        let record = CellRecord(
            key: key, startedAt: row.timestamp ?? now, wall: row.wall, succeeded: row.succeeded, failed: row.failed, failures: [],
            latencies: latencies, sessionsPerSecond: Self.rate(Double(row.succeeded), row.wall), stepsPerSecond: nil,
            effectiveConcurrency: nil, peakOpen: nil, uniquePids: row.uniquePids, uniqueSessions: row.uniqueSessions,
            uniqueHosts: row.uniqueHosts, lateStarts: 0, generator: nil, server: nil, verdict: verdict, reportedSessionCap: nil)
        return FinishedCell(record: record, sessions: [], hosts: [], histograms: [:], samples: [])
    }

    private static func rate(_ amount: Double, _ span: Nanoseconds) -> Double? { span > .zero ? amount / span.seconds : nil }

    private static func summary(_ row: SummaryRow.Percentiles?, count: Int) -> LatencySummary? {
        guard let row, count > 0 else { return nil }
        return LatencySummary(
            count: count, min: nil, mean: nil, p50: row.p50, p90: nil, p95: row.p95, p99: row.p99, max: nil)
    }

    /// The most frequent first, then by name.
    private static func failures(of sessions: [SessionRecord]) -> [FailureCount] {
        struct Group: Hashable {
            var kind: FailureKind
            var phase: Phase
            var code: Int32?
        }
        var groups: [Group: (count: Int, firstAt: Nanoseconds)] = [:]
        for failure in sessions.compactMap(\.failure) {
            let group = Group(kind: failure.kind, phase: failure.phase, code: failure.code)
            let known = groups[group] ?? (0, failure.at)
            groups[group] = (known.count + 1, min(known.firstAt, failure.at))
        }
        return groups.map { group, seen in
            FailureCount(kind: group.kind, phase: group.phase, code: group.code, count: seen.count, firstAt: seen.firstAt)
        }.sorted { a, b in
            if a.count != b.count { return a.count > b.count }
            return (a.kind.rawValue, a.phase.rawValue, a.code ?? .min) < (b.kind.rawValue, b.phase.rawValue, b.code ?? .min)
        }
    }
}
