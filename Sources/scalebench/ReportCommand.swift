import ArgumentParser
import Foundation
import ScaleCore
import ScaleReport
import ScaleStore

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write a stored run's report again, from the database alone.",
        discussion: """
            Examples:
              scalebench report                      the latest run, to standard output
              scalebench report --run 3f2a… -o out   report.md and plots/ of one run
            """)

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Option(help: ArgumentHelp("The run's id; default: the latest.", valueName: "uuid"))
    var run: String?

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write report.md and plots/ there.", valueName: "dir"), completion: .directory)
    var outputDir: String?

    @Option(help: ArgumentHelp("Where charts go; default: plots/ in the output directory.", valueName: "dir"), completion: .directory)
    var plotsDir: String?

    func run() async throws {
        if plotsDir != nil && outputDir == nil {
            throw ScaleError.usage("--plots-dir is for the charts of --output-dir", hint: "give both")
        }
        let reader = try RunReader(path: db)
        let snapshot = try reader.snapshot(run.map { .uuid($0) } ?? .latest)
        guard let outputDir else { return Console.out(RunReport.render(snapshot)) }
        let artifacts = try Artifacts(directory: outputDir, plots: plotsDir)
        if let problem = try await artifacts.writeReport(snapshot, from: reader) { Console.error("warning: " + problem) }
        Console.out(artifacts.directory.appendingPathComponent("report.md").relativePath)
    }
}
