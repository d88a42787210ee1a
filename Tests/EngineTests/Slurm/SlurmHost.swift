import Foundation
import Subprocess
import Testing

/// The Slurm of this host, which `make engines` prepares, as its own commands show it.
enum SlurmHost {
    static let configuration = Repository.path(".build/engines/slurm/slurm.conf")
    static let variables = ["SLURM_CONF": configuration]

    /// What a command says, line by line.
    @discardableResult
    static func ask(_ command: String, _ arguments: String...) async throws -> [String] {
        let ended = try await run(
            .name("env"), arguments: Arguments(["SLURM_CONF=\(configuration)", command] + arguments), output: .string(limit: 1 << 20),
            error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(command) \(arguments.joined(separator: " ")): \(ended.standardError)")
        return ended.standardOutput.split(separator: "\n").map(String.init)
    }

    /// One run with it, after which there is no job, and nothing that ``Trace`` finds.
    static func trial(
        _ arguments: [String], in place: Trial.Place, variables: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> Trial {
        let before = try await ask("squeue", "--noheader", "--format=%i %j %T")
        let trial = try await Trial.run(arguments, in: place, variables: Self.variables.merging(variables) { $1 })
        #expect(try await ask("squeue", "--noheader", "--format=%i %j %T") == before, sourceLocation: sourceLocation)
        #expect(Trace(trial).leftovers.isEmpty, sourceLocation: sourceLocation)
        #expect(trial.ledgers.isEmpty, sourceLocation: sourceLocation)
        let jobs = place.state.appending(path: "scalebench/jobs").path
        #expect((try? FileManager.default.contentsOfDirectory(atPath: jobs)) ?? [] == [], sourceLocation: sourceLocation)
        return trial
    }

    static func trial(_ arguments: [String], variables: [String: String] = [:], sourceLocation: SourceLocation = #_sourceLocation)
        async throws -> Trial
    {
        let place = try Trial.Place()
        defer { place.remove() }
        return try await trial(arguments, in: place, variables: variables, sourceLocation: sourceLocation)
    }
}

extension Trial {
    /// The grid was measured to its end. On a busy machine the generator may have limited all of its cells, which says nothing
    /// about who launched the servers.
    var isMeasured: Bool { status == .exited(0) || status == .exited(4) }
}

/// What a run may have left on this host: known by the marks and addresses that it logged.
struct Trace {
    private let marks: Set<String>
    private let ports: Set<Int>

    init(_ trial: Trial) {
        marks = Set(trial.errors.matches(of: /sb-[0-9a-f]{12}/).map { String($0.output) })
        ports = Set(trial.errors.matches(of: /http:\/\/127\.0\.0\.1:([0-9]+)/).compactMap { Int($0.output.1) })
    }

    /// Processes that carry a mark, folders that are named after one, and addresses at which somebody listens.
    var leftovers: [String] {
        processes + folders + ports.filter { Self.isListening(at: $0) }.map { "port \($0)" }
    }

    private var processes: [String] { marks.flatMap { Self.processes(of: $0) }.map { "process \($0.pid) \($0.words.first ?? "")" } }

    /// Those that carry a mark, or one that begins with it and a hyphen.
    static func processes(of mark: String) -> [(pid: Int32, words: [String])] {
        func strings(_ pid: Int32, _ file: String) -> [String] {
            let text = (try? Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(file)"))) ?? Data()
            return text.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        let variable = "SCALEBENCH_LAUNCH=" + mark
        return names.compactMap { Int32($0) }.filter { pid in
            strings(pid, "environ").contains { $0 == variable || $0.hasPrefix(variable + "-") }
        }.map { ($0, strings($0, "cmdline")) }
    }

    private var folders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: FileManager.default.temporaryDirectory.path)) ?? []
        return names.filter { name in marks.contains { name.hasPrefix($0) } }.map { "folder \($0)" }
    }

    /// By proc_net_tcp(5).
    static func isListening(at port: Int) -> Bool {
        let table = (try? FileHandle(forReadingAtPath: "/proc/net/tcp")?.readToEnd()).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let end = String(format: ":%04X", port)
        return table.split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            return fields.count > 3 && fields[1].hasSuffix(end) && fields[3] == "0A"
        }
    }
}
