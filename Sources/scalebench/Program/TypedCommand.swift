import ArgumentParser
import ScaleCore

/// As much of a command line as names a command, for whoever mistyped it.
struct TypedCommand {
    /// What has the help on it: `scalebench runs list`.
    let path: String
    /// Where a word stands in the place of a subcommand and is none: what to do about it, in one sentence.
    let stranger: String?

    init(_ words: some Sequence<String>) {
        var names = ["scalebench"]
        var type: any ParsableCommand.Type = Scalebench.self
        var rest = Array(words)[...]
        while let word = rest.first, let next = Self.subcommands(of: type).first(where: { Self.name($0) == word }) {
            type = next
            names.append(word)
            rest = rest.dropFirst()
        }
        let known = Self.subcommands(of: type).filter { $0.configuration.shouldDisplay }.map { Self.name($0) }
        if let word = rest.first, !word.hasPrefix("-"), !known.isEmpty {
            let help = names.joined(separator: " ") + " --help"
            let guess = Spelling.nearest(to: word.lowercased(), among: known)
            stranger = "there is no subcommand '\(word)'; " + (guess.map { "did you mean '\($0)'?" } ?? "see \(help)")
        } else {
            stranger = nil
        }
        // Flags without a command are those of the one that is meant then.
        if rest.first?.hasPrefix("-") == true, let usual = type.configuration.defaultSubcommand { names.append(Self.name(usual)) }
        path = names.joined(separator: " ")
    }

    private static func subcommands(of type: any ParsableCommand.Type) -> [any ParsableCommand.Type] { type.configuration.subcommands }

    private static func name(_ type: any ParsableCommand.Type) -> String { type.configuration.commandName ?? "" }
}
