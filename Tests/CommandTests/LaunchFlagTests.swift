import Foundation
import ScaleCore
import ScaleStore
import ScaleTestKit
import Testing

/// What is said to a provider by flags, and which hosts may be reached.
@Suite("Flags of a launch", .patience(minutes: 3)) struct LaunchFlagTests {
    static let secret = "hf_s3cret-of-mine"

    static let refused: [([String], String)] = [
        (["--image", "x"], "--image is nothing that the provider local takes; it takes workers, "),
        (["--replicas", "2"], "--replicas is nothing that the provider local takes"),
        (["--cpus", "1", "--provider", "process:command=x,port=8000"], "--cpus is nothing that the provider process takes"),
        (["--env", "A=1"], "--env A is nothing that the provider local takes"),
        (["--env", "HF_TOKEN=\(secret)"], "--env HF_TOKEN is nothing that the provider local takes"),
        (["--provider-option", "colour=red"], "--provider-option colour is nothing that the provider local takes"),
        (["--provider-option", "colour"], "--provider-option 'colour' is not key=value"),
        (["--env", "NO_SUCH_VARIABLE_HERE"], "--env NO_SUCH_VARIABLE_HERE: this process has no such variable"),
        (["--env", "=1"], "--env names no variable"),
        (["--workers", "2", "--provider", "local:workers=3"], "--workers and workers of --provider are both given"),
        (["--url", "http://127.0.0.1:1", "--replicas", "2"], "--replicas belongs to a launched server, not to --url"),
        (["--balancer", "nginx"], "nginx"), (["--relaunch", "-1"], "--relaunch"),
        (["--log-level", "loud"], "--log-level"), (["--log-format", "xml"], "--log-format"),
    ]

    @Test(arguments: refused) func whatCannotBeIsRefusedByTheNameThatWasTyped(words: [String], part: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(words + ["--db", "run.sqlite"], in: place)
            #expect(ended.status == 2 && ended.sentences.count == 1, "\(ended.said)")
            #expect(ended.said.contains(part) && !ended.said.contains(Self.secret), "\(ended.said)")
            #expect(place.files.isEmpty && place.ledgers.isEmpty)
        }
    }

    // MARK: Variables

    /// A server that writes down a variable of its own, and the process list of this moment.
    private static let telling =
        "sh -c 'printenv HF_TOKEN > token; cat /proc/[0-9]*/cmdline 2>/dev/null | tr \\\\0 \\\\n > list; exec \(Program.path) serve --port $0' {port}"

    /// A value that is taken from this process's own variable stands on no command line at all.
    @Test(arguments: [false, true]) func aVariableReachesTheServerAndNothingElse(isTyped: Bool) async throws {
        // The other case may be under way.
        let secret = Self.secret + "\(isTyped)"
        let model = "plain-v4lue-\(isTyped)"
        try await Workplace.with { place in
            let words = [
                "--provider", "process:command=\"\(Self.telling)\"", "--env", isTyped ? "HF_TOKEN=\(secret)" : "HF_TOKEN",
                // Nor do the values of variables whose names tell of nothing.
                "--env", "MODEL=\(model)", "--provider-option", "env.OTHER=\(model)", "-n", "2",
                "-w", "0.05", "--no-calibrate", "--db", "run.sqlite", "-o", "out", "-v", "--json", "--log-level", "trace", "--log-format",
                "json",
            ]
            let kept = place.state + "/kept"
            let ended = try await Program.run(words, in: place, shell: "export HF_TOKEN=\(secret)") { running in
                _ = await running.errors.wait { $0.contains { $0.contains(#""stage":"cell""#) } }
                // The ledger is gone when the run is.
                try? FileManager.default.createDirectory(atPath: kept, withIntermediateDirectories: true)
                for (index, ledger) in place.ledgers.enumerated() {
                    try? FileManager.default.copyItem(atPath: ledger, toPath: kept + "/\(index)")
                }
            }
            let shown = ended.said.replacing(secret, with: "SECRET")
            try #require(ended.isMeasured, "\(shown)")
            #expect(try place.text(of: "token") == secret + "\n")
            #expect(shown == ended.said, "\(shown)")
            let list = try place.text(of: "list").split(separator: "\n")
            #expect(list.contains { $0.contains("keep") })
            // What the user types is in the list for as long as this program runs; what it starts has it nowhere.
            #expect(list.count { $0.contains(secret) } == (isTyped ? 1 : 0), "\(list.filter { $0.contains(secret) })")
            let files = try FileManager.default.subpathsOfDirectory(atPath: kept).map {
                "../\(URL(fileURLWithPath: kept).deletingLastPathComponent().lastPathComponent)/kept/\($0)"
            }
            #expect(!files.isEmpty)
            for name in place.files + files where name != "token" && name != "list" {
                guard let data = try? Data(contentsOf: URL(fileURLWithPath: place.file(name))) else { continue }
                for value in [secret, model] { #expect(data.range(of: Data(value.utf8)) == nil, "\(name)") }
            }
            #expect(!ended.said.contains(model))
            #expect(try place.storedRuns().first?.command.contains("--env *** --env *** --provider-option env.OTHER=***") == true)
        }
    }

    // MARK: Where load may go

    /// An address of TEST-NET-1 (RFC 5737): nobody has it, and nothing is sent there.
    @Test func anotherHostThatAFileNamesIsRefusedUnlessTheCommandLineNamesIt() async throws {
        try await Workplace.with { place in
            try place.write(
                "name: e\ninfrastructures:\n  - name: far\n    provider: http://192.0.2.1:8000\nbatch_sizes: [1]\nwaits: [0]\n",
                to: "e.yaml")
            let ended = try await Program.run(["experiment", "run", "e.yaml", "--no-calibrate", "--db", "run.sqlite"], in: place)
            #expect(ended.status == 2, "\(ended.said)")
            #expect(
                ended.said.contains(
                    "e.yaml:4:15: provider leads to http://192.0.2.1:8000, which is another host, and the command line does not allow it"),
                "\(ended.said)")
            #expect(ended.said.contains("--allow-target 192.0.2.1 sends load there"))
            #expect(try place.storedRuns().isEmpty)
        }
    }

    /// A provider may answer with any address.
    @Test func anotherHostThatAProviderServesOnIsRefused() async throws {
        try await Workplace.with { place in
            let provider = "process:command=\"sleep 1000\",port=8000,host=192.0.2.1"
            let ended = try await Program.run(["--provider", provider, "--no-calibrate", "--db", "run.sqlite"], in: place)
            #expect(
                ended.status == 2 && ended.said.contains("--provider leads to http://192.0.2.1:8000, which is another host"),
                "\(ended.said)")
            #expect(await place.isDeserted() && place.ledgers.isEmpty)
            #expect(try place.storedRuns().isEmpty)
            // Allowed, it is waited for, and nobody answers.
            let allowed = try await Program.run(
                ["--provider", provider, "--no-calibrate", "--db", "run.sqlite", "--allow-target", "192.0.2.1", "--startup-timeout", "1"],
                in: place)
            #expect(allowed.status == 5 && !allowed.said.contains("is another host"), "\(allowed.said)")
        }
    }

    @Test(arguments: [
        (["--url", "http://u:\(secret)@127.0.0.1:1"], "or --allow-plain-credentials for this machine's loopback addresses"),
        (["--url", "http://127.0.0.1:1/?token=\(secret)"], "or --allow-plain-credentials"),
        (["--url", "http://u:\(secret)@192.0.2.1:1", "--allow-plain-credentials"], "or leave user, password and query out"),
    ])
    func credentialsDoNotTravelInTheOpen(words: [String], hint: String) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(words + ["--db", "run.sqlite"], in: place)
            #expect(ended.status == 2 && ended.said.contains("would travel unencrypted") && ended.said.contains(hint), "\(ended.said)")
            #expect(!ended.said.contains(Self.secret) && place.files.isEmpty)
        }
    }
}
