import Foundation
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Exports")
struct ExportTests {
    @Test("summary.csv", arguments: ["capped", "dead", "hostile"])
    func summary(name: String) throws {
        let snapshot = try Fixture.named(name)
        let rows = snapshot.cells.map { cell in
            SummaryCSV.row(
                cell.record, hardware: snapshot.run.hardware, endpoints: snapshot.deployments[cell.deployment]?.endpoints ?? [])
        }
        try Golden.check(([SummaryCSV.header] + rows).map { $0 + "\n" }.joined(), name + ".csv")
    }

    @Test("the header is the one that older readers know")
    func header() {
        #expect(
            SummaryCSV.header
                == "mode,url,num_requests,batch_size,wait_seconds,repetition,timestamp,hardware,successful,failed,error_rate,"
                + "total_wall_time,connect_p50,connect_p95,connect_p99,reset_p50,reset_p95,reset_p99,step_p50,step_p95,"
                + "step_p99,total_min,total_max,total_avg,total_p50,total_p90,total_p95,total_p99,requests_per_second,"
                + "effective_concurrency,unique_pids,unique_sessions,unique_hosts")
        let row = SummaryCSV.row(Fixture.dead.cells[0].record, hardware: "box", endpoints: ["http://a", "http://b"])
        #expect(row.hasPrefix("ws,http://a http://b,32,32,1.0,1,2026-01-09T12:00:11.250000Z,box,0,32,1.0,2.0,0.0,"))
        #expect(row.split(separator: ",", omittingEmptySubsequences: false).count == SummaryCSV.columns.count)
    }

    @Test(
        "fields are quoted as RFC 4180 asks",
        arguments: [
            ("plain", "plain"), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("l1\nl2", "\"l1\nl2\""),
            ("l1\r\nl2", "\"l1\r\nl2\""), (" kept ", " kept "),
        ])
    func quoting(field: String, text: String) {
        #expect(SummaryCSV.quoted(field) == text)
    }

    @Test("raw lines: success, refusal, and a session that never started")
    func raw() throws {
        let (cell, hosts) = (Self.finished.record, Self.finished.hosts)
        let lines = Self.finished.sessions.map {
            RawJSONL.line($0, of: cell, hosts: hosts, hardware: "it's 8\" \\ cores\n") + "\n"
        }
        try Golden.check(lines.joined(), "raw.jsonl")
    }

    @Test("hardware that the user did not name reads as older readers know it")
    func unnamedHardware() {
        var snapshot = Fixture.dead
        snapshot.run.hardware = ""
        let cell = snapshot.cells[0].record
        #expect(SummaryCSV.row(cell, hardware: "", endpoints: []).contains("Z,cpu-basic,0,32,"))
        #expect(CellJSON.line(cell, run: snapshot.run, deployment: nil).contains("\"hardware\":\"cpu-basic\""))
        let line = RawJSONL.line(Self.finished.sessions[0], of: cell, hosts: [], hardware: "")
        #expect(line.contains("\"hardware\":\"cpu-basic\""))
    }

    @Test("a raw line has exactly the keys that older readers know")
    func rawKeys() throws {
        for session in Self.finished.sessions {
            let line = RawJSONL.line(session, of: Self.finished.record, hosts: Self.finished.hosts, hardware: "x")
            let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            #expect(
                Set(object.keys) == [
                    "request_id", "mode", "timestamp", "wait_requested", "batch_size", "hardware", "connect_latency",
                    "reset_latency", "step_latency", "total_latency", "waited_seconds", "pid", "session_hash", "host_url",
                    "success", "error_type", "error_message",
                ])
        }
    }

    @Test("the --json lines", arguments: ["capped", "interrupted", "dead", "hostile"])
    func json(name: String) throws {
        let snapshot = try Fixture.named(name)
        var lines = snapshot.cells.map {
            CellJSON.line($0.record, run: snapshot.run, deployment: snapshot.deployments[$0.deployment])
        }
        lines.append(RunJSON.line(snapshot, db: "results/scalebench.sqlite"))
        try Golden.check(lines.joined(separator: "\n") + "\n", name + ".jsonl")
        for line in lines {
            #expect(!line.contains("\n"))
            _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
        }
    }

    @Test("absent numbers are null in JSON, never 0")
    func absent() {
        let snapshot = Fixture.dead
        let line = CellJSON.line(snapshot.cells[0].record, run: snapshot.run, deployment: nil)
        #expect(line.contains("\"total_p99\":null") && line.contains("\"requests_per_second\":null"))
        #expect(line.contains("\"overhead_p99\":null") && line.contains("\"failures\":{\"refused\":32}"))
        let run = RunJSON.line(snapshot, db: "x")
        #expect(run.contains("\"last_pass\":null,\"first_fail\":32,\"point\":null"))
    }

    @Test(
        "JSON strings survive a reader",
        arguments: [
            "plain", "quote \" backslash \\ slash /", "tab\tnewline\nreturn\r", "\u{0}\u{1F}\u{7F}\u{2028}", "é 😀 e\u{301}",
        ])
    func strings(text: String) throws {
        let line = JSONText.array([.string(text)]).line
        #expect(line.utf8.allSatisfy { $0 >= 0x20 })
        let read = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String])
        #expect(read[0].unicodeScalars.elementsEqual(text.unicodeScalars))
    }

    @Test(
        "JSON numbers are the shortest that read back the same",
        arguments: [
            (0.1, "0.1"), (1.0, "1.0"), (1e-7, "1e-07"), (1.0 / 3, "0.3333333333333333"), (.nan, "null"), (-.infinity, "null"),
        ])
    func numbers(value: Double, text: String) {
        #expect(JSONText.double(value).line == text)
    }

    private static var finished: FinishedCell {
        var good = SessionRecord(session: 0, intendedStart: .milliseconds(10))
        good.start = .milliseconds(12)
        good.connect = .milliseconds(3)
        good.reset = .milliseconds(5)
        good.steps = .milliseconds(2_040)
        good.total = .milliseconds(2_048)
        good.waited = .milliseconds(2_002)
        good.stepsDone = 2
        good.host = 0
        good.pid = 4242
        good.hash = SessionHash("a1b2c3d4e5f6")
        var refused = SessionRecord(session: 1, intendedStart: .zero)
        refused.start = .microseconds(40)
        refused.connect = .milliseconds(2)
        refused.failure = SessionFailure(kind: .capacityReached, phase: .reset, at: .milliseconds(9))
        var unreachable = SessionRecord(session: 2, intendedStart: .zero)
        unreachable.failure = SessionFailure(kind: .httpStatus, phase: .connect, code: 429, at: .milliseconds(9))
        unreachable.host = 9
        return FinishedCell(
            record: Fixture.cell(3, steps: 2, succeeded: 1, total: .milliseconds(2_050)),
            sessions: [good, refused, unreachable], hosts: ["http://127.0.0.1:8000"], histograms: [:], samples: [])
    }
}
