import ArgumentParser
import Foundation
import ScaleCore
import ScaleImport
import ScaleReactor
import ScaleReport
import ScaleRun
import ScaleStore

struct ImportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Store published results, raw.jsonl and summary.csv, to read them again under the rules of here.",
        discussion: """
            Takes what the openenv-scaling harness writes, and what `scalebench export --format jsonl` and `csv` do. Each \
            folder becomes a run of its own that is marked as imported: it is judged and shown like any other, and no gate \
            rests on it. What the files do not say can be said with flags.

            A file with a bad line is refused as a whole, with the place of the first one. The same files are stored once.

            Examples:
              scalebench import results/local-uvicorn/2026-01-09 --cores 8
              scalebench import raw.jsonl summary.csv --infra slurm-multi --cores 96
              scalebench import summary.csv --infra hf-spaces --max-concurrent-envs 100
            """)

    @Argument(help: ArgumentHelp("Folders with raw.jsonl or summary.csv in them, or such files.", valueName: "path"), completion: .file())
    var paths: [String]

    @Option(help: ArgumentHelp("What reports call what was under test. (default: the name of its folder)", valueName: "name"))
    var infra: String?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Cores the servers could use, summed over hosts.", valueName: "count"),
        transform: ImportCommand.cores)
    var cores: Double?

    @Option(parsing: .unconditional, help: ArgumentHelp("Server processes.", valueName: "count"), transform: Quantity.count)
    var workers: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Sessions that each worker admitted.", valueName: "count"),
        transform: Quantity.count)
    var maxConcurrentEnvs: Int?

    @Option(
        parsing: .unconditional, help: ArgumentHelp("Steps of each session. (default: 1, as the harness makes)", valueName: "K"),
        transform: Quantity.count)
    var steps: Int?

    @Flag(help: "Go on without bad lines, and without the batches they belong to.")
    var skipBad = false

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Flag(help: "Print one JSON object per run on standard output.")
    var json = false

    func run() throws {
        if db.isEmpty { throw ScaleError.usage("--db '' names nothing", hint: "give a path") }
        if infra?.isEmpty == true { throw ScaleError.usage("--infra '' names nothing", hint: "give a name") }
        let folders = try PublishedFolder.all(paths)
        for folder in folders { try store(folder) }
    }

    private static let cores: @Sendable (String) throws -> Double = { text in
        guard let value = Double(text), value > 0, value <= 10_000_000 else {
            throw Quantity.Refusal(description: "give a number above 0, like 8")
        }
        return value
    }

    private func store(_ folder: PublishedFolder) throws {
        let now = HostClock.wallTime()
        let settings = ImportSettings(
            infra: infra ?? folder.infra, cores: cores, workers: workers, sessionCap: maxConcurrentEnvs, steps: steps ?? 1,
            skipsBad: skipBad)
        let raw = try folder.rawBytes()
        let table = try folder.summaryBytes()
        Console.status("reading \(folder.description)")
        let files = try Self.files(raw, table, folder.names, settings, now)
        let store = try Store(path: db)
        try Self.makeRoom(for: files, in: store, folder)
        let sessions = try Self.write(files, try folder.rawBytes(), to: store, now: now, typed: folder.description)
        let run = sessions.run
        for notice in files.notices { Console.error("note: " + notice) }
        if json {
            Console.out(
                ImportJSON.line(
                    run: run, db: db, cells: files.cells, sessions: sessions.count, lines: files.lines,
                    infra: files.deployments.map(\.infra), notices: files.notices))
        } else {
            Console.out(
                "imported \(Figure.count(files.cells)) cell\(files.cells == 1 ? "" : "s") and \(Figure.count(sessions.count)) sessions of "
                    + "\(folder.description) as run \(run); see it with: scalebench report --run \(run.prefix(8))"
                    + (db == "results/scalebench.sqlite" ? "" : " --db \(db)"))
        }
    }

    private static func files(
        _ raw: FileBytes?, _ table: Data?, _ names: PublishedFiles.Names, _ settings: ImportSettings, _ now: WallTime
    ) throws(ScaleError) -> PublishedFiles {
        guard let table else { return try PublishedFiles(raw: raw, summary: nil, names: names, settings: settings, now: now) }
        let result = table.withUnsafeBytes { bytes in
            Result { () throws(ScaleError) in
                try PublishedFiles(raw: raw, summary: bytes, names: names, settings: settings, now: now)
            }
        }
        return try result.get()
    }

    /// Files are stored once; what a killed import left of them goes.
    private static func makeRoom(for files: PublishedFiles, in store: Store, _ folder: PublishedFolder) throws(ScaleError) {
        for earlier in try store.reader.runs(planHash: files.fingerprint) {
            let run = try store.reader.snapshot(.id(earlier.id)).run
            if run.source != .imported { continue }
            if run.status == .finished {
                throw .usage(
                    "what \(folder.description) has is stored already, as run \(run.uuid)",
                    hint: "to import it with other words, remove that first: scalebench runs rm \(run.uuid.prefix(8))")
            }
            if let pid = RunOwner.living(of: run) {
                throw .usage("process \(pid) of this host is importing \(folder.description)", hint: "wait until it has ended")
            }
            try store.remove(runs: [earlier.id])
        }
    }

    private static func write(
        _ files: PublishedFiles, _ raw: FileBytes?, to store: Store, now: WallTime, typed: String
    ) throws(ScaleError) -> (run: String, count: Int) {
        let (start, end) = files.period
        let record = RunRecord(
            uuid: UUID().uuidString.lowercased(), startedAt: start,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), plan: files.plan,
            planHash: files.fingerprint, hardware: files.hardware, version: Version.current, owner: RunOwner.thisProcess,
            source: .imported, host: nil)
        let run = try store.begin(record)
        do {
            var deployments: [Int64] = []
            for deployment in files.deployments { deployments.append(try store.addDeployment(deployment, run: run)) }
            var cells = PublishedCells(files, raw: raw, now: now)
            var (sessions, done) = (0, 0)
            while let (deployment, cell) = try cells.next() {
                _ = try store.finish(cell: cell, run: run, deployment: deployments[deployment])
                sessions += cell.sessions.count
                done += 1
                Console.status("importing \(typed): \(done) of \(files.cells) cells")
            }
            try store.finish(run: run, status: .finished, at: end)
            return (record.uuid, sessions)
        } catch {
            // Half of a file would be read as the whole of it.
            try? store.remove(runs: [run])
            throw error
        }
    }
}
