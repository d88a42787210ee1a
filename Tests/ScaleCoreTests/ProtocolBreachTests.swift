import ScaleCore
import Testing

@Suite struct ProtocolBreachTests {
    /// Two causes never share one sentence, and a sentence leads back to its cause.
    @Test func everyBreachHasWordsOfItsOwn() {
        let words = ProtocolBreach.allCases.map(\.words) + IsolationBreak.allCases.map(\.words)
        #expect(Set(words).count == words.count)
        for breach in ProtocolBreach.allCases {
            for kind in [FailureKind.protocolViolation, .badHandshake] {
                #expect(kind.named(breach.rawValue) == breach.words)
                #expect(kind.code(named: breach.words) == breach.rawValue)
                #expect(SessionFailure(kind: kind, phase: .step, code: breach.rawValue, at: .zero).breach == breach)
            }
        }
        for how in IsolationBreak.allCases { #expect(FailureKind.protocolViolation.code(named: how.words) == how.rawValue) }
    }

    /// One column holds them beside isolation breaks, HTTP statuses and close codes, which keep their meaning.
    @Test func codesOfOtherSortsKeepTheirMeaning() {
        let codes = ProtocolBreach.allCases.map(\.rawValue)
        #expect(codes.allSatisfy { (4..<100).contains($0) && IsolationBreak(rawValue: $0) == nil })
        #expect(FailureKind.protocolViolation.named(1002) == "close code 1002")
        #expect(FailureKind.protocolViolation.named(3) == "step count jumped")
        #expect(FailureKind.badHandshake.named(403) == "HTTP status 403")
        #expect(FailureKind.refused.named(111) == "errno 111")
        #expect(FailureKind.closedMidSession.named(32) == "errno 32")
        #expect(FailureKind.closedMidSession.code(named: "half a close code") == nil)
        #expect(SessionFailure(kind: .closedMidSession, phase: .step, code: 32, at: .zero).breach == nil)
    }
}
