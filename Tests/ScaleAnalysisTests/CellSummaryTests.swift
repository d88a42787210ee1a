import ScaleCore
import Testing

@testable import ScaleAnalysis

private func ms(_ value: Int64) -> Nanoseconds { .milliseconds(value) }

/// A session that did what it should: all times in milliseconds.
private func good(
    _ index: Int, lag: Int64 = 0, connect: Int64 = 10, reset: Int64 = 20, steps: Int64 = 110, host: Int32 = 0,
    pid: Int32 = 1
) -> SessionRecord {
    var session = SessionRecord(session: index, intendedStart: .zero)
    session.start = ms(lag)
    session.connect = ms(connect)
    session.reset = ms(reset)
    session.steps = ms(steps)
    session.resetAt = ms(lag + connect + reset)
    session.lastStepAt = ms(lag + connect + reset + steps)
    session.endedAt = ms(lag + connect + reset + steps + 1)
    session.total = ms(connect + reset + steps)
    session.stepsDone = 1
    session.host = host
    session.pid = pid
    session.hash = SessionHash("hash\(index)")
    return session
}

private func bad(_ index: Int, _ kind: FailureKind, _ phase: Phase, code: Int32? = nil, at: Int64) -> SessionRecord {
    var session = SessionRecord(session: index, intendedStart: .zero)
    session.start = .zero
    session.connect = ms(9_999)
    session.endedAt = ms(at)
    session.failure = SessionFailure(kind: kind, phase: phase, code: code, at: ms(at))
    return session
}

private func recording(
    _ sessions: [SessionRecord], wall: Int64 = 500, steps: LatencyHistogram = LatencyHistogram(),
    window: CellRecording.StepWindow? = nil, stepsInWindow: Double = 0, stepTime: Int64 = 0
) -> CellRecording {
    CellRecording(
        key: CellKey(mode: .ws, sessions: sessions.count, wait: ms(100), steps: 1, rep: 1),
        startedAt: WallTime(microseconds: 7), wall: ms(wall), sessions: sessions, hosts: ["a", "b"], steps: steps,
        stepWindow: window, stepsInWindow: stepsInWindow, stepTime: ms(stepTime),
        generator: GeneratorUse(cpu: .zero, peakRSSBytes: 1, threads: 1))
}

private func finish(_ recording: CellRecording) -> FinishedCell {
    CellSummary.finish(recording, context: LimiterContext())
}

@Suite struct CellSummaryTests {
    @Test func overheadLeavesOutWhatWasAskedForAndThought() {
        var session = good(0, lag: 5)
        session.think = ms(25)
        #expect(finish(recording([session])).record.latencies[.overhead]?.max == ms(20))
        // An episode that was done after two of many steps is held against two waits.
        var short = good(0, steps: 210)
        short.stepsDone = 2
        #expect(finish(recording([short])).record.latencies[.overhead]?.max == ms(40))
        var drawn = recording([good(0)])
        drawn.drawnWaits = DrawnSpans(.fixed(span: ms(60)), for: .wait, seed: 1)
        #expect(finish(drawn).record.latencies[.overhead]?.max == ms(80))
    }

    @Test func startsLaterThanAMillisecondAreCounted() {
        #expect(finish(recording([good(0), good(1, lag: 1), good(2, lag: 2), bad(3, .refused, .connect, at: 3)])).record.lateStarts == 1)
    }

    @Test(
        arguments: [
            (Metric.connect, 15), (.connectService, 10), (.reset, 20), (.total, 145), (.totalService, 140), (.overhead, 45),
            (.lag, 5),
        ] as [(Metric, Int64)])
    func metricOfOneSession(metric: Metric, milliseconds: Int64) throws {
        let cell = finish(recording([good(0, lag: 5)]))
        let summary = try #require(cell.record.latencies[metric])
        #expect(summary.count == 1)
        #expect(summary.p99 == ms(milliseconds))
        let stored = try LatencyHistogram(encoded: try #require(cell.histograms[metric]))
        #expect(stored.count == 1)
    }

    @Test func latenciesAreThoseOfSuccessfulSessionsAlone() throws {
        let record = finish(recording([good(0), bad(1, .timeout, .reset, at: 400), good(2)])).record
        #expect(record.succeeded == 2)
        #expect(record.failed == 1)
        for metric in [Metric.connect, .connectService, .reset, .total, .lag] {
            #expect(record.latencies[metric]?.count == 2, "\(metric)")
        }
        #expect(record.latencies[.connectService]?.max == ms(10))
    }

    @Test func whatNoSessionHasIsAbsent() {
        let cell = finish(recording([bad(0, .refused, .connect, code: 111, at: 1)]))
        #expect(cell.record.latencies.isEmpty)
        #expect(cell.histograms.isEmpty)
        let over = finish(recording([good(0)]))
        #expect(over.record.latencies[.queue] == nil)
        #expect(over.record.latencies[.step] == nil)
    }

    @Test func queueIsThereWithAPool() {
        var session = good(0)
        session.queue = ms(33)
        #expect(finish(recording([session])).record.latencies[.queue]?.max == ms(33))
    }

    @Test func ratesOverTheTimeToTheLastSuccessAndTheWindow() throws {
        var steps = LatencyHistogram()
        for _ in 0..<6 { steps.record(ms(110)) }
        let record = finish(
            recording(
                [good(0), good(1), bad(2, .execution, .step, at: 100)], wall: 500, steps: steps,
                window: CellRecording.StepWindow(first: ms(30), last: ms(330)), stepsInWindow: 6, stepTime: 660)
        ).record
        // The last success ends at 141 ms; the wall, which a failure may draw out, is kept beside it.
        #expect(record.lastSuccess == ms(141) && record.wall == ms(500))
        #expect(try #require(record.sessionsPerSecond).isEqual(to: 2 / 0.141, within: 1e-9))
        #expect(record.stepsPerSecond == 20)
        #expect(try #require(record.effectiveConcurrency).isEqual(to: 2.2, within: 1e-9))
        #expect(record.latencies[.step]?.count == 6)
    }

    @Test func nothingOverNoTimeIsAbsent() {
        let record = finish(recording([], wall: 0)).record
        #expect(record.sessionsPerSecond == nil)
        #expect(record.stepsPerSecond == nil)
        #expect(record.effectiveConcurrency == nil)
        #expect(record.succeeded == 0 && record.failed == 0)
    }

    @Test func failuresAreGroupedTheMostFrequentFirst() {
        let failures = finish(
            recording([
                bad(0, .timeout, .reset, at: 90), bad(1, .refused, .connect, code: 111, at: 50),
                bad(2, .timeout, .step, at: 10), bad(3, .refused, .connect, code: 111, at: 40),
                bad(4, .refused, .connect, code: 104, at: 45), bad(5, .refused, .connect, code: 111, at: 60),
            ])
        ).record.failures
        #expect(
            failures == [
                FailureCount(kind: .refused, phase: .connect, code: 111, count: 3, firstAt: ms(40)),
                FailureCount(kind: .timeout, phase: .step, code: nil, count: 1, firstAt: ms(10)),
                FailureCount(kind: .refused, phase: .connect, code: 104, count: 1, firstAt: ms(45)),
                FailureCount(kind: .timeout, phase: .reset, code: nil, count: 1, firstAt: ms(90)),
            ])
    }

    @Test func aLostSessionIsAFailureOfTheGenerator() {
        var lost = good(1)
        lost.total = nil
        let cell = finish(recording([good(0), lost]))
        #expect(cell.record.failed == 1)
        #expect(cell.record.failures.first?.kind == .internal)
        #expect(cell.sessions[1].failure?.kind == .internal)
        #expect(cell.record.verdict.limiter == .clientLimit)
    }

    @Test func uniqueCountsAreThoseOfSuccessfulSessions() {
        var refused = bad(3, .capacityReached, .reset, at: 1)
        refused.pid = 99
        refused.host = 1
        let record = finish(recording([good(0, pid: 1), good(1, pid: 2), good(2, pid: 1), refused])).record
        #expect(record.uniquePids == 2)
        #expect(record.uniqueHosts == 1)
        #expect(record.uniqueSessions == 3)
    }

    /// Sessions as (reset answered, ended), nil for an end that never came.
    @Test(
        arguments: [
            ("one after another", [(0, 10), (10, 20), (20, 30)], 1),
            ("all at once", [(5, 100), (6, 100), (7, 100)], 3),
            ("two and two", [(0, 10), (5, 15), (12, 30), (13, 30), (20, 25)], 3),
            ("without an end", [(0, nil), (10, nil)], 2),
            ("of no length", [(5, 5), (5, 10)], 1),
            ("none", [], 0),
        ] as [(String, [(Int64, Int64?)], Int)])
    func peakOpen(what: String, spans: [(Int64, Int64?)], peak: Int) {
        var never = SessionRecord(session: 99, intendedStart: .zero)
        never.endedAt = ms(50)
        let sessions = spans.map { opened, ended in
            var session = SessionRecord(session: 0, intendedStart: .zero)
            session.resetAt = ms(opened)
            session.endedAt = ended.map(ms)
            return session
        }
        #expect(CellSummary.peakOpen(sessions + [never], cellEnd: ms(200)) == peak, "\(what)")
    }

    @Test func theRestIsHandedThrough() {
        var given = recording([good(0)])
        given.reportedSessionCap = 40
        given.server = ServerUse(cpu: ms(3), peakRSSBytes: 5)
        given.samples = [
            CellSample(at: .zero, open: 1, started: 1, succeeded: 0, failed: 0, loopLag: .zero, cpu: .zero)
        ]
        let cell = finish(given)
        #expect(cell.record.reportedSessionCap == 40)
        #expect(cell.record.server == given.server)
        #expect(cell.samples == given.samples)
        #expect(cell.hosts == ["a", "b"])
        #expect(cell.record.startedAt == WallTime(microseconds: 7))
        #expect(cell.record.verdict.limiter == .none)
    }
}

extension Double {
    fileprivate func isEqual(to other: Double, within tolerance: Double) -> Bool {
        (self - other).magnitude <= tolerance
    }
}
