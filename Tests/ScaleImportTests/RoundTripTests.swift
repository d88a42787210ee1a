import ScaleAnalysis
import ScaleCore
import ScaleReport
import Testing

@testable import ScaleImport

/// What is exported and imported again is the same, as far as the files can say it.
@Suite("Export, then import")
struct RoundTripTests {
    @Test(arguments: [1, 2, 59, 700]) func numbersSurvive(count: Int) throws {
        var random = SplitMix64(seed: UInt64(count))
        let cells = (1...3).map { rep in Self.cell(count, rep: rep, &random) }
        let raw = cells.flatMap { cell in
            cell.sessions.map { RawJSONL.line($0, of: cell.record, hosts: cell.hosts, hardware: "box, 8 \"cores\"") }
        }
        let rows = [SummaryCSV.header] + cells.map { SummaryCSV.row($0.record, hardware: "box, 8 \"cores\"", endpoints: ["http://a:1"]) }
        let imported = try Imported(raw: Published.text(raw), summary: Published.text(rows))
        #expect(imported.files.notices.isEmpty, "\(imported.files.notices)")
        #expect(imported.records.count == 3 && imported.files.hardware == "box, 8 \"cores\"")
        for (before, after) in zip(cells.map(\.record), imported.records) {
            #expect(after.key == before.key && after.succeeded == before.succeeded && after.failed == before.failed)
            #expect(after.wall == before.wall && after.uniquePids == before.uniquePids && after.uniqueHosts == before.uniqueHosts)
            for metric in [Metric.connect, .reset, .step, .total, .overhead] {
                #expect(after.latencies[metric] == before.latencies[metric], "\(metric)")
            }
            #expect(
                Set(after.failures.map { "\($0.kind) \($0.phase) \($0.count) \($0.code ?? 0)" })
                    == Set(before.failures.map { "\($0.kind) \($0.phase) \($0.count) \($0.code ?? 0)" }))
            // The table says the same of both.
            let row = SummaryCSV.row(after, hardware: "x", endpoints: []).split(separator: ",")[8...27]
            #expect(row == SummaryCSV.row(before, hardware: "x", endpoints: []).split(separator: ",")[8...27])
        }
    }

    /// A cell of one step with some failures, its aggregates by the project's own rules.
    private static func cell(_ count: Int, rep: Int, _ random: inout SplitMix64) -> FinishedCell {
        let key = CellKey(mode: .ws, sessions: count, wait: .milliseconds(250), steps: 1, rep: rep)
        var steps = LatencyHistogram()
        let sessions = (0..<count).map { index in
            func some(_ most: Int64) -> Nanoseconds { Nanoseconds(Int64(random.next() % UInt64(most)) + 1) }
            var session = SessionRecord(session: index, intendedStart: .zero)
            session.start = Nanoseconds(Int64(index) * 1_234)
            session.connect = some(50_000_000)
            if index % 7 == 3 {
                let kind: FailureKind = index % 2 == 0 ? .capacityReached : .refused
                session.failure = SessionFailure(kind: kind, phase: .reset, code: kind == .refused ? 111 : nil, at: .milliseconds(3))
                return session
            }
            session.reset = some(9_000_000)
            let step = Nanoseconds.milliseconds(250) + some(700_000_000)
            session.steps = step
            steps.record(step)
            session.stepsDone = 1
            session.total = (session.connect ?? .zero) + (session.reset ?? .zero) + step
            session.waited = .milliseconds(251)
            session.pid = Int32(100 + index % 3)
            session.host = Int32(index % 2)
            session.hash = SessionHash("abcdef\(100_000 + index)")
            return session
        }
        let recording = CellRecording(
            key: key, startedAt: WallTime(microseconds: 1_767_960_000_000_000 + Int64(rep) * 60_000_000), wall: .seconds(2),
            sessions: sessions, hosts: ["a:1", "b:1"], steps: steps, stepWindow: nil, stepsInWindow: 0, stepTime: .zero,
            generator: GeneratorUse(cpu: .zero, peakRSSBytes: 0, threads: 1))
        return CellSummary.finish(recording, context: LimiterContext())
    }
}
