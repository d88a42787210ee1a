import ScaleCore
import Testing

@testable import ScaleAnalysis

/// A search from 64 with a wait of a second.
private func plan(
    start: Int = 64, within: Double = 0.05, reps: Int = 5, budget: Nanoseconds? = nil, budgetSessions: Int? = nil,
    seed: UInt64 = 1
) -> Plan {
    Plan(
        modes: [.ws], sessions: [start], waits: [.seconds(1)], mostReps: reps,
        search: SearchSettings(within: within, budget: budget, budgetSessions: budgetSessions), seed: seed)
}

private func follow(
    _ model: SimulatedServer.Model, _ plan: Plan = plan(), top: Int = 1 << 20, generatorLimit: Int = .max, seed: UInt64 = 1
) -> Followed {
    var server = SimulatedServer(model, generatorLimit: generatorLimit, seed: seed)
    return Followed(plan, top: top, on: &server)
}

@Suite struct CapacitySearchTests {
    /// Sixty servers with limits from 60 to 6,000: a third with a hard cap, the others from abrupt to gradual.
    static let servers: [(model: SimulatedServer.Model, seed: UInt64)] = (0..<60).map { index in
        var random = SplitMix64(seed: UInt64(index) + 7)
        var limit = 60.0
        for _ in 0..<Int.random(in: 0...66, using: &random) { limit *= 1.0724 }
        let spread = [0.005, 0.02, 0.05, 0.1][index % 4]
        return (index % 3 == 0 ? .cap(Int(limit)) : .busy(middle: limit / (1 - 2.94 * spread), spread: spread), UInt64(index))
    }

    /// One cell for each N of a grid as fine as the search, over the sizes that it tried.
    static func gridSessions(_ found: Followed, within: Double) -> Int {
        guard let least = found.tried.min(), let most = found.tried.max() else { return 0 }
        var (sum, size) = (0, Double(least))
        while size < Double(most) {
            sum += Int(size)
            size *= 1 + within
        }
        return sum + most
    }

    @Test func theBracketHoldsTheTruthAtLessThanAGridsCost() {
        var (held, sessions, grid, narrow) = (0, 0, 0, 0)
        for (model, seed) in Self.servers {
            var server = SimulatedServer(model, seed: seed)
            let truth = server.truth
            let found = Followed(plan(seed: seed), on: &server)
            let bracket = found.bracket
            if bracket.lastPass ?? 0 <= truth, truth < bracket.firstFail ?? .max { held += 1 }
            if let pass = bracket.lastPass, let fail = bracket.firstFail, Double(fail) <= Double(pass) * 1.05 { narrow += 1 }
            sessions += found.sessions
            let full = Self.gridSessions(found, within: 0.05)
            grid += full
            print(model, truth, bracket, found.sessions, full, Double(found.sessions) / Double(full), found.conclusion as Any)
        }
        print(held, narrow, Double(sessions) / Double(grid))
        #expect(held >= 57)
        #expect(Double(sessions) <= 0.6 * Double(grid))
    }
}
