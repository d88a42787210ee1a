import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// Gates on two living servers, through the real program: what holds on any machine. ``GateVerdictTests`` has the verdicts.
@Suite("A gate on two servers", .serialized, .patience(minutes: 5))
struct DuelGateTests {
    /// Whatever a busy machine does to the pairs, a server that is a hundred times slower does not pass.
    @Test(arguments: ["local:workers=2", "local:fault=slow-step=1s@100%"])
    func theStatusTheStoreAndTheJSONSayTheSame(b: String) async throws {
        try await Workplace.with { place in
            let ended = try await Gate.run("local", b, ["--min-effect", "40%", "--no-confirm"], in: place)
            let verdict = try Gate.verdict(ended)
            let statuses: [String: Int32] = ["pass": 0, "regression": 1, "inconclusive": 3, "invalid": 4]
            #expect(statuses[verdict.verdict] == ended.status && ended.output.count == 1, "\(ended.said)")
            #expect(verdict.verdict != "pass" || !b.contains("slow-step"), "\(ended.said)")
            #expect(!verdict.reason.isEmpty && verdict.checks.first?.name == "steps_per_second", "\(ended.said)")
            #expect(try await place.sql("SELECT purpose, verdict FROM duels") == ["gate|\(verdict.verdict)"])
            #expect(try await place.sql("SELECT infra, specification FROM deployments ORDER BY id") == ["a|local", "b|\(b)"])
            #expect(place.processes.isEmpty)
        }
    }

    @Test func aServerThatEndsIsTheInfrastructuresFault() async throws {
        try await Workplace.with { place in
            try place.write("i=0; while [ $i -lt 3 ]; do i=$((i+1)); sleep 1; done; kill $1\n", to: "kill.sh")
            let command = "process:command=\"sh -c '\(Program.path) serve --port $1 & p=$!; sh kill.sh $p; wait $p' x {port}\""
            let ended = try await Gate.run("local", command, ["--duration", "1"], in: place)
            #expect(ended.status == 5 && ended.output.isEmpty, "\(ended.said)")
            #expect(ended.sentences.count == 1, "\(ended.said)")
            #expect(place.processes.isEmpty)
        }
    }

    @Test func anInterruptionKeepsWhatWasMeasuredAndJudgesNothing() async throws {
        try await Workplace.with { place in
            let words =
                ["gate", "--a", "local", "--b", "local", "--duration", "5"] + Gate.load.filter { $0 != "--duration" && $0 != "0.2" }
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
@Suite("What a gate on two servers refuses", .patience(minutes: 2))
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
