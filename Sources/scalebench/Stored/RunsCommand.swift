import ArgumentParser
import Foundation
import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore

struct RunsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs",
        abstract: "List, show and remove what is stored.",
        discussion: """
            The list is newest first, by when a run was measured. A run is named by its id or the beginning of it.

            Examples:
              scalebench runs
              scalebench runs show 3f2a
              scalebench runs rm 3f2a 81c0 --yes
            """,
        subcommands: [ListRuns.self, ShowRun.self, RemoveRuns.self], defaultSubcommand: ListRuns.self)

    struct Database: ParsableArguments {
        @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
        var db = "results/scalebench.sqlite"
    }

    /// - Parameter reader: of the file that the selectors are about.
    static func entry(_ selector: RunSelector, _ size: StoreSize, in reader: RunReader) throws(ScaleError) -> RunList.Entry {
        let id = try reader.id(of: selector)
        let snapshot = try reader.snapshot(.id(id))
        let isOwn = snapshot.run.status == .running && RunOwner.living(of: snapshot.run) != nil
        return RunList.Entry(snapshot: snapshot, sessions: size.sessions[id] ?? 0, share: size.share(of: id), isWritten: isOwn)
    }
}

struct ListRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "The stored runs, newest first.",
        discussion: """
            `cells` are the finished and the planned ones; `share` is a run's part of the file, by its sessions. `max batch` is \
            that of the load of which most sessions were held, and how many other loads there are.

            Examples:
              scalebench runs
              scalebench runs list --json
            """)

    @OptionGroup var database: RunsCommand.Database

    @Flag(help: "Print one JSON object per run.")
    var json = false

    func run() throws {
        let reader = try RunReader(path: database.db)
        let size = try reader.size()
        let list = RunList(try reader.runs().map { try RunsCommand.entry(.id($0.id), size, in: reader) })
        if json { return list.lines.forEach { Console.out($0) } }
        Console.out(list.text)
    }
}

struct ShowRun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One run: what was asked, where, and each of its cells.",
        discussion: """
            Examples:
              scalebench runs show 3f2a
              scalebench runs show 3f2a --json
            """)

    @Argument(help: ArgumentHelp("A run's id, or its beginning.", valueName: "id"))
    var id: String

    @OptionGroup var database: RunsCommand.Database

    @Flag(help: "Print the run as `scalebench export --format json` does.")
    var json = false

    func run() throws {
        let reader = try RunReader(path: database.db)
        let entry = try RunsCommand.entry(.uuid(id), try reader.size(), in: reader)
        if json {
            let text = ExportDocument.opening(version: Version.current) + ExportDocument.run(entry.snapshot) + ExportDocument.closing
            return Console.out(String(text.dropLast()))
        }
        Console.out(RunDetails(entry).text)
    }
}

struct RemoveRuns: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rm", abstract: "Remove runs with everything that belongs to them.",
        discussion: """
            Asks first, unless --yes is given. The file is written once more without them, so that it is smaller afterwards; a \
            file of more than 1 GiB is left as large as it is, and later runs use the space, and so is one that \
            a run is being written to. A run that is being measured is not removed.

            Examples:
              scalebench runs rm 3f2a
              scalebench runs rm 3f2a 81c0 --yes
            """)

    /// A file that keeps more than this is not written anew unless that is asked for: it takes several seconds.
    static let largestToCompact = 1 << 30

    @Argument(help: ArgumentHelp("Ids of runs, or their beginnings.", valueName: "id"))
    var ids: [String]

    @Flag(help: "Do not ask.")
    var yes = false

    @Flag(inversion: .prefixedNo, help: "Make the file smaller, whatever its size. (default: up to 1 GiB)")
    var compact: Bool?

    @OptionGroup var database: RunsCommand.Database

    func run() throws {
        let reader = try RunReader(path: database.db)
        let size = try reader.size()
        var chosen: [Int64: RunList.Entry] = [:]
        for id in ids {
            let entry = try RunsCommand.entry(.uuid(id), size, in: reader)
            if let pid = RunOwner.living(of: entry.snapshot.run) {
                throw ScaleError.usage(
                    "process \(pid) of this host still writes the run \(entry.snapshot.run.uuid)",
                    hint: "wait until it has ended, or stop it first")
            }
            chosen[try reader.id(of: .uuid(id))] = entry
        }
        let sessions = chosen.values.reduce(0) { $0 + $1.sessions }
        let cells = chosen.values.reduce(0) { $0 + $1.snapshot.cells.count }
        let what =
            "\(chosen.count) run\(chosen.count == 1 ? "" : "s") with \(Figure.count(cells)) cell\(cells == 1 ? "" : "s") and "
            + "\(Figure.count(sessions)) sessions"
        guard try confirmed(what) else { return Console.error("nothing was removed") }
        let before = Self.bytes(database.db)
        let store = try Store(path: database.db)
        // Asked once more: while the user thought about it a run may have been taken up.
        try store.remove(runs: Array(chosen.keys), writer: RunOwner.living(owner:))
        let left = try store.reader.size()
        let free = left.freeBytes
        if let pid = try store.reader.owners().lazy.compactMap(RunOwner.living(owner:)).first {
            // Whoever writes would wait for the whole of it, in the middle of a measurement.
            Console.out(
                "removed \(what); \(Figure.bytes(free)) of the file are free for later runs: it stays as large as it is, because "
                    + "process \(pid) writes a run to it")
        } else if compact ?? (left.bytes - free <= Self.largestToCompact) {
            do {
                try store.compact()
                try store.close()
                Console.out("removed \(what); the file is \(Figure.bytes(max(0, before - Self.bytes(database.db)))) smaller")
            } catch {
                // They are gone all the same.
                Console.error("warning: the file is as large as before: " + error.description)
                Console.out("removed \(what)")
            }
        } else {
            Console.out("removed \(what); \(Figure.bytes(free)) of the file are free for later runs, and --compact gives them back")
        }
    }

    private func confirmed(_ what: String) throws(ScaleError) -> Bool {
        if yes { return true }
        guard isatty(0) == 1 else {
            throw .usage("rm would remove \(what), and nobody can be asked here", hint: "add --yes")
        }
        Console.error("Remove \(what) from \(database.db)? [y/N]")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    /// With its log, which holds what was written last.
    private static func bytes(_ path: String) -> Int {
        ["", "-wal"].reduce(0) { sum, suffix in
            sum + ((try? FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int) ?? 0)
        }
    }
}
