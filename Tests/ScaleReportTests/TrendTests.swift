import ScaleAnalysis
import ScaleCore
import Testing

@testable import ScaleReport

@Suite("Histories") struct TrendTests {
    private static func series(_ values: [Double], metric: CellMetric = .stepsPerSecond) -> [TrendSeries] {
        let plan = Plan(modes: [.ws], sessions: [64], waits: [.seconds(1)])
        let snapshots = values.enumerated().map { day, value in
            var run = Fixture.run(plan: plan)
            run.uuid = "\(10 + day)000000-d9cb-469f-a165-70867728950e"
            run.startedAt = WallTime(microseconds: run.startedAt.microseconds + Int64(day) * 86_400_000_000)
            run.git = day == 0 ? nil : "386d3704aa"
            var cell = Fixture.cell(64, succeeded: 64, total: .seconds(value))
            cell.stepsPerSecond = value
            return RunSnapshot(
                run: run, deployments: [1: Fixture.deployment()], lifecycle: [:],
                cells: [RunSnapshot.Cell(id: 1, deployment: 1, record: cell)])
        }
        return TrendSeries.all(of: snapshots, metric: metric)
    }

    private static let dropped = series([100, 101, 99, 100, 100, 80, 81, 79])

    @Test func `the table marks where it changed`() {
        let lines = TrendText(Self.dropped).text.split(separator: "\n")
        #expect(
            lines.first
                == "steps_per_second, local-2x40, ws, N = 64, wait 1 s, 1 step, on 8 cores of AMD EPYC 7763 64-Core Processor, 32 GiB")
        #expect(lines.dropFirst().first == "run       started              commit    cells  steps_per_second  change")
        #expect(lines[2] == "10000000  2026-01-09 12:00:00  –             1               100")
        #expect(
            lines[7].hasPrefix("15000000  2026-01-14 12:00:00  386d3704      1              80.0  <- 20.0 % lower from here on: worse (p "))
        #expect(lines.last == "8 runs, 1 change")
    }

    @Test func `a latency that grows is worse, and shown with its unit`() {
        let text = TrendText(Self.series([1, 1.01, 0.99, 1, 1.5, 1.52, 1.48], metric: CellMetric(.latency(.total, .p99)))).text
        #expect(text.contains("50.0 % higher from here on: worse"), "\(text)")
        #expect(text.contains(" 1.62 s"), "\(text)")
    }

    @Test func `few runs cannot show a change`() {
        #expect(TrendText(Self.series([100])).text == "1 load was measured in one run only")
        #expect(TrendText(Self.series([100, 90])).text.hasSuffix("2 runs: a change takes two before it and two after it to be seen"))
        #expect(TrendText(Self.series([100, 100, 100, 101])).text.hasSuffix("4 runs, no change"))
    }

    @Test func `JSON`() throws {
        let line = TrendJSON.line(try #require(Self.dropped.first))
        #expect(
            line.hasPrefix(
                "{\"type\":\"trend\",\"metric\":\"steps_per_second\",\"infra\":\"local-2x40\",\"host\":{\"cpu_model\":\"AMD EPYC "))
        #expect(line.contains("\"mode\":\"ws\",\"num_requests\":64,\"wait_seconds\":1.0,\"steps\":1,\"points\":[{\"run_id\":\"10000000-"))
        #expect(
            line.contains(
                "\"change_points\":[{\"index\":5,\"run_id\":\"15000000-d9cb-469f-a165-70867728950e\",\"before\":100.0,\"after\":80.0,\"ratio\":0.8,"
            ))
        #expect(line.hasSuffix("\"worse\":true}]}"))
    }

    @Test func `the chart has values, means and rings`() throws {
        let charts = TrendChart.all(Self.dropped + Self.series([1, 1]) + Self.series([1]))
        #expect(charts.map(\.name) == ["trend", "trend-2"])
        // Blocks are parted by two empty lines.
        #expect(charts[0].table.contains("\n\n\n# first\tlast\tmean\n1\t5\t100\n6\t8\t80\n\n\n# number\tvalue\tp\tchange\n6\t80\t"))
        #expect(charts[0].script.contains("table index 2 using 1:2"))
        #expect(!charts[1].script.contains("table index 2"))
    }

    @Test func `foreign names close no string of the script`() throws {
        var series = try #require(Self.dropped.first)
        series.infra = "it's"
        let chart = try #require(TrendChart.all([series]).first)
        #expect(chart.script.contains("it''s"))
    }
}
