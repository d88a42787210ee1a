import Foundation
import Testing

/// `scalebench gate` on two servers.
enum Gate {
    /// What the JSON of a gate has that these tests look at.
    struct Verdict: Decodable {
        struct Check: Decodable {
            var name: String
            var verdict: String
            var ratio: Double?
        }
        var verdict: String
        var reason: String
        var checks: [Check]
        var notes: [String]
    }

    static func verdict(_ ended: Program.Ended) throws -> Verdict {
        try JSONDecoder().decode(Verdict.self, from: Data(try #require(ended.output.first).utf8))
    }

    /// Four sessions whose steps wait for 10 ms, a fifth of a second a cell.
    static let load = ["-n", "4", "--wait", "0.01", "--duration", "0.2", "--no-calibrate", "--db", "run.sqlite", "--json"]

    static func run(_ a: String, _ b: String, _ more: [String], in place: Workplace) async throws -> Program.Ended {
        try await Program.run(["gate", "--a", a, "--b", b] + load + more, in: place)
    }
}
