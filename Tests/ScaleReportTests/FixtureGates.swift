import ScaleAnalysis
import ScaleCore

extension Fixture {
    static let gateLoad = CellLoad(mode: .ws, sessions: 64, wait: .milliseconds(10), steps: 20)

    /// A duel that B lost, confirmed in a second round, with names that would end cells, strings and commands.
    static var lostDuel: GateResult {
        let ratios = [0.90, 0.915, 0.885, 0.91, 0.90, 0.87, 0.905, 0.89, 0.912, 0.88, 0.93, 0.901]
        let points = ratios.enumerated().map { index, ratio in
            GateResult.Series.Point(
                pair: index + 1, round: index < 6 ? 1 : 2, first: [1, 2].contains(index % 4) ? .b : .a, ratio: ratio,
                void: index == 10 ? "the generator used 81 % of its ceiling in B" : nil)
        }
        let p95 = CellMetric(.latency(.step, .p95))
        return GateResult(
            kind: .duel, verdict: .regression,
            reason: "B makes 9.8 % fewer steps a second at ws, N 64, and again on fresh launches",
            subject: "local:workers=1,fault=slowdown=10%", baseline: "local:workers=1",
            checks: [
                GateCheck(
                    name: "steps_per_second", load: gateLoad, metric: .stepsPerSecond, verdict: .regression,
                    reason: "-9.8 % (-11.4 to -8.1), wholly below 0 and beyond -5 %", before: 3120, after: 2815, ratio: 0.902, low: 0.886,
                    high: 0.919, confidence: 0.982, samples: 11),
                GateCheck(
                    name: "step_p95", load: gateLoad, metric: p95, verdict: .inconclusive,
                    reason: "+4.0 % (-2.0 to +10.4) neither reaches +5 % nor excludes it", before: 0.0182, after: 0.0189, ratio: 1.04,
                    low: 0.98, high: 1.104, confidence: 0.982, border: 1.05, samples: 11),
                GateCheck(
                    name: "success", load: gateLoad, metric: .successRate, verdict: .inconclusive, isUnjudged: true,
                    reason: "704 sessions a side are fewer than the 1,000 that a margin of 1 % needs", before: 1, after: 1, samples: 11),
            ],
            series: [GateResult.Series(load: gateLoad, metric: .stepsPerSecond, border: 0.95, points: points)],
            notes: ["pair 11 of 12 is void", "the name of a cell | is <b>not</b> markup"], run: "0f8fad5b-d9cb-469f-a165-70867728950e",
            database: "results/scalebench.sqlite")
    }

    /// Rules on a stored run: one of each verdict.
    static var ruledRun: GateResult {
        GateResult(
            kind: .stored, verdict: .invalid, reason: "1 of 4 checks rests on cells that must not be judged",
            subject: "local-2x40 (run 0f8fad5b)",
            checks: [
                GateCheck(
                    name: "max_batch>=64", load: CellLoad(mode: .ws, sessions: 0, wait: .seconds(1), steps: 1), infra: "local-2x40",
                    verdict: .pass, reason: "it holds 64", before: 64, after: 64, samples: 4),
                GateCheck(
                    name: "p99<=2.5s", load: CellLoad(mode: .ws, sessions: 128, wait: .seconds(1), steps: 1),
                    metric: CellMetric(name: "p99"),
                    verdict: .regression, reason: "every repetition is above 2.5 s", before: 2.5, after: 2.81, samples: 2),
                GateCheck(
                    name: "success>=99%", load: CellLoad(mode: .ws, sessions: 16, wait: .seconds(1), steps: 1), metric: .successRate,
                    verdict: .inconclusive, reason: "32 of 32 sessions succeeded, which cannot show 99 %", before: 0.99, after: 1,
                    samples: 2),
                GateCheck(
                    name: "success>=99%", load: CellLoad(mode: .ws, sessions: 256, wait: .seconds(1), steps: 1), metric: .successRate,
                    verdict: .invalid, reason: "the generator limited its cells", before: 0.99, samples: 0),
            ], run: "0f8fad5b-d9cb-469f-a165-70867728950e", database: "results/scalebench.sqlite")
    }

    static func gate(_ name: String) -> GateResult { name == "lost-duel" ? lostDuel : ruledRun }
}
