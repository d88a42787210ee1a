import Foundation
import ScaleAnalysis
import ScaleCore
import Testing

@Suite("A stored baseline")
struct BaselineJudgeTests {
    /// Ten rates around a middle one.
    private static func rates(_ middle: Double, count: Int = 10, spread: Double = 0.01) -> [Double] {
        (0..<count).map { middle * (1 + spread * (Double($0) - Double(count - 1) / 2)) }
    }

    private func judge(
        _ before: [CellRecord], _ after: [CellRecord], rule: BaselineRule = BaselineRule(successMargin: nil)
    ) -> [GateCheck] {
        BaselineJudge(StoredRuns.run(after, uuid: "11111111-aaaa"), against: StoredRuns.run(before), rule: rule).checks().checks
    }

    @Test(
        "verdicts of a rate",
        arguments: [
            ([1000.0, 1000], GateVerdict.pass, "and 10 % less is ruled out"), ([1000, 1100], .pass, "10 % higher"),
            ([1000, 970], .pass, "3 % lower"), ([1000, 700], .regression, "30 % lower"),
            ([1000, 901], .inconclusive, "worse, but not surely by 10 %"),
        ])
    func rates(middles: [Double], verdict: GateVerdict, reason: String) throws {
        let checks = judge(StoredRuns.cells(rates: Self.rates(middles[0])), StoredRuns.cells(rates: Self.rates(middles[1])))
        try #require(checks.count == 1)
        #expect(checks[0].verdict == verdict && checks[0].reason.contains(reason), "\(checks[0])")
        #expect(checks[0].before == middles[0] && checks[0].border == 0.9 && checks[0].samples == 10)
    }

    @Test("where less is better, more is worse")
    func latency() throws {
        func cells(_ factor: Double) -> [CellRecord] {
            (1...8).map { StoredRuns.cell(256, rep: $0, total: .seconds(factor * (1 + 0.005 * Double($0)))) }
        }
        let rule = BaselineRule(criteria: [.init(try #require(CellMetric(name: "p95")), minimumEffect: 0.1)], successMargin: nil)
        #expect(judge(cells(1), cells(1.3), rule: rule).map(\.verdict) == [.regression])
        #expect(judge(cells(1), cells(0.7), rule: rule).map(\.verdict) == [.pass])
        #expect(judge(cells(1), cells(1.3), rule: rule).first?.border == 1.1)
    }

    @Test("wide repetitions decide nothing")
    func wide() {
        let checks = judge(
            StoredRuns.cells(rates: Self.rates(1000, spread: 0.1)), StoredRuns.cells(rates: Self.rates(930, spread: 0.1)))
        #expect(checks.map(\.verdict) == [.inconclusive])
        #expect(checks[0].reason.contains("neither no change nor 10 % less is ruled out"))
    }

    @Test("fewer than six repetitions of a side are too few", arguments: [(5, 10), (10, 5), (1, 1)])
    func few(before: Int, after: Int) {
        let checks = judge(
            StoredRuns.cells(rates: Self.rates(1000, count: before)), StoredRuns.cells(rates: Self.rates(500, count: after)))
        #expect(checks.map(\.verdict) == [.inconclusive])
        #expect(checks[0].reason.contains("at least 6 of each are needed, and 10 are better"))
        #expect(checks[0].ratio == nil)
    }

    @Test("among many comparisons one may be chance")
    func many() {
        // Six a side reach 0.002 at best; among 40 loads that is no evidence.
        func cells(_ factor: Double) -> [CellRecord] {
            (1...40).flatMap { load in
                StoredRuns.cells(load, rates: Self.rates(load == 40 ? 1000 * factor : 1000, count: 6, spread: 0.001))
            }
        }
        let alone = judge(Array(cells(1).suffix(6)), Array(cells(0.8).suffix(6)))
        #expect(alone.map(\.verdict) == [.regression])
        let among = judge(cells(1), cells(0.8))
        #expect(among.count == 40)
        #expect(among.filter { $0.verdict != .pass }.map(\.reason.comparisons) == ["among 40 comparisons it may be chance"])
    }

    @Test("success is judged by all sessions of a load, where there are enough")
    func success() throws {
        func cells(_ sessions: Int, _ succeeded: Int) -> [CellRecord] {
            (1...10).map { StoredRuns.cell(sessions, rep: $0, succeeded: succeeded) }
        }
        func check(_ before: [CellRecord], _ after: [CellRecord]) throws -> GateCheck {
            try #require(judge(before, after, rule: BaselineRule()).last)
        }
        #expect(try check(cells(200, 200), cells(200, 200)).verdict == .pass)
        #expect(try check(cells(200, 200), cells(200, 190)).verdict == .regression)
        #expect(try check(cells(200, 200), cells(200, 198)).verdict == .inconclusive)
        let few = try check(cells(20, 20), cells(20, 20))
        #expect(few.isUnjudged && few.reason.contains("it takes 1,000 sessions"))
        #expect(judge(cells(20, 20), cells(20, 20), rule: BaselineRule()).verdict == .pass, "that holds up nothing")
        #expect(try check(cells(200, 200), cells(200, 190)).reason.contains("of the run's 2,000 sessions 95 % succeed"))
    }

    @Test("a metric that the run has lost is a regression, and one that nobody has is not judged")
    func lost() throws {
        let dead = (1...8).map { StoredRuns.cell(64, rep: $0, succeeded: 0) }
        let alive = StoredRuns.cells(rates: Self.rates(1000, count: 8))
        #expect(judge(alive, dead).map(\.verdict) == [.regression])
        #expect(judge(dead, alive).map(\.verdict) == [.inconclusive])
    }

    @Test("other hosts, other plans and imported numbers are not compared")
    func validity() throws {
        var host = StoredRuns.host
        (host.cores, host.kernel) = (2, "6.1")
        var plan = StoredRuns.plan
        plan.shape = .ramp(over: .seconds(2))
        let cells = StoredRuns.cells(rates: Self.rates(1000))
        let base = StoredRuns.run(cells)
        for (run, reason, canForce) in [
            (
                StoredRuns.run(cells, host: host),
                "different hosts (8 cores and 2 cores; kernel 6.8.0-45-generic and kernel 6.1); --force", true
            ),
            (StoredRuns.run(cells, plan: plan), "different plans (starts: all at once and over 2 s); --force", true),
            (StoredRuns.run(cells, source: .imported), "the run is imported, and no gate rests on imported numbers", false),
            (StoredRuns.run(StoredRuns.cells(65, rates: [1])), "the runs have no load in common", false),
            (
                StoredRuns.run([StoredRuns.cell(64, limiter: .generator)]),
                "of the run, the generator's own limits stopped its only cell", false
            ),
            (
                StoredRuns.run([StoredRuns.cell(64, limiter: .sessionLeak)]),
                "of the run, sessions of others held places of the servers in its only cell, which says nothing", false
            ),
            (
                StoredRuns.run([StoredRuns.cell(64, limiter: .generator), StoredRuns.cell(64, rep: 2, limiter: .sessionLeak)]),
                "the generator's own limits stopped all of its 2 cells, or sessions of others held places of the servers in them", false
            ),
            (StoredRuns.run([StoredRuns.cell(64, isTerminated: true)]), "of the run, the servers were ended in its only cell", false),
        ] {
            let checks = BaselineJudge(run, against: base).checks().checks
            #expect(checks.map(\.verdict) == [.invalid] && checks[0].reason.contains(reason), "\(checks)")
            let forced = BaselineJudge(run, against: base, rule: BaselineRule(successMargin: nil, forces: true)).checks()
            #expect(forced.checks.map(\.verdict) == [canForce ? .pass : .invalid])
            if canForce { #expect(forced.notes.contains { $0.hasPrefix("compared by --force although the ") }) }
        }
    }

    @Test("notes say what limits it, which version, and what was left out")
    func notes() {
        let loads = StoredRuns.cells(64, rates: Self.rates(1000, count: 8)) + [StoredRuns.cell(4096, limiter: .generator)]
        let run = StoredRuns.run(loads + [StoredRuns.cell(8)], version: "0.2.0")
        let (checks, notes) = BaselineJudge(run, against: StoredRuns.run(loads)).checks()
        #expect(checks.first?.verdict == .pass)
        #expect(notes.first == BaselineJudge.limits)
        #expect(notes.contains("the versions differ: scalebench 0.1.0 and 0.2.0"))
        #expect(notes.contains("not compared, as the baseline has none of it: ws, N 8, wait 1 s"))
        #expect(notes.contains { $0.hasPrefix("not compared at ws, N 4,096, wait 1 s: of the baseline, the generator's own limits") })
        #expect(notes.contains("8 repetitions of a side are few: 10 make the intervals narrower"))
    }

    @Test("servers that died are judged, also where nobody asked for the load")
    func ended() {
        let good = StoredRuns.cells(64, rates: Self.rates(1000))
        let checks = judge(good + [StoredRuns.cell(128)], good + [StoredRuns.cell(128, isTerminated: true)])
        #expect(checks.map(\.verdict) == [.invalid, .pass])
    }

    @Test("infrastructures are joined by name where there are several")
    func several() {
        let good = StoredRuns.cells(rates: Self.rates(1000))
        let bad = StoredRuns.cells(rates: Self.rates(500))
        let base = StoredRuns.run([("a", good), ("b", good)])
        let run = StoredRuns.run([("b", bad), ("a", good), ("c", good)])
        let (checks, notes) = BaselineJudge(run, against: base, rule: BaselineRule(successMargin: nil)).checks()
        #expect(checks.map(\.infra) == ["b", "a"] && checks.map(\.verdict) == [.regression, .pass])
        #expect(notes.contains("not compared, as the baseline has none of it: the infrastructure c"))
        let renamed = BaselineJudge(StoredRuns.run(bad, infra: "x"), against: StoredRuns.run(good, infra: "y")).checks().checks
        #expect(renamed.first?.verdict == .regression, "a run of one is joined whatever it is called")
    }
}

extension String {
    /// What a sentence says of the number of comparisons.
    fileprivate var comparisons: String {
        guard let start = range(of: "among")?.lowerBound, let end = range(of: " (p =")?.lowerBound else { return self }
        return String(self[start..<end])
    }
}
