import ScaleAnalysis
import ScaleCore
import Testing

/// A cell in one line: N, succeeded, P99 of `total` in seconds, and whether the generator spoiled it.
private func cell(
    _ sessions: Int, _ succeeded: Int? = nil, rep: Int = 1, p99: Double? = 1.2, mode: Mode = .ws, wait: Double = 1,
    steps: Int = 1, limiter: Limiter = .none
) -> CellRecord {
    let succeeded = succeeded ?? sessions
    let summary = p99.map { seconds in
        let value = Nanoseconds.seconds(seconds)
        return LatencySummary(
            count: max(1, succeeded), min: value, mean: value, p50: value, p90: value, p95: value, p99: value,
            max: value)
    }
    return CellRecord(
        key: CellKey(mode: mode, sessions: sessions, wait: .seconds(wait), steps: steps, rep: rep),
        startedAt: WallTime(microseconds: 0), wall: .seconds(2), succeeded: succeeded, failed: sessions - succeeded,
        failures: [], latencies: summary.map { [.total: $0] } ?? [:], sessionsPerSecond: nil, stepsPerSecond: nil,
        effectiveConcurrency: nil, peakOpen: 0, uniquePids: 0, uniqueSessions: 0, uniqueHosts: 0,
        generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1), server: nil,
        verdict: Verdict(limiter, evidence: ""), reportedSessionCap: nil)
}

@Suite struct CapacityTests {
    private func capacity(_ cells: [CellRecord]) throws -> Capacity {
        try #require(Capacity.all(of: cells).first)
    }

    @Test func bracketsLastPassAndFirstFail() throws {
        let found = try capacity([cell(512), cell(64), cell(2048, 1000), cell(1024), cell(4096, 1000)])
        #expect(found.points.map(\.sessions) == [64, 512, 1024, 2048, 4096])
        #expect(found.batch == bracket(1024, 2048))
        #expect(found.pointBatch == bracket(1024, 2048))
    }

    private func bracket(
        _ last: Int?, _ fail: Int?, top: Bool = false, above: Bool? = nil, islands: [Int] = []
    ) -> Capacity.Bracket {
        var made = Capacity.Bracket.none
        made.lastPass = last
        made.firstFail = fail
        made.atLeastTop = top
        made.nothingLarger = above ?? top
        made.islands = islands
        return made
    }

    @Test func topOfTheGridPassing() throws {
        #expect(try capacity([cell(64), cell(128)]).batch == bracket(128, nil, top: true))
    }

    @Test func anInvalidCellAboveIsNotTheTopOfTheGrid() throws {
        let found = try capacity([cell(64), cell(128), cell(256, limiter: .generator)])
        #expect(found.batch == bracket(128, nil, top: false, above: true))
        #expect(found.pointBatch == bracket(128, nil, top: false, above: true))
        let below = try capacity([cell(64), cell(96, limiter: .clientLimit), cell(128)])
        #expect(below.batch == bracket(128, nil, top: true))
        // One valid repetition is enough.
        let again = try capacity([cell(64), cell(128, limiter: .generator), cell(128, rep: 2)])
        #expect(again.batch == bracket(128, nil, top: true))
    }

    @Test func bottomOfTheGridFailing() throws {
        #expect(try capacity([cell(64, 10), cell(128, 10)]).batch == bracket(nil, 64))
    }

    @Test func passesAboveAFailureAreIslands() throws {
        let found = try capacity([cell(64), cell(128, 20), cell(256), cell(512)])
        #expect(found.batch == bracket(64, 128, islands: [256, 512]))
    }

    @Test func undecidedWithEnoughSessionsEndsThePrefix() throws {
        let found = try capacity([cell(64), cell(128, 122), cell(256), cell(512, 100)])
        #expect(found.undecided == [128])
        #expect(found.batch == bracket(64, 512, islands: [256]))
        #expect(found.pointBatch == bracket(256, 512))
    }

    @Test func smallSizesNeitherPassNorStandInTheWay() throws {
        let small = [cell(1), cell(4), cell(16)]
        let alone = try capacity(small)
        #expect(alone.batch == bracket(nil, nil))
        #expect(alone.pointBatch == bracket(16, nil, top: true))
        #expect(alone.undecided == [1, 4, 16])
        #expect(try capacity(small + [cell(64)]).batch == bracket(64, nil, top: true))
        // One failure among four is below 0.90: that is a failure however few they are.
        #expect(try capacity(small.dropLast() + [cell(16, 12), cell(64)]).batch == bracket(nil, 16, islands: [64]))
    }

    @Test func invalidCellsAreLeftOut() throws {
        let found = try capacity([
            cell(64), cell(128, 3, limiter: .clientLimit), cell(256), cell(256, 3, rep: 2, limiter: .generator),
            cell(512, 3, limiter: .sessionCap),
        ])
        #expect(found.invalid == [128])
        #expect(found.batch == bracket(256, 512))
        #expect(found.points.first { $0.sessions == 256 }?.invalidReps == 1)
    }

    @Test func latencyLimitCountsEveryWait() {
        #expect(Capacity.latencyLimit(wait: .seconds(1), steps: 1) == .seconds(3))
        #expect(Capacity.latencyLimit(wait: .seconds(2), steps: 5) == .seconds(21))
        #expect(Capacity.latencyLimit(wait: .zero, steps: 1) == .seconds(1))
        #expect(Capacity.latencyLimit(wait: .seconds(1), steps: 2, think: .seconds(3)) == .seconds(17))
    }

    @Test func latencyBoundsTheSLOBatchByTheWorstRepetition() throws {
        let found = try capacity([
            cell(64, p99: 3), cell(512, p99: 1.5), cell(512, rep: 2, p99: 3.1), cell(1024, p99: 2),
            cell(2048, 0, p99: nil),
        ])
        #expect(found.batch == bracket(1024, 2048))
        #expect(found.sloBatch == bracket(64, 512, islands: [1024]))
        #expect(found.points.map(\.worstP99) == [.seconds(3), .seconds(3.1), .seconds(2), nil])
        #expect(found.points.map(\.meetsLatency) == [true, false, true, false])
    }

    @Test func loadsAreKeptApart() {
        let found = Capacity.all(of: [
            cell(64, mode: .http), cell(64, wait: 5), cell(64, wait: 1, steps: 4), cell(64), cell(128),
        ])
        #expect(found.map(\.mode) == [.ws, .ws, .ws, .http])
        #expect(found.map(\.wait) == [.seconds(1), .seconds(1), .seconds(5), .seconds(1)])
        #expect(found.map(\.steps) == [1, 4, 1, 1])
        #expect(found.map(\.batch.lastPass) == [128, 64, 64, 64])
        #expect(Capacity.all(of: []).isEmpty)
    }
}
