import Foundation
import ScaleCore
import ScaleTestKit
import Testing

/// `scalebench gate` on stored runs: every verdict, with its exit status.
@Suite("A gate on stored runs", .serialized, .patience(minutes: 2))
struct StoredGateTests {
    private func gate(_ words: String, in place: Workplace) async throws -> Program.Ended {
        try await Program.run(["gate", "--db", "run.sqlite"] + words.split(separator: " ").map(String.init), in: place)
    }

    /// N = 64 and 200 pass, 256 fails, 512 says nothing.
    private var bracket: MadeRun {
        var cells = [MadeRun.cell(512, limiter: .generator)]
        for rep in 1...6 {
            cells += [MadeRun.cell(64, rep: rep), MadeRun.cell(200, rep: rep)]
            cells.append(MadeRun.cell(256, rep: rep, succeeded: 100, total: .seconds(3)))
        }
        return MadeRun("aaaaaaaa", cells)
    }

    @Test(
        "rules",
        arguments: [
            ("--require max_batch>=200", Int32(0), "pass: max_batch>=200 at ws, every N, wait 1 s: N = 200 passes"),
            ("--require max_batch>=256", 1, "regression: max_batch>=256"), ("--require max_batch>=220", 3, "measure N = 220"),
            ("--require max_batch>=220 --strict", 1, "(a failure by --strict)"),
            ("--require success>=95%@N=64 --require p99<=2s@N=200", 0, "pass: all 2 checks pass"),
            ("--require p99<=2s@N=64", 3, "at least 1,000 are needed"),
            ("--require p95<=2s", 1, "regression: 1 of 3 checks is a regression"),
            ("--require success>=50%@N=512", 4, "invalid: success>=50%@N=512 at ws, N 512, wait 1 s: the generator's own limits stopped"),
            ("--require success>=50%@N=512 --strict", 4, "invalid"), ("--require batch_per_core>=100", 0, "on 2 cores"),
        ])
    func rules(words: String, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            try bracket.store(in: place)
            let ended = try await gate(words, in: place)
            #expect(ended.status == status, "\(ended.said)")
            #expect(ended.output.first?.contains(said) == true, "\(ended.said)")
            #expect(ended.errors.isEmpty, "a verdict is said once: \(ended.said)")
        }
    }

    @Test("spaces are no matter, and a file has a rule a line")
    func file() async throws {
        try await Workplace.with { place in
            try bracket.store(in: place)
            try place.write("# of main\nmax_batch >= 200\n\n  p95 <= 2s @ N = 64  # quick\n", to: "gate.rules")
            let ended = try await gate("--rules gate.rules", in: place)
            #expect(ended.status == 0 && ended.output.first == "pass: all 2 checks pass", "\(ended.said)")
        }
    }

    @Test("all that is wrong with the rules is said at once, with lines")
    func malformed() async throws {
        try await Workplace.with { place in
            try bracket.store(in: place)
            try place.write("p99>=2s\nmax_batch>=200\nsuccess>=99\n", to: "gate.rules")
            let ended = try await gate("--rules gate.rules --require x", in: place)
            #expect(ended.status == 2 && ended.output.isEmpty, "\(ended.said)")
            #expect(ended.errors.count == 5 && ended.errors[0] == "scalebench: the rules have 3 problems", "\(ended.said)")
            #expect(ended.errors[1].hasPrefix("--require 'x': 'x' compares nothing"))
            #expect(ended.errors[2].hasPrefix("gate.rules:1: p99 is better the lower it is"))
            #expect(ended.errors[3].hasPrefix("gate.rules:3: '99' is nothing to hold success against; give a share"))
        }
    }

    @Test(
        "a baseline",
        arguments: [
            (1000.0, Int32(0), "pass: all 2 checks pass"), (1200, 0, "pass"),
            (700, 1, "regression: 1 of 2 checks is a regression; ws, N 200, wait 1 s: steps_per_second is 30 % lower"),
            (901, 3, "inconclusive: 1 of 2 checks is not decided"),
        ])
    func baseline(rate: Double, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            try MadeRun("bbbbbbbb", MadeRun.rates(1000)).store(in: place, database: "main.sqlite")
            try MadeRun("cccccccc", MadeRun.rates(rate), day: 2).store(in: place)
            let ended = try await gate("--baseline main.sqlite", in: place)
            #expect(ended.status == status && ended.errors.isEmpty, "\(ended.said)")
            #expect(ended.output.first?.hasPrefix(said) == true, "\(ended.said)")
            #expect(ended.output.contains { $0.contains("Note: An unpaired comparison does not cancel drift") })
            let strict = try await gate("--baseline main.sqlite --strict", in: place)
            #expect(strict.status == (status == 3 ? 1 : status))
            let both = try await gate("--baseline main.sqlite#bbbb --require max_batch>=4000", in: place)
            #expect(both.status == (status == 1 ? 1 : 3), "\(both.said)")
        }
    }

    @Test("the smallest effect, the metric and the chance are settable")
    func settable() async throws {
        try await Workplace.with { place in
            try MadeRun("bbbbbbbb", MadeRun.rates(1000)).store(in: place, database: "main.sqlite")
            try MadeRun("cccccccc", MadeRun.rates(940)).store(in: place)
            for (words, status) in [("", Int32(0)), ("--min-effect 5%", 1), ("--metric rps=5%", 1), ("--metric rps --metric step_p95", 0)] {
                let ended = try await gate("--baseline main.sqlite " + words, in: place)
                #expect(ended.status == status, "\(words): \(ended.said)")
            }
        }
    }

    @Test("what must not be compared is invalid, in one sentence")
    func invalid() async throws {
        try await Workplace.with { place in
            var other = MadeRun("dddddddd", MadeRun.rates(1000))
            other.host?.cores = 4
            try other.store(in: place, database: "host.sqlite")
            var plan = MadeRun("eeeeeeee", MadeRun.rates(1000))
            plan.plan.shape = .ramp(over: .seconds(5))
            try plan.store(in: place, database: "plan.sqlite")
            var imported = MadeRun("ffffffff", MadeRun.rates(1000))
            imported.source = .imported
            try imported.store(in: place, database: "imported.sqlite")
            try MadeRun("aaaaaaaa", [MadeRun.cell(200, limiter: .generator)]).store(in: place, database: "generator.sqlite")
            try MadeRun("bbbbbbbb", [MadeRun.cell(200, isTerminated: true)]).store(in: place, database: "ended.sqlite")
            try MadeRun("99999999", MadeRun.rates(1000, reps: 5)).store(in: place, database: "few.sqlite")
            try MadeRun("cccccccc", MadeRun.rates(1000)).store(in: place)
            for (words, status, said) in [
                (
                    "--baseline host.sqlite", Int32(4),
                    "invalid: baseline and run are of different hosts (4 cores and 8 cores); --force"
                ),
                ("--baseline host.sqlite --force", 0, "pass"),
                ("--baseline plan.sqlite", 4, "different plans (starts: over 5 s and all at once)"),
                ("--baseline plan.sqlite --force", 0, "pass"),
                ("--baseline imported.sqlite --force", 4, "the baseline is imported, and no gate rests on imported numbers"),
                ("--db imported.sqlite --require max_batch>=1", 4, "the run is imported, and no gate rests on imported numbers"),
                ("--baseline generator.sqlite --force", 4, "of the baseline, the generator's own limits stopped its only cell"),
                ("--baseline ended.sqlite", 4, "of the baseline, the servers were ended in its only cell"),
                ("--baseline few.sqlite", 3, "the baseline has 5 repetitions that count and the run 10; at least 6 of each are needed"),
            ] {
                let ended = try await gate(words, in: place)
                #expect(ended.status == status && ended.errors.isEmpty, "\(words): \(ended.said)")
                #expect(ended.output.first?.contains(said) == true, "\(words): \(ended.said)")
            }
        }
    }

    @Test(
        "what cannot be judged is said in one sentence with what to do",
        arguments: [
            ("", Int32(2), "gate has nothing to judge by; give --a SPEC and --b SPEC, --require"),
            ("--baseline missing.sqlite", 2, "--baseline: there is no database at 'missing.sqlite'; name one that is there"),
            ("--baseline run.sqlite#ffff", 2, "there is no run 'ffff' in 'run.sqlite'; leave #ffff out"),
            ("--baseline run.sqlite", 2, "--baseline 'run.sqlite' is the run that is judged"),
            ("--baseline run.sqlite#", 2, "names no run behind the #"),
            ("--rules missing.rules", 2, "there is no rules file 'missing.rules'"),
            ("--require max_batch>=1 --run ffff", 2, "there is no run 'ffff'"),
            ("--require max_batch>=1 --db missing.sqlite", 2, "--db: there is no database at 'missing.sqlite'; name one that is there"),
            ("--require p99<=1s@N=7", 2, "measured: ws, N 64, wait 1 s; ws, N 200, wait 1 s"),
            ("--require p99<=1s@infra=x", 2, "measured: local-w2"),
            ("--require max_batch>=1 --min-effect 5%", 2, "--min-effect is for a comparison"),
            ("--baseline run.sqlite --metric speed", 2, "--metric 'speed' is no metric of a cell; use steps_per_second"),
            ("--baseline run.sqlite --metric rps=x", 2, "--metric 'rps=x' has no share behind its =; give a share"),
            ("--baseline run.sqlite --alpha 60%", 2, "--alpha"),
            ("--require max_batch>=1 --json --github", 2, "both write to standard output"),
            ("--require max_batch>=1 --junit .", 6, "--junit '.' is a directory"),
            ("--require max_batch>=1 -o run.sqlite", 6, "--output-dir"),
        ])
    func refused(words: String, status: Int32, said: String) async throws {
        try await Workplace.with { place in
            try bracket.store(in: place)
            let ended = try await gate(words, in: place)
            #expect(ended.status == status && ended.output.isEmpty, "\(ended.said)")
            #expect(ended.sentences.count == 1 && ended.errors.count == 1, "\(ended.said)")
            #expect(ended.sentences.first?.contains(said) == true, "\(ended.said)")
        }
    }
}
