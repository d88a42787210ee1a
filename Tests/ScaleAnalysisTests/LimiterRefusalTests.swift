import ScaleCore
import Testing

@testable import ScaleAnalysis

/// Cells in which servers, or what stands before them, said no.
@Suite struct LimiterRefusalTests {
    private static func cell(
        _ sessions: Int, _ kind: FailureKind, _ failed: Int, _ phase: Phase = .connect, code: Int32? = nil, cap: Int? = nil,
        active: Int? = nil, saying text: String? = nil
    ) -> CellRecord {
        var record = CellRecord(
            key: CellKey(mode: .ws, sessions: sessions, wait: .zero, steps: 1, rep: 1), startedAt: WallTime(microseconds: 0),
            wall: .seconds(3), succeeded: sessions - failed, failed: failed,
            failures: [FailureCount(kind: kind, phase: phase, code: code, count: failed, firstAt: .zero)], latencies: [:],
            sessionsPerSecond: nil, stepsPerSecond: nil, effectiveConcurrency: nil, peakOpen: sessions - failed, uniquePids: 0,
            uniqueSessions: 0, uniqueHosts: 0, generator: nil, server: nil, verdict: Verdict(.none, evidence: ""),
            reportedSessionCap: cap)
        record.reportedActiveSessions = active
        if let text { record.texts = [ServerText(kind: kind, phase: phase, code: code, text: text, count: failed)] }
        return record
    }

    static let cells: [(String, CellRecord, String?, Limiter, String)] = [
        (
            "all places taken by others", cell(16, .capacityReached, 16, .reset, cap: 40, active: 40), nil, .sessionLeak,
            "at least 40 places are held by sessions of earlier cells that were not given back, or by another client"
        ),
        (
            "some taken by others", cell(16, .capacityReached, 9, .reset, cap: 40, active: 40), nil, .sessionLeak,
            "counts 40 of 40 sessions as open, of which this cell can have had no more than 7: at least 33 places are held"
        ),
        (
            "all places taken by this cell", cell(64, .capacityReached, 24, .reset, cap: 40, active: 40), nil, .sessionCap,
            "cap 40 per worker"
        ),
        ("a refusal without numbers", cell(64, .capacityReached, 24, .reset), nil, .sessionCap, "24 refused by the session cap"),
        (
            "a server's own 503", cell(64, .gateway, 24, code: 503, saying: "Service Unavailable"), nil, .sessionCap,
            "24 of 64 sessions were refused by the server (HTTP status 503), which suggests a session cap"
        ),
        ("a server's own 503 to all", cell(64, .gateway, 64, code: 503), nil, .unknown, "were refused by the server (HTTP status 503)"),
        ("the same behind a balancer", cell(64, .gateway, 24, code: 503), "haproxy", .proxy, "by the balancer haproxy"),
        ("502", cell(64, .gateway, 24, code: 502), nil, .proxy, "a gateway"),
        (
            "a 503 in a balancer's words",
            cell(64, .gateway, 24, code: 503, saying: "No server is available to handle this request."), nil, .proxy, "a gateway"
        ),
        (
            "closed while idle", cell(64, .closedIdle, 56, .step, saying: "closed while idle after 1.0 s"), nil, .serverOther,
            "56 of 64 connections were closed by the server, or by what stands before it, while nothing was asked: “closed while idle after 1.0 s”"
        ),
        (
            "words that break the line", cell(64, .execution, 56, .step, saying: "bo\nom\u{1B}[31m"), nil, .unknown,
            "56 of 64 sessions failed, all with execution in step: “bo om [31m”"
        ),
    ]

    @Test(arguments: cells)
    func saysWhoRefused(name: String, cell: CellRecord, balancer: String?, limiter: Limiter, evidence: String) {
        let verdict = LimiterRule.verdict(on: cell, context: LimiterContext(balancer: balancer))
        #expect(verdict.limiter == limiter, "\(name): \(verdict.evidence)")
        #expect(verdict.evidence.contains(evidence), "\(name): \(verdict.evidence)")
    }

    @Test func aLeakIsNoCapacity() {
        var cell = Self.cell(16, .capacityReached, 9, .reset, cap: 40, active: 40)
        cell.verdict = LimiterRule.verdict(on: cell)
        #expect(!cell.valid)
        #expect(LimiterRule.placesHeldByOthers(cell) == 33)
    }
}
