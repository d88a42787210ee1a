import Synchronization
import Testing

/// Servers behind a URL that go away in mid-grid: no provider can tell, and what is measured of nothing is no answer.
@Suite("A server behind a URL that goes away")
struct LostServerTests {
    /// Measures a server and kills it when so many cells are finished.
    private static func measure(_ words: [String], losingItAfter cells: Int, in place: Workplace) async throws -> Program.Ended {
        let measured = Mutex<Program.Ended?>(nil)
        let server = try await Program.run(["serve", "--port", "0"], in: place) { server in
            try await server.outputLines(1)
            let said = server.output.all[0].split(separator: " ")
            let at = try #require(said.firstIndex(of: "on"), "\(server.output.all)")
            let url = String(said[at + 1])
            let ended = try await Program.run(words + ["--url", url, "--no-calibrate", "--db", "run.sqlite"], in: place) { running in
                _ = await running.errors.wait { $0.count { $0.contains("rep=") } >= cells }
                server.signal(9)
            }
            measured.withLock { $0 = ended }
        }
        #expect(server.status == -9, "\(server.said)")
        return try #require(measured.withLock { $0 })
    }

    @Test func aGridEndsThereAndKeepsWhatItKnows() async throws {
        try await Workplace.with { place in
            let ended = try await Self.measure(
                ["run", "--requests", "4", "--wait", "0.2", "--reps", "60"], losingItAfter: 3, in: place)
            #expect(ended.status == 5, "\(ended.said)")
            #expect(ended.sentences.count == 1 && ended.sentences[0].contains("went away during the grid"), "\(ended.said)")
            #expect(ended.sentences[0].contains("--resume"), "\(ended.said)")
            // Nothing was measured of nothing: each cell that failed is one in which the server was ended.
            let counted = try await place.sql(
                "SELECT count(*) FROM cells WHERE failed > 0 AND id NOT IN (SELECT cell_id FROM cell_failures WHERE kind = 'provider_terminated')"
            )
            #expect(counted == ["0"])
            #expect(try await place.sql("SELECT count(*) >= 3 FROM cells WHERE failed = 0") == ["1"])
            #expect(try await place.sql("SELECT count(*) <= 1 FROM cells WHERE failed > 0") == ["1"])
        }
    }
}
