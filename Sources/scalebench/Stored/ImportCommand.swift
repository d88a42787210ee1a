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
        let interruption = try Interruption("importing was stopped, and what was half stored is removed")
        var read: [(folder: PublishedFolder, files: PublishedFiles)] = []
        let now = HostClock.wallTime()
        // One bad file among many is found before the first of them is stored.
        for folder in try PublishedFolder.all(paths) { read.append((folder, try files(of: folder, now, interruption))) }
        let store = try Store(path: db)
        var refused: [ScaleError] = []
        for (folder, files) in read {
            let record = Self.record(of: files)
            switch try store.claim(imported: record, isHeld: { RunOwner.living(owner: $0) != nil }) {
            case .begun(let run):
                let sessions = try Self.write(files, of: folder, to: store, run: run, now: now, interruption)
                tell(record.uuid, folder, files, sessions: sessions)
            case .stored(let uuid):
                refused.append(
                    .usage(
                        "what \(folder.description) has is stored already, as run \(uuid)",
                        hint: "to import it with other words, remove that first: scalebench runs rm \(uuid.prefix(8))"))
            case .held(let owner):
                let pid = RunOwner.living(owner: owner).map { "process \($0)" } ?? "another process"
                refused.append(.usage("\(pid) of this host is importing \(folder.description)", hint: "wait until it has ended"))
            }
        }
        if let first = refused.first, refused.count == read.count { throw first }
        for refusal in refused { Console.error("note: " + refusal.description) }
    }

    private static let cores: @Sendable (String) throws -> Double = { text in
        guard let value = Double(text), value > 0, value <= 10_000_000 else {
            throw Quantity.Refusal(description: "give a number above 0, like 8")
        }
        return value
    }

    private func files(
        of folder: PublishedFolder, _ now: WallTime, _ interruption: Interruption
    ) throws(ScaleError) -> PublishedFiles {
        let settings = ImportSettings(
            infra: infra ?? folder.infra, cores: cores, workers: workers, sessionCap: maxConcurrentEnvs, steps: steps ?? 1,
            skipsBad: skipBad)
        let raw = try folder.rawBytes()
        raw?.interruption = interruption
        let table = try folder.summaryBytes()
        Console.status("reading \(folder.description)")
        return try Self.files(raw, table, folder.names, settings, now)
    }

    private func tell(_ run: String, _ folder: PublishedFolder, _ files: PublishedFiles, sessions: Int) {
        for notice in files.notices { Console.error("note: " + notice) }
        if json {
            Console.out(
                ImportJSON.line(
                    run: run, db: db, cells: files.cells, sessions: sessions, lines: files.lines,
                    infra: files.deployments.map(\.infra), notices: files.notices))
        } else {
            Console.out(
                "imported \(Figure.count(files.cells)) cell\(files.cells == 1 ? "" : "s") and \(Figure.count(sessions)) sessions of "
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

    private static func record(of files: PublishedFiles) -> RunRecord {
        RunRecord(
            uuid: UUID().uuidString.lowercased(), startedAt: files.period.start,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()), plan: files.plan,
            planHash: files.fingerprint, hardware: files.hardware, version: Version.current, owner: RunOwner.thisProcess,
            source: .imported, host: nil)
    }

    /// - Returns: how many sessions there are.
    private static func write(
        _ files: PublishedFiles, of folder: PublishedFolder, to store: Store, run: Int64, now: WallTime, _ interruption: Interruption
    ) throws(ScaleError) -> Int {
        do {
            let raw = try folder.rawBytes()
            raw?.interruption = interruption
            var deployments: [Int64] = []
            for deployment in files.deployments { deployments.append(try store.addDeployment(deployment, run: run)) }
            var cells = PublishedCells(files, raw: raw, now: now)
            var (sessions, done) = (0, 0)
            while let (deployment, cell) = try cells.next() {
                try interruption.check()
                _ = try store.finish(cell: cell, run: run, deployment: deployments[deployment])
                sessions += cell.sessions.count
                done += 1
                Console.status("importing \(folder.description): \(done) of \(files.cells) cells")
            }
            try interruption.check()
            try store.finish(run: run, status: .finished, at: files.period.end)
            return sessions
        } catch {
            // Half of a file would be read as the whole of it.
            try? store.remove(runs: [run])
            throw error
        }
    }
}
