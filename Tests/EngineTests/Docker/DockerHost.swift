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

    /// The port of this host that leads to a container's; nil where none does, or not yet.
    static func port(of container: String) async throws -> Int? {
        let ended = try await run(
            .name("docker"), arguments: ["port", container, "8000/tcp"], output: .string(limit: 1000), error: .discarded)
        return ended.standardOutput.split(whereSeparator: { ":\n".contains($0) }).last.flatMap { Int($0) }
    }

    static func lines(_ text: String) -> [String] { text.split(separator: "\n").map(String.init).sorted() }

    /// What a launch may change and that does not carry its name.
    struct State: Equatable, CustomStringConvertible {
        var networks: [String]
        var swarm: String

        static var now: State {
            get async throws {
                State(
                    networks: lines(try await docker("network", "ls", "--format", "{{.Name}} {{.Driver}}")).filter { !$0.hasPrefix("sb-") },
                    swarm: try await docker("info", "--format", "{{.Swarm.LocalNodeState}}"))
            }
        }

        var description: String { "networks \(networks), swarm \(swarm)" }
    }

    /// Everything whose name begins as one of the names in a text does, such as `sb-1f0c9a7be0d2`.
    static func leftovers(namedIn text: String) async throws -> [String] {
        let marks = text.matches(of: /sb-[0-9a-f]{12}/).map { String($0.output) }
        if marks.isEmpty { return [] }
        var names = lines(try await docker("ps", "-a", "--format", "{{.Names}}"))
        names += lines(try await docker("network", "ls", "--format", "{{.Name}}"))
        if try await State.now.swarm == "active" { names += lines(try await docker("service", "ls", "--format", "{{.Name}}")) }
        return names.filter { name in marks.contains { name.hasPrefix($0) } }
    }

    /// Runs something and holds what is there afterwards against what was there before.
    static func asBefore(sourceLocation: SourceLocation = #_sourceLocation, _ body: () async throws -> Trial) async throws -> Trial {
        let before = try await State.now
        let trial = try await body()
        #expect(try await State.now == before, sourceLocation: sourceLocation)
        #expect(try await leftovers(namedIn: trial.errors).isEmpty, sourceLocation: sourceLocation)
        return trial
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
