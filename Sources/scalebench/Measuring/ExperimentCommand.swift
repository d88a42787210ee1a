import ArgumentParser
import Foundation
import ScaleConfig
import ScaleCore
import ScaleEngine
import ScaleProviders
import ScaleRun
import ScaleStore

struct ExperimentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "experiment",
        abstract: "Measure what a file describes: several infrastructures, one plan.",
        discussion: """
            docs/experiments.md describes the file; those that come with scalebench stand in experiments/.

            Examples:
              scalebench experiment run experiments/quick.yaml
              scalebench experiment run experiments/scaling.yaml --dry-run
              scalebench experiment run experiments/protocols.yaml -o out --json
              scalebench experiment run experiments/quick.yaml --fresh --db other.sqlite
              scalebench experiment run far.yaml --allow-target envs.example.org
            """,
        subcommands: [ExperimentRunCommand.self])
}

struct ExperimentRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run an experiment, or go on with one that was interrupted.",
        discussion: """
            The infrastructures take turns: for every repetition, in an order by chance (fixed by the file's seed), each is \
            launched, measured at all points of the plan, and stopped. What fails is tried once more and then left out; \
            the rest goes on, and the exit status is 5. The same command goes on with what is missing: no stored cell is \
            measured again. Report, tables and charts go to a folder of the experiment's name beside the database, unless \
            --output-dir names another; a row is added to EXPERIMENTS.md there.

            Examples:
              scalebench experiment run experiments/quick.yaml
              scalebench experiment run experiments/scaling.yaml --dry-run
              scalebench experiment run experiments/protocols.yaml -o out --json
              scalebench experiment run far.yaml --allow-target envs.example.org
            """)

    @Argument(help: ArgumentHelp("The experiment.", valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
    var file: String

    @Flag(help: "Show cells, order and time, and what is stored; launch and write nothing.")
    var dryRun = false

    @Flag(help: "Measure again what is stored already, as a new run.")
    var fresh = false

    @OptionGroup(title: "The generator") var generator: ExperimentOptions
    @OptionGroup(title: "Results") var output: OutputOptions

    func run() async throws {
        try output.checkPaths()
        let source = try ExperimentSource(path: file)
        let host = try HostProbe.facts()
        var request = RunRequest(
            plan: source.file.plan, infrastructures: source.infrastructures,
            launch: .own(host: host, startup: .seconds(60), log: output.logs.logger),
            sessionsFlag: "\(file): " + (source.file.plan.search == nil ? "batch_sizes" : "search"), threads: generator.host.threads,
            processes: generator.host.processes, trust: try generator.certificates.trust(), preflight: !generator.noPreflight,
            calibrates: !generator.host.noCalibrate,
            command: Redaction.command(["scalebench"] + CommandLine.arguments.dropFirst()),
            hardware: output.hardware.isEmpty ? source.file.hardware : output.hardware, host: host)
        let settings = ExperimentSettings(
            name: source.file.name, budget: source.file.budget, coolDown: source.file.coolDown, isFresh: fresh)
        request.experiment = settings
        request.relaunches = source.file.relaunches
        request.permission = generator.permissions.permission()
        try await request.checkTargets()
        try request.checkProcesses()
        try request.checkDescriptors()
        if dryRun {
            if output.json {
                throw ScaleError.usage("--dry-run and --json are both given", hint: "drop --json: it shows what was measured")
            }
            let reader = FileManager.default.fileExists(atPath: output.db) ? try RunReader(path: output.db) : nil
            ExperimentForecast(source: source, outlook: try ExperimentOutlook(request, settings, in: reader), request: request)
                .lines.forEach(Console.out)
            return
        }
        let folder = (output.db as NSString).deletingLastPathComponent
        let beside = { (name: String) in folder.isEmpty ? name : folder + "/" + name }
        let artifacts = try Artifacts(directory: output.outputDir ?? beside(settings.name), plots: output.plotsDir)
        let log = ExperimentLog(path: beside("EXPERIMENTS.md"), file: file, rule: source.file.rule)
        try await RecordedRun(request: request, output: output.run, artifacts: artifacts, log: log).run()
    }
}

/// What of the generator is not the file's: it depends on the host.
struct ExperimentOptions: ParsableArguments {
    @OptionGroup var host: HostOptions

    @Flag(help: "Do not try one session after each launch.")
    var noPreflight = false

    @OptionGroup var certificates: TrustOptions

    @OptionGroup var permissions: PermissionOptions
}
