import ScaleCore

/// Makes a stored cell out of a recording: every aggregate by the project's definitions.
///
/// Latencies are those of the **successful** sessions only: failures are counted beside them and never mixed in, as a
/// time-out would otherwise be read as a slow answer and a quick refusal as a fast one. The exception is `step`, which
/// holds every successful step, also of sessions that failed later. A metric that no session has is absent.
public enum CellSummary {
    /// - Parameter calibration: the generator's own ceiling at this N; nil where it is not known.
    public static func finish(
        _ recording: CellRecording, context: LimiterContext, calibration: CalibrationRecord? = nil
    ) -> FinishedCell {
        var distributions = SessionDistributions()
        var outcomes = Outcomes()
        // Copied only where one is to be changed.
        let areAccounted = recording.sessions.allSatisfy { $0.succeeded || $0.failure != nil }
        var sessions = areAccounted ? recording.sessions : recording.sessions.map(accounted)
        if recording.checksIsolation { SharedHashes.mark(&sessions, cellEnd: recording.wall) }
        for session in sessions {
            if session.succeeded { distributions.record(session, asked: recording.asked(by: session)) }
            outcomes.record(session)
        }
        var histograms = distributions.byMetric
        if !recording.steps.isEmpty { histograms[.step] = recording.steps }
        let rounds = recording.rounds.filter { $0.sessions > 0 }
        if !rounds.isEmpty {
            histograms[.makespan] = LatencyHistogram(rounds.map(\.makespan))
            histograms[.straggler] = LatencyHistogram(rounds.compactMap(\.straggling))
        }

        let window = recording.stepWindow?.length ?? .zero
        var record = CellRecord(
            key: recording.key, startedAt: recording.startedAt, wall: recording.wall, succeeded: outcomes.succeeded,
            failed: sessions.count - outcomes.succeeded, failures: outcomes.failures,
            latencies: histograms.compactMapValues(\.summary),
            sessionsPerSecond: rate(Double(outcomes.succeeded), over: outcomes.lastSuccess ?? recording.wall),
            stepsPerSecond: rate(recording.stepsInWindow, over: window),
            effectiveConcurrency: rate(recording.stepTime.seconds, over: window),
            peakOpen: peakOpen(sessions, cellEnd: recording.wall), uniquePids: outcomes.pids.count,
            uniqueSessions: outcomes.hashes.count, uniqueHosts: outcomes.hosts.count,
            lateStarts: sessions.count { $0.lag.map { $0 > CellRecord.lateStart } ?? false }, generator: recording.generator,
            server: recording.server, verdict: Verdict(.none, evidence: ""),
            reportedSessionCap: recording.reportedSessionCap)
        record.lastSuccess = outcomes.lastSuccess
        record.reportedActiveSessions = recording.reportedActiveSessions
        record.texts = recording.texts
        record.oddities = recording.oddities
        record.addresses = recording.addresses
        record.host = recording.host
        record.balancer = recording.balancer
        record.lateSteps = recording.lateSteps
        record.hold = hold(recording, sessions)
        record.lockstep = LockstepRound.idleShare(rounds).map { LockstepSummary(rounds: rounds.count, idleShare: $0) }
        if let calibration {
            let fraction = Ceiling.fraction(of: record, to: calibration)
            record.generator?.ceilingFraction = fraction
        }
        record.verdict = LimiterRule.verdict(on: record, context: context)
        return FinishedCell(
            record: record, sessions: sessions, hosts: recording.hosts,
            histograms: histograms.mapValues(\.encoded), samples: recording.samples)
    }

    /// A session that neither succeeded nor failed was lost by the generator: that is a failure of its own.
    private static func accounted(_ session: SessionRecord) -> SessionRecord {
        if session.succeeded || session.failure != nil { return session }
        var session = session
        session.failure = SessionFailure(
            kind: .internal, phase: .close, at: session.endedAt ?? session.start ?? session.intendedStart)
        return session
    }

    /// Nil over no time at all: absent is not 0.
    private static func rate(_ amount: Double, over span: Nanoseconds) -> Double? {
        span > .zero ? amount / span.seconds : nil
    }

    /// Nil where sessions were not held, or never released.
    private static func hold(_ recording: CellRecording, _ sessions: [SessionRecord]) -> HoldSummary? {
        guard let duration = recording.pacing.holds, let window = recording.stepWindow else { return nil }
        let (mean, least) = OpenSessions(sessions, cellEnd: recording.wall).over(from: window.first, to: window.last)
        return HoldSummary(duration: duration, meanOpen: mean, leastOpen: least)
    }

    /// The most sessions between the answer to their reset and their end at one moment. A session that ends at the
    /// instant another's reset is answered was not open beside it; one without an end was open until the cell's.
    static func peakOpen(_ sessions: [SessionRecord], cellEnd: Nanoseconds) -> Int {
        OpenSessions(sessions, cellEnd: cellEnd).peak
    }
}

/// The latencies of a cell's successful sessions.
private struct SessionDistributions {
    private(set) var byMetric: [Metric: LatencyHistogram] = [:]

    /// A session counts as started when it was meant to, unless the metric says `service`; a successful session
    /// without a start of its own cannot be, so its lag counts as none.
    /// - Parameter asked: the waits of its steps, which `overhead` leaves out, as it does the think time and the time
    ///   at the gate.
    mutating func record(_ session: SessionRecord, asked: Nanoseconds) {
        let lag = session.lag ?? .zero
        add(session.lag, to: .lag)
        add(session.queue, to: .queue)
        add(session.connect.map { lag + $0 }, to: .connect)
        add(session.connect, to: .connectService)
        add(session.reset, to: .reset)
        add(session.total.map { lag + $0 }, to: .total)
        add(session.total, to: .totalService)
        add(session.total.map { lag + $0 - asked - (session.think ?? .zero) - (session.gated ?? .zero) }, to: .overhead)
    }

    private mutating func add(_ value: Nanoseconds?, to metric: Metric) {
        guard let value else { return }
        byMetric[metric, default: LatencyHistogram()].record(value)
    }
}

/// Who succeeded, where, and why the others did not.
private struct Outcomes {
    private struct Group: Hashable {
        var kind: FailureKind
        var phase: Phase
        var code: Int32?
    }

    private(set) var succeeded = 0
    /// Nil where none succeeded.
    private(set) var lastSuccess: Nanoseconds?
    private(set) var pids: Set<Int32> = []
    private(set) var hashes: Set<SessionHash> = []
    private(set) var hosts: Set<Int32> = []
    private var groups: [Group: (count: Int, firstAt: Nanoseconds)] = [:]

    mutating func record(_ session: SessionRecord) {
        if session.succeeded {
            succeeded += 1
            if let end = session.endedAt { lastSuccess = max(lastSuccess ?? end, end) }
            if let pid = session.pid { pids.insert(pid) }
            if let hash = session.hash { hashes.insert(hash) }
            if let host = session.host { hosts.insert(host) }
        } else if let failure = session.failure {
            let group = Group(kind: failure.kind, phase: failure.phase, code: failure.code)
            let known = groups[group] ?? (0, failure.at)
            groups[group] = (known.count + 1, min(known.firstAt, failure.at))
        }
    }

    /// The most frequent first; among equals the one that came first, then by name, so that the order is stable.
    var failures: [FailureCount] {
        groups.map { group, seen in
            FailureCount(
                kind: group.kind, phase: group.phase, code: group.code, count: seen.count, firstAt: seen.firstAt)
        }
        .sorted { a, b in
            if a.count != b.count { return a.count > b.count }
            if a.firstAt != b.firstAt { return a.firstAt < b.firstAt }
            if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
            if a.phase != b.phase { return a.phase.rawValue < b.phase.rawValue }
            return (a.code ?? .min) < (b.code ?? .min)
        }
    }
}
