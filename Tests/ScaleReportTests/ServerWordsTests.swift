import Foundation
import ScaleCore
import Testing

@testable import ScaleReport

extension Fixture {
    /// Servers at two addresses that refuse, fail and behave oddly; one session hung.
    static var told: RunSnapshot {
        var good = cell(128, wait: .zero, succeeded: 127, total: .milliseconds(60), failures: [failure(.timeout, .step, 1)])
        (good.lastSuccess, good.wall) = (.milliseconds(122), .seconds(10) + .milliseconds(122))
        good.sessionsPerSecond = 127 / 0.122
        good.oddities = Dictionary(uniqueKeysWithValues: zip(Oddity.allCases, [64, 1, 2, 3, 1, 5]))
        good.addresses = [
            AddressUse(address: "127.0.0.1:8000", offered: 64, succeeded: 64),
            AddressUse(address: "[::1]:8000", offered: 64, succeeded: 63),
        ]
        let refusals = [failure(.capacityReached, .reset, 100), failure(.httpStatus, .connect, 12, code: 401)]
        var refused = cell(
            256, wait: .zero, succeeded: 144, total: .milliseconds(90), failures: refusals,
            verdict: Verdict(.sessionLeak, evidence: "24 places are held by others"))
        (refused.reportedSessionCap, refused.reportedActiveSessions) = (40, 40)
        refused.texts = [
            ServerText(
                kind: .capacityReached, phase: .reset, code: nil, text: "all 40 | <b>places</b> `taken`\u{1B}[31m\nsorry", count: 100),
            ServerText(kind: .httpStatus, phase: .connect, code: 401, text: "Bearer realm=\"env\"", count: 12),
        ]
        let plan = Plan(modes: [.ws], sessions: [128, 256], waits: [.zero], action: "{\"message\":\"hi\"}")
        return snapshot([good, refused], plan: plan)
    }

    private static func failure(_ kind: FailureKind, _ phase: Phase, _ count: Int, code: Int32? = nil) -> FailureCount {
        FailureCount(kind: kind, phase: phase, code: code, count: count, firstAt: .milliseconds(40))
    }
}

@Suite("What servers said and did") struct ServerWordsTests {
    @Test("in a whole report, as text and never as markup") func report() throws {
        let snapshot = Fixture.told
        try Golden.check(RunReport([snapshot]).markdown(), "told.md")
        let lines = snapshot.cells.map { CellJSON.line($0.record, run: snapshot.run, deployment: nil) }
        try Golden.check(lines.joined(separator: "\n") + "\n", "told.jsonl")
    }

    @Test("the first sentence says what was waited for") func tail() throws {
        let sentence = try #require(RunReport([Fixture.told]).headlines.first)
        #expect(sentence.contains("1,041 sessions/s (and then waited 10.0 s for 1 that timed out)"), "\(sentence)")
    }

    @Test(
        "a tail is worth a word from 100 ms and 5 % on",
        arguments: [(10_000, 1, true), (221, 1, false), (223, 1, true), (10_000, 0, false)])
    func tails(wall: Int64, failed: Int, isTold: Bool) {
        var cell = Fixture.told.cells[0].record
        (cell.wall, cell.failed) = (.milliseconds(wall), failed)
        #expect((FailedTail(cell) != nil) == isTold)
        cell.lastSuccess = nil
        #expect(FailedTail(cell) == nil)
        (cell.lastSuccess, cell.wall) = (.seconds(100), .seconds(104))
        #expect(FailedTail(cell) == nil)
    }

    @Test("a failed session's line ends with what was said most often to those that failed so") func raw() {
        let cell = Fixture.told.cells[1].record
        func message(_ kind: FailureKind, _ phase: Phase, _ code: Int32?) -> String {
            var session = SessionRecord(session: 0, intendedStart: .zero)
            session.failure = SessionFailure(kind: kind, phase: phase, code: code, at: .zero)
            return RawJSONL.line(session, of: cell, hosts: [], hardware: "")
        }
        #expect(message(.httpStatus, .connect, 401).contains(#""connect: http_status (HTTP status 401): Bearer realm=\"env\"""#))
        #expect(message(.httpStatus, .connect, 403).contains(#""error_message":"connect: http_status (HTTP status 403)"}"#))
    }

    @Test("the columns of older readers keep their meaning") func olderReaders() {
        let cell = Fixture.told.cells[0].record
        let row = SummaryCSV.row(cell, hardware: "", endpoints: []).split(separator: ",", omittingEmptySubsequences: false)
        let place = SummaryCSV.columns.firstIndex(of: "requests_per_second") ?? 0
        #expect(Double(row[place]) == 127 / cell.wall.seconds)
    }

    @Test("the metrics of a scrape") func prometheus() {
        let text = PrometheusText.render([Fixture.told])
        for part in [
            #"rep="1",oddity="unasked_message"} 3"#, #"address="[::1]:8000"} 63"#, "scalebench_last_success_seconds{",
            #"limiter="session-leak"} 0"#,
        ] { #expect(text.contains(part), "\(part)") }
    }
}
