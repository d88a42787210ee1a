import ScaleStore
import Testing

/// Several processes of the program that use one database at the same moment.
@Suite("One database, many processes")
struct SharedDatabaseTests {
    private static let processes = 8

    /// One batch of one session; each process has another one.
    private static func batch(_ number: Int) -> String {
        """
        {"request_id": 0, "mode": "ws", "timestamp": "2026-01-0\(number)T00:00:00.000000Z", "wait_requested": 0.1, "batch_size": 1, \
        "hardware": "cpu", "connect_latency": 0.01, "reset_latency": 0.01, "step_latency": 0.11, "total_latency": 0.2, \
        "waited_seconds": 0.1, "pid": 7, "session_hash": "a", "host_url": "h", "success": true, "error_type": null, \
        "error_message": null}

        """
    }

    @Test(arguments: 0..<6)
    func allWhoMakeOneStoreTheirRuns(round: Int) async throws {
        try await Workplace.with { place in
            for number in 1...Self.processes { try place.write(Self.batch(number), to: "\(number).jsonl") }
            let ended = try await withThrowingTaskGroup(of: Program.Ended.self) { group in
                for number in 1...Self.processes {
                    group.addTask { try await Program.run(["import", "\(number).jsonl", "--db", "new.sqlite"], in: place) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for each in ended { #expect(each.status == 0, "\(each.said)") }
            #expect(try place.storedRuns("new.sqlite").map(\.cells) == Array(repeating: 1, count: Self.processes))
        }
    }

    /// Nothing listens at port 9 of this host.
    @Test func aRefusedRunMakesNoDatabase() async throws {
        try await Workplace.with { place in
            let ended = try await Program.run(["run", "--url", "http://127.0.0.1:9", "--no-calibrate", "--db", "new.sqlite"], in: place)
            #expect(ended.status == 2 || ended.status == 5, "\(ended.said)")
            #expect(place.files == [])
        }
    }
}
