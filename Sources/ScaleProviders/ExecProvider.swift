import FoundationEssentials
import Glibc
import ScaleControl
import ScaleCore

/// Whatever a program of the user's launches, by the protocol of docs/plugin-protocol.md.
public struct ExecProvider: Provider {
    public static let name = "exec"
    public static let summary = "a program of yours that launches servers and speaks the plug-in protocol"
    public static let positional: String? = "path"
    public static let options = [
        OptionDescription("path", "PATH", "the program, with its arguments in double quotes; it is run without a shell"),
        OptionDescription(OptionDescription.any, "VALUE", "any other key is the plug-in's own"),
        .environment,
    ]

    /// The program and its arguments.
    public var words: [String]
    /// The plug-in's own.
    var wish: Plugin.Wish
    private let flag: String

    public init(spec: ProviderSpec) throws(ScaleError) {
        let example = "write it like exec:./launch.py or exec:\"python3 launch.py\""
        guard let words = CommandWords.split(try spec.required("path", example: "exec:./launch.py")) else {
            throw .usage("\(spec.flag) exec: path has a quote or a backslash that does not end", hint: example)
        }
        guard let program = words.first, !program.isEmpty else { throw .usage("\(spec.flag) exec: path is empty", hint: example) }
        self.words = words
        flag = spec.flag
        wish = try Plugin.Wish(spec, without: ["path"])
    }

    public func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        let plugin = try Plugin(exec: words, flag: flag)
        return try await plugin.launch(wish, request)
    }
}

extension Plugin.Wish {
    /// What is left of a provider string.
    init(_ spec: ProviderSpec, without keys: Set<String>) throws(ScaleError) {
        let own = spec.options.filter { !keys.contains($0.key) && !$0.key.hasPrefix("env.") }
        options = Dictionary(own.map { ($0.key, $0.value) }) { $1 }
        environment = spec.values(under: "env.")
        workers = try spec.integer("workers", in: 1...1_000_000)
        sessionCap = try spec.integer("max-concurrent-envs", in: 1...1_000_000)
    }
}

extension Plugin {
    private static let execPlace = "exec "

    /// - Throws: usage, where the program is not there or is none.
    init(exec words: [String], flag: String) throws(ScaleError) {
        let program = words.first ?? ""
        guard Tool.find(program) != nil else {
            let isFile = program.contains("/") && access(program, F_OK) == 0
            throw .usage(
                "\(flag) exec: '\(program)' is \(isFile ? "not executable" : "not there")",
                hint: isFile
                    ? "make it so with chmod +x, or name its interpreter: exec:\"python3 \(program)\""
                    : "give its path, or a name that PATH leads to")
        }
        // Of an interpreter that PATH leads to, the file that it reads says more.
        let file = program.contains("/") ? nil : words.dropFirst().first { !$0.isEmpty && access($0, R_OK) == 0 }
        // A later process may have another working folder.
        let folder = FileManager.default.currentDirectoryPath
        let absolute = words.enumerated().map { place, word in
            if place == 0 { return Tool.find(word).map { $0.hasPrefix("/") ? $0 : folder + "/" + $0 } ?? word }
            let isFile = !word.isEmpty && !word.hasPrefix("/") && !word.hasPrefix("-") && access(word, F_OK) == 0
            return isFile ? folder + "/" + word : word
        }
        let title = "the plug-in '\(file ?? program)'"
        self.init(
            provider: ExecProvider.name, title: title, typed: "\(flag) exec: \(title)", words: words,
            place: Self.execPlace + CommandWords.join(absolute))
    }

    /// From what a ledger says that a resource's place is.
    static func exec(place: String) throws(ScaleError) -> Plugin? {
        guard place.hasPrefix(execPlace), let words = CommandWords.split(String(place.dropFirst(execPlace.count))), !words.isEmpty else {
            return nil
        }
        return try Plugin(exec: words, flag: "the ledger's")
    }
}
