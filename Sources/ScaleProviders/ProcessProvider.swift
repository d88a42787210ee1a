import ScaleControl
import ScaleCore

/// Any server program, as a child process on this host.
public struct ProcessProvider: Provider {
    public static let name = "process"
    public static let summary = "any command on this host that serves OpenEnv at a port it is given"
    public static let options =
        [
            OptionDescription(
                "command", "\"WORD WORD…\"", "what is run, without a shell; {port} and {host} in it are filled in"),
            OptionDescription("workers", "N", "server processes that the command starts, for the record"),
            OptionDescription("max-concurrent-envs", "N", "sessions that each of them admits, for the record"),
        ] + KeptServer.options()

    /// With its placeholders.
    public var words: [String]
    var server: KeptServer

    public init(spec: ProviderSpec) throws(ScaleError) {
        server = try KeptServer(spec)
        let example = "write it like process:command=\"uvicorn app:app --port {port}\""
        guard let command = spec.text("command") else {
            throw .usage("\(spec.flag) process names no command", hint: example)
        }
        guard let words = CommandWords.split(command) else {
            throw .usage("\(spec.flag) process: command has a quote or a backslash that does not end", hint: example)
        }
        guard let program = words.first, !program.isEmpty else {
            throw .usage("\(spec.flag) process: command is empty", hint: example)
        }
        if server.port == 0, !words.contains(where: { $0.contains(Self.portPlaceholder) }) {
            throw .usage(
                "\(spec.flag) process: command does not say where the port goes",
                hint: "write {port} in it, or give the one that it listens on: port=8000")
        }
        self.words = words
    }

    private static let portPlaceholder = "{port}"

    /// `process-uvicorn-w2-c40`.
    var infra: String { server.infra("\((words.first ?? "").split(separator: "/").last ?? "")") }

    func command(port: UInt16) -> [String] {
        words.map { $0.replacing(Self.portPlaceholder, with: "\(port)").replacing("{host}", with: server.host) }
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        try await server.launch(infra: infra, request) { command(port: $0) }
    }
}
