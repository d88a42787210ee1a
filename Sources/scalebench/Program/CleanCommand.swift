import ArgumentParser
import Foundation
import ScaleCore
import ScaleProviders
import ScaleReport
import ScaleRun

struct CleanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clean",
        abstract: "Remove what killed runs left behind: processes, containers, services, jobs, folders.",
        discussion: """
            Whatever a run makes outside of itself is noted in a ledger before it is made, and crossed off when it is gone. A \
            run that was killed leaves its ledger behind. This looks for everything in such ledgers, and removes it. What \
            belongs to a process that lives is left alone, and so is whatever stands in no ledger.

            Asks first, unless --yes is given.

            Examples:
              scalebench clean --dry-run
              scalebench clean
              scalebench clean --yes --run 3f2a
            """)

    @Flag(help: "Show what is there, and remove nothing.")
    var dryRun = false

    @Flag(help: "Do not ask.")
    var yes = false

    @Option(help: ArgumentHelp("Only what was made for this run, by its id or the beginning of it.", valueName: "id"))
    var run: String?

    @Flag(help: "One JSON object per resource on standard output.")
    var json = false

    @OptionGroup var logs: LogOptions

    func run() async throws {
        if run?.isEmpty == true { throw ScaleError.usage("--run '' names nothing", hint: "give a run's id, or leave it out") }
        let request = LaunchRequest.sweeping(log: logs.logger)
        var leftovers = Leftovers(run: run)
        for problem in leftovers.unreadable { Console.error("warning: \(problem)") }
        let items = await leftovers.items(request)
        let found = items.filter(\.isThere)
        var pending: [Resource] = []
        if !json { list(items) }
        if dryRun {
            if json { items.forEach { Console.out($0.json()) } }
            if !found.isEmpty { say("\(Self.count(found)) \(Self.areLeft(found)): scalebench clean removes them") }
        } else {
            pending = leftovers.forgetGone(items)
            guard try found.isEmpty || confirmed(items) else { return Console.error("nothing was removed") }
        }
        var failures = items.compactMap(\.unknown)
        if found.isEmpty, failures.isEmpty { say(nothing(leftovers, pending)) }
        if !dryRun {
            if json { items.filter { !$0.isThere }.forEach { Console.out($0.json()) } }
            failures += await remove(found, &leftovers, request)
        }
        try conclude(failures, leftovers.unreadable)
    }

    private func nothing(_ leftovers: Leftovers, _ pending: [Resource]) -> String {
        var text = run.map { "nothing is left of the run \($0)" } ?? "nothing is left of killed runs"
        if let first = pending.first { text += "; the \(first) was asked for a moment ago and may yet come: look again in a minute" }
        if let owner = leftovers.owners.first { text += "; process \(owner) still runs, and what it has launched is left alone" }
        if let host = leftovers.otherHosts.min() { text += "; what was launched on \(host) can be removed there" }
        return text
    }

    /// For people: with --json nothing but objects goes to standard output.
    private func say(_ text: String) { json ? Console.error(text) : Console.out(text) }

    // MARK: What is there

    private func list(_ items: [Leftovers.Item]) {
        var last: String?
        for item in items where !item.isGone {
            let title = "of a run that began at \(item.startedAt.inWords)" + (item.entry.run.map { " (\($0.prefix(8)))" } ?? "") + ":"
            if title != last { Console.out(title) }
            last = title
            for words in item.words { Console.out("  \(words)") }
            if let error = item.unknown { Console.out("  \(item.entry.resource), which may be there: \(error.message)") }
        }
    }

    private static func count(_ items: [Leftovers.Item]) -> String {
        var counts: [Resource.Kind: Int] = [:]
        for item in items { counts[item.entry.resource.kind, default: 0] += item.words.count }
        return Leftovers.words(counts)
    }

    private static func areLeft(_ items: [Leftovers.Item]) -> String {
        items.reduce(0) { $0 + $1.words.count } == 1 ? "is left" : "are left"
    }

    private func confirmed(_ items: [Leftovers.Item]) throws(ScaleError) -> Bool {
        if yes { return true }
        let what = Self.count(items.filter(\.isThere))
        guard isatty(0) == 1 else {
            if json { items.forEach { Console.out($0.json()) } }
            throw .usage("clean would remove \(what), and nobody can be asked here", hint: "add --yes")
        }
        Console.error("Remove \(what)? [y/N]")
        return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }

    // MARK: Removal

    /// What was made last goes first: it may need what was made before it.
    /// - Returns: what went wrong.
    private func remove(
        _ items: [Leftovers.Item], _ leftovers: inout Leftovers, _ request: LaunchRequest
    ) async -> [ScaleError] {
        var failures: [ScaleError] = []
        var removed: [Leftovers.Item] = []
        for item in items.reversed() {
            do throws(ScaleError) {
                try await leftovers.remove(item, request)
                removed.append(item)
                if json { Console.out(item.json("removed")) }
            } catch {
                failures.append(error)
                if json { Console.out(item.json("failed", error)) }
            }
        }
        if !removed.isEmpty { say("removed \(Self.count(removed))") }
        return failures
    }

    private func conclude(_ failures: [ScaleError], _ unreadable: [ScaleError]) throws(ScaleError) {
        if let problem = Console.outputError { throw problem }
        if var first = failures.first {
            let others = failures.dropFirst().map(\.message)
            if !others.isEmpty { first.cause = ([first.cause].compactMap(\.self) + others).joined(separator: "; ") }
            throw first
        }
        if let first = unreadable.first { throw first }
    }
}

extension Leftovers.Item {
    fileprivate var isThere: Bool { if case .there = state { true } else { false } }
    fileprivate var isGone: Bool { if case .gone = state { true } else { false } }
    fileprivate var unknown: ScaleError? { if case .unknown(let error) = state { error } else { nil } }
    fileprivate var words: [String] { if case .there(let words) = state { words } else { [] } }

    /// - Parameter outcome: what became of it; nil where nothing was done about it.
    fileprivate func json(_ outcome: String? = nil, _ error: ScaleError? = nil) -> String {
        LeftoverJSON.line(
            kind: entry.resource.kind.rawValue, name: entry.resource.name, place: entry.resource.place, run: entry.run,
            startedAt: startedAt, found: words, outcome: outcome ?? (isThere ? "found" : isGone ? "gone" : "unknown"),
            cause: (error ?? unknown)?.description)
    }
}
