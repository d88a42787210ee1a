import Foundation
import ScaleTestKit
import Testing

@Suite("What the program says about itself", .patience(minutes: 2))
struct HelpTests {
    @Test(arguments: [
        "--help", "run --help", "experiment --help", "experiment run --help", "search --help", "calibrate --help", "serve --help",
        "report --help", "compare --help", "gate --help", "plan --help", "plot --help", "trend --help",
        "runs --help", "runs list --help", "runs show --help", "runs rm --help", "export --help", "import --help",
        "providers", "providers --help", "providers --json", "lifecycle --help", "clean --help", "--version",
    ])
    func informationGoesToStandardOutput(words: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(words.split(separator: " ").map(String.init), in: place)
            #expect(ended.status == 0)
            #expect(!ended.output.isEmpty)
            #expect(ended.errors.isEmpty)
            #expect(place.files.isEmpty)
        }
    }

    static let runFlags = """
        --url -u --urls --timeout -t --requests -n --batch-size --wait -w --mode -m --requests-grid --batch-size-grid \
        --wait-grid --reps --compare --hardware --expected-hosts --require-hosts --output-dir -o --verbose -v --provider \
        --db --json --steps --action --seed --resume --threads --no-preflight --no-calibrate --http-connections \
        --ca-file --insecure --connect-timeout --workers --max-concurrent-envs --max-reps --ramp --rate --arrivals --think --ignore-done --processes \
        --image --replicas --cpus --memory --env --provider-option --balancer --startup-timeout --relaunch --allow-target \
        --allow-plain-credentials --resolve --log-level --log-format
        """
    /// What needs more than its line in the help.
    static let shownFlags = [
        "--image", "--replicas", "--cpus", "--memory", "--env", "--provider-option", "--balancer", "--relaunch", "--allow-target",
        "--allow-plain-credentials",
    ]

    @Test func helpOfRunNamesEveryFlag() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["run", "--help"], in: place)
            let words = Set(ended.output.flatMap { $0.split { " ,".contains($0) } }.map(String.init))
            let missing = Self.runFlags.split(separator: " ").map(String.init).filter { !words.contains($0) }
            #expect(missing == [])
            let examples = ended.output.filter { $0.hasPrefix("  scalebench") }.joined(separator: " ")
            #expect(Self.shownFlags.filter { !examples.contains($0 + " ") && !examples.hasSuffix($0) } == [])
        }
    }

    /// A command that is broken in the middle cannot be pasted.
    @Test(arguments: [
        "run", "experiment", "experiment run", "search", "calibrate", "serve", "report", "compare", "duel", "gate", "plan", "plot", "trend",
        "runs", "export", "import", "lifecycle", "clean", "providers",
    ])
    func helpShowsExamplesThatCanBePasted(command: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(command.split(separator: " ").map(String.init) + ["--help"], in: place)
            let examples = ended.output.drop { $0 != "Examples:" }.dropFirst().prefix { !$0.isEmpty }
            #expect(examples.count >= 2)
            #expect(examples.filter { !$0.hasPrefix("  scalebench") } == [], "wrapped")
        }
    }

    @Test func theProvidersAreListedWithTheirOptions() async throws {
        try await Workplace.with { place in
            let text = try await Program.run(["providers"], in: place).output.joined(separator: "\n")
            #expect(text.contains("\ndocker: ") && text.contains("\n  needs  a Docker engine") && text.contains("\n  here   "))
            let json = try await Program.run(["providers", "--json"], in: place).output
            let names = try json.map { line in
                let object = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                #expect(object["available"] as? Bool == (object["missing"] is NSNull) && object["options"] is [[String: Any]])
                return try #require(object["name"] as? String)
            }
            #expect(names.prefix(2) == ["local", "process"] && names.contains("docker") && names.contains("url"))
            for part in ["local: ", "workers=N", "max-concurrent-envs=N", "process: ", "url: ", "--provider NAME"] {
                #expect(text.contains(part))
            }
        }
    }

    @Test func theExitStatusesAreInTheHelp() async throws {
        try await Workplace.with { place in
            let text = try await Program.run(["--help"], in: place).output.joined(separator: " ")
            let statuses = [
                "0 done", "2 usage", "3 inconclusive", "4 measurement invalid", "5 provider", "6 storage", "70 a defect", "130 interrupted",
            ]
            for status in statuses {
                #expect(text.contains(status))
            }
        }
    }

    @Test(arguments: ["serve --port x", "report --bogus", "providers extra", "no-such-command"])
    func aBadCommandLineIsOneSentence(words: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(words.split(separator: " ").map(String.init), in: place)
            #expect(ended.status == 2, "\(ended.said)")
            #expect(ended.output.isEmpty)
            #expect(ended.errors.count == 1 && ended.sentences.count == 1, "\(ended.said)")
            #expect(place.files.isEmpty)
        }
    }
}
