import Foundation
import ScaleTestKit
import Testing

/// What a killed run leaves behind is found by its ledger, said before the next run, and removed with nothing else.
@Suite("What killed runs leave behind", .serialized, .patience(minutes: 4))
struct CleanTests {
    /// A server that does not end when it is asked to, and outlives even its keeper.
    static let stubborn = "sh -c 'trap \"\"\"\" TERM; sleep 1000 & \(Program.path) serve --port $0; wait' {port}"

    static func words(_ provider: String = "process:command=\"\(stubborn)\"") -> [String] {
        ["run", "--provider", provider, "-n", "2", "--wait", "0.05", "--no-calibrate", "--db", "run.sqlite", "--log-level", "info"]
    }

    /// Kills a run and its keeper while a cell is measured, and answers what is left of its launch.
    static func orphans(in place: Workplace) async throws -> [Workplace.LiveProcess] {
        _ = try await Program.run(words() + ["--hold", "--duration", "600"], in: place) { running in
            _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
            let keeper = try #require(place.processes.first { $0.words.contains("keep") })
            // Neither shall see the other's end. The keeper is not stopped: its group would be sent SIGHUP then.
            running.signal(SIGSTOP)
            kill(keeper.pid, SIGKILL)
            running.signal(SIGKILL)
        }
        let left = place.processes
        #expect(left.contains { $0.words.first == "sleep" } && left.contains { $0.isServer }, "\(left)")
        #expect(place.ledgers.count == 1)
        return left
    }

    @Test func theyAreShownSaidBeforeTheNextRunAndRemoved() async throws {
        try await Workplace.with { place in
            let left = try await Self.orphans(in: place)
            let ids = Set(left.map(\.pid))

            let shown = try await Program.run(["clean", "--dry-run"], in: place)
            #expect(shown.status == 0, "\(shown.said)")
            for pid in ids { #expect(shown.output.contains { $0.hasPrefix("  process \(pid) (") }, "\(shown.said)") }
            #expect(shown.output.last == "\(ids.count) processes are left: scalebench clean removes them")

            // Nobody can be asked here.
            let refused = try await Program.run(["clean"], in: place)
            #expect(refused.status == 2, "\(refused.said)")
            #expect(refused.output == Array(shown.output.dropLast()))
            #expect(refused.sentences.first?.contains("would remove \(ids.count) processes") == true, "\(refused.said)")

            let next = try await Program.run(Self.words("local"), in: place)
            #expect(next.isMeasured, "\(next.said)")
            let warning = next.errors.filter { $0.hasPrefix("warning: a run that began at ") }
            #expect(
                warning.count == 1 && warning[0].hasSuffix("may have left \(ids.count) processes behind: scalebench clean"), "\(next.said)")

            let other = try await Program.run(["clean", "--yes", "--run", "no-such-run"], in: place)
            #expect(other.status == 0 && other.output == ["nothing is left of the run no-such-run"], "\(other.said)")
            #expect(Set(place.processes.map(\.pid)) == ids)

            let removed = try await Program.run(["clean", "--yes"], in: place)
            #expect(removed.status == 0 && removed.output.last == "removed \(ids.count) processes", "\(removed.said)")
            #expect(place.processes.isEmpty && place.ledgers.isEmpty)
            let again = try await Program.run(["clean"], in: place)
            #expect(again.status == 0 && again.output == ["nothing is left of killed runs"], "\(again.said)")
        }
    }

    @Test func asJSONThereIsAnObjectForEachResource() async throws {
        try await Workplace.with { place in
            let left = try await Self.orphans(in: place)
            for (words, outcome) in [(["--dry-run"], "found"), (["--yes"], "removed")] {
                let ended = try await Program.run(["clean", "--json"] + words, in: place)
                #expect(ended.status == 0 && ended.output.count == 1, "\(ended.said)")
                let object = try #require(try JSONSerialization.jsonObject(with: Data(ended.output[0].utf8)) as? [String: Any])
                #expect(object["type"] as? String == "leftover" && object["kind"] as? String == "processes")
                #expect((object["found"] as? [String])?.count == left.count && object["outcome"] as? String == outcome)
                #expect((object["run_id"] as? String)?.count == 36)
            }
            #expect(place.processes.isEmpty)
        }
    }

    /// Another launch's process, a folder that no ledger names, and what a living process has launched.
    @Test func whatOnlyLooksLikeItStays() async throws {
        try await Workplace.with { place in
            _ = try await Self.orphans(in: place)
            let folder = place.file("sb-0123456789ab-1")
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let stranger = try Process.run(
                URL(fileURLWithPath: "/usr/bin/env"), arguments: ["SCALEBENCH_LAUNCH=sb-0123456789ab-1", "sleep", "1000"])
            // It inherits that this process blocks the polite signals.
            defer { kill(stranger.processIdentifier, SIGKILL) }
            let living = try await Program.run(Self.words("local") + ["--hold", "--duration", "600"], in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
                #expect(place.ledgers.count == 2)
                let server = try #require(place.processes.first { $0.isServer && $0.words.contains("--lifeline") })
                let cleaned = try await Program.run(["clean", "--yes"], in: place)
                #expect(cleaned.status == 0, "\(cleaned.said)")
                #expect(place.processes.contains(server) && place.ledgers.count == 1)
                let idle = try await Program.run(["clean", "--yes"], in: place)
                #expect(idle.output.first?.contains("process \(running.pid) still runs") == true, "\(idle.said)")
                running.signal(SIGINT)
            }
            #expect(living.status == 130, "\(living.said)")
            #expect(stranger.isRunning && FileManager.default.fileExists(atPath: folder))
            #expect(place.processes.isEmpty && place.ledgers.isEmpty)
        }
    }

    /// Where the servers ended by themselves the next run forgets the ledger without a word.
    @Test func whatIsGoneByItselfIsForgotten() async throws {
        try await Workplace.with { place in
            let killed = try await Program.run(Self.words("local") + ["--hold", "--duration", "600"], in: place) { running in
                _ = await running.errors.wait { $0.contains { $0.contains("cell started") } }
                running.signal(SIGKILL)
            }
            #expect(killed.status == -SIGKILL)
            #expect(await place.isDeserted() && place.ledgers.count == 1)
            let next = try await Program.run(Self.words("local"), in: place)
            #expect(next.isMeasured && !next.said.contains("behind"), "\(next.said)")
            #expect(place.ledgers.isEmpty)
        }
    }

    static let head = #"{"head":{"owner":"another-boot 7 7","startedAt":1795747162678244,"version":1}}"#

    /// Ledgers made by hand: what is done about each, and said.
    static let ledgers: [(name: String, text: String, status: Int32, part: String, isKept: Bool)] = [
        (
            "a version to come", head.replacing(#""version":1"#, with: #""version":2"#) + "\n", 6,
            "cannot be understood; it may be a newer version's", true
        ),
        ("no ledger", "hello\n", 6, "cannot be understood", true),
        (
            "a kind to come", head + "\n" + #"{"made":{"kind":"satellite","name":"sb-0123456789ab-1","place":""}}"# + "\n", 6,
            "cannot be understood", true
        ),
        ("nobody's", head.replacing("another-boot 7 7", with: "") + "\n", 6, "does not say whose process wrote it", true),
        (
            "another host's", head.replacing(#""version":1"#, with: #""version":1,"host":"far-away""#) + "\n", 0,
            "what was launched on far-away can be removed there", true
        ),
        (
            "one whose folder is gone",
            head + "\n" + #"{"made":{"kind":"folder","name":"/nowhere/sb-0123456789ab-1","place":""}}"# + "\n" + #"{"made":{"ki"#, 0,
            "nothing is left", false
        ),
        (
            "one that names what no launch made", head + "\n" + #"{"made":{"kind":"folder","name":"/usr","place":""}}"# + "\n", 0,
            "nothing is left", false
        ),
    ]

    @Test(arguments: ledgers)
    func aLedgerIsReadWithCare(name: String, text: String, status: Int32, part: String, isKept: Bool) async throws {
        try await Workplace.with { place in
            try place.writeLedger(text)
            let ended = try await Program.run(["clean", "--yes"], in: place)
            #expect(ended.status == status && ended.said.contains(part), "\(ended.said)")
            #expect(place.ledgers.isEmpty != isKept)
            // It never keeps a run from being made.
            let next = try await Program.run(Self.words("local"), in: place)
            #expect(next.isMeasured, "\(next.said)")
            #expect(next.errors.contains { $0.hasPrefix("warning: ") && $0.contains("ledger") } == (status == 6), "\(next.said)")
        }
    }

    /// One resource that nobody can remove keeps no other from being removed.
    @Test func aFailureIsNamedAndTheOthersGoOn() async throws {
        try await Workplace.with { place in
            let folder = place.state + "/sb-0123456789ab-2"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            let made = [("container", "sb-0123456789ab-1", place.file("no-engine.sock")), ("folder", folder, "")]
            let lines = made.map { #"{"made":{"kind":"\#($0.0)","name":"\#($0.1)","place":"\#($0.2)"}}"# }
            try place.writeLedger(([Self.head] + lines).joined(separator: "\n") + "\n")
            // No engine is asked before a run.
            let next = try await Program.run(Self.words("local"), in: place)
            #expect(
                next.errors.contains { $0.hasSuffix("may have left 1 container and 1 folder behind: scalebench clean") }, "\(next.said)")
            let ended = try await Program.run(["clean", "--yes"], in: place)
            #expect(ended.status == 5, "\(ended.said)")
            #expect(ended.output.contains("removed 1 folder") && ended.output.contains { $0.hasPrefix("  container sb-0123456789ab-1, ") })
            #expect(!FileManager.default.fileExists(atPath: folder))
            #expect(try place.ledgers.map { try String(contentsOfFile: $0, encoding: .utf8).contains("container") } == [true])
        }
    }
}

extension Workplace {
    fileprivate func writeLedger(_ text: String) throws {
        let folder = state + "/scalebench/launches"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: folder + "/0123456789ab.jsonl"))
    }
}
