import Foundation
import ScaleProviders
import ScaleTestKit
import Subprocess
import Testing

/// One `scalebench run --json` in a folder of its own, to whatever end.
struct Trial: Sendable {
    /// The keys of a cell's line that these tests rely on.
    struct Cell: Decodable, Sendable {
        var successRate: Double
        var uniqueHosts: Int
        var uniquePids: Int
        var infra: String
        var valid: Bool
        var verdictEvidence: String
        var failures: [String: Int]
    }

    var status: TerminationStatus
    var cells: [Cell]
    /// What was said to people and logged.
    var errors: String
    /// Ledgers that are left.
    var ledgers: [String]

    /// Whether the processor time of the servers stands in some verdict: one about the generator says nothing about them.
    var readsProcesses: Bool {
        cells.contains { $0.verdictEvidence.contains("the servers used") } || cells.allSatisfy { !$0.valid }
    }

    /// What a run was asked for.
    struct Place: Sendable {
        let folder = FileManager.default.temporaryDirectory.appending(path: "scalebench-engine-\(UUID().uuidString)")
        var state: URL { folder.appending(path: "state") }
        var ledgers: URL { state.appending(path: "scalebench/launches") }

        init() throws { try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true) }
        func remove() { try? FileManager.default.removeItem(at: folder) }

        /// What stands in the ledger of the run now.
        var outstanding: [Resource] { LedgerFile.all(in: ledgers.path).files.flatMap(\.entries).map(\.resource) }

        func arguments(_ arguments: [String], variables: [String: String] = [:]) -> Arguments {
            let program = Scalebench.productFolder.appending(path: "scalebench").path
            let set = variables.map { "\($0)=\($1)" } + ["XDG_STATE_HOME=\(state.path)", "DOCKER_HOST=\(variables["DOCKER_HOST"] ?? "")"]
            let usual = ["--json", "--no-calibrate", "--log-level", "info", "--db", folder.appending(path: "run.sqlite").path]
            return Arguments(set + [program, "run"] + usual + arguments)
        }
    }

    static func run(_ arguments: [String], variables: [String: String] = [:]) async throws -> Trial {
        let place = try Place()
        defer { place.remove() }
        return try await run(arguments, in: place, variables: variables)
    }

    static func run(_ arguments: [String], in place: Place, variables: [String: String] = [:]) async throws -> Trial {
        let ended = try await Subprocess.run(
            .name("env"), arguments: place.arguments(arguments, variables: variables), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 20))
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let cells = ended.standardOutput.split(separator: "\n").filter { $0.contains(#""type":"cell""#) }
        return Trial(
            status: ended.terminationStatus, cells: try cells.map { try decoder.decode(Cell.self, from: Data($0.utf8)) },
            errors: ended.standardError, ledgers: (try? FileManager.default.contentsOfDirectory(atPath: place.ledgers.path)) ?? [])
    }
}

extension Trial {
    /// Waits until the sessions of a cell are open at both of two servers.
    /// - Parameter look: what is looked for, with the ports of those servers that listen; nil while it is not there.
    /// - Returns: nil where they are not open within a minute.
    static func inMidCell<Found>(_ look: () async throws -> (found: Found, ports: [Int])?) async throws -> Found? {
        var found: Found?
        _ = try await eventually {
            guard let seen = try await look(), seen.ports.count == 2,
                seen.ports.allSatisfy({ DockerHost.connections(to: $0) >= 16 })
            else { return false }
            found = seen.found
            return true
        }
        return found
    }
}

/// A launch that comes to nothing, and what is said of it.
struct BadLaunch: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var provider: String
    var arguments: [String] = []
    var variables: [String: String] = [:]
    var status: Int32
    /// Parts of its sentence.
    var says: [String]

    func expect(of trial: Trial, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(trial.status == .exited(status), "\(trial.errors)", sourceLocation: sourceLocation)
        for part in says { #expect(trial.errors.contains(part), "\(trial.errors)", sourceLocation: sourceLocation) }
        #expect(trial.cells.isEmpty, sourceLocation: sourceLocation)
    }
}
