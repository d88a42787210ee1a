import ScaleTestKit
import Testing

@Suite("The limit of open descriptors", .serialized, .patience(minutes: 2))
struct LimitTests {
    @Test(arguments: [
        (Refusal(["--requests", "30000"], "--requests", "30000", "needs 30,116 descriptors, limit 4,096", "ulimit"), 4096),
        (Refusal(["--requests-grid", "8,1000"], "--requests-grid", "1000", "needs 1,116 descriptors, limit 256"), 256),
        (Refusal(["-m", "http", "-n", "1000"], "--requests", "1000", "limit 256"), 256),
    ])
    func moreSessionsThanTheHardLimitAllowsAreRefused(refusal: Refusal, limit: Int) async throws {
        try await Workplace.with { try await refusal.check(in: $0, shell: "ulimit -n \(limit)") }
    }

    @Test func theSoftLimitIsRaised() async throws {
        try await Workplace.with { place in
            let words = ["-n", "400", "-w", "2", "--json", "--db", "run.sqlite"]
            let ended = try await Program.run(words, in: place, shell: "ulimit -S -n 256")
            try #require(ended.isMeasured, "\(ended.said)")
            let results = try Results(ended.output)
            #expect(results.cells.map(\.successRate) == [1])
            #expect(results.cells.map(\.peakOpenSessions) == [400])
        }
    }

    /// At a rate only few of many sessions are open at a time.
    @Test func anOpenLoopOfMoreSessionsThanDescriptorsIsWarnedOf() async throws {
        try await Workplace.with { place in
            let words = ["-n", "400", "-w", "0", "--rate", "400/s", "--arrivals", "even", "--json"]
            let ended = try await Program.run(words, in: place, shell: "ulimit -n 300")
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(ended.errors.contains { $0.hasPrefix("warning: ") && $0.contains("fd_limit") }, "\(ended.said)")
            #expect(try Results(ended.output).cells.map(\.successful) == [400])
        }
    }

    /// A pool needs no more sockets than it has connections.
    @Test func aPoolFitsWhereItsSessionsWouldNot() async throws {
        try await Workplace.with { place in
            let words = ["-m", "http", "-n", "400", "-w", "0", "--http-connections", "pool:8", "--json"]
            let ended = try await Program.run(words, in: place, shell: "ulimit -n 256")
            try #require(ended.isMeasured, "\(ended.said)")
            #expect(try Results(ended.output).cells.map(\.successRate) == [1])
        }
    }
}
