import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleImport

@Suite("Published files as cells")
struct PublishedFilesTests {
    @Test("lines and their row become one cell") func both() throws {
        let lines = Published.batch(8) + Published.batch(8, second: 10)
        let rows = [Published.header, Published.row(8, rep: 1), Published.row(8, rep: 2, wall: "3.0")]
        let settings = ImportSettings(infra: "lab", cores: 8, workers: 2, sessionCap: 40)
        let imported = try Imported(raw: Published.text(lines), summary: Published.text(rows), settings: settings)
        #expect(imported.records.map(\.key.rep) == [1, 2])
        let cell = imported.records[1]
        #expect(cell.succeeded == 8 && cell.failed == 0 && cell.wall == .seconds(3) && cell.uniquePids == 2 && cell.uniqueHosts == 2)
        #expect(cell.sessionsPerSecond == 8.0 / 3)
        #expect(cell.verdict == Verdict(.unknown, evidence: "imported: raw.jsonl lines 9 to 16, summary.csv line 3"))
        #expect(cell.generator == nil && cell.peakOpen == nil && cell.latencies[.lag] == nil && cell.latencies[.connectService] == nil)
        #expect(cell.latencies[.connect]?.count == 8 && cell.latencies[.total]?.max == .milliseconds(1_020))
        #expect(cell.latencies[.overhead]?.max == .milliseconds(20))
        #expect(imported.cells[0].cell.sessions.count == 8 && imported.cells[0].cell.histograms.count == 5)
        #expect(imported.files.deployments.map(\.infra) == ["lab"])
        #expect(imported.files.deployments[0].cores == 8 && imported.files.deployments[0].endpoints == ["http://127.0.0.1:8000"])
        #expect(imported.files.plan.cells.count == 2 && imported.files.hardware == "cpu-basic")
        #expect(imported.files.notices.isEmpty, "\(imported.files.notices)")
    }

    @Test("lines alone: the wall runs to the last session's end") func rawOnly() throws {
        let imported = try Imported(raw: Published.text(Published.batch(3) + Published.batch(3, second: 5)))
        // Starts at 0, 1 and 2 ms.
        #expect(imported.records.map(\.wall) == [.milliseconds(1_022), .milliseconds(1_022)])
        #expect(imported.records.map(\.key.rep) == [1, 2] && imported.files.deployments[0].endpoints == [])
        #expect(imported.records[0].stepsPerSecond.map { ($0 - 3 / 1.007).magnitude < 1e-9 } == true)
        let session = imported.cells[0].cell.sessions[2]
        #expect(session.start == .milliseconds(2) && session.intendedStart == .milliseconds(2))
        #expect(
            session.resetAt == .milliseconds(14) && session.lastStepAt == .milliseconds(1_019) && session.endedAt == .milliseconds(1_022))
    }

    @Test("a row alone: its numbers, no sessions") func summaryOnly() throws {
        let imported = try Imported(summary: Published.text([Published.header, Published.row(64, succeeded: 60)]))
        let cell = imported.records[0]
        #expect(cell.succeeded == 60 && cell.failed == 4 && cell.failures.isEmpty && cell.effectiveConcurrency == nil)
        #expect(cell.latencies[.total]?.p99 == .milliseconds(1_500) && cell.latencies[.total]?.p90 == .milliseconds(1_300))
        #expect(cell.latencies[.overhead]?.p99 == .milliseconds(500) && cell.latencies[.step]?.max == nil)
        #expect(imported.cells[0].cell.sessions.isEmpty && imported.cells[0].cell.histograms.isEmpty)
        #expect(cell.verdict.evidence == "imported: summary.csv line 2")
    }

    @Test("what cannot be is said: P99 total below the wait") func checks() throws {
        let row = Published.row(64, p99: "0.9").replacing("1.0,1.6,1.2,1.1,1.3,1.4", with: "0.5,0.9,0.7,0.7,0.8,0.85")
        let imported = try Imported(summary: Published.text([Published.header, row]))
        #expect(imported.records[0].checks.map(\.check) == [.wait])
    }

    @Test("failed sessions are counted by kind, and their times are no latencies") func failures() throws {
        let lines = Published.batch(4).prefix(3) + [Published.refused(3, of: 4)]
        let imported = try Imported(raw: Published.text(Array(lines)))
        let cell = imported.records[0]
        #expect(cell.succeeded == 3 && cell.failed == 1 && cell.latencies[.total]?.count == 3)
        #expect(cell.failures == [FailureCount(kind: .refused, phase: .connect, code: nil, count: 1, firstAt: .milliseconds(750))])
        #expect(imported.cells[0].cell.sessions[3].total == nil)
    }

    @Test("files that were appended to number their repetitions by order") func appended() throws {
        let rows = [Published.header] + [4, 4, 4].map { Published.row($0) }
        let imported = try Imported(summary: Published.text(rows))
        #expect(imported.records.map(\.key.rep) == [1, 2, 3])
        #expect(imported.files.notices.count == 1 && imported.files.notices[0].hasPrefix("3 cells share their repetition's number"))
    }

    @Test("rows without lines stay rows; the others find theirs") func missingLines() throws {
        let lines = Published.batch(4).prefix(3) + [Published.refused(3, of: 4)]
        let rows = [Published.header, Published.row(4, rep: 1), Published.row(4, succeeded: 3, rep: 2)]
        let imported = try Imported(raw: Published.text(Array(lines)), summary: Published.text(rows))
        #expect(imported.records.map(\.key.rep) == [2, 1] && imported.records.map(\.succeeded) == [3, 4])
        #expect(imported.cells.map(\.cell.sessions.count) == [4, 0])
    }

    @Test("a row that its lines contradict is said, and the lines count") func contradiction() throws {
        let rows = [Published.header, Published.row(4, succeeded: 2)]
        let imported = try Imported(raw: Published.text(Published.batch(4)), summary: Published.text(rows))
        #expect(imported.records[0].succeeded == 4)
        #expect(
            imported.files.notices == [
                "summary.csv:2 counts 2 successful sessions, and the lines 1 to 4 of raw.jsonl 4; the lines count"
            ])
    }

    @Test("each kind of hardware and each address is a deployment of its own") func deployments() throws {
        let lines = Published.batch(2) + Published.batch(2, hardware: "t4-small")
        let imported = try Imported(raw: Published.text(lines))
        #expect(imported.files.deployments.map(\.infra) == ["lab cpu-basic", "lab t4-small"])
        #expect(imported.records.map(\.key.rep) == [1, 1] && imported.cells.map(\.deployment) == [0, 1])
        let rows = [Published.header, Published.row(4), Published.row(4, url: "https://me:pw@h/x?token=s")]
        let two = try Imported(summary: Published.text(rows)).files.deployments
        #expect(two.map(\.infra)[0] == "lab at http://127.0.0.1:8000" && !two.contains { "\($0)".contains("pw") || "\($0)".contains("=s") })
    }

    @Test("several steps: the lines have means, so the step's percentiles are the row's") func steps() throws {
        let rows = [Published.header, Published.row(4)]
        let settings = ImportSettings(infra: "lab", steps: 3)
        let imported = try Imported(raw: Published.text(Published.batch(4)), summary: Published.text(rows), settings: settings)
        #expect(imported.records[0].latencies[.step]?.p99 == .milliseconds(1_003))
        #expect(imported.cells[0].cell.sessions[0].steps == .milliseconds(3_015) && imported.cells[0].cell.sessions[0].stepsDone == 3)
        let double = Published.text(Published.batch(4)).replacing("\"waited_seconds\": 1.001", with: "\"waited_seconds\": 2.001")
        #expect(try Imported(raw: double).files.notices.first?.contains("say so with --steps") == true)
    }

    @Test(
        "a file that is another one at the second reading is refused",
        arguments: [("0.010", "0.011"), ("\"request_id\": 3", "\"request_id\": 9"), ("}\n", "} \n")]
    ) func changed(old: String, new: String) throws {
        let text = Published.text(Published.batch(4) + Published.batch(4, second: 10))
        let files = try PublishedFiles(
            raw: Chunks(text, size: 100), summary: nil, settings: ImportSettings(infra: "lab"), now: WallTime(microseconds: 5))
        for other in [text.replacing(old, with: new), text + Published.text(Published.batch(2, second: 20))] {
            try #require(other != text)
            var cells = PublishedCells(files, raw: Chunks(other, size: 100), now: WallTime(microseconds: 5))
            let error = #expect(throws: ScaleError.self) { while try cells.next() != nil {} }
            #expect(error?.message == "raw.jsonl was changed while it was read")
        }
    }

    @Test("equal files have equal fingerprints, however they are read") func fingerprint() throws {
        let text = Published.text(Published.batch(5))
        let prints = try [1, 7, 1000].map { try Imported(raw: text, chunk: $0).files.fingerprint }
        #expect(Set(prints).count == 1 && prints[0].count == 16)
        #expect(try Imported(raw: text.replacing("0.010", with: "0.011")).files.fingerprint != prints[0])
    }

    @Test(
        "bad files are refused as a whole with the first place",
        arguments: [
            (Published.text(Published.batch(2) + ["{"]), "raw.jsonl:3:1 is not valid JSON behind this column; nothing was stored"),
            (
                Published.text(Published.batch(3).dropLast()),
                "raw.jsonl:1:1 begins a batch that has 2 of its 3 sessions; nothing was stored"
            ),
            (Published.text(["x", "y"]), "raw.jsonl:1:1 is not a JSON object, and 1 more of its lines are bad; nothing was stored"),
            ("", "raw.jsonl has no complete batch"),
        ])
    func refused(raw: String, sentence: String) {
        let error = #expect(throws: ScaleError.self) { try Imported(raw: raw) }
        #expect(error?.code == .usage && error?.message == sentence)
    }

    @Test("without bad lines it goes on, and the batches that they belong to are left out") func skipping() throws {
        var lines = Published.batch(3) + Published.batch(3, second: 5)
        lines[4] = "{\"request_id\": oops}"
        let imported = try Imported(raw: Published.text(lines), settings: ImportSettings(infra: "lab", skipsBad: true))
        #expect(imported.records.count == 1 && imported.records[0].startedAt.microseconds % 60_000_000 == 0)
        #expect(imported.files.notices[0] == "2 bad lines were left out: raw.jsonl:5:1 is not valid JSON behind this column")
    }

    @Test(
        "bad tables",
        arguments: [
            ("", "summary.csv is empty, so it is no summary.csv"),
            ("a,b\n1,2\n", "summary.csv has no column \"mode\", so it is no summary.csv"),
            (Published.text([Published.header, "ws,x,1"]), "summary.csv:2:1 has 3 fields, and the first line has 33; nothing was stored"),
            (
                Published.text([Published.header, Published.row(4).replacing("ws,", with: "grpc,")]),
                "summary.csv:2:1 has a \"mode\" that is neither ws nor http; nothing was stored"
            ),
            (
                Published.text([Published.header, Published.row(4), Published.row(4).replacing(",4,0,", with: ",4,1,")]),
                "summary.csv:3:69 has 4 successful and 1 failed sessions in a batch of 4; nothing was stored"
            ),
            (
                Published.text([Published.header, Published.row(4, p99: "soon")]),
                "summary.csv:2:156 has a \"total_p99\" that is no number of seconds from 0 to a year; nothing was stored"
            ),
        ])
    func badTables(text: String, sentence: String) {
        let error = #expect(throws: ScaleError.self) { try Imported(summary: text) }
        #expect(error?.message == sentence)
    }

    @Test("fields in quotes hold commas, quotes and line ends") func quotes() {
        let text = "\u{FEFF}a,\"b,\"\"c\"\"\nd\",e\r\n\r\n1,,\"x\n"
        Array(text.utf8).withUnsafeBytes { bytes in
            var records = CSVRecords(bytes)
            let first = records.next()
            #expect(first?.fields.map(\.text) == ["a", "b,\"c\"\nd", "e"] && first?.line == 1 && first?.isClosed == true)
            #expect(first?.fields.map(\.column) == [1, 3, 4])
            let second = records.next()
            #expect(second?.fields.map(\.text) == ["1", "", "x\n"] && second?.line == 4 && second?.isClosed == false)
            #expect(records.next() == nil)
        }
    }
}
