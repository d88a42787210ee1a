import ScaleAnalysis
import ScaleCore
import Testing

@Suite("Rules of a gate")
struct GateRuleTests {
    @Test(
        "what is written and what is meant",
        arguments: [
            ("max_batch>=2048", "max_batch>=2048", 2048, ""), ("p99<=2.5s@N=512", "p99<=2.5s@N=512", 2.5, "N"),
            ("success>=99%", "success>=99%", 0.99, ""), ("success>=0.995", "success>=0.995", 0.995, ""),
            ("  step_p95 <  250 ms @ N = 16 , wait = 1s ", "step_p95<250ms@N=16,wait=1s", 0.25, "N wait"),
            ("steps/s>=500/s@mode=http,steps=20", "steps_per_second>=500/s@mode=http,steps=20", 500, "mode steps"),
            ("rps ≥ 12.5", "rps>=12.5", 12.5, ""), ("connect_p50=<900us", "connect_p50<=900us", 0.0009, ""),
            ("max_batch>100@infra=local-w2, wait=0", "max_batch>100@infra=local-w2,wait=0", 100, "infra wait"),
            ("p50<=1min@infra=a,b,N=1", "p50<=1min@infra=a,b,N=1", 60, "infra N"),
            ("batch_per_core>=64.5@wait=1", "batch_per_core>=64.5@wait=1", 64.5, "wait"),
        ])
    func forms(written: String, text: String, limit: Double, scope: String) throws {
        guard case .rule(let rule) = GateRule.read(written) else {
            Issue.record("\(GateRule.read(written))")
            return
        }
        #expect(rule.text == text)
        #expect(abs(rule.limit - limit) < 1e-12)
        let named = [
            ("infra", rule.scope.infra != nil), ("N", rule.scope.sessions != nil), ("wait", rule.scope.wait != nil),
            ("mode", rule.scope.mode != nil), ("steps", rule.scope.steps != nil),
        ].filter(\.1).map(\.0)
        #expect(Set(named) == Set(scope.split(separator: " ").map(String.init)))
    }

    @Test(
        "what cannot be meant, each with what to do",
        arguments: [
            ("p99>=2s", ["p99 is better the lower it is; write p99<=…"]), ("max_batch<=100", ["write max_batch>=…"]),
            ("p99<=2", ["'2' is nothing to hold p99 against; give a time above 0 with its unit"]), ("p99<=0s", ["give a time above 0"]),
            ("p99<=50%", ["give a time above 0"]), ("success>=99", ["give a share above 0 and below 100 %, like 99%"]),
            ("success>=100%", ["no number of sessions shows 100 %"]), ("success>=2s", ["give a share"]),
            ("steps/s>=5ms", ["give a rate above 0, like 500/s"]), ("max_batch>=2.5", ["give a whole number of sessions from 1"]),
            ("max_batch>=64@N=64", ["is over all N", "leave N=64 out"]), ("p77<=1s", ["'p77' is no metric; use max_batch"]),
            ("<=1s", ["no metric stands before"]), ("p99", ["compares nothing; write it like p99<=2.5s@N=512"]), ("", ["compares nothing"]),
            ("p99==1s", ["'==' is no comparison; use >= or <="]), ("p99!=1s", ["'!=' is no comparison; use >= or <="]),
            ("p99<=1s@n=5", ["'n' behind the @ is not known; use N"]), ("p99<=1s@N=0", ["'N=0' behind the @ names no load"]),
            ("p99<=1s@wait=x", ["give seconds from 0"]), ("p99<=1s@mode=tcp", ["use mode=ws or mode=http"]),
            ("p99<=1s@N=1,N=2", ["'N' is given twice"]), ("p99<=1s@infra=", ["give a name"]),
            ("p99<=1s@", ["'' behind the @ is not known"]),
            ("p77>=x@N=q", ["no metric", "'N=q' behind the @"]),
        ])
    func refused(written: String, parts: [String]) {
        guard case .problems(let problems) = GateRule.read(written) else {
            Issue.record("\(written) was read")
            return
        }
        let text = problems.joined(separator: "\n")
        for part in parts { #expect(text.contains(part), "\(text)") }
        #expect(problems.allSatisfy { $0.contains(";") || $0.contains(":") }, "no remedy in \(text)")
    }

    @Test("of a file, everything that is wrong is said at once, with its line")
    func file() throws {
        let text = "# thresholds of main\n\nmax_batch >= 64   # held\np99>=1s\np99<=1s@infra=a#b\nsuccess>=99\nmax_batch>=64\n"
        do {
            _ = try GateRules.read(["p50<=1"], file: ("gate.rules", text))
            Issue.record("it was read")
        } catch {
            let lines = error.message.split(separator: "\n").map(String.init)
            #expect(error.code == .usage && lines.count == 6 && lines[0] == "the rules have 4 problems")
            #expect(lines[1].hasPrefix("--require 'p50<=1': '1' is nothing"))
            #expect(lines[2].hasPrefix("gate.rules:4: p99 is better the lower"))
            #expect(lines[3].hasPrefix("gate.rules:6: '99' is nothing"))
            #expect(lines[4] == "gate.rules:7: the same rule stands at gate.rules:3; keep one of them")
        }
        let good = try GateRules.read(["p50<=1s"], file: ("gate.rules", "max_batch >= 64   # held\r\np99<=1s@infra=a#b\n"))
        #expect(good.rules.map(\.text) == ["p50<=1s", "max_batch>=64", "p99<=1s@infra=a#b"])
        #expect(throws: ScaleError.self) { try GateRules.read([], file: ("empty.rules", "# nothing\n\n")) }
    }
}

@Suite("Rules on a stored run")
struct RuleJudgeTests {
    private func judge(_ rule: String, _ run: RunSnapshot) throws -> [GateCheck] {
        try RuleJudge(run).checks(try GateRules.read([rule])).checks
    }

    private func only(_ rule: String, _ run: RunSnapshot) throws -> GateCheck {
        let checks = try judge(rule, run)
        try #require(checks.count == 1, "\(checks)")
        return checks[0]
    }

    /// N = 64 passes, 128 fails, 256 says nothing.
    private var bracket: RunSnapshot {
        StoredRuns.run([
            StoredRuns.cell(64), StoredRuns.cell(64, rep: 2), StoredRuns.cell(128, succeeded: 80),
            StoredRuns.cell(256, limiter: .generator),
        ])
    }

    @Test(
        "a max batch against the bracket",
        arguments: [
            ("max_batch>=64", GateVerdict.pass, "N = 64 passes"), ("max_batch>=65", .inconclusive, "N = 128 fails: measure N = 65"),
            ("max_batch>64", .inconclusive, "measure N = 65"), ("max_batch>=128", .regression, "N = 128 fails"),
            ("max_batch>=4000", .regression, "N = 128 fails"), ("batch_per_core>=32", .pass, "N = 64 passes on 2 cores"),
            ("batch_per_core>=64", .regression, "N = 128 fails on 2 cores"), ("slo_max_batch>=64", .pass, "N = 64 passes with its latency"),
        ])
    func batches(rule: String, verdict: GateVerdict, reason: String) throws {
        let check = try only(rule, bracket)
        #expect(check.verdict == verdict && check.reason.contains(reason), "\(check)")
        #expect(check.after == (rule.hasPrefix("batch") ? 32 : 64))
    }

    @Test("what is open says which N to measure")
    func open() throws {
        let held = StoredRuns.run([StoredRuns.cell(64)])
        #expect(try only("max_batch>=512", held).reason == "N = 64 passes, and no larger N was measured: measure N = 512")
        let undecided = StoredRuns.run([StoredRuns.cell(64), StoredRuns.cell(128, succeeded: 121)])
        #expect(try only("max_batch>=128", undecided).reason.contains("N = 128 is not decided: measure more repetitions of it"))
        let weak = StoredRuns.run([StoredRuns.cell(64), StoredRuns.cell(128, limiter: .clientLimit)])
        let check = try only("max_batch>=128", weak)
        #expect(check.verdict == .inconclusive && check.reason.contains("stronger generator"))
        #expect(try only("batch_per_core>=1", StoredRuns.run([StoredRuns.cell(64)], cores: nil)).verdict == .invalid)
    }

    @Test(
        "success by the exact bounds of all sessions together",
        arguments: [
            (1000, 1000, GateVerdict.pass, "at least 99.7 %"), (1000, 960, .regression, "at most 96.97 %"),
            (200, 200, .inconclusive, "without a failure 299 sessions could show it"),
            (1000, 991, .inconclusive, "measure more sessions"),
        ])
    func success(sessions: Int, succeeded: Int, verdict: GateVerdict, reason: String) throws {
        let half = StoredRuns.cell(sessions / 2)
        let other = StoredRuns.cell(sessions / 2, rep: 2, succeeded: succeeded - sessions / 2)
        let check = try only("success>=99%", StoredRuns.run([half, other]))
        #expect(check.verdict == verdict && check.reason.contains(reason), "\(check)")
        #expect(check.samples == 2)
    }

    @Test("a rate or a latency: every repetition on the same side decides")
    func repetitions() throws {
        func rates(_ rates: [Double]) -> RunSnapshot { StoredRuns.run(StoredRuns.cells(rates: rates)) }
        #expect(try only("steps/s>=90", rates([100, 95, 91])).verdict == .pass)
        #expect(try only("steps/s>=90", rates([80, 85, 89])).reason == "all of 3 repetitions missed it")
        let mixed = try only("steps/s>=90", rates([80, 95, 91]))
        #expect(mixed.verdict == .inconclusive && mixed.reason == "2 of 3 repetitions kept it: measure more" && mixed.after == 91)
        let slow = (1...2).map { StoredRuns.cell(600, rep: $0, total: .seconds(3)) }
        #expect(try only("p99<=2.5s", StoredRuns.run(slow)).verdict == .regression)
        let dead = StoredRuns.run([StoredRuns.cell(64, succeeded: 0)])
        #expect(try only("p99<=2.5s", dead).reason == "no session succeeded, so that none kept it")
        #expect(try only("steps/s>=1", dead).verdict == .regression)
    }

    @Test("a percentile of too few samples is not judged")
    func few() throws {
        let run = StoredRuns.run((1...3).map { StoredRuns.cell(96, rep: $0) })
        let check = try only("p99<=9s", run)
        #expect(check.verdict == .inconclusive)
        #expect(
            check.reason == "p99 of 288 samples over 3 repetitions says little: at least 1,000 are needed, so that ten lie beyond it")
        #expect(try only("p95<=9s", run).verdict == .pass, "200 are enough for P95")
    }

    @Test("a rule without qualifiers is checked wherever there is a valid cell")
    func everywhere() throws {
        let (checks, notes) = try RuleJudge(bracket).checks(try GateRules.read(["success>=50%", "success>=50%@N=256"]))
        #expect(checks.map(\.load?.sessions) == [64, 128, 256] && checks.map(\.verdict) == [.pass, .pass, .invalid])
        #expect(notes.count == 1)
        #expect(notes[0].contains("is not checked at ws, N 256, wait 1 s: the generator's own limits stopped its only cell"))
        let ended = StoredRuns.run([StoredRuns.cell(64), StoredRuns.cell(128, isTerminated: true)])
        #expect(try judge("success>=50%", ended).map(\.verdict) == [.pass, .invalid], "servers that died are nobody's choice of load")
        let weak = StoredRuns.run([StoredRuns.cell(64, limiter: .generator)])
        #expect(try judge("success>=50%", weak).map(\.verdict) == [.invalid])
        #expect(try only("max_batch>=1", weak).verdict == .invalid)
    }

    @Test("infrastructures are judged each, and named")
    func several() throws {
        let run = StoredRuns.run([("a", [StoredRuns.cell(64)]), ("b,c", [StoredRuns.cell(64, succeeded: 10)])])
        #expect(try judge("max_batch>=64", run).map(\.infra) == ["a", "b,c"])
        #expect(try judge("max_batch>=64", run).map(\.verdict) == [.pass, .regression])
        #expect(try judge("max_batch>=64@infra=b,c", run).map(\.infra) == ["b,c"])
    }

    @Test("no gate rests on imported numbers")
    func imported() throws {
        let run = StoredRuns.run([StoredRuns.cell(64)], source: .imported)
        for rule in ["max_batch>=1", "success>=1%", "max_batch>=9999"] {
            let check = try only(rule, run)
            #expect(check.verdict == .invalid && check.reason.contains("no gate rests on imported numbers"))
        }
    }

    @Test(
        "what was not measured is named beside what was",
        arguments: [
            ("p99<=1s@N=7", "measured: ws, N 64, wait 1 s; ws, N 128, wait 1 s; ws, N 256, wait 1 s"),
            ("max_batch>=1@wait=2s", "measured: ws, N 64, wait 1 s"),
            ("p99<=1s@infra=x", "infra=x was not measured in run 0f8fad5b; measured: local-w2"),
            ("makespan_p50<=1s@N=64", "have no makespan_p50"),
        ])
    func unmeasured(rule: String, words: String) throws {
        do {
            _ = try judge(rule, bracket)
            Issue.record("it was judged")
        } catch let error as ScaleError {
            #expect(error.code == .usage && error.description.contains(words), "\(error)")
        }
    }

    @Test("the worst that is certain is the verdict")
    func verdicts() {
        func check(_ verdict: GateVerdict, unjudged: Bool = false) -> GateCheck {
            GateCheck(name: "n", verdict: verdict, isUnjudged: unjudged, reason: "r")
        }
        #expect([check(.pass), check(.pass)].verdict == .pass)
        #expect([check(.pass), check(.inconclusive, unjudged: true)].verdict == .pass)
        #expect([check(.inconclusive, unjudged: true)].verdict == .inconclusive)
        #expect([check(.pass), check(.inconclusive), check(.invalid)].verdict == .invalid)
        #expect([check(.invalid), check(.regression)].verdict == .regression)
        #expect([check(.regression)].reason == "n: r")
        #expect([check(.pass), check(.pass)].reason == "all 2 checks pass")
        #expect([check(.pass), check(.regression)].reason == "1 of 2 checks is a regression; n: r")
    }
}
