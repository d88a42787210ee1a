import Glibc
import ScaleControl
import ScaleCore

/// An environment's project, run by uv and served by uvicorn, as the class UVProvider of OpenEnv does it.
public struct UVProvider: Provider {
    public static let name = "uv"
    public static let summary = "the project of an environment on this host, by uv run and uvicorn"
    public static let needs: String? = "uv"
    public static let positional: String? = "project"
    public static let options =
        [
            OptionDescription("project", "FOLDER", "the project, with its pyproject.toml"),
            OptionDescription("app", "MODULE:NAME", "the app that uvicorn serves", defaultValue: "that of openenv.yaml, or \(usualApp)"),
            OptionDescription("workers", "N", "server processes", defaultValue: "1"),
            OptionDescription("max-concurrent-envs", "N", "sessions that each admits, as the variable \(capVariable)"),
            OptionDescription("with", "PACKAGE,…", "packages that are installed beside those of the project"),
            OptionDescription("python", "VERSION", "the Python that uv takes", defaultValue: "uv's choice"),
            OptionDescription("offline", "true|false", "nothing is fetched from a network", defaultValue: "false"),
        ] + KeptServer.options(port: "that of openenv.yaml, or 0")

    private static let usualApp = "server.app:app"
    /// By which the apps of OpenEnv's environments know how many sessions a process admits.
    private static let capVariable = "MAX_CONCURRENT_ENVS"
    public var project: String
    /// Nil for what the project itself says.
    public var app: String?
    /// Packages as `uv run --with` takes them.
    public var with: String?
    public var python: String?
    public var isOffline: Bool
    var server: KeptServer
    private let hasPort: Bool

    public init(spec: ProviderSpec) throws(ScaleError) {
        server = try KeptServer(spec)
        server.workers = server.workers ?? 1
        if let cap = server.maxConcurrentEnvs {
            if server.environment[Self.capVariable] != nil {
                throw .usage(
                    "\(spec.flag) uv: max-concurrent-envs and env.\(Self.capVariable) are both given", hint: "use one of them")
            }
            server.environment[Self.capVariable] = "\(cap)"
        }
        // uv removes the environment that it made when all workers have ended.
        server.stopGrace = .seconds(15)
        project = try spec.required("project", example: "uv:./my_env")
        app = spec.text("app")
        hasPort = spec.text("port") != nil
        server.tells = UvicornLog.whyNot
        with = spec.text("with")
        python = spec.text("python")
        isOffline = try spec.truth("offline") ?? false
        if project.hasPrefix("git+") {
            throw .usage("\(spec.flag) uv: project is '\(Redaction.url(project))', which is no folder of this host", hint: "clone it first")
        }
        for (key, value) in [("app", app), ("with", with), ("python", python)] where value?.isEmpty == true || value?.hasPrefix("-") == true
        {
            throw .usage("\(spec.flag) uv: \(key) is '\(value ?? "")'", hint: "give a value, or leave it out")
        }
    }

    public static func availability(_ client: ControlClient) async -> ProviderAvailability {
        guard let answer = try? await Tool(name: "uv").run(["--version"], within: .seconds(5)) else {
            return .missing("uv is not on this host")
        }
        return .available(answer.lastLine)
    }

    /// Without trailing slashes and dots, e.g. `my_env`.
    private var projectName: String { "\(project.split(separator: "/").last { $0 != "." } ?? "project")" }

    /// With what the project says of itself, where the options do not.
    func completed() throws(ScaleError) -> UVProvider {
        let said = try OpenEnvProject.read(in: project, for: "\(server.flag) \(Self.name)")
        var whole = self
        whole.app = app ?? said.app ?? Self.usualApp
        if !hasPort, let port = said.port { whole.server.port = port }
        whole.server.refusal = "uvicorn cannot load \(whole.app ?? "")"
        return whole
    }

    /// In the project's folder, where its modules and files are.
    func command(uv: String, port: UInt16) -> [String] {
        var words = [uv, "run", "--isolated", "--directory", project]
        if let with { words += ["--with", with] }
        if let python { words += ["--python", python] }
        if isOffline { words.append("--offline") }
        return words + [
            "--", "uvicorn", app ?? Self.usualApp, "--host", server.host, "--port", "\(port)", "--workers", "\(server.workers ?? 1)",
        ]
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        guard let uv = Tool.find("uv") else {
            throw ScaleError(.infrastructure, "\(server.flag) uv: 'uv' is not on this host", hint: "install it: pip install uv")
        }
        guard access(project, F_OK) == 0 else {
            throw .usage("\(server.flag) uv: the project '\(project)' is not there", hint: "give the folder with its pyproject.toml")
        }
        guard access(project + "/pyproject.toml", R_OK) == 0 else {
            throw .usage(
                "\(server.flag) uv: the project '\(project)' has no pyproject.toml", hint: "give the folder of an environment's project")
        }
        let whole = try completed()
        request.progress("uv prepares \(projectName); what it does not have yet it downloads")
        return try await whole.server.launch(infra: server.infra(projectName), request) { whole.command(uv: uv, port: $0) }
    }
}

/// What uvicorn's log tells.
enum UvicornLog {
    /// The line that says why there is no app to serve; nil where none does. With several workers uvicorn starts them again
    /// and again, and never ends.
    static func whyNot(_ lines: [String]) -> String? {
        if let line = lines.last(where: { $0.contains("Error loading ASGI app") }) { return line }
        // A worker that has served may die without the others.
        guard !lines.contains(where: { $0.contains("startup complete") || $0.contains("HTTP/1.1") || $0.contains("[accepted]") }) else {
            return nil
        }
        // In front of the last line of a traceback nothing is indented.
        guard let trace = lines.lastIndex(where: { $0.hasPrefix("  File \"") }) else { return nil }
        return lines[trace...].first { line in
            let name = line.prefix { $0.isLetter || $0.isNumber || $0 == "." || $0 == "_" }
            return name.first?.isLetter == true && (name.hasSuffix("Error") || name.hasSuffix("Exception"))
        }
    }
}
