import Foundation
import ScaleCore
import ScaleStore
import Testing

/// What `run --json` printed.
struct Results: Sendable {
    /// The values of a cell's line that these tests look at.
    struct CellLine: Decodable, Sendable {
        var mode: Mode
        var url: String
        var infra: String
        var numRequests: Int
        var batchSize: Int
        var waitSeconds: Double
        var repetition: Int
        var steps: Int
        var hardware: String
        var successful: Int
        var failed: Int
        var successRate: Double
        var uniquePids: Int
        var uniqueSessions: Int
        var uniqueHosts: Int
        var peakOpenSessions: Int
        var totalP99: Double?
        var verdict: String
        var valid: Bool
        var failures: [String: Int]

        var key: CellKey {
            CellKey(mode: mode, sessions: numRequests, wait: .seconds(waitSeconds), steps: steps, rep: repetition)
        }
    }

    struct RunLine: Decodable, Sendable {
        struct Batch: Decodable, Sendable {
            var mode: Mode
            var waitSeconds: Double
            var steps: Int
            var lastPass: Int?
            var firstFail: Int?
            var point: Int?
        }
        var runId: String
        var db: String
        var status: String
        var maxBatch: [Batch]
    }

    var cells: [CellLine]
    var run: RunLine

    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    static func cell(_ line: String) throws -> CellLine { try decoder.decode(CellLine.self, from: Data(line.utf8)) }

    /// Standard output must hold nothing but JSON objects: the cells, then the run.
    init(_ lines: [String]) throws {
        struct Tag: Decodable { var type: String }
        let decoder = Self.decoder
        let objects = lines.map { Data($0.utf8) }
        let types = try objects.map { try decoder.decode(Tag.self, from: $0).type }
        try #require(types.last == "run", "\(lines)")
        #expect(types.dropLast().allSatisfy { $0 == "cell" }, "\(types)")
        cells = try objects.dropLast().map { try decoder.decode(CellLine.self, from: $0) }
        run = try decoder.decode(RunLine.self, from: objects[objects.count - 1])
    }

    /// The keys of one line.
    static func keys(_ line: String) throws -> Set<String> {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        return Set(try #require(object).keys)
    }
}

extension Workplace {
    /// Holds every session row against the line that was printed of its cell.
    func expectStored(_ lines: [Results.CellLine], run uuid: String, database name: String = "run.sqlite") throws {
        let reader = try RunReader(path: file(name))
        let stored = try reader.snapshot(.uuid(uuid)).cells
        for line in lines {
            let cell = try #require(stored.first { $0.record.key == line.key }, "\(line.key) is not stored")
            let sessions = try reader.sessions(of: cell.id).sessions
            #expect(sessions.map(\.session) == Array(0..<line.numRequests))
            #expect(sessions.count { $0.succeeded } == line.successful)
            #expect(sessions.count { $0.failure != nil } == line.failed)
            let succeeded = sessions.filter(\.succeeded)
            #expect(Set(succeeded.compactMap(\.pid)).count == line.uniquePids)
            #expect(Set(succeeded.compactMap { $0.hash?.text }).count == line.uniqueSessions)
            #expect(succeeded.allSatisfy { Int($0.stepsDone) == line.steps })
            let failures = Dictionary(grouping: sessions.compactMap { $0.failure?.kind.rawValue }) { $0 }.mapValues(\.count)
            #expect(failures == line.failures)
        }
    }
}
