import FoundationEssentials
import ScaleControl
import ScaleCore

/// Any provider class of the Python package openenv, driven by a plug-in that is part of this program.
public struct OpenEnvProvider: Provider {
    public static let name = "openenv"
    public static let summary = "a provider class of the Python package openenv, such as UVProvider or ModalProvider"
    public static let needs: String? = "a Python with openenv, and what the class needs"
    public static let positional: String? = "class"
    public static let options = [
        OptionDescription("class", "NAME", "the class, or MODULE.NAME of one of yours"),
        OptionDescription("python", "PATH", "the interpreter that has openenv", defaultValue: usualPython),
        OptionDescription(OptionDescription.any, "VALUE", "any other key is a parameter of the class, as project-path of project_path"),
        .environment,
    ]
    private static let usualPython = "python3"

    public var python: String
    public var className: String
    /// What the class is given, and which it is.
    var wish: Plugin.Wish
    private let flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        className = try spec.required("class", example: "openenv:UVProvider,project-path=.")
        python = spec.text("python") ?? Self.usualPython
        flag = spec.flag
        let isName = className.utf8.allSatisfy { byte in
            (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "._".utf8.contains(byte)
        }
        guard isName else {
            throw .usage(
                "\(spec.flag) openenv: class is '\(className)', which is no name of a class",
                hint: "write it like openenv:UVProvider,project-path=.")
        }
        if python.isEmpty { throw .usage("\(spec.flag) openenv: python is empty", hint: "write it like python=.venv/bin/python") }
        wish = try Plugin.Wish(spec, without: ["python"])
    }

    public static func availability(_ client: ControlClient) async -> ProviderAvailability {
        let question = "import importlib.metadata; print(importlib.metadata.version('openenv'))"
        do {
            let answer = try await Tool(name: usualPython).run(["-c", question], within: .seconds(10))
            if answer.isSuccess, let version = answer.lastLine { return .available("openenv \(version) of \(usualPython)") }
            return .missing("\(usualPython) has no openenv; python=PATH names another")
        } catch {
            return .missing("\(usualPython) is not on this host")
        }
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let plugin = try Plugin(openEnv: className, python: python, flag: flag)
        return try await plugin.launch(wish, request)
    }
}

extension Plugin {
    private static let openEnvPlace = "openenv "
    /// Takes the standard streams before anybody else can, and becomes the program in the first line. The working folder is
    /// no place for its modules.
    private static let bootstrap = """
        import sys; sys.path = [p for p in sys.path if p]
        import json, os
        INPUT = os.fdopen(os.dup(0), encoding="utf-8")
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        exec(compile(json.loads(INPUT.readline()), "openenv_plugin.py", "exec"))
        """

    /// - Throws: infrastructure, where the interpreter is not there.
    init(openEnv className: String, python: String, flag: String) throws(ScaleError) {
        guard let path = Tool.find(python) else {
            throw ScaleError(
                .infrastructure, "\(flag) openenv: the interpreter '\(python)' is not there",
                hint: "install Python, or name it with python=PATH")
        }
        let source = String(decoding: PackageResources.openenv_plugin_py, as: UTF8.self)
        // Text can always be encoded.
        let line = ((try? JSONEncoder().encode(source)) ?? Data()) + [UInt8(ascii: "\n")]
        // Some Pythons know their environment by the path that they are started by, so it is not resolved.
        let absolute = path.hasPrefix("/") ? path : FileManager.default.currentDirectoryPath + "/" + path
        self.init(
            provider: OpenEnvProvider.name, title: "openenv:\(className)", typed: "\(flag) openenv:\(className)",
            label: className.split(separator: ".").last.map(String.init), words: [path, "-c", Self.bootstrap], prelude: Array(line),
            place: Self.openEnvPlace + absolute)
    }

    /// From what a ledger says that a resource's place is.
    static func openEnv(place: String) throws(ScaleError) -> Plugin? {
        guard place.hasPrefix(openEnvPlace) else { return nil }
        return try Plugin(openEnv: "plug-in", python: String(place.dropFirst(openEnvPlace.count)), flag: "the ledger's")
    }
}
