import ScaleAnalysis
import ScaleCore
import Testing

@Suite("Runs side by side")
struct RunComparisonTests {
    private func side(_ name: String, _ run: RunSnapshot) -> RunComparison.Side {
        RunComparison.Side(name: name, run: run.run, infra: run.infras[0])
    }

    private func rates(_ middle: Double, count: Int = 8, spread: Double = 0.002) -> [CellRecord] {
        StoredRuns.cells(rates: (0..<count).map { middle * (1 + spread * (Double($0) - Double(count - 1) / 2)) })
    }

    private func compare(_ a: RunSnapshot, _ b: RunSnapshot, _ metrics: String..., forces: Bool = false) throws -> RunComparison {
        RunComparison([side("A", a), side("B", b)], metrics: try metrics.map { try #require(CellMetric(name: $0)) }, forces: forces)
    }

    @Test(
        "a change has a word, by which way is better",
        arguments: [
            (1000.0, 1300.0, RunComparison.Word.better), (1000, 700, .worse), (1000, 1001, .same), (1000, 1030, .better),
        ])
    func words(a: Double, b: Double, word: RunComparison.Word) throws {
        let found = try compare(StoredRuns.run(rates(a)), StoredRuns.run(rates(b)), "steps_per_second").rows
        #expect(found.map { $0.changes[0].word } == [word])
        func slow(_ factor: Double) -> RunSnapshot {
            StoredRuns.run((1...8).map { StoredRuns.cell(64, rep: $0, total: .seconds(factor * (1 + 0.001 * Double($0)))) })
        }
        #expect(try compare(slow(1), slow(2), "p50").rows[0].changes[0].word == .worse, "of a latency, more is worse")
    }

    @Test("wide repetitions leave it unsure, and few leave no interval")
    func unsure() throws {
        let wide = try compare(StoredRuns.run(rates(1000, spread: 0.1)), StoredRuns.run(rates(1020, spread: 0.1)), "rps").rows[0].changes[0]
        #expect(wide.word == .unsure && wide.gap == nil)
        let few = try compare(StoredRuns.run(rates(1000, count: 3)), StoredRuns.run(rates(500, count: 3)), "rps").rows[0].changes[0]
        #expect(few.word == nil && few.gap == .tooFewCells && few.effect?.low == nil)
        #expect(few.effect.map { abs($0.ratio - 0.5) < 1e-9 } == true)
    }

    @Test("of many changes that are chance, few are called anything")
    func chance() throws {
        var random = SplitMix64(seed: 7)
        func noise() -> RunSnapshot {
            StoredRuns.run(
                (1...200).flatMap { load in
                    (1...6).map { StoredRuns.cell(load, rep: $0, stepsPerSecond: 1000 + Double(random.next() % 1000)) }
                })
        }
        let words = try compare(noise(), noise(), "steps_per_second").rows.map { $0.changes[0].word }
        #expect(words.count == 200 && words.count { $0 == .better || $0 == .worse } <= 2)
    }

    @Test("hosts, plans, imports and calibrations keep runs apart, unless forced")
    func obstacles() throws {
        var host = StoredRuns.host
        host.cpuModel = "Ampere"
        var plan = StoredRuns.plan
        plan.think = .fixed(span: .seconds(1))
        let cells = rates(1000)
        func calibrated(_ milliseconds: Int64) -> RunSnapshot {
            StoredRuns.run(
                cells.map { cell in
                    var cell = cell
                    let span = Nanoseconds.milliseconds(milliseconds)
                    cell.floor = LatencyFloor(
                        connectP50: span, connectP99: span, stepP50: span, stepP99: span, totalP50: span, totalP99: span)
                    return cell
                })
        }
        for (a, b, reason) in [
            (StoredRuns.run(cells), StoredRuns.run(cells, host: host), "the hosts differ (AMD EPYC 7763 64-Core Processor and Ampere)"),
            (StoredRuns.run(cells), StoredRuns.run(cells, plan: plan), "the plans differ (think time: none and 1.0)"),
            (StoredRuns.run(cells), StoredRuns.run(cells, source: .imported), "one is imported"),
            (calibrated(2), calibrated(4), "the calibrations differ (the generator's own latency is 2 ms and 4 ms)"),
        ] {
            let found = try compare(a, b, "steps_per_second")
            #expect(found.refusals.map { $0.side.name } == ["B"] && found.refusals[0].reason.hasPrefix(reason), "\(found.refusals)")
            #expect(found.rows[0].changes[0].effect == nil && found.rows[0].changes[0].value != nil, "the numbers are still shown")
            let forced = try compare(a, b, "steps_per_second", forces: true)
            #expect(forced.refusals.isEmpty && forced.rows[0].changes[0].word == .same)
        }
        #expect(try compare(calibrated(2), calibrated(2), "steps_per_second").refusals.isEmpty)
    }

    @Test("loads that one alone has are named, and max batches stand side by side")
    func batches() throws {
        let a = StoredRuns.run([StoredRuns.cell(64), StoredRuns.cell(128)])
        let b = StoredRuns.run([StoredRuns.cell(64), StoredRuns.cell(256, succeeded: 1), StoredRuns.cell(8, limiter: .generator)])
        let found = try compare(a, b, "success", "makespan_p50")
        #expect(found.rows.map(\.load.sessions) == [64], "a metric that nobody has is left out")
        #expect(found.notes == ["only A has ws, N 128, wait 1 s", "only B has ws, N 8, wait 1 s; ws, N 256, wait 1 s"])
        #expect(found.batches.map { $0.capacities.map { $0?.batch.lastPass } } == [[128, 64]])
    }

    @Test("an invalid side and too few samples leave gaps")
    func gaps() throws {
        let good = StoredRuns.run(rates(1000))
        let weak = StoredRuns.run([StoredRuns.cell(64, limiter: .generator)])
        #expect(try compare(good, weak, "rps").rows[0].changes[0].gap == .invalid)
        #expect(try compare(good, good, "p99").rows[0].changes[0].gap == .tooFewSamples)
        #expect(try compare(good, good, "p95").rows[0].changes[0].gap == nil)
    }
}
