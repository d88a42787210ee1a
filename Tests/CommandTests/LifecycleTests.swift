import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// `scalebench lifecycle`: launches and nothing else.
@Suite("Launches measured by themselves", .serialized, .patience(minutes: 3))
struct LifecycleTests {
    private struct Launch: Decodable {
        struct Stage: Decodable {
            var replica: Int
            var stage: String
            var startSeconds: Double
            var durationSeconds: Double
            var outcome: String
        }
        var type: String
        var repetition: Int
        var infra: String
        var launch: String
        var outcome: String
        var firstObservationSeconds: Double?
        var stages: [Stage]
    }

    private static func launches(_ lines: [String]) throws -> [Launch] {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try lines.map { try decoder.decode(Launch.self, from: Data($0.utf8)) }
    }

    /// A server that starts in the launches of which this file names the number, and ends with a complaint in the others.
    private static func moody(_ place: Workplace, good: [Int]) throws -> String {
        let pattern = good.map(String.init).joined(separator: "|")
        let script = """
            number=$(($(cat count 2>/dev/null || echo 0) + 1)); echo $number > count
            case $number in \(pattern)) exec '\(Program.path)' serve --port $1;; *) echo bad luck; exit 3;; esac
            """
        try place.write(script, to: "server.sh")
        return "process:command=\"sh server.sh {port}\""
    }

    @Test func everyLaunchIsStoredAndToldOnceItIsOver() async throws {
        try await Workplace.with { place in
            let words = ["lifecycle", "--provider", "local", "--workers", "2", "--reps", "3", "--db", "run.sqlite", "--json", "-o", "out"]
            let ended = try await Program.run(words, in: place)
            #expect(ended.status == 0 && ended.output.count == 4, "\(ended.said)")
            let launches = try Self.launches(Array(ended.output.dropLast()))
            #expect(launches.map(\.repetition) == [1, 2, 3] && launches.allSatisfy { $0.infra == "local-w2" && $0.outcome == "ok" })
            #expect(Set(launches.map(\.launch)).count == 3)
            for launch in launches {
                #expect(launch.stages.map(\.stage) == ["started", "healthy", "first_reset", "stop"])
                let reset = try #require(launch.stages.first { $0.stage == "first_reset" })
                #expect(abs((launch.firstObservationSeconds ?? 0) - reset.startSeconds - reset.durationSeconds) < 1e-9)
            }
            // What is told is what is stored.
            let rows = try await place.sql("SELECT launch, stage, replica FROM lifecycle ORDER BY id")
            #expect(rows == launches.flatMap { launch in launch.stages.map { "\(launch.launch)|\($0.stage)|\($0.replica)" } })
            #expect(try await place.sql("SELECT count(*) FROM cells") == ["0"])
            #expect(try place.storedRuns().map(\.status) == [.finished])
            #expect(place.processes.isEmpty && place.ledgers.isEmpty)
            let report = try place.text(of: "out/report.md")
            #expect(report.contains("# How long local-w2 takes to be ready") && report.contains("(median of 3 launches, longest "))
            #expect(place.files.contains("out/plots/lifecycle.tsv") && report.contains("plots/lifecycle.svg"))
        }
    }

    @Test func whatFailsIsCountedAndTheOthersGoOn() async throws {
        try await Workplace.with { place in
            let words = ["lifecycle", "--provider", try Self.moody(place, good: [2, 4]), "--reps", "5", "--db", "run.sqlite"]
            let ended = try await Program.run(words, in: place)
            #expect(ended.status == 5, "\(ended.said)")
            #expect(ended.sentences.count == 1 && ended.sentences[0].contains("3 of 5 launches failed: http://127.0.0.1:"), "\(ended.said)")
            #expect(ended.said.contains("bad luck"))
            #expect(ended.errors.filter { $0.hasPrefix("[") }.map { $0.contains("failed: ") } == [true, false, true, false, true])
            #expect(ended.output.contains { $0.hasPrefix("process-sh      healthy                      2       3  ") }, "\(ended.said)")
            #expect(ended.output.contains { $0.contains("(median of 2 launches, longest ") && $0.contains("; 3 of 5 launches failed: ") })
            #expect(try place.storedRuns().map(\.status) == [.finished])
        }
    }

    /// Readers of runs meet one without a cell.
    @Test func itIsListedShownPlottedAndExported() async throws {
        try await Workplace.with { place in
            let made = try await Program.run(["lifecycle", "--reps", "2", "--db", "run.sqlite"], in: place)
            #expect(made.status == 0, "\(made.said)")
            for (words, part) in [
                (["runs"], "ready in "), (["runs", "show", String(try place.storedRuns()[0].uuid.prefix(8))], "until the first session"),
                (["report"], "## Lifecycle"), (["plot"], "plots/lifecycle.png"), (["export", "--format", "csv"], "mode,url,"),
                (["export", "--format", "json"], #""launch":"sb-"#), (["export", "--format", "prometheus"], "scalebench_run_info"),
            ] {
                let ended = try await Program.run(words + ["--db", "run.sqlite"], in: place)
                #expect(ended.status == 0 && ended.output.joined(separator: "\n").contains(part), "\(words): \(ended.said)")
            }
            let plan = try await Program.run(["plan", "--target", "10", "--wait", "1", "--steps", "1", "--db", "run.sqlite"], in: place)
            #expect(plan.status == 3, "\(plan.said)")
        }
    }

    @Test(arguments: [SIGINT, SIGTERM]) func anInterruptedOneKeepsWhatItHas(signal: Int32) async throws {
        try await Workplace.with { place in
            let words = ["lifecycle", "--reps", "10000", "--db", "run.sqlite", "--json"]
            let ended = try await Program.run(words, in: place) { running in
                try await running.outputLines(2)
                running.signal(signal)
            }
            #expect(ended.status == 130, "\(ended.said)")
            let launches = try Self.launches(Array(ended.output.dropLast()))
            #expect(launches.count >= 2 && ended.output.last?.contains(#""status":"interrupted""#) == true)
            #expect(try await place.sql("SELECT count(DISTINCT launch) FROM lifecycle") == ["\(launches.count)"])
            #expect(place.processes.isEmpty && place.ledgers.isEmpty)
        }
    }

    static let refusals: [([String], String)] = [
        (["--provider", "http://127.0.0.1:1"], "--provider url launches nothing"),
        (["--url", "http://127.0.0.1:1"], "Unknown option '--url'"),
        (["--reps", "0"], "'--reps <R>': give a whole number from 1"), (["--mode", "tcp"], "--mode 'tcp' is not known"),
        (["--provider", "local:fault=nonsense"], "--provider local: --fault 'nonsense'"), (["--action", "[]"], "--action"),
        (["--plots-dir", "p"], "--plots-dir is for the charts of --output-dir"),
        (["--image", "x"], "--image is nothing that the provider local takes"),
    ]

    @Test(arguments: refusals) func whatCannotBeIsRefusedAndStoresNothing(words: [String], part: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["lifecycle", "--db", "run.sqlite"] + words, in: place)
            #expect(ended.status == 2 && ended.sentences.count == 1 && ended.said.contains(part), "\(ended.said)")
            #expect(place.files.isEmpty && place.ledgers.isEmpty)
        }
    }
}
