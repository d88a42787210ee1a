import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Launches, and servers that were ended")
struct LifecycleReportTests {
    private static func page(_ snapshot: RunSnapshot) -> String {
        RunReport([snapshot]).markdown(charts: ChartSet([snapshot]).charts(), definitions: "docs/definitions.md")
    }

    @Test("whole reports") func golden() throws {
        try Golden.check(Self.page(Fixture.launches), "launches.md")
        try Golden.check(Self.page(Fixture.ended), "ended.md")
    }

    @Test("the chart of launches") func chart() throws {
        let chart = try #require(ChartSet([Fixture.launches]).charts().first)
        #expect(ChartSet([Fixture.launches]).charts().count == 1 && chart.name == "lifecycle")
        try Golden.check(chart.table, "launches-lifecycle.tsv")
        try Golden.check(chart.script, "launches-lifecycle.gp")
        // Of one launch there is nothing to compare.
        var once = Fixture.ended
        once.lifecycle[1] = Fixture.launch("sb-0123456789ab-1")
        #expect(ChartSet([Fixture.ended]).charts().contains { $0.name == "lifecycle" })
        #expect(!ChartSet([once]).charts().contains { $0.name == "lifecycle" })
    }

    @Test("a row of a second and one of a microsecond are both to be read") func decades() throws {
        var made = Fixture.launches
        made.lifecycle[1] = [
            LifecycleRecord(replica: 0, stage: .started, start: .zero, duration: .seconds(30), outcome: "ok", launch: "a"),
            LifecycleRecord(replica: 0, stage: .firstReset, start: .seconds(30), duration: .microseconds(80), outcome: "ok", launch: "a"),
        ]
        let script = try #require(ChartSet([made]).charts().first).script
        #expect(script.contains("set logscale x 10"))
        #expect(script.contains(#""10 µs" 0.000010000, "100 µs" 0.000100000, "1 ms" 0.001000000"#))
        #expect(script.contains(#""1 s" 1.000000000, "10 s" 10.000000000)"#))
    }

    @Test("the console says it in one sentence") func headline() {
        #expect(
            RunReport([Fixture.launches]).headlines == [
                "docker-x2 is ready for its first session 1.26 s after it is asked for (median of 8 launches, longest 1.56 s); "
                    + "2 of 10 launches failed: it ended with | exit status 3."
            ])
        var once = Fixture.launches
        once.lifecycle[1] = Fixture.launch("a")
        #expect(RunReport([once]).headlines == ["docker-x2 is ready for its first session 1.16 s after it is asked for (one launch)."])
        once.lifecycle[1] = Fixture.failedLaunch("a")
        #expect(
            RunReport([once]).headlines == ["docker-x2 was launched once, and that failed: it ended with | exit status 3."])
    }

    @Test("as JSON") func json() throws {
        let lines = [LaunchJSON.lastLine(Fixture.launches, number: 10) ?? "", RunJSON.line(Fixture.launches, db: "r.sqlite")]
        try Golden.check(lines.joined(separator: "\n") + "\n", "launches.jsonl")
    }

    @Test("a run of launches is listed by how soon it is ready, and shown stage by stage") func records() throws {
        let entry = RunList.Entry(snapshot: Fixture.launches, sessions: 0, share: nil, isWritten: false)
        #expect(RunList([entry]).text.contains("ready in 1.26 s (median of 8)"))
        let details = RunDetails(entry).text
        #expect(details.contains("ws, 10 launches") && details.contains("until the first session"))
        #expect(!details.contains("no cell has finished"))
    }

    @Test(
        "an early end says how many launches there are",
        arguments: [
            (RunStatus.interrupted, "was interrupted:** 10 of 12 launches are stored"), (.failed, "failed:** 10 of 12"), (.finished, nil),
        ]
            as [(RunStatus, String?)])
    func incomplete(status: RunStatus, words: String?) {
        var made = Fixture.launches
        made.run.status = status
        made.run.plan.reps = 12
        let page = Self.page(made)
        if let words { #expect(page.contains(words), "\(page.prefix(300))") } else { #expect(!page.contains("of 12")) }
    }

    @Test("who ended the servers is not said to be the generator") func blame() throws {
        let sentence = try #require(Fixture.headline(Fixture.ended).first)
        #expect(sentence.hasSuffix(" 256 was tested too, but the servers were ended meanwhile."), "\(sentence)")
        var all = Fixture.ended
        all.cells.removeAll { !$0.record.isTerminated }
        let dead = try #require(Fixture.headline(all).first)
        #expect(dead.contains("has no valid cell: its servers were ended in all of them."), "\(dead)")
        var mixed = all
        mixed.cells[0].record = Fixture.cell(
            128, succeeded: 1, total: .seconds(2), verdict: Verdict(.generator, evidence: "late"))
        let both = try #require(Fixture.headline(mixed).first)
        #expect(
            both.contains("has no valid cell: the generator limited some of them, and the servers were ended in the others."),
            "\(both)")
        for page in [Self.page(all), Self.page(Fixture.ended)] { #expect(!page.contains("the generator or its host limited")) }
    }

    @Test("charts mark what has no valid cell") func marks() throws {
        let charts = ChartSet([Fixture.ended]).charts()
        let map = try #require(charts.first { $0.name == "p99-heatmap" })
        #expect(map.table.contains("NaN\tended\t256\t"))
        let scaling = try #require(charts.first { $0.name == "scaling" })
        #expect(scaling.script.contains("'invalid: limited by generator or host, or servers ended'"))
    }

    @Test("cells that are to be measured again are none of the finished ones") func counts() throws {
        let entry = RunList.Entry(snapshot: Fixture.ended, sessions: 9, share: nil, isWritten: false)
        #expect(entry.cells == "3/6")
        #expect(Self.page(Fixture.ended).contains("**This run failed:** 3 of 6 planned cells finished"))
        #expect(RunDetails(entry).text.contains("server-other (servers ended)"))
    }
}
