import Subprocess

/// What the process library wants as types of its own, made from text.
enum ProgramText {
    /// A path of whatever type it wants: its literal, made from a string.
    static func path<Path: ExpressibleByStringLiteral>(_ text: String) -> Path where Path.StringLiteralType == String {
        Path(stringLiteral: text)
    }

    /// This process's environment and more.
    static func environment(adding variables: [String: String]) -> Environment {
        var added: [Environment.Key: String?] = [:]
        for (name, value) in variables { added[Environment.Key(stringLiteral: name)] = value }
        return .inherit.updating(added)
    }
}
