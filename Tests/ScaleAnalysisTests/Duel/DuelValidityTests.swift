import ScaleCore
import Testing

@testable import ScaleAnalysis

@Suite("validity of pairs") struct DuelValidityTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var reason: String?
        var change: @Sendable (inout DuelPair) -> Void
    }

    private static func failed(_ kind: FailureKind, _ count: Int) -> FailureCount {
        FailureCount(kind: kind, phase: .connect, code: nil, count: count, firstAt: .zero)
    }

    @Test(arguments: [
        Case(testDescription: "nothing went wrong", reason: nil) { _ in },
        Case(testDescription: "servers ended", reason: "B: its servers were ended while they were measured") {
            $0.b.failures = [failed(.providerTerminated, 1)]
        },
        Case(testDescription: "generator limited", reason: "A: the limiter is generator") {
            $0.a.verdict = Verdict(.generator, evidence: "")
        },
        Case(testDescription: "limits of the client", reason: "B: the limiter is client-limit") {
            $0.b.verdict = Verdict(.clientLimit, evidence: "")
        },
        Case(testDescription: "a server that is at its limit", reason: nil) { $0.b.verdict = Verdict(.serverCPU, evidence: "") },
        Case(testDescription: "near the ceiling", reason: "A: the generator was at 83 % of its ceiling, above 70 %") {
            $0.a.generator?.ceilingFraction = 0.83
        },
        Case(testDescription: "at 70 % of the ceiling", reason: nil) { $0.a.generator?.ceilingFraction = 0.7 },
        Case(testDescription: "no descriptors", reason: "B: 1 session failed on the generator's own host") {
            $0.b.failures = [failed(.fdLimit, 1)]
        },
        Case(testDescription: "no ports, no names", reason: "B: 7 sessions failed on the generator's own host") {
            $0.b.failures = [failed(.portExhausted, 4), failed(.dns, 3)]
        },
        Case(testDescription: "the server's own failures", reason: nil) {
            $0.b.failures = [failed(.refused, 9), failed(.timeout, 9), failed(.capacityReached, 9), failed(.gateway, 9)]
        },
        Case(testDescription: "swap", reason: "A: the generator's host swapped 1,200 pages") {
            $0.a.host = HostUse(swappedPages: 1_200)
        },
        Case(testDescription: "steal", reason: "B: a hypervisor took 9 % of the host's processor time, more than 5 %") {
            $0.b.host = HostUse(swappedPages: 0, stealShare: 0.09)
        },
        Case(testDescription: "little steal", reason: nil) { $0.b.host = HostUse(stealShare: 0.05) },
    ])
    func `reasons`(of sample: Case) {
        var pair = DuelPair(1, percent: 0)
        sample.change(&pair)
        #expect(DuelValidity.reason(pair) == sample.reason)
    }
}
