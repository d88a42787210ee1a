import Foundation

/// A program's manual page in mdoc, the language of manual pages (mdoc(7)).
struct ManualPage {
    let command: ProgramHelp.Command
    /// When it was made.
    let date: Date

    /// Without the last line end.
    var text: String {
        var lines = [
            ".Dd \(Self.day(date))", ".Dt \(command.commandName.uppercased()) 1", ".Os", ".Sh NAME", ".Nm \(command.commandName)",
            ".Nd " + Self.escaped(Self.title(command.abstract ?? "")), ".Sh SYNOPSIS",
        ]
        let commands = (command.subcommands ?? []).filter { $0.shouldDisplay && $0.commandName != "help" }
        lines.append(".Nm")
        if !commands.isEmpty { lines.append(".Op Ar command") }
        lines += [".Op Ar option ...", ".Sh DESCRIPTION"]
        let (status, rest) = Self.paragraphs(command.discussion).split { $0.hasPrefix(Self.exitStatus) }
        lines += Self.prose(rest)
        lines += options(command.arguments, lead: rest.isEmpty ? nil : ".Pp")
        if !commands.isEmpty { lines.append(".Sh COMMANDS") }
        for each in commands { lines += section(each, below: command.commandName) }
        if let status = status.first {
            lines.append(".Sh EXIT STATUS")
            lines += Self.wrapped(Self.capitalized(String(status.dropFirst(Self.exitStatus.count))))
        }
        lines += [".Sh SEE ALSO", ".Xr \(command.commandName == "scalebench" ? "scalebench-env" : "scalebench") 1"]
        return lines.joined(separator: "\n")
    }

    private static let exitStatus = "Exit status: "

    /// Of a command and of those below it.
    private func section(_ command: ProgramHelp.Command, below parent: String) -> [String] {
        let name = "\(parent) \(command.commandName)"
        var lines = [".Ss \(name)"]
        let abstract = Self.paragraphs(command.abstract)
        let discussion = Self.paragraphs(command.discussion)
        // Examples come last, as in every manual page.
        let (examples, prose) = discussion.split { $0.hasPrefix("Examples:\n") }
        lines += Self.prose(abstract + prose)
        lines += options(command.arguments, lead: abstract.isEmpty && prose.isEmpty ? nil : ".Pp")
        for example in examples {
            lines += [".Pp", "Examples:", ".Bd -literal"]
            lines += Self.lines(example).dropFirst().map { line in
                Self.noRequest(Self.escaped(line.hasPrefix("  ") ? String(line.dropFirst(2)) : line))
            }
            lines.append(".Ed")
        }
        for each in command.subcommands ?? [] where each.shouldDisplay && each.commandName != "help" {
            lines += section(each, below: name)
        }
        return lines
    }

    // MARK: Options

    private func options(_ arguments: [ProgramHelp.Argument]?, lead: String?) -> [String] {
        let shown = (arguments ?? []).filter(\.shouldDisplay)
        if shown.isEmpty { return [] }
        var order: [String?] = []
        for each in shown where !order.contains(each.sectionTitle) { order.append(each.sectionTitle) }
        var lines: [String] = []
        for title in order {
            if let lead = lines.isEmpty ? lead : ".Pp", title != nil { lines.append(lead) }
            if let title { lines += Self.wrapped(title + ":") }
            lines.append(".Bl -tag -width Ds")
            for each in shown where each.sectionTitle == title {
                lines += [Self.item(each)] + Self.explanation(each)
            }
            lines.append(".El")
        }
        return lines
    }

    /// `.It Fl n Ar N , Fl \-requests Ar N`
    private static func item(_ argument: ProgramHelp.Argument) -> String {
        let value = argument.kind == .flag ? "" : " Ar " + word(argument.valueName ?? "value")
        guard let names = argument.names, !names.isEmpty else { return ".It" + value }
        let flags = names.sorted { $0.name.count < $1.name.count }.map { name in
            " Fl \(name.kind == .long ? "\\-" : "")\(word(name.name))" + value
        }
        return ".It" + flags.joined(separator: " ,")
    }

    private static func explanation(_ argument: ProgramHelp.Argument) -> [String] {
        var text = argument.abstract ?? ""
        if let usual = argument.defaultValue, argument.kind == .option { text += (text.isEmpty ? "" : " ") + "(default: \(usual))" }
        return wrapped(text)
    }

    /// A word of a macro line: the zero-width `\&` keeps mdoc from taking it for a macro or a delimiter.
    private static func word(_ text: String) -> String {
        "\\&" + escaped(text).split(separator: " ").joined(separator: "\\ ")
    }

    // MARK: Text

    /// Parts between empty lines.
    private static func paragraphs(_ text: String?) -> [String] {
        var found: [[String]] = [[]]
        for line in lines(text ?? "") {
            if line.isEmpty { found.append([]) } else { found[found.count - 1].append(line) }
        }
        return found.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
    }

    private static func lines(_ text: String) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private static func prose(_ paragraphs: [String]) -> [String] {
        paragraphs.enumerated().flatMap { index, text in (index == 0 ? [] : [".Pp"]) + wrapped(text) }
    }

    /// Lines of at most 80 characters; a sentence begins a line, as mdoc asks, so that the space behind a full stop can be
    /// told from that behind an abbreviation.
    private static func wrapped(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        var endsSentence = false
        for word in escaped(text).split(whereSeparator: \.isWhitespace).map(String.init) {
            let begins = endsSentence && (word.first?.isUppercase ?? false || word.hasPrefix("\\(oq"))
            if !line.isEmpty, begins || line.count + 1 + word.count > 78 {
                lines.append(line)
                line = ""
            }
            line += (line.isEmpty ? "" : " ") + word
            endsSentence = word.last.map { ".!?".contains($0) } ?? false
        }
        if !line.isEmpty { lines.append(line) }
        return lines.map { noRequest($0) }
    }

    /// A line that begins with a control character would be a request.
    private static func noRequest(_ line: String) -> String { line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line }

    /// Without what would be an escape; what is not ASCII by its number.
    private static func escaped(_ text: String) -> String {
        var result = ""
        var opens = true
        for character in text.unicodeScalars {
            switch character {
            case "\\": result += "\\e"
            case "-": result += "\\-"
            case "'": result += "\\(aq"
            case "\"": result += "\\(dq"
            case "`":
                result += opens ? "\\(oq" : "\\(cq"
                opens.toggle()
            case _ where character.isASCII: result.unicodeScalars.append(character)
            default: result += "\\[u" + hex(character.value) + "]"
            }
        }
        return result
    }

    /// At least four digits, as groff asks.
    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    /// A description in NAME ends in no delimiter.
    private static func title(_ text: String) -> String { text.last.map { ".?!".contains($0) } == true ? String(text.dropLast()) : text }

    private static func capitalized(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// `November 21, 2026`, of Greenwich: the same on every machine.
    private static func day(_ date: Date) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
        ]
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(secondsFromGMT: 0) ?? calendar.timeZone
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        return "\(months[((parts.month ?? 1) - 1) % 12]) \(parts.day ?? 1), \(parts.year ?? 1970)"
    }
}

extension Array {
    /// Those that meet a condition, and the others.
    fileprivate func split(_ isFirst: (Element) -> Bool) -> ([Element], [Element]) { (filter(isFirst), filter { !isFirst($0) }) }
}
