import ScaleCore
import Testing

@testable import ScaleAnalysis

/// A session past its reset from one moment to another, in milliseconds.
private struct Life: Sendable {
    var hash: String?
    var start: Int64?
    var end: Int64?

    init(_ hash: String?, _ start: Int64?, _ end: Int64?) { (self.hash, self.start, self.end) = (hash, start, end) }

    func session(_ index: Int) -> SessionRecord {
        var session = SessionRecord(session: index, intendedStart: .zero)
        session.start = .zero
        session.hash = hash.flatMap { SessionHash($0) }
        session.resetAt = start.map { .milliseconds($0) }
        session.endedAt = end.map { .milliseconds($0) }
        session.total = end.map { .milliseconds($0) } ?? .milliseconds(1)
        session.stepsDone = 1
        return session
    }
}

@Suite struct SharedHashesTests {
    private struct Example: Sendable, CustomStringConvertible {
        var description: String
        var lives: [Life]
        /// Since when, by index.
        var shared: [Int: Int64]

        init(_ description: String, _ lives: [Life], _ shared: [Int: Int64] = [:]) {
            (self.description, self.lives, self.shared) = (description, lives, shared)
        }
    }

    private static let examples = [
        Example("hashes of their own", [Life("a", 0, 10), Life("b", 0, 10)]),
        Example("at one time", [Life("a", 0, 10), Life("a", 5, 15)], [0: 5, 1: 5]),
        Example("the later one first in the list", [Life("a", 5, 15), Life("a", 0, 10)], [0: 5, 1: 5]),
        Example("one after the other", [Life("a", 0, 10), Life("a", 11, 20), Life("a", 30, 40)]),
        Example("one as the other ends", [Life("a", 0, 10), Life("a", 10, 20)]),
        Example("one inside the other", [Life("a", 0, 100), Life("a", 5, 6), Life("a", 50, 51)], [0: 5, 1: 5, 2: 50]),
        Example("a chain", [Life("a", 0, 10), Life("a", 9, 20), Life("a", 19, 30), Life("a", 30, 31)], [0: 9, 1: 9, 2: 19]),
        Example("only those who met", [Life("a", 0, 10), Life("a", 20, 30), Life("a", 25, 26), Life("b", 0, 99)], [1: 25, 2: 25]),
        Example("one that has no end", [Life("a", 0, nil), Life("a", 90, 95)], [0: 90, 1: 90]),
        Example("one whose reset was not answered", [Life("a", nil, 10), Life("a", 5, 6)]),
        Example("without a hash", [Life(nil, 0, 10), Life(nil, 0, 10)]),
    ]

    @Test(arguments: examples) private func whoSharedAndSinceWhen(_ example: Example) {
        let sessions = example.lives.enumerated().map { $1.session($0) }
        let found = SharedHashes.found(in: sessions, cellEnd: .milliseconds(100))
        #expect(found == example.shared.mapValues { .milliseconds($0) })
    }

    /// Against every pair, on random lives.
    @Test(arguments: 0..<50) func agreesWithEveryPair(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let sessions = (0..<60).map { index -> SessionRecord in
            let start = Int64(random.next() % 50)
            return Life(["a", "b", "c"][Int(random.next() % 3)], start, start + Int64(random.next() % 8)).session(index)
        }
        var pairs: Set<Int> = []
        for (i, a) in sessions.enumerated() {
            for (j, b) in sessions.enumerated() where i != j && a.hash == b.hash {
                guard let aStart = a.resetAt, let aEnd = a.endedAt, let bStart = b.resetAt, let bEnd = b.endedAt else { continue }
                // A life of no length lies inside another one, but overlaps nothing at its rim.
                if max(aStart, bStart) < min(aEnd, bEnd) || (aStart > bStart && aStart < bEnd && aStart == aEnd)
                    || (bStart > aStart && bStart < aEnd && bStart == bEnd)
                {
                    pairs.formUnion([i, j])
                }
            }
        }
        #expect(Set(SharedHashes.found(in: sessions, cellEnd: .milliseconds(100)).keys) == pairs)
    }

    private func finished(_ lives: [Life], checks: Bool, failed: [Int: FailureKind] = [:]) -> FinishedCell {
        var sessions = lives.enumerated().map { $1.session($0) }
        for (index, kind) in failed {
            sessions[index].failure = SessionFailure(kind: kind, phase: .step, at: .milliseconds(1))
            sessions[index].total = nil
        }
        var recording = CellRecording(
            key: CellKey(mode: .ws, sessions: sessions.count, wait: .zero, steps: 1, rep: 1), startedAt: WallTime(microseconds: 7),
            wall: .milliseconds(100), sessions: sessions, hosts: [], steps: LatencyHistogram(), stepWindow: nil, stepsInWindow: 0,
            stepTime: .zero, generator: GeneratorUse(cpu: .zero, peakRSSBytes: 1, threads: 1))
        recording.checksIsolation = checks
        return CellSummary.finish(recording, context: LimiterContext())
    }

    @Test func bothFailAndAreCounted() {
        let cell = finished([Life("a", 0, 10), Life("b", 0, 10), Life("a", 5, 10)], checks: true)
        let shared = SessionFailure(kind: .protocolViolation, phase: .reset, code: 2, at: .milliseconds(5))
        #expect(cell.sessions.map(\.failure) == [shared, nil, shared])
        #expect(cell.sessions.map(\.succeeded) == [false, true, false])
        #expect(cell.record.succeeded == 1 && cell.record.failed == 2 && cell.record.isolationBreaks == 2)
        #expect(cell.record.latencies[.total]?.count == 1)
        #expect(
            cell.record.failures == [
                FailureCount(kind: .protocolViolation, phase: .reset, code: 2, count: 2, firstAt: .milliseconds(5))
            ])
    }

    @Test func whoFailedOtherwiseKeepsItsFailure() {
        let cell = finished([Life("a", 0, 10), Life("a", 5, 10)], checks: true, failed: [1: .timeout])
        #expect(cell.sessions.map { $0.failure?.kind } == [.protocolViolation, .timeout])
        #expect(cell.record.isolationBreaks == 1)
    }

    @Test func nothingIsLookedForWhereHashesPromiseNothing() {
        let cell = finished([Life("a", 0, 10), Life("a", 5, 10)], checks: false)
        #expect(cell.record.succeeded == 2 && cell.record.isolationBreaks == 0)
    }

    /// One column holds both kinds of code.
    @Test func codesLieBelowThoseOfWebSockets() {
        #expect(IsolationBreak.allCases.allSatisfy { $0.rawValue > 0 && $0.rawValue < 1000 })
        #expect(IsolationBreak.allCases.map(\.rawValue) == [1, 2, 3])
        let elsewhere = FailureCount(kind: .closedMidSession, phase: .step, code: 2, count: 1, firstAt: .zero)
        #expect(elsewhere.isolationBreak == nil)
    }
}
