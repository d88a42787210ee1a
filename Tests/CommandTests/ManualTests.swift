import Foundation
import ScaleTestKit
import Subprocess
import Testing

/// What `make install` makes of the program: manual pages and completions of shells.
@Suite("Manual pages and completions", .patience(minutes: 2))
struct ManualTests {
    /// Both programs stand beside the test program.
    private static let programs = ["scalebench", "scalebench-env"]

    /// A command as `--experimental-dump-help` tells of it, read without the program's own types.
    private struct Command {
        var name: String
        /// As they are typed.
        var options: [String] = []
        /// Long name, name of the value, what completes it.
        var values: [(option: String, value: String, completion: Any?)] = []
        var commands: [Command] = []

        init?(_ json: Any?) {
            guard let json = json as? [String: Any], json["shouldDisplay"] as? Bool == true, let name = json["commandName"] as? String
            else { return nil }
            self.name = name
            for argument in json["arguments"] as? [[String: Any]] ?? [] where argument["shouldDisplay"] as? Bool == true {
                let names = (argument["names"] as? [[String: String]] ?? []).compactMap { each in
                    each["name"].map { (each["kind"] == "long" ? "--" : "-") + $0 }
                }
                options += names
                if argument["kind"] as? String == "option" {
                    values.append((names.last ?? "", argument["valueName"] as? String ?? "", argument["completionKind"]))
                }
            }
            commands = (json["subcommands"] as? [Any] ?? []).compactMap { Command($0) }.filter { $0.name != "help" }
        }
    }

    private func said(_ program: String, _ words: [String]) async throws -> String {
        let path = URL(fileURLWithPath: Program.path).deletingLastPathComponent().appending(path: program).path
        let ended = try await Subprocess.run(
            .name("env"), arguments: Arguments([path] + words), output: .string(limit: 1 << 22), error: .string(limit: 1 << 16))
        try #require(ended.terminationStatus.isSuccess, "\(ended.standardError)")
        return ended.standardOutput
    }

    private func command(_ program: String) async throws -> Command {
        let dump = try await said(program, ["--experimental-dump-help"])
        let json = try JSONSerialization.jsonObject(with: Data(dump.utf8)) as? [String: Any]
        return try #require(Command(json?["command"]))
    }

    /// The page of a program, made as `scripts/install.sh` makes it.
    private func page(_ program: String) async throws -> [String] {
        let dump = try await said(program, ["--experimental-dump-help"])
        return try await Workplace.with { place in
            try place.write(dump, to: "help.json")
            let ended = try await Program.run(["manual"], in: place, shell: "export SOURCE_DATE_EPOCH=1767960000; exec <help.json")
            try #require(ended.status == 0 && ended.errors.isEmpty, "\(ended.said)")
            return ended.output
        }
    }

    /// The flags of an `.It` line as they are typed.
    private static func flags(_ item: String) -> [String] {
        item.components(separatedBy: " Fl ").dropFirst().map { part in
            let word = part.prefix { $0 != " " }.replacingOccurrences(of: "\\&", with: "").replacingOccurrences(of: "\\-", with: "-")
            return "-" + word
        }
    }

    @Test("every command and every option is in the manual page, under its own heading", arguments: programs)
    func whole(program: String) async throws {
        let root = try await command(program)
        let lines = try await page(program)
        var sections: [String: [String]] = [:]
        var heading = ""
        for line in lines {
            if line.hasPrefix(".Sh COMMANDS") { heading = "" }
            if line.hasPrefix(".Ss ") { heading = String(line.dropFirst(4)) }
            if line.hasPrefix(".Sh EXIT") { heading = "end" }
            if line.hasPrefix(".It") { sections[heading, default: []] += Self.flags(line) }
        }
        #expect(sections[""] == root.options)
        for command in root.commands {
            #expect(Set(sections["\(program) \(command.name)"] ?? []) == Set(command.options), "\(command.name)")
            #expect(lines.contains(".Ss \(program) \(command.name)"))
        }
        #expect(root.commands.isEmpty == (program == "scalebench-env"))
        #expect(lines.first == ".Dd January 9, 2026" && lines.contains(".Nm \(program)"))
    }

    @Test("a manual page is plain ASCII of short lines, and no text is taken for a request", arguments: programs)
    func shape(program: String) async throws {
        let requests: Set = [
            ".Dd", ".Dt", ".Os", ".Sh", ".Nm", ".Nd", ".Op", ".Ss", ".Pp", ".Bl", ".It", ".El", ".Bd", ".Ed", ".Xr",
        ]
        var depth = 0
        for line in try await page(program) {
            #expect(line.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } && !line.isEmpty && !line.hasPrefix("'"), "\(line)")
            let word = String(line.prefix { $0 != " " })
            if line.hasPrefix(".") { #expect(requests.contains(word), "\(line)") }
            if word == ".Bl" || word == ".Bd" { depth += 1 }
            if word == ".El" || word == ".Ed" { depth -= 1 }
            #expect((0...1).contains(depth), "\(line)")
        }
        #expect(depth == 0)
    }

    @Test("installing puts everything in its place, and removing takes all of it away")
    func installs() async throws {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../scripts/install.sh").path
        let from = URL(fileURLWithPath: Program.path).deletingLastPathComponent().path
        try await Workplace.with { place in
            func install(_ from: String) async throws {
                let ended = try await Subprocess.run(
                    .name("sh"), arguments: [script, from, place.file("usr/bin"), place.file("usr/share")],
                    output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
                #expect(ended.terminationStatus.isSuccess && ended.standardError == "", "\(ended.standardError)")
            }
            func isFile(_ name: String) -> Bool {
                var isFolder: ObjCBool = false
                return FileManager.default.fileExists(atPath: place.file(name), isDirectory: &isFolder) && !isFolder.boolValue
            }
            try await install(from)
            let expected = Self.programs.flatMap { name in
                [
                    "bin/\(name)", "share/man/man1/\(name).1", "share/bash-completion/completions/\(name)",
                    "share/zsh/site-functions/_\(name)", "share/fish/vendor_completions.d/\(name).fish",
                ].map { "usr/" + $0 }
            }
            #expect(Set(place.files.filter { isFile($0) }) == Set(expected))
            try await install("--remove")
            #expect(place.files.filter { isFile($0) } == [])
        }
    }

    @Test("what is no description of a program makes no page", arguments: ["", "{}", "[1]", "usage: x"])
    func refusal(input: String) async throws {
        try await Workplace.with { place in
            try place.write(input, to: "help.json")
            let ended = try await Program.run(["manual"], in: place, shell: "exec <help.json")
            #expect(ended.status == 2 && ended.output.isEmpty && ended.sentences.count == 1, "\(ended.said)")
        }
    }

    @Test("values that are files, folders or one of a few are completed")
    func completions() async throws {
        let root = try await command("scalebench")
        var listed: Set<String> = []
        for command in root.commands {
            for (option, value, completion) in command.values {
                let kind = completion as? [String: Any]
                if value == "file" { #expect(kind?["file"] != nil, "\(command.name) \(option)") }
                if value == "dir" { #expect(kind?["directory"] != nil, "\(command.name) \(option)") }
                if kind?["list"] != nil { listed.insert(option) }
            }
        }
        for option in ["--mode", "--arrivals", "--trace-timing", "--provider", "--http-connections", "--resolve"] {
            #expect(listed.contains(option), "\(option)")
        }
    }

    @Test(
        "bash completes commands, options, values and files",
        arguments: [
            ("scalebench pl", ["plan", "plot"]), ("scalebench run --mode ", ["ws", "http"]), ("scalebench run --arri", ["--arrivals"]),
            ("scalebench search --provider l", ["local"]), ("scalebench plot --db r", ["run.sqlite"]), ("scalebench report -o d", ["deep"]),
            ("scalebench gen", []), ("scalebench man", []), ("scalebench-env --max", ["--max-concurrent-envs"]),
        ])
    func bash(typed: String, offered: [String]) async throws {
        let program = String(typed.prefix { $0 != " " })
        let script = try await said(program, ["--generate-completion-script", "bash"])
        try await Workplace.with { place in
            try place.write(script, to: "completion")
            try place.write("", to: "run.sqlite")
            try FileManager.default.createDirectory(atPath: place.file("deep"), withIntermediateDirectories: true)
            // What bash does when the tabulator is pressed.
            let press = """
                cd "$1" && source completion || exit
                COMP_LINE=$2 COMP_POINT=${#2}
                read -ra COMP_WORDS <<<"$2"
                [[ $2 != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                "$3" "$4" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let function = "_" + program
            let ended = try await Subprocess.run(
                .name("bash"), arguments: ["-c", press, "bash", place.folder, typed, function, program],
                output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            #expect(ended.standardError == "", "\(ended.standardError)")
            #expect(ended.standardOutput.split(whereSeparator: \.isNewline).map(String.init) == offered)
        }
    }

    /// Of zsh and fish where they are installed; bash is everywhere.
    @Test("every completion script can be parsed", arguments: ["bash", "zsh", "fish"], programs)
    func parses(shell: String, program: String) async throws {
        let script = try await said(program, ["--generate-completion-script", shell])
        #expect(script.count > 500)
        // zsh 5.9 takes a bracket for the end of a description where a character that is not ASCII stands before its backslash.
        #expect(!script.contains(try Regex("[^\\x00-\\x7F]\\\\\\]")))
        try await Workplace.with { place in
            try place.write(script, to: "completion")
            let ended = try await Subprocess.run(
                .name("sh"),
                arguments: ["-c", "command -v \"$1\" >/dev/null || exit 0; \"$1\" -n \"$2\"", "sh", shell, place.file("completion")],
                output: .string(limit: 1 << 16), error: .string(limit: 1 << 16))
            #expect(ended.terminationStatus.isSuccess && ended.standardError == "", "\(ended.standardError)")
        }
    }
}
