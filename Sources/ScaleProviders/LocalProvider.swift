import ScaleControl
import ScaleCore

/// The bundled environment, as a child process on this host.
public struct LocalProvider: Provider {
    public static let name = "local"
    public static let summary = "the bundled environment on this host, as a process of its own"
    public static let options = [
        OptionDescription("workers", "N", "server processes that share the port", defaultValue: "1"),
        OptionDescription("max-concurrent-envs", "N", "sessions that each worker admits", defaultValue: "unlimited"),
        OptionDescription("host", "ADDRESS", "where it listens", defaultValue: "127.0.0.1"),
        OptionDescription("port", "N", "where it listens; 0 lets the kernel choose", defaultValue: "0"),
        OptionDescription("step-cpu", "TIME", "processor time of each step, such as 2ms", defaultValue: "none"),
        OptionDescription("fault", "NAME=VALUE[+…]", "what goes wrong on purpose", defaultValue: "none"),
        OptionDescription("fault-seed", "N", "which sessions and steps the faults hit", defaultValue: "0"),
    ]

    public var workers: Int?
    public var maxConcurrentEnvs: Int?
    public var host: String
    public var port: Int
    /// As it is typed: the server reads it.
    public var stepCPU: String?
    /// Each `NAME=VALUE` as it is typed.
    public var faults: [String]
    public var faultSeed: Int?
    private let flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        workers = try spec.integer("workers", in: 1...1024)
        maxConcurrentEnvs = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
        port = try spec.integer("port", in: 0...65_535) ?? 0
        host = spec.text("host") ?? "127.0.0.1"
        stepCPU = spec.text("step-cpu")
        faults = spec.text("fault")?.split(separator: "+", omittingEmptySubsequences: false).map(String.init) ?? []
        faultSeed = try spec.integer("fault-seed", in: 0...Int.max)
        flag = spec.flag
        if host.isEmpty {
            throw .usage("\(spec.flag) local: host is empty", hint: "write it like local:host=127.0.0.1")
        }
    }

    /// `local`, with what differs from the plainest: `local-w2-c40-cpu2ms-slowdown10%`.
    var infra: String {
        Self.name + (workers.map { "-w\($0)" } ?? "") + (maxConcurrentEnvs.map { "-c\($0)" } ?? "")
            + (stepCPU.map { "-cpu\($0)" } ?? "")
            + faults.map { "-" + $0.split(separator: "=").joined() }.joined() + (faultSeed.map { "-seed\($0)" } ?? "")
    }

    var flags: [String] {
        var flags = ["--host", host, "--port", String(port), "--workers", String(workers ?? 1)]
        if let maxConcurrentEnvs { flags += ["--max-concurrent-envs", String(maxConcurrentEnvs)] }
        // In one word each, lest a value that begins with a dash be taken for a flag.
        flags += stepCPU.map { ["--step-cpu=\($0)"] } ?? []
        flags += faults.map { "--fault=\($0)" } + (faultSeed.map { ["--fault-seed=\($0)"] } ?? [])
        // The service then ends when its standard input does, which is when this process is gone.
        return flags + ["--lifeline"]
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let deadline = request.startupDeadline ?? .seconds(30)
        let start = request.clock.now
        let server = try ServerProcess(program: request.program, arguments: request.arguments + flags, request)
        let outcome = await Self.firstAddress(of: server, within: deadline, request)
        switch outcome {
        case .listening(let endpoint):
            let took = request.clock.now - start
            request.reached(.started, endpoint.redacted)
            return LocalServer(
                server: server, endpoints: [endpoint],
                facts: DeploymentRecord(
                    provider: Self.name, infra: infra, cores: Double(request.hostCores), replicas: 1,
                    workers: workers ?? 1,
                    sessionCap: maxConcurrentEnvs, endpoints: [endpoint.redacted]),
                lifecycle: [
                    LifecycleRecord(replica: 0, stage: .started, start: .zero, duration: took, outcome: "ok")
                ])
        case .ended(let ending):
            try await server.end()
            if let refusal = refusal(ending, server) { throw refusal }
            throw Self.failure(
                server,
                server.pid == nil
                    ? "the local server '\(request.program)' cannot be started: \(ending)"
                    : "the local server ended with \(ending) before it listened")
        case .silent:
            try await server.end()
            throw Self.failure(server, "the local server did not say within \(deadline.seconds) s where it listens")
        case .cancelled:
            try await server.end()
            throw ScaleError(.interrupted, "the launch of the local server was stopped")
        }
    }

    /// The server's own sentence about its flags, all of which come from the provider's string.
    private func refusal(_ ending: String, _ server: ServerProcess) -> ScaleError? {
        guard ending == "exit status \(ScaleError.Code.usage.exitStatus)", let line = server.errorLines.last,
            let colon = line.firstIndex(of: ":")
        else { return nil }
        return .usage("\(flag) local:" + line[line.index(after: colon)...])
    }

    private static func failure(_ server: ServerProcess, _ sentence: String) -> ScaleError {
        let lines = server.errorLines
        return ScaleError(.infrastructure, sentence, cause: lines.isEmpty ? nil : lines.joined(separator: "\n"))
    }

    private enum Outcome: Sendable {
        case listening(Endpoint)
        case ended(String)
        case silent
        case cancelled
    }

    private static func firstAddress(
        of server: ServerProcess, within deadline: Nanoseconds, _ request: LaunchRequest
    ) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            group.addTask {
                for await event in server.events {
                    switch event {
                    case .spawned: continue
                    case .line(let line):
                        if let endpoint = Self.address(in: line) { return .listening(endpoint) }
                    case .ended(let ending): return .ended(ending)
                    }
                }
                return .cancelled
            }
            group.addTask {
                do { try await request.clock.sleep(deadline) } catch { return .cancelled }
                return .silent
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            return first
        }
    }

    /// Reads `… listening on http://HOST:PORT …`. A server on every interface is reached over the loopback one.
    static func address(in line: String) -> Endpoint? {
        let words = line.split(separator: " ")
        guard let listening = words.firstIndex(of: "listening"), words[listening...].count >= 3,
            words[listening + 1] == "on", words[listening + 2].contains("://"),
            var endpoint = try? Endpoint(url: String(words[listening + 2]))
        else { return nil }
        if endpoint.host == "0.0.0.0" { endpoint.host = "127.0.0.1" }
        if endpoint.host == "::" { endpoint.host = "::1" }
        return endpoint
    }
}

/// A child that serves at known addresses.
struct LocalServer: ResourceReading {
    var server: ServerProcess
    var endpoints: [Endpoint]
    var facts: DeploymentRecord
    var lifecycle: [LifecycleRecord]
    var scrubbed = ScrubbedText()
    /// As in ``KeptServer``.
    var refusal = ""
    var tells: @Sendable ([String]) -> String? = { _ in nil }
    /// Held as long as it lives.
    var port: ServerPort?

    var processes: [Int32] { server.ending == nil ? server.pid.map { [$0] } ?? [] : [] }
    private var lines: [String] { server.errorLines.map { scrubbed($0) } }

    func health() async -> DeploymentHealth {
        let lines = lines
        if let line = tells(lines) { return .ended(.init(state: refusal, lastLines: [line])) }
        return server.ending.map { .ended(.init(state: $0, lastLines: lines)) } ?? .alive
    }

    func logs(last count: Int) async -> [String] { lines.suffix(max(0, count)) }

    func stop() async throws(ScaleError) { try await server.end() }
}
