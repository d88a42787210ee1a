import ScaleTestKit
import Testing

/// Faults of the bundled environment as the generator classifies them, from the provider's string to the stored sessions.
@Suite("Faults on purpose", .serialized, .patience(minutes: 3))
struct FaultTests {
    struct Planted: Sendable, CustomTestStringConvertible {
        var fault: String
        var mode = "ws"
        /// Kind, phase and code of a session's failure, as they are stored.
        var stored: [String]
        var testDescription: String { "\(mode) \(fault)" }
    }

    @Test(arguments: [
        Planted(fault: "drop=100%", stored: ["closed_mid_session|step|104"]),
        Planted(fault: "close-1011=100%", stored: ["closed_mid_session|step|1011"]),
        Planted(fault: "half-frame=100%", stored: ["closed_mid_session|step|"]),
        Planted(fault: "garbage=100%", stored: ["protocol_violation|step|31"]),
        Planted(fault: "reset-error=100%", stored: ["execution|reset|"]),
        Planted(fault: "drop=100%", mode: "http", stored: ["closed_mid_session|step|104"]),
        Planted(fault: "garbage=100%", mode: "http", stored: ["protocol_violation|step|52"]),
    ])
    func isClassified(_ planted: Planted) async throws {
        try await Workplace.with { place in
            let provider = "local:fault=" + planted.fault
            let words = ["-n", "4", "-w", "0.01", "-m", planted.mode, "--provider", provider, "--no-preflight", "--json"]
            let ended = try await Program.run(words + ["--db", "run.sqlite"], in: place)
            let rows = try await place.sql(
                "SELECT failure_kind, failure_phase, failure_code, count(*) FROM sessions GROUP BY 1, 2, 3")
            #expect(rows == planted.stored.map { $0 + "|4" }, "\(ended.said)")
        }
    }

    /// The session ahead of the grid meets them as well. What was launched may do better the next time; an address that was
    /// given may be the wrong one, as an answer that is none always is.
    @Test(arguments: [("drop=100%", 5), ("half-frame=100%", 5), ("garbage=100%", 2)] as [(String, Int32)])
    func ofALaunchedServerALostSessionIsItsOwnFault(fault: String, status: Int32) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(
                ["-n", "2", "-w", "0.01", "--provider", "local:fault=" + fault, "--db", "run.sqlite"], in: place)
            #expect(ended.status == status, "\(ended.said)")
            #expect(try place.storedRuns().isEmpty)
        }
    }

    /// Readiness waits for it, so that no session fails.
    @Test func aStallAtTheStartIsWaitedOut() async throws {
        try await Workplace.with { place in
            let service = ["serve", "--port", "0", "--fault", "stall-accept=1s", "--fault", "slowdown=1%"]
            _ = try await Program.run(service, in: place) { server in
                try await server.outputLines(1)
                #expect(server.output.all[0].contains("faults stall-accept=1s,slowdown=1% seed 0)"))
                let words = server.output.all[0].split(separator: " ")
                let url = String(words[(words.firstIndex(of: "on") ?? 0) + 1])
                let run = ["-n", "2", "-w", "0", "--url", url, "--no-preflight", "--json", "--db", "run.sqlite"]
                let ended = try await Program.run(run, in: place)
                let slow = try await place.sql("SELECT count(*) FROM sessions WHERE failure_kind IS NULL")
                #expect(slow == ["2"], "\(ended.said)")
                server.signal(15)
            }
        }
    }

    @Test(arguments: [
        Refusal(["serve", "--fault", "crash=1%"], "--fault", "crash=1%", "stall-accept"),
        Refusal(["serve", "--fault", "drop=101%"], "--fault", "drop=101%", "drop=1%"),
        Refusal(["serve", "--fault-seed", "x"], "--fault-seed", "'x'"),
        Refusal(["serve", "--step-cpu", "2"], "--step-cpu", "'2'", "2ms"),
        Refusal(["--provider", "local:fault=crash=1%"], "--provider", "crash=1%", "stall-accept"),
        Refusal(["--provider", "local:step-cpu=-2ms"], "--provider", "-2ms", "2ms"),
    ])
    func isRefused(_ refusal: Refusal) async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(refusal.words, in: place)
            #expect(ended.status == 2, "\(ended.said)")
            for part in refusal.naming { #expect(ended.errors.last?.contains(part) == true, "\(ended.said)") }
        }
    }
}
