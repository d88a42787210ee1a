import Foundation
import ScaleTestKit
import Testing

/// Plug-ins as child processes of the real program: the one that the documentation teaches, and some that do wrong.
@Suite("Plug-ins", .patience(minutes: 2)) struct PluginTests {
    static let example = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/examples/plugin.py").standardized
        .path
    static let bundled = URL(filePath: Program.path).deletingLastPathComponent().appending(path: "scalebench-env").path

    static func run(_ provider: String, _ more: String...) -> [String] {
        ["--provider", provider, "-n", "4", "--no-calibrate", "--json", "--db", "run.sqlite"] + more
    }

    static let two = "exec:\(example),program=\(bundled),replicas=2,workers=1"

    @Test func theExampleIsLaunchedMeasuredAndStopped() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run(Self.two, "--wait", "0.05"), in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let cell = try #require(try Results(ended.output).cells.first)
            #expect(cell.successful == 4 && cell.infra == "exec-example-x2-w1")
            #expect(place.processes.isEmpty)
            #expect(try await place.sql("SELECT server_cpu_ns > 0 FROM cells") == ["1"])
            #expect(
                try await place.sql("SELECT stage, count(*) FROM lifecycle GROUP BY stage ORDER BY stage")
                    == ["first_reset|2", "healthy|2", "started|2", "stop|1"])
        }
    }

    @Test(arguments: [SIGKILL, SIGINT]) func nothingIsLeftOfIt(signal: Int32) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run(Self.two, "--wait", "30", "--no-preflight", "--log-level", "info"), in: place) {
                running in
                _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
                #expect(place.processes.count { $0.words.first == Self.bundled } == 2)
                running.signal(signal)
            }
            #expect(ended.status == (signal == SIGKILL ? -SIGKILL : 130), "\(ended.said)")
            #expect(await place.isDeserted(), "\(place.processes)")
        }
    }

    /// Whichever ends, the plug-in or what it launched.
    @Test(arguments: [true, false]) func anEndInMidCellEndsTheCell(isPlugin: Bool) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run(Self.two, "--wait", "30", "--no-preflight", "--log-level", "info"), in: place) {
                running in
                _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
                let victim = place.processes.first { process in
                    isPlugin ? process.words.first?.hasSuffix("python3") == true : process.words.first == Self.bundled
                }
                kill(try #require(victim).pid, SIGKILL)
            }
            #expect(ended.status == 5, "\(ended.said)")
            let part = isPlugin ? "plugin.py' ended with exit status 137" : "replica"
            #expect(ended.sentences.first?.contains(part) == true, "\(ended.said)")
            #expect(await place.isDeserted())
        }
    }

    /// What a plug-in does, by name; all of them log something first.
    static let wrong = """
        import json, os, sys, time
        how = sys.argv[1]
        def say(**fields):
            print(json.dumps(fields), flush=True)
        print("log of wrong, secret-value-7", file=sys.stderr, flush=True)
        if how == "dies": sys.exit(3)
        if how == "silent": time.sleep(1000)
        if how == "prints": print("Welcome!", flush=True)
        if how == "long": print("x" * 2000000, flush=True)
        say(type="hello", protocol=2 if how == "newer" else 1, name="wrong")
        for line in sys.stdin:
            type = json.loads(line)["type"]
            if type == "launch":
                if how == "dies later": os._exit(4)
                if how == "never": time.sleep(1000)
                if how == "refuses": say(type="failed", message="no room for secret-value-7", hint="make room", usage=True)
                if how == "no endpoint": say(type="ready", endpoints=[])
                if how == "deaf": say(type="ready", endpoints=[{"url": "http://127.0.0.1:1"}])
                if how == "elsewhere": say(type="ready", endpoints=[{"url": "https://203.0.113.7", "secret": True}])
            if type == "stop": say(type="stopped")
        if how == "stays": time.sleep(1000)
        """

    static let failures: [(String, Int32, String)] = [
        ("dies", 5, "ended with exit status 3 before it said hello (log of wrong, ***)"), ("silent", 5, "did not say hello within LIMIT s"),
        ("prints", 5, "said a line that is no JSON: 'Welcome!'"), ("long", 5, "said a line that is longer than 1048576 bytes"),
        ("newer", 5, "speaks version 2 of the plug-in protocol"), ("dies later", 5, "ended with exit status 4 before it was ready"),
        ("never", 5, "was not ready within LIMIT s"),
        ("refuses", 2, "--provider exec: the plug-in 'wrong.py' says: no room for ***; make room"),
        ("no endpoint", 5, "said a 'ready' that has no endpoint"), ("deaf", 5, "http://127.0.0.1:1 was not ready within LIMIT s"),
        ("elsewhere", 2, "https://***, which is another host"),
    ]

    @Test(arguments: failures) func whatGoesWrongIsSaid(how: String, status: Int32, part: String) async throws {
        try await Workplace.with { place in
            try place.write(Self.wrong, to: "wrong.py")
            let provider = "exec:\"python3 wrong.py '\(how)'\""
            // Only those that never answer are waited for until the deadline; Python itself may take some of it.
            let limits = part.contains("LIMIT") ? [4, 20, 200, 2_000] : [2_000]
            func isSaid(_ ended: Program.Ended) -> Bool {
                limits.contains { ended.sentences.first?.contains(part.replacing("LIMIT", with: "\($0)")) == true }
            }
            let ended = try await Program.run(orLater: limits, in: place, until: isSaid) {
                Self.run(provider, "--startup-timeout", "\($0)", "--env", "A=secret-value-7", "--log-level", "debug")
            }
            #expect(ended.status == status, "\(ended.said)")
            #expect(isSaid(ended), "\(ended.said)")
            #expect(!ended.said.contains("secret-") && !ended.said.contains("203.0.113.7"), "\(ended.said)")
            #expect(await place.isDeserted())
            #expect(try place.storedRuns().isEmpty)
        }
    }
}
