import Foundation
import Subprocess
import Testing

/// The Docker engine of this host, which `make engines` prepares, as its own client shows it.
enum DockerHost {
    static let image = "scalebench-env"

    /// What the client says, without its last line break.
    @discardableResult
    static func docker(_ arguments: String...) async throws -> String {
        let ended = try await run(
            .name("docker"), arguments: Arguments(arguments), output: .string(limit: 1 << 20), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "docker \(arguments.joined(separator: " ")): \(ended.standardError)")
        return ended.standardOutput.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init).sorted() }

    /// Everything that a launch could leave behind.
    struct State: Equatable, CustomStringConvertible {
        var containers: [String]
        var services: [String]
        var networks: [String]
        var swarm: String

        static var now: State {
            get async throws {
                let swarm = try await docker("info", "--format", "{{.Swarm.LocalNodeState}}")
                return State(
                    containers: lines(try await docker("ps", "-a", "--format", "{{.Names}}")),
                    services: swarm == "active" ? lines(try await docker("service", "ls", "--format", "{{.Name}}")) : [],
                    networks: lines(try await docker("network", "ls", "--format", "{{.Name}} {{.Driver}}")), swarm: swarm)
            }
        }

        var description: String { "containers \(containers), services \(services), networks \(networks), swarm \(swarm)" }
    }

    /// Runs something and holds what is there afterwards against what was there before.
    static func asBefore<Value: Sendable>(
        sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Value
    ) async throws -> Value {
        let before = try await State.now
        let value = try await body()
        let after = try await State.now
        #expect(after == before, sourceLocation: sourceLocation)
        return value
    }

    /// Whether a condition comes true within a minute.
    static func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(60)
        while ContinuousClock.now < end {
            if try await condition() { return true }
            try await Task.sleep(for: .milliseconds(20))
        }
        return false
    }

    /// Containers that a launch made and that run, the last one first.
    static func launched() async throws -> [String] {
        lines(try await docker("ps", "--filter", "label=scalebench.launch", "--format", "{{.Names}}"))
    }

    /// Connections of this host to one of its own ports that are established (proc_net_tcp(5)).
    static func connections(to port: Int) -> Int {
        let end = String(format: ":%04X", port)
        // A file of the kernel comes in pieces, and ends where none is left.
        let table = (try? FileHandle(forReadingAtPath: "/proc/net/tcp")?.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return table.split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[2].hasSuffix(end) && fields[3] == "01"
        }
    }
}
