import ScaleCore

/// Rules of one gate, from its command line and from a file.
public struct GateRules: Hashable, Sendable {
    public var rules: [GateRule]

    public init(_ rules: [GateRule]) { self.rules = rules }

    /// Reads all of them before any is refused.
    /// - Parameters:
    ///   - given: the values of `--require`.
    ///   - file: the text of a file with a rule a line, where `#` begins a comment, and what it is called.
    /// - Throws: `usage` with everything that is wrong, a line each; of a file with its name and line.
    public static func read(_ given: [String], file: (name: String, text: String)? = nil) throws(ScaleError) -> GateRules {
        var sources = given.map { (place: "--require '\($0)'", text: $0) }
        if let file {
            let lines = lines(of: file.text)
            if lines.isEmpty { throw .usage("the rules file '\(file.name)' has no rule", hint: "write one a line, like p99<=2.5s@N=512") }
            sources += lines.map { (place: "\(file.name):\($0.number)", text: $0.text) }
        }
        var rules: [GateRule] = []
        var places: [String: String] = [:]
        var problems: [String] = []
        for source in sources {
            switch GateRule.read(source.text) {
            case .problems(let sentences): problems += sentences.map { "\(source.place): \($0)" }
            case .rule(let rule):
                if let first = places[rule.text] {
                    problems.append("\(source.place): the same rule stands at \(first); keep one of them")
                    continue
                }
                places[rule.text] = source.place
                rules.append(rule)
            }
        }
        if problems.count == 1 { throw .usage(problems[0]) }
        if problems.count > 1 {
            throw .usage(
                "the rules have \(problems.count) problems\n" + problems.joined(separator: "\n") + "\nnothing was judged",
                hint: "scalebench gate --help shows every form")
        }
        return GateRules(rules)
    }

    private static func lines(of text: String) -> [(number: Int, text: String)] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated().compactMap { index, line in
            var rule = line
            // One inside of a name is none.
            var before: Character = " "
            for place in line.indices {
                if line[place] == "#", before.isWhitespace {
                    rule = line[..<place]
                    break
                }
                before = line[place]
            }
            return rule.allSatisfy(\.isWhitespace) ? nil : (number: index + 1, text: String(rule))
        }
    }
}
