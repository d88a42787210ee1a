import ScaleCore
import Testing

@testable import ScaleReport

@Suite struct SearchReportTests {
    /// A search against a cap of 80 from 64 on, as far as so many of its cells.
    static func searched(_ count: Int, status: RunStatus = .finished) -> RunSnapshot {
        let plan = Plan(
            modes: [.ws], sessions: [64], waits: [.seconds(1)], mostReps: 3,
            search: SearchSettings(within: 0.5, upTo: 4096, budget: .seconds(600)))
        let tried = [(64, 1), (128, 1), (91, 1), (91, 2), (64, 2)]
        let cells = tried.prefix(count).map { sessions, rep in
            Fixture.cell(sessions, rep: rep, succeeded: min(80, sessions), total: .milliseconds(1_050))
        }
        return Fixture.snapshot(cells, plan: plan, status: status)
    }

    @Test func theReportSaysHowItWasSearchedAndHowThatEnded() {
        let text = RunReport([Self.searched(5)]).markdown()
        for part in [
            "searched from 64, up to 4,096, to within 50.0 %, in at most", "1, 1 to 3, until decided",
            "Search over ws with a wait of 1 s: found: the max batch lies in [64, 91).", "[64, 91)",
        ] {
            #expect(text.contains(part), "\(part)")
        }
        #expect(!text.contains("planned cell") && !text.contains("One repetition"))
    }

    @Test func aSearchThatEndedEarlySaysWhatWouldHaveFollowed() {
        let short = RunReport([Self.searched(1)]).markdown()
        #expect(short.contains("The search ended before N = 128, which would have come next"))
        #expect(!short.contains("Search over ws"))
        let stopped = RunReport([Self.searched(2, status: .interrupted)]).markdown()
        #expect(stopped.contains("**This run was interrupted:** 2 cells finished, and others were to follow"))
    }

    @Test func theChartNamesTheRepetitions() throws {
        let chart = try #require(ScalingChart.make(Self.searched(5)))
        #expect(chart.script.contains("1 to 3 repetitions"))
    }
}
