import Foundation
import ScaleCore
import ScaleStore
import Testing

/// Gates on two living servers: every verdict with its exit status, through the real program. Steps wait here, and differ by more
/// than any machine makes them; nothing else may run beside them.
@Suite("A gate on two servers", .serialized, .timeLimit(.minutes(5)))
struct DuelGateTests {
    /// What the JSON of a gate has that these tests look at.
    private struct Verdict: Decodable {
        struct Check: Decodable {
            var name: String
            var verdict: String
            var ratio: Double?
        }
        var verdict: String
        var reason: String
        var checks: [Check]
        var notes: [String]
    }

    private static func verdict(_ ended: Program.Ended) throws -> Verdict {
        try JSONDecoder().decode(Verdict.self, from: Data(try #require(ended.output.first).utf8))
    }

    /// Four sessions whose steps wait for 10 ms, a fifth of a second a cell.
    private static let load = ["-n", "4", "--wait", "0.01", "--duration", "0.2", "--no-calibrate", "--db", "run.sqlite", "--json"]

    private func gate(_ a: String, _ b: String, _ more: [String], in place: Workplace) async throws -> Program.Ended {
        try await Program.run(["gate", "--a", a, "--b", b] + Self.load + more, in: place)
    }

    @Test func equalServersPass() async throws {
        try await Workplace.with { place in
            let ended = try await gate("local", "local:workers=2", ["--min-effect", "40%"], in: place)
            #expect(ended.status == 0 && ended.output.count == 1, "\(ended.said)")
            let verdict = try Self.verdict(ended)
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
            let ended = try await gate("local", slow, ["-o", "out", "--junit", "junit.xml"], in: place)
            #expect(ended.status == 1, "\(ended.said)")
            let verdict = try Self.verdict(ended)
            #expect(verdict.verdict == "regression" && verdict.reason.contains("a second round confirms it"))
            #expect(verdict.checks.map(\.name) == ["steps_per_second", "success", "steps_per_second, confirmation"])
            let ratio = try #require(verdict.checks[0].ratio)
            #expect(ratio > 0.4 && ratio < 0.6, "\(ratio)")
            #expect(try await place.sql("SELECT count(DISTINCT launch) FROM lifecycle") == ["4"])
            #expect(try place.text(of: "junit.xml").contains("<failure"))
            #expect(try place.text(of: "out/summary.md").contains("regression"))
            #expect(place.files.contains { $0.hasPrefix("out/plots/") && $0.hasSuffix(".svg") })
            // A duel says the same and leaves the status alone.
            let duel = try await Program.run(["duel", "--a", "local", "--b", slow, "--no-confirm"] + Self.load, in: place)
            #expect(try duel.status == 0 && Self.verdict(duel).verdict == "regression", "\(duel.said)")
        }
    }

    /// Both take a while to start, and what is left of the budget is too short.
    @Test func tooFewPairsDecideNothing() async throws {
        try await Workplace.with { place in
            let late = "process:command=\"sh -c 'sleep 1; exec \(Program.path) serve --port $1' x {port}\""
            let ended = try await gate(late, late, ["--budget", "6.5"], in: place)
            #expect(ended.status == 3, "\(ended.said)")
            let verdict = try Self.verdict(ended)
            #expect(verdict.verdict == "inconclusive" && verdict.reason.contains("at least 6 are needed"), "\(verdict)")
            #expect(verdict.reason.contains("the budget"), "\(verdict)")
        }
    }

    /// Cells of some 80 steps say nothing about a P95.
    @Test func whatIsNotDecidedFailsOnlyIfThatIsAsked() async throws {
        try await Workplace.with { place in
            let more = ["--metric", "step_p95=50%"]
            let ended = try await gate("local", "local", more, in: place)
            #expect(ended.status == 3, "\(ended.said)")
            #expect(try Self.verdict(ended).reason.contains("at least 200 samples"), "\(ended.said)")
            // It is known after the first look.
            #expect(try await place.sql("SELECT count(*) FROM duel_pairs") == ["6"])
            let strict = try await gate("local", "local", more + ["--strict"], in: place)
            #expect(strict.status == 1, "\(strict.said)")
        }
    }

    /// A server that costs nothing, asked as fast as it answers: what is measured is the generator.
    @Test func whatTheGeneratorLimitsIsInvalid() async throws {
        try await Workplace.with { place in
            let words = ["gate", "--a", "local", "--b", "local", "-n", "64", "--duration", "0.3", "--db", "run.sqlite", "--json"]
            let ended = try await Program.run(words, in: place)
            #expect(ended.status == 4, "\(ended.said)")
            let verdict = try Self.verdict(ended)
            #expect(verdict.verdict == "invalid" && verdict.notes.contains { $0.contains("pairs do not count") }, "\(verdict)")
        }
    }

    @Test func aSelfTestSaysWhatLaterGatesCanTell() async throws {
        try await Workplace.with { place in
            let test = try await Program.run(["gate", "--self-test", "--a", "local", "--min-effect", "40%"] + Self.load, in: place)
            #expect(test.status == 0, "\(test.said)")
            #expect(try Self.verdict(test).reason.contains("four times in five"))
            #expect(try await place.sql("SELECT metric, pairs, detectable > 0 FROM self_tests") == ["steps_per_second|18|1"])
            // As if this host had scattered by far more.
            try await place.sql("UPDATE self_tests SET detectable = 0.8")
            let ended = try await gate("local", "local", ["--min-effect", "40%"], in: place)
            #expect(ended.status == 3, "\(ended.said)")
            #expect(try Self.verdict(ended).reason.contains("cannot tell effects below 80.0 % from none, and 40.0 % is to count"))
        }
    }

    @Test func aServerThatEndsIsTheInfrastructuresFault() async throws {
        try await Workplace.with { place in
            try place.write("i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done; kill $1\n", to: "kill.sh")
            let command = "process:command=\"sh -c '\(Program.path) serve --port $1 & p=$!; sh kill.sh $p; wait $p' x {port}\""
            let ended = try await gate("local", command, ["--duration", "1"], in: place)
            #expect(ended.status == 5 && ended.output.isEmpty, "\(ended.said)")
            #expect(ended.sentences.count == 1, "\(ended.said)")
            #expect(place.processes.isEmpty)
        }
    }

    @Test func anInterruptionKeepsWhatWasMeasuredAndJudgesNothing() async throws {
        try await Workplace.with { place in
            let words =
                ["gate", "--a", "local", "--b", "local", "--duration", "5"] + Self.load.filter { $0 != "--duration" && $0 != "0.2" }
            let ended = try await Program.run(words, in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.hasPrefix("pair 1 ") } }
                running.signal(2)
            }
            #expect(ended.status == 130 && ended.output.isEmpty, "\(ended.said)")
            #expect(try await place.sql("SELECT count(*) FROM cells WHERE rep = 1") == ["2"])
            #expect(try await place.sql("SELECT verdict IS NULL FROM duels") == ["1"])
            #expect(place.processes.isEmpty)
        }
    }
}

/// What is refused before anything is launched.
@Suite("What a gate on two servers refuses", .timeLimit(.minutes(2)))
struct DuelRefusalTests {
    @Test(arguments: [
        Refusal(["gate"], "nothing to judge by", "--a SPEC and --b SPEC"),
        Refusal(["gate", "--a", "local"], "--b is not given", "--b local:step-cpu=2ms"),
        Refusal(["gate", "--self-test"], "--a is not given"),
        Refusal(["gate", "--self-test", "--a", "local", "--b", "local"], "--self-test and --b are both given"),
        Refusal(["gate", "--a", "local", "--b", "local", "--require", "p99<=1s"], "two servers and a stored run"),
        Refusal(["gate", "--a", "local", "--b", "nowhere"], "--b names 'nowhere'"),
        Refusal(["duel", "--a", "local:workers=x", "--b", "local"], "--a local: workers is 'x'"),
        Refusal(["duel", "--a", "local", "--b", "local:fault=slowdown=10%"], "--b: fault=slowdown", "--wait 0.05"),
        Refusal(
            ["duel", "--a", "local", "--b", "local", "--action", #"{"message": "hi"}"#, "--wait", "0"],
            "--wait is given, and --action has no {{wait}}"),
        Refusal(["duel", "--a", "local", "--b", "local", "--metric", "success=2%"], "--success-margin"),
        Refusal(["duel", "--a", "local", "--b", "local", "--metric", "mood"], "--metric 'mood'"),
        Refusal(["duel", "--a", "local", "--b", "local", "-n", "2", "--requests-grid", "2,4"], "--requests and --requests-grid"),
        Refusal(["duel", "--a", "local", "--b", "local", "--compare"], "--compare measures two modes"),
        Refusal(["duel", "--a", "local", "--b", "http://192.0.2.1:8000", "--budget", "0"], "--budget"),
        Refusal(
            ["duel", "--a", "local", "--b", "local", "-n", "1", "--budget", "2", "--duration", "6"], "--budget 2.0 is too short", "72"),
        Refusal(["duel", "--a", "local", "--b", "local", "--processes", "2"], "--processes 2", "--requests"),
        Refusal(["gate", "--require", "p99<=1s", "--budget", "3m"], "--budget is for two servers"),
    ])
    func itSaysWhatIsWrong(refusal: Refusal) async throws {
        try await Workplace.with { place in try await refusal.check(in: place) }
    }
}
