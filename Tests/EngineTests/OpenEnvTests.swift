import ScaleTestKit
import Testing

/// The way through a real OpenEnv server: uvicorn, two workers, one benchmark environment per session.
@Suite("scalebench against a real OpenEnv server", .serialized, .patience(minutes: 3))
struct OpenEnvTests {
    @Test(arguments: ["ws", "http"])
    func everySessionSucceedsAndBothWorkersServe(mode: String) async throws {
        try await OpenEnvServer.serve(workers: 2, sessionCapPerWorker: 100) { server in
            let outcome = try await Scalebench.run(server, ["--requests", "64", "--wait", "0.1", "--mode", mode])
            let cell = try #require(outcome.cells.first)
            #expect(outcome.cells.count == 1)
            #expect(cell.successRate == 1)
            #expect(cell.failures.isEmpty)
            #expect(cell.valid)
            #expect(outcome.sessions.count == 64)
            #expect(outcome.sessions.allSatisfy { $0.failureKind == nil && $0.stepsDone == 1 })
            #expect(Set(outcome.sessions.compactMap(\.sessionHash)).count == 64)
            #expect(Set(outcome.sessions.compactMap(\.pid)).count == 2)
        }
    }

    @Test func aStepCountsUpWithinOneSession() async throws {
        try await OpenEnvServer.serve(workers: 1, sessionCapPerWorker: 8) { server in
            let outcome = try await Scalebench.run(server, ["--requests", "8", "--wait", "0.05", "--steps", "5", "--mode", "ws"])
            #expect(outcome.cells.map(\.successRate) == [1])
            #expect(outcome.sessions.map(\.stepsDone) == Array(repeating: 5, count: 8))
        }
    }

    /// A refused session is told so in a frame and then closed; a client that reads only the close, or that fails to
    /// send because of it, would call this a broken connection.
    @Test func aFullServerRefusesWithCapacityReachedAndNothingElse() async throws {
        try await OpenEnvServer.serve(workers: 2, sessionCapPerWorker: 8) { server in
            let outcome = try await Scalebench.run(server, ["--requests", "64", "--wait", "4", "--mode", "ws"])
            let cell = try #require(outcome.cells.first)
            let refused = outcome.sessions.filter { $0.failureKind != nil }
            #expect(Set(refused.compactMap(\.failureKind)) == ["capacity_reached"])
            #expect(cell.failures == ["capacity_reached": refused.count])
            #expect(outcome.sessions.count == 64)
            // The kernel deals connections unevenly, so that one worker may stay below its cap; none goes above it.
            let admitted = Dictionary(grouping: outcome.sessions.filter { $0.failureKind == nil }, by: \.pid)
            #expect(admitted.values.contains { $0.count == 8 })
            #expect(admitted.values.allSatisfy { $0.count <= 8 })
            #expect(cell.peakOpenSessions <= 16)
            #expect(cell.verdict == "session-cap")
        }
    }
}
