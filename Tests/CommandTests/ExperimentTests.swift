import Foundation
import ScaleTestKit
import Testing

/// Experiments as a user runs them, on the bundled environment.
@Suite("scalebench experiment", .patience(minutes: 5), .serialized) struct ExperimentTests {
    /// Two infrastructures, two sizes, two repetitions: eight cells of a moment each.
    static let small = """
        name: small
        infrastructures:
          - {name: one, provider: local}
          - {name: two, provider: "local:workers=2"}
        batch_sizes: [2, 4]
        waits: [50ms]
        reps: 2

        """

    static func words(_ more: String...) -> [String] {
        ["experiment", "run", "small.yaml", "--db", "results/run.sqlite", "--no-calibrate"] + more
    }

    static let database = "results/run.sqlite"

    @Test func aFileIsMeasuredStoredReportedAndLogged() async throws {
        try await Workplace.with { place in
            try place.write(Self.small, to: "small.yaml")
            let ended = try await Program.run(Self.words("--json"), in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let cells = try Results(ended.output).cells
            #expect(cells.count == 8 && Set(cells.map(\.infra)) == ["one", "two"])
            #expect(cells.filter { $0.infra == "one" }.map(\.hardware) == Array(repeating: "one", count: 4))
            let files = Set(place.files)
            for name in ["report.md", "summary.csv", "raw.jsonl", "plots"] { #expect(files.contains("results/small/" + name)) }
            #expect(try place.text(of: "results/small/summary.csv").split(separator: "\n").count == 9)
            let log = try place.text(of: "results/EXPERIMENTS.md").split(separator: "\n").filter { $0.hasPrefix("| 2") }
            #expect(log.count == 1 && log[0].contains("| small.yaml |") && log[0].contains("| 8 | 0 | finished |"), "\(log)")
            #expect(try await place.sql("SELECT experiment, status FROM runs", database: Self.database) == ["small|finished"])
            // Nothing idles beside what is measured.
            let pids = try await place.sql("SELECT DISTINCT infra FROM deployments", database: Self.database)
            #expect(Set(pids) == ["one", "two"] && place.processes.isEmpty)

            // Once more it has nothing to do, and says so; what is gone of its files is written again.
            let gone = ["report.md", "summary.csv", "raw.jsonl"].map { "results/small/" + $0 }
            let texts = try gone.map { try place.text(of: $0) }
            for name in gone.dropLast() { try FileManager.default.removeItem(atPath: place.file(name)) }
            let again = try await Program.run(Self.words(), in: place)
            #expect(again.status == ended.status && again.errors.count == (again.status == 0 ? 1 : 2), "\(again.said)")
            #expect(try gone.dropFirst().map { try place.text(of: $0) } == Array(texts.dropFirst()))
            #expect(place.files.contains(gone[0]))
            #expect(again.errors[0].hasPrefix("all 8 cells are stored as run ") && again.errors[0].contains("--fresh measures again"))
            let fresh = try await Program.run(Self.words("--fresh", "-o", "elsewhere"), in: place)
            try #require(fresh.isMeasured, "\(fresh.said)")
            #expect(try await place.sql("SELECT count(*) FROM runs", database: Self.database) == ["2"])
            #expect(place.files.contains("elsewhere/report.md"))
        }
    }

    @Test func aDryRunShowsTheOrderAndTouchesNothing() async throws {
        try await Workplace.with { place in
            try place.write(Self.small, to: "small.yaml")
            let ended = try await Program.run(Self.words("--dry-run"), in: place)
            #expect(ended.status == 0 && ended.errors.isEmpty, "\(ended.said)")
            #expect(ended.output.count { $0.hasPrefix("  block ") } == 4)
            #expect(ended.output.count { $0.hasPrefix("    ws N=") } == 8)
            #expect(ended.output.contains("nothing is stored of it"))
            #expect(ended.output.last?.hasPrefix("8 cells in 4 blocks: about ") == true)
            #expect(place.files == ["small.yaml"] && place.processes.isEmpty)
            let measured = try await Program.run(Self.words("--json"), in: place)
            try #require(measured.isMeasured, "\(measured.said)")
            // It is measured in the order that was shown.
            let shown = ended.output.filter { $0.hasPrefix("    ws N=") }.compactMap { $0.firstMatch(of: /N=([0-9]+)/)?.1 }
            #expect(try Results(measured.output).cells.map { "\($0.numRequests)" } == shown.map(String.init))
            let after = try await Program.run(Self.words("--dry-run"), in: place)
            #expect(after.output.contains("nothing is left to measure"), "\(after.said)")
            #expect(after.output.contains { $0.hasPrefix("8 cells are stored as run ") })
        }
    }

    /// Those that come with the program, from the working copy that this was built from.
    @Test(arguments: ["quick", "scaling", "protocols", "openenv"]) func whatIsShippedCanBeRun(name: String) async throws {
        let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        try await Workplace.with { place in
            let file = root + "/experiments/\(name).yaml"
            // As many descriptors as the largest needs may not be had here.
            let ended = try await Program.run(["experiment", "run", file, "--dry-run", "--processes", "4"], in: place)
            #expect(ended.status == 0 && ended.output.contains { $0.hasPrefix("  block 3: ") }, "\(ended.said)")
            #expect(place.files.isEmpty)
        }
    }

    // MARK: What goes wrong

    @Test func everyProblemOfAFileIsSaidAtOnce() async throws {
        try await Workplace.with { place in
            let bad = """
                name: bad
                batchsizes: [2]
                waits: [soon]
                infrastructures:
                  - {name: one, provider: "loca:workers=2"}
                  - {name: two, provider: local, workers: 0}
                  - {name: three, provider: "local:workers=1", workers: 2}
                  - {name: four, provider: "process:command=x {port}", max_concurrent_envs: 3}
                  - {name: five, provider: "local:colour=red"}
                action: '{"a": {{colour}}, "w": {{wait}}}'
                """
            try place.write(bad, to: "bad.yaml")
            let ended = try await Program.run(["experiment", "run", "bad.yaml"], in: place)
            #expect(ended.status == 2 && ended.output.isEmpty, "\(ended.said)")
            let wanted = [
                "bad.yaml:1:1: the key 'batch_sizes' is missing",
                "bad.yaml:2:1: 'batchsizes' is not a key here; did you mean 'batch_sizes'?",
                "bad.yaml:3:9: 'waits' is 'soon'", "bad.yaml:5:27: provider names 'loca', which is no provider",
                "bad.yaml:6:43: 'workers' is '0'", "bad.yaml:7:57: 'workers' is given here and elsewhere in this infrastructure",
                "bad.yaml:9:28: provider local has no option 'colour'", "bad.yaml:10:9: 'action' has the unknown placeholder {{colour}}",
            ]
            for part in wanted { #expect(ended.errors.contains { $0.hasPrefix(part) }, "'\(part)' is not in: \(ended.said)") }
            #expect(ended.errors.first == "scalebench: bad.yaml has 8 problems")
            #expect(place.files == ["bad.yaml"])
        }
    }

    static let refusals = [
        Refusal(["experiment", "run", "missing.yaml"], "missing.yaml", "experiments/quick.yaml"),
        Refusal(["experiment", "run", "."], "directory"), Refusal(["experiment", "run"], "file"),
        Refusal(["experiment", "run", "missing.yaml", "--db", ""], "--db ''"),
    ]

    @Test(arguments: refusals) func badInputIsRefused(refusal: Refusal) async throws {
        try await Workplace.with { try await refusal.check(in: $0) }
    }

    @Test func whatCannotBeLaunchedIsLeftOut() async throws {
        try await Workplace.with { place in
            let text = Self.small + "timeout: 20\n"
            try place.write(
                text.split(separator: "\n").map {
                    $0.contains("name: two") ? "  - {name: broken, provider: 'process:command=\"no-such-program {port}\"'}" : String($0)
                }
                .joined(separator: "\n"), to: "small.yaml")
            let ended = try await Program.run(Self.words("--json"), in: place)
            #expect(ended.status == 5, "\(ended.said)")
            #expect(try Results(ended.output).cells.map(\.infra) == Array(repeating: "one", count: 4))
            #expect(ended.sentences.first?.contains("2 blocks were given up: broken, repetition 1: ") == true, "\(ended.said)")
            #expect(
                ended.errors.contains { $0.hasPrefix("broken: ") && $0.contains("no-such-program") && $0.hasSuffix("it is launched again") }
            )
            let log = try place.text(of: "results/EXPERIMENTS.md")
            #expect(log.contains("| 4 | 4 | failed: 2 blocks were given up: broken, repetition 1"), "\(log)")
            #expect(place.processes.isEmpty)
        }
    }

    @Test func aSpentBudgetEndsWithThree() async throws {
        try await Workplace.with { place in
            // Seven cool-downs and eight waits take longer.
            try place.write(Self.small + "budget: 4s\ncool_down: 1s\n", to: "small.yaml")
            let ended = try await Program.run(Self.words("--json"), in: place)
            #expect(ended.status == 3, "\(ended.said)")
            #expect(ended.sentences.first?.contains("the budget of 4.0 s does not suffice for the next cell") == true)
            let cells = try Results(ended.output).cells
            #expect(cells.count < 8)
            // The next start has a budget of its own.
            try place.write(Self.small + "budget: 24h\ncool_down: 1s\n", to: "small.yaml")
            let second = try await Program.run(Self.words("--json"), in: place)
            #expect(second.isMeasured, "\(second.said)")
            let keys = try (cells + Results(second.output).cells).map { "\($0.infra) \($0.key)" }
            #expect(Set(keys).count == keys.count && keys.count == 8, "\(second.said)")
        }
    }

    @Test func ctrlCKeepsWhatIsFinishedAndLogsIt() async throws {
        try await Workplace.with { place in
            try place.write(Self.small, to: "small.yaml")
            let ended = try await Program.run(Self.words("--json"), in: place) { running in
                try await running.outputLines(3)
                running.signal(SIGINT)
            }
            #expect(ended.status == 130, "\(ended.said)")
            #expect(await place.isDeserted())
            let log = try place.text(of: "results/EXPERIMENTS.md")
            #expect(log.contains("| interrupted: the run was stopped |"), "\(log)")
            #expect(place.files.contains("results/small/report.md"))
        }
    }

    @Test func aLogThatCannotBeWrittenIsFoundBeforeAnythingIsLaunched() async throws {
        try await Workplace.with { place in
            try place.write(Self.small, to: "small.yaml")
            try FileManager.default.createDirectory(atPath: place.file("results/EXPERIMENTS.md"), withIntermediateDirectories: true)
            let ended = try await Program.run(Self.words(), in: place)
            #expect(
                ended.status == 6 && ended.errors.count == 1 && ended.said.contains("EXPERIMENTS.md' cannot be written"), "\(ended.said)")
            #expect(!place.files.contains(Self.database))
        }
    }

    /// A report that cannot be written costs neither the log nor the last line, and does not hide why the run ended.
    @Test(arguments: [true, false]) func whatCannotBeWrittenHidesNothing(isStopped: Bool) async throws {
        try await Workplace.with { place in
            try place.write(Self.small, to: "small.yaml")
            try FileManager.default.createDirectory(atPath: place.file("results/small/report.md/x"), withIntermediateDirectories: true)
            let ended = try await Program.run(Self.words("--json"), in: place) { running in
                guard isStopped else { return }
                try await running.outputLines(2)
                running.signal(SIGINT)
            }
            #expect(ended.status == (isStopped ? 130 : 6), "\(ended.said)")
            #expect(ended.errors.contains { $0.contains("report.md cannot be written") }, "\(ended.said)")
            #expect(try Results(ended.output).run.status == (isStopped ? "interrupted" : "finished"))
            let log = try place.text(of: "results/EXPERIMENTS.md")
            #expect(log.contains(isStopped ? "| interrupted: " : "| finished |"), "\(log)")
        }
    }

    @Test func ofTwoAtOnceOneIsRefused() async throws {
        try await Workplace.with { place in
            try place.write(Self.small.split(separator: "\n").joined(separator: "\n") + "\nsteps: 40\n", to: "small.yaml")
            let first = try await Program.run(Self.words("--json"), in: place) { running in
                // It owns its run from before the first cell on.
                _ = await running.errors.wait { $0.contains { $0.hasPrefix("one: ") || $0.hasPrefix("two: ") } }
                let second = try await Program.run(Self.words("--json"), in: place)
                #expect(second.status == 2, "\(second.said)")
                #expect(
                    second.sentences.first?.contains("process \(running.pid) of this host still measures the run") == true, "\(second.said)"
                )
            }
            #expect(first.isMeasured, "\(first.said)")
            #expect(try await place.sql("SELECT count(*) FROM runs", database: Self.database) == ["1"])
        }
    }
}
