import Foundation
import ScaleTestKit
import Testing

/// Foreign servers as child processes: the bundled environment, started by its own command line, stands for them.
@Suite("The provider process", .patience(minutes: 2)) struct ProcessProviderTests {
    static func run(_ command: String, _ more: String...) -> [String] {
        ["--provider", "process:command=\"\(command)\",workers=2", "-n", "4", "--no-calibrate", "--json", "--db", "run.sqlite"] + more
    }

    static let server = "'\(Program.path)' serve --port {port} --workers 2"

    @Test func aCommandIsLaunchedMeasuredAndStopped() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(Self.run(Self.server, "--wait", "0.05"), in: place)
            try #require(ended.isMeasured, "\(ended.said)")
            let cell = try #require(try Results(ended.output).cells.first)
            #expect(cell.successful == 4 && cell.infra == "process-scalebench-w2")
            #expect(place.processes.isEmpty)
            // Its processor time is read through everything that it started.
            #expect(try await place.sql("SELECT server_cpu_ns > 0, server_peak_rss_bytes > 0 FROM cells") == ["1|1"])
        }
    }

    @Test(arguments: [SIGKILL, SIGINT]) func nothingIsLeftOfIt(signal: Int32) async throws {
        try await Workplace.with { place in
            // A shell that does not pass signals on, with a child that ignores the polite one.
            let stubborn = "sh -c 'trap \"\"\"\" TERM; sleep 1000 & \(Program.path) serve --port $0; wait' {port}"
            let ended = try await Program.run(Self.run(stubborn, "--wait", "30"), in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.hasPrefix("process-sh") } }
                #expect(place.processes.contains { $0.words.first == "sleep" })
                running.signal(signal)
            }
            #expect(ended.status == (signal == SIGKILL ? -SIGKILL : 130), "\(ended.said)")
            #expect(await place.isDeserted())
        }
    }

    /// `kill -9` of the process that keeps it, alone or together with the program.
    @Test(arguments: [false, true]) func itEndsWithItsKeeper(isAll: Bool) async throws {
        try await Workplace.with { place in
            // Alone it is seen even where what it kept does not end when it is asked.
            let stubborn = "sh -c 'trap \"\"\"\" TERM; \(Program.path) serve --port $0 & sleep 1000; wait' {port}"
            let words = Self.run(isAll ? Self.server : stubborn, "--wait", "30", "--no-preflight", "--log-level", "info")
            let ended = try await Program.run(words, in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
                let keeper = try #require(place.processes.first { $0.words.dropFirst().first == "keep" })
                if isAll { running.signal(SIGKILL) }
                kill(keeper.pid, SIGKILL)
            }
            #expect(ended.status == (isAll ? -SIGKILL : 5), "\(ended.said)")
            if !isAll { #expect(ended.sentences.first?.contains("ended during the grid (signal 9") == true, "\(ended.said)") }
            #expect(await place.isDeserted(), "\(place.processes)")
        }
    }

    @Test func itsVariablesReachItAndAreNotTold() async throws {
        try await Workplace.with { place in
            let command = "sh -c 'echo it is $SECRET_WORD; test $SECRET_WORD = hunter22 && exit 9' {port}"
            let ended = try await Program.run(Self.run(command, "--env", "SECRET_WORD=hunter22"), in: place)
            #expect(ended.status == 5 && ended.said.contains("exit status 9 (it is ***)"), "\(ended.said)")
            #expect(!ended.said.contains("hunter22"))
        }
    }

    /// The command's first process ends when it is asked to, or by itself; its worker, and one that has left the group,
    /// do not.
    @Test(arguments: [SIGKILL, SIGINT, 0]) func nothingIsLeftOfWhatOutlivesItsLeader(signal: Int32) async throws {
        try await Workplace.with { place in
            let worker = "trap \"\" TERM; sleep 1000"
            let leader = """
                (\(worker)) & setsid sh -c '\(worker); true' & \(Program.path) serve --port $1 &
                server=$!; trap "kill $server; exit 0" TERM; while [ ! -e over ]; do sleep 0.05; done; exit 7
                """
            try place.write(leader, to: "leader.sh")
            let ended = try await Program.run(Self.run("sh leader.sh {port}", "--wait", "30"), in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.hasPrefix("process-sh") } }
                #expect(place.processes.count { $0.words.first == "sleep" && $0.words.last == "1000" } == 2)
                if signal == 0 { try place.write("", to: "over") } else { running.signal(signal) }
            }
            if signal != 0 { #expect(ended.status == (signal == SIGKILL ? -SIGKILL : 130), "\(ended.said)") }
            #expect(await place.isDeserted(), "\(place.processes)")
        }
    }

    static let failures: [(String, Int32, String)] = [
        ("no-such-program {port}", 5, "'no-such-program' cannot be started"),
        ("sh -c 'echo bad luck; exit 3' {port}", 5, "exit status 3 (bad luck)"),
        ("sleep 100", 2, "command does not say where the port goes"), ("'a {port}", 2, "a quote or a backslash that does not end"),
        ("", 2, "command is empty"), ("sh -c 'echo nobody home; sleep 100' {port}", 5, "nobody home"),
    ]

    @Test(arguments: failures) func whatIsNoServerIsSaid(command: String, status: Int32, part: String) async throws {
        try await Workplace.with { place in
            // What lives on without serving is told at the deadline, by which a busy machine must have let it speak.
            let isSilent = part == "nobody home"
            let ended = try await Program.run(
                orLater: isSilent ? [2, 20, 200, 2_000] : [2_000], in: place, until: { $0.said.contains(part) }
            ) { Self.run(command, "--startup-timeout", "\($0)") }
            #expect(ended.status == status, "\(ended.said)")
            #expect(ended.errors.joined(separator: " ").contains(part), "\(ended.said)")
            #expect(await place.isDeserted())
            #expect(try place.storedRuns().isEmpty)
        }
    }

    /// Else whoever listens there would be measured in its place.
    @Test func aPortThatIsTakenIsRefusedBeforeTheCommandStarts() async throws {
        try await Workplace.with { place in
            let other = try StandIn(.mute)
            defer { other.stop() }
            let command = "process:command=\"sh -c 'touch started; sleep 100'\",port=\(other.port)"
            let ended = try await Program.run(["--provider", command, "-n", "2", "--no-calibrate", "--db", "run.sqlite"], in: place)
            #expect(ended.status == 2, "\(ended.said)")
            #expect(ended.sentences.first?.contains("port \(other.port) of 127.0.0.1 is taken") == true, "\(ended.said)")
            #expect(place.files.isEmpty && other.connections == 0)
        }
    }
}
