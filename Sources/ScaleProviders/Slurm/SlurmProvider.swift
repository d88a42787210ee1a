import FoundationEssentials
import ScaleControl
import ScaleCore

/// Servers in one batch job of Slurm: one on each of its nodes.
public struct SlurmProvider: Provider {
    public static let name = "slurm"
    public static let summary = "a batch job of Slurm with one server on each of its nodes"
    public static let needs: String? = "sbatch, a controller that answers, and a folder that the nodes share with this host"
    public static let options = [
        OptionDescription("nodes", "N", "nodes, each with one server; also --replicas", defaultValue: "1"),
        OptionDescription(
            "command", "\"WORD WORD…\"", "what each serves with; {port}, {host} and {node} in it are filled in",
            defaultValue: "the bundled environment"),
        OptionDescription(
            "program", "PATH", "scalebench as the nodes find it, for the bundled environment", defaultValue: "this program's own"),
        OptionDescription("workers", "N", "server processes of each; of a command for the record"),
        OptionDescription("max-concurrent-envs", "N", "sessions that each worker admits; of a command for the record"),
        OptionDescription("host", "ADDRESS", "where each listens", defaultValue: "0.0.0.0"),
        OptionDescription(
            "port", "N", "the first one's; with {port} in the command the others have the next", defaultValue: "any that is free"),
        OptionDescription("partition", "NAME", "where the job runs", defaultValue: "Slurm's"),
        OptionDescription("account", "NAME", "who is charged"),
        OptionDescription("qos", "NAME", "its quality of service"),
        OptionDescription("time", "TIME", "how long it may run, as sbatch takes it: 30, 1:00:00", defaultValue: "the partition's"),
        OptionDescription("cpus", "N", "processors of each server"),
        OptionDescription("memory", "SIZE", "memory of each node: 512m, 2g"),
        OptionDescription("extra", "\"WORD WORD…\"", "more options for sbatch, each one word: --constraint=fast"),
        OptionDescription("folder", "PATH", "where the job writes, shared with the nodes", defaultValue: "in the user's state folder"),
        OptionDescription("replicas", "N", "another name for nodes"),
        .environment,
    ]

    public var nodes: Int
    /// With its placeholders; nil for the bundled environment.
    var command: [String]?
    /// Of the bundled environment; nil for this program's own.
    var program: String?
    var workers: Int?
    var maxConcurrentEnvs: Int?
    var host: String
    /// Zero where none was given.
    var port: Int
    var cpus: Int?
    var demand: SlurmDemand
    var folder: String
    var environment: [String: String]
    private let flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        flag = spec.flag
        let replicas = try spec.integer("replicas", in: 1...100_000)
        nodes = try spec.integer("nodes", in: 1...100_000) ?? replicas ?? 1
        if spec.text("nodes") != nil, replicas != nil {
            throw .usage("\(spec.flag) slurm: nodes and replicas are the same", hint: "give one of them")
        }
        workers = try spec.integer("workers", in: 1...1_000_000)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        host = spec.text("host") ?? "0.0.0.0"
        port = try spec.integer("port", in: 1...65_535) ?? 0
        cpus = try spec.integer("cpus", in: 1...1_000_000)
        demand = SlurmDemand(
            partition: spec.text("partition"), account: spec.text("account"), qos: spec.text("qos"), time: spec.text("time"),
            memory: try spec.bytes("memory"))
        folder = spec.text("folder") ?? LedgerFile.stateFolder + "/jobs"
        program = spec.text("program")
        environment = spec.values(under: "env.")
        try readWords(spec)
        guard folder.hasPrefix("/") else {
            throw .usage("\(flag) slurm: folder is '\(folder)', which is no absolute path", hint: "write it like slurm:folder=/shared/runs")
        }
        if let program, !program.hasPrefix("/") || spec.text("command") != nil {
            throw .usage(
                "\(flag) slurm: program is '\(program)', which is no absolute path, or stands beside a command",
                hint: "write it like slurm:program=/shared/bin/scalebench")
        }
        if host.isEmpty { throw .usage("\(flag) slurm: host is empty", hint: "write it like slurm:host=0.0.0.0") }
    }

    private mutating func readWords(_ spec: ProviderSpec) throws(ScaleError) {
        if let text = spec.text("command") {
            let example = "write it like slurm:command=\"uvicorn app:app --host {host} --port {port}\""
            guard let words = CommandWords.split(text), let first = words.first, !first.isEmpty else {
                throw .usage("\(flag) slurm: command is empty, or has a quote or a backslash that does not end", hint: example)
            }
            if port == 0, !words.contains(where: { $0.contains(SlurmScript.portPlaceholder) }) {
                throw .usage(
                    "\(flag) slurm: command does not say where the port goes",
                    hint: "write {port} in it, or give the one that it listens on: port=8000")
            }
            command = words
        }
        if let text = spec.text("extra") {
            guard let words = CommandWords.split(text), words.allSatisfy({ $0.hasPrefix("-") && $0.count > 1 && !Self.isForeign($0) })
            else {
                throw .usage(
                    "\(flag) slurm: extra is not a list of options for one batch job",
                    hint: "write each as one word, like extra=\"--constraint=fast --exclusive\"; arrays and --wrap are none")
            }
            demand.extra = words
        }
        for name in environment.keys.sorted() where !Self.isVariable(name) {
            throw .usage(
                "\(flag) slurm: '\(name)' is no variable that a job can have",
                hint: "use letters, digits and _; what begins with SLURM_ or SBATCH_ is Slurm's own")
        }
    }

    /// Whether a word makes another job than ours.
    private static func isForeign(_ word: String) -> Bool {
        word.hasPrefix("--wrap") || word.hasPrefix("--array") || word.hasPrefix("-a") || word == "--"
    }

    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(48...57).contains(first), !name.hasPrefix("SLURM_"), !name.hasPrefix("SBATCH_") else {
            return false
        }
        return name.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
        }
    }

    /// `slurm-n2-w2-c40`, `slurm-uvicorn-n2`.
    var infra: String {
        let program = command?.first?.split(separator: "/").last.map { "-\($0)" } ?? ""
        return Self.name + program + "-n\(nodes)" + (workers.map { "-w\($0)" } ?? "") + (maxConcurrentEnvs.map { "-c\($0)" } ?? "")
    }

    /// What each task runs, and where it listens.
    /// - Parameter program: the bundled environment's, as the nodes find it.
    func script(folder: String, program: [String], basePort: Int) -> SlurmScript {
        var words = command ?? program
        if command == nil {
            words += [
                "--host", "{host}", "--port", SlurmScript.portPlaceholder, "--workers", "\(workers ?? 1)", "--advertise-host", "{node}",
            ]
            if let maxConcurrentEnvs { words += ["--max-concurrent-envs", "\(maxConcurrentEnvs)"] }
        }
        let isPlaced = words.contains { $0.contains(SlurmScript.portPlaceholder) }
        // The bundled environment says which port the kernel gave it; nothing else can.
        let first = port != 0 ? port : command == nil ? 0 : basePort
        return SlurmScript(words: words, nodes: nodes, cpus: cpus, host: host, port: first, sharesPort: !isPlaced, folder: folder)
    }

    public static func availability(_ client: ControlClient) async -> ProviderAvailability {
        let commands = SlurmCommands(clock: SystemClock())
        do throws(ScaleError) {
            if let absence = try await commands.absence() { return .missing(absence.message) }
            return .available(await commands.version().map { "Slurm \($0)" })
        } catch {
            return .missing(error.message)
        }
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let start = request.clock.now
        let commands = SlurmCommands(clock: request.clock)
        if let absence = try await commands.absence() { throw absence }
        let place = try LaunchFolder(request, in: folder)
        let servers = SlurmServers(commands, place, request)
        do throws(ScaleError) {
            try request.ledger.note(servers.resource)
            try request.ledger.note(request.processes)
            // Below the ports that a kernel gives away by itself (ip_local_port_range), and different from launch to launch.
            let script = script(
                folder: place.path, program: [self.program ?? Self.path(of: request.program)] + request.arguments,
                basePort: 20_000 + Int.random(in: 0..<10_000))
            let variables = environment.merging(request.variables) { $1 }
            let id: Int
            do throws(ScaleError) {
                id = try await commands.submit(demand.arguments(script, request.mark), script: script.text, variables: variables)
            } catch {
                throw refusal(error)
            }
            servers.submitted(id)
            request.reached(.create, "job \(id)")
            return try await SlurmStart(provider: self, servers: servers, commands: commands, request: request, start: start).wait()
        } catch {
            // What cannot be removed is in the ledger, and the reason of all this says more.
            try? await servers.stop()
            throw error
        }
    }

    private func refusal(_ error: ScaleError) -> ScaleError {
        var refusal = error
        if error.code == .usage { refusal.message = "\(flag) slurm: \(error.message)" }
        return refusal
    }

    /// This program's own path, which the nodes must find too.
    private static func path(of program: String) -> String {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: program)) ?? program
    }
}
