import ArgumentParser
import Foundation
import ScaleCore

/// Makes the manual page of one of the two programs, for `make install`; no command of a user's.
///
/// The page is made of what the program's own parser says of itself, so it cannot name an option that is not there.
struct ManualCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "manual",
        abstract: "Turn what a program says of itself into a manual page.",
        discussion: """
            Examples:
              scalebench --experimental-dump-help | scalebench manual > scalebench.1
              scalebench-env --experimental-dump-help | scalebench manual | man -l -
            """,
        shouldDisplay: false)

    func run() throws {
        let input = FileHandle.standardInput.readDataToEndOfFile()
        guard let help = try? JSONDecoder().decode(ProgramHelp.self, from: input) else {
            throw ScaleError.usage(
                "standard input is not what a program says of itself", hint: "pipe scalebench --experimental-dump-help into it")
        }
        let epoch = ProcessInfo.processInfo.environment["SOURCE_DATE_EPOCH"].flatMap { TimeInterval($0) }
        Console.out(ManualPage(command: help.command, date: epoch.map { Date(timeIntervalSince1970: $0) } ?? Date()).text)
    }
}

/// What `--experimental-dump-help` prints, as far as a manual shows it.
struct ProgramHelp: Decodable {
    struct Command: Decodable {
        var commandName: String
        var abstract: String?
        var discussion: String?
        var shouldDisplay: Bool
        var subcommands: [Command]?
        var arguments: [Argument]?
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            enum Kind: String, Decodable {
                case long, short, longWithSingleDash
            }

            var kind: Kind
            var name: String
        }

        enum Kind: String, Decodable {
            case positional, option, flag
        }

        var kind: Kind
        var shouldDisplay: Bool
        var sectionTitle: String?
        var isOptional: Bool
        var isRepeating: Bool
        var names: [Name]?
        var valueName: String?
        var defaultValue: String?
        var abstract: String?
    }

    var command: Command
}
