import ScaleTestKit
import Testing

/// Gates on two living servers: every verdict with its exit status, through the real program. Steps wait here, and differ by more
/// than a quiet machine makes them. On a busy one other verdicts are right: `make verdicts` runs these, and `make test` does not.
@Suite("The verdicts of a gate on two servers", .serialized, .patience(minutes: 5))
struct GateVerdictTests {
    @Test func equalServersPass() async throws {
        try await Workplace.with { place in
            let ended = try await Gate.run("local", "local:workers=2", ["--min-effect", "40%"], in: place)
            #expect(ended.status == 0 && ended.output.count == 1, "\(ended.said)")
            let verdict = try Gate.verdict(ended)
            #expect(verdict.verdict == "pass" && verdict.checks.map(\.name) == ["steps_per_second", "success"])
            #expect(try await place.sql("SELECT count(*), max(round), count(void) FROM duel_pairs") == ["6|1|0"])
            #expect(try await place.sql("SELECT purpose, verdict FROM duels") == ["gate|pass"])
            #expect(try await place.sql("SELECT infra, specification FROM deployments ORDER BY id") == ["a|local", "b|local:workers=2"])
            #expect(place.processes.isEmpty)
        }
    }

    @Test func aSlowerServerIsARegressionThatFreshLaunchesConfirm() async throws {
        try await Workplace.with { place in
            let slow = "local:fault=slow-step=10ms@100%"
            let ended = try await Gate.run("local", slow, ["-o", "out", "--junit", "junit.xml"], in: place)
            #expect(ended.status == 1, "\(ended.said)")
            let verdict = try Gate.verdict(ended)
            #expect(verdict.verdict == "regression" && verdict.reason.contains("a second round confirms it"))
            #expect(verdict.checks.map(\.name) == ["steps_per_second", "success", "steps_per_second, confirmation"])
            let ratio = try #require(verdict.checks[0].ratio)
            #expect(ratio > 0.4 && ratio < 0.6, "\(ratio)")
            #expect(try await place.sql("SELECT count(DISTINCT launch) FROM lifecycle") == ["4"])
            #expect(try place.text(of: "junit.xml").contains("<failure"))
            #expect(try place.text(of: "out/summary.md").contains("regression"))
            #expect(place.files.contains { $0.hasPrefix("out/plots/") && $0.hasSuffix(".svg") })
            // A duel says the same and leaves the status alone.
            let duel = try await Program.run(["duel", "--a", "local", "--b", slow, "--no-confirm"] + Gate.load, in: place)
            #expect(try duel.status == 0 && Gate.verdict(duel).verdict == "regression", "\(duel.said)")
        }
    }

    /// Both take a while to start, and what is left of the budget is too short.
    @Test func tooFewPairsDecideNothing() async throws {
        try await Workplace.with { place in
            let late = "process:command=\"sh -c 'sleep 1; exec \(Program.path) serve --port $1' x {port}\""
            let ended = try await Gate.run(late, late, ["--budget", "6.5"], in: place)
            #expect(ended.status == 3, "\(ended.said)")
            let verdict = try Gate.verdict(ended)
            #expect(verdict.verdict == "inconclusive" && verdict.reason.contains("at least 6 are needed"), "\(verdict)")
            #expect(verdict.reason.contains("the budget"), "\(verdict)")
        }
    }

    /// Cells of some 80 steps say nothing about a P95.
    @Test func whatIsNotDecidedFailsOnlyIfThatIsAsked() async throws {
        try await Workplace.with { place in
            let more = ["--metric", "step_p95=50%"]
            let ended = try await Gate.run("local", "local", more, in: place)
            #expect(ended.status == 3, "\(ended.said)")
            #expect(try Gate.verdict(ended).reason.contains("at least 200 samples"), "\(ended.said)")
            // It is known after the first look.
            #expect(try await place.sql("SELECT count(*) FROM duel_pairs") == ["6"])
            let strict = try await Gate.run("local", "local", more + ["--strict"], in: place)
            #expect(strict.status == 1, "\(strict.said)")
        }
    }

    /// A server that costs nothing, asked as fast as it answers: what is measured is the generator.
    @Test func whatTheGeneratorLimitsIsInvalid() async throws {
        try await Workplace.with { place in
            let words = ["gate", "--a", "local", "--b", "local", "-n", "64", "--duration", "0.3", "--db", "run.sqlite", "--json"]
            let ended = try await Program.run(words, in: place)
            #expect(ended.status == 4, "\(ended.said)")
            let verdict = try Gate.verdict(ended)
            #expect(verdict.verdict == "invalid" && verdict.notes.contains { $0.contains("pairs do not count") }, "\(verdict)")
        }
    }

    @Test func aSelfTestSaysWhatLaterGatesCanTell() async throws {
        try await Workplace.with { place in
            let test = try await Program.run(["gate", "--self-test", "--a", "local", "--min-effect", "40%"] + Gate.load, in: place)
            #expect(test.status == 0, "\(test.said)")
            #expect(try Gate.verdict(test).reason.contains("four times in five"))
            #expect(try await place.sql("SELECT metric, pairs, detectable > 0 FROM self_tests") == ["steps_per_second|18|1"])
            // As if this host had scattered by far more.
            try await place.sql("UPDATE self_tests SET detectable = 0.8")
            let ended = try await Gate.run("local", "local", ["--min-effect", "40%"], in: place)
            #expect(ended.status == 3, "\(ended.said)")
            #expect(try Gate.verdict(ended).reason.contains("cannot tell effects below 80.0 % from none, and 40.0 % is to count"))
        }
    }
}
