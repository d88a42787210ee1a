import ScaleStore
import ScaleTestKit
import Testing

/// Sessions that wait for each other and recorded episodes, from the command line to the stored record.
@Suite("Pacing and traces from end to end", .serialized, .patience(minutes: 4))
struct PacingTests {
    static let good = #"{"start": 0.1, "reset": {}, "steps": [{"action": {"wait_seconds": 0.01}, "at": 0.05}]}"#

    static let refusals = [
        Refusal(["--hold"], "--hold", "--duration 60s"),
        Refusal(["--duration", "5s"], "--duration", "--hold"),
        Refusal(["--hold", "--duration", "0"], "--duration", "'0'"),
        Refusal(["--hold", "--duration", "1s", "--lockstep"], "--hold and --lockstep", "use one"),
        Refusal(["--hold", "--duration", "1s", "--steps", "1"], "--steps and --hold", "drop --steps"),
        Refusal(["--hold", "--duration", "1s", "--rate", "5/s"], "--rate", "--hold"),
        Refusal(["--hold", "--duration", "1s", "-m", "http", "--http-connections", "pool:4"], "--http-connections pool:4", "per-session"),
        Refusal(["--lockstep", "--rate", "5/s"], "--rate", "--lockstep"),
        Refusal(["--trace", "none.jsonl"], "--trace none.jsonl cannot be read"),
        Refusal(["--trace", "."], "--trace . cannot be read"),
        Refusal(["--trace", ""], "--trace ''"),
        Refusal(["--trace", "empty.jsonl"], "--trace empty.jsonl has no episodes"),
        Refusal(["--trace", "bad.jsonl"], "--trace bad.jsonl: line 2", #"no "action" in step 1"#),
        Refusal(["--trace-timing", "order"], "--trace-timing", "--trace FILE"),
        Refusal(["--trace", "good.jsonl", "--trace-timing", "fast"], "--trace-timing 'fast'", "order or original"),
        Refusal(["--trace", "good.jsonl", "--action", "{}"], "--trace and --action", "drop --action"),
        Refusal(["--trace", "good.jsonl", "--steps", "2"], "--trace and --steps", "drop --steps"),
        Refusal(["--trace", "good.jsonl", "--wait", "1"], "--trace and --wait", "drop --wait"),
        Refusal(["--trace", "good.jsonl", "--hold", "--duration", "1s"], "--trace", "--hold"),
        Refusal(["--trace", "good.jsonl", "--trace-timing", "original", "--think", "1"], "--think", "--trace-timing original"),
        Refusal(["--trace", "good.jsonl", "--trace-timing", "original", "--lockstep"], "--lockstep", "--trace-timing original"),
        Refusal(["--trace", "good.jsonl", "--trace-timing", "original", "--ramp", "1s"], "--ramp", "--trace-timing original"),
    ]

    @Test(arguments: refusals)
    func contradictionsAreRefused(refusal: Refusal) async throws {
        try await Workplace.with { place in
            try place.write("", to: "empty.jsonl")
            try place.write(Self.good + "\n" + #"{"steps": [{"actoin": {}}]}"#, to: "bad.jsonl")
            try place.write(Self.good, to: "good.jsonl")
            try await refusal.check(in: place)
        }
    }

    struct Kept: Sendable, CustomTestStringConvertible {
        var words: String
        /// Columns of the only cell and what they hold.
        var columns: String
        var values: [String]
        /// What the JSON of the cell and the report say.
        var json: String
        var report: String
        var testDescription: String { words }
    }

    static let runs = [
        Kept(
            words: "-n 6 -w 0.01 --hold --duration 300ms --ramp 100ms",
            columns: "steps, requests, hold_ns, hold_least_open, lockstep_rounds",
            values: ["0|6|300000000|6|"], json: #""hold":{"duration_seconds":0.3,"mean_open":6.0,"least_open":6}"#, report: "## Held"),
        Kept(
            words: "-n 6 -w uniform:5ms-20ms --lockstep --steps 4", columns: "steps, lockstep_rounds, makespan_count, hold_ns",
            values: ["4|4|4|"], json: #""lockstep":{"rounds":4,"#, report: "## Lock-step"),
        Kept(
            words: "--trace good.jsonl", columns: "steps, requests, wait_ns, late_steps, succeeded", values: ["2|2|0||2"],
            json: #""late_steps":null"#, report: "2 episodes"),
        Kept(
            words: "--trace good.jsonl --trace-timing original -n 3 --threads 2",
            columns: "steps, requests, late_steps IS NULL, succeeded", values: ["2|3|0|3"], json: #""late_steps":"#,
            report: "with the original timing"),
    ]

    @Test(arguments: runs)
    func isStoredAndShown(run: Kept) async throws {
        try await Workplace.with { place in
            let two = #"{"start": 0, "steps": [{"action": {"wait_seconds": 0}, "at": 0.1}, {"action": {"wait_seconds": 0}, "at": 0.2}]}"#
            try place.write(Self.good + "\n\n" + two + "\n", to: "good.jsonl")
            let words = run.words.split(separator: " ").map(String.init)
            let ended = try await Program.run(words + ["--json", "--db", "run.sqlite", "-o", "out"], in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(ended.output.first?.contains(run.json) == true, "\(ended.said)")
            #expect(try await place.sql("SELECT \(run.columns) FROM cells") == run.values)
            #expect(try place.text(of: "out/report.md").contains(run.report))
        }
    }
}
