import ArgumentParser
import Foundation
import ScaleCore
import ScaleReport
import ScaleStore

struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Write the report of stored runs, from the database alone.",
        discussion: """
            Several runs and infrastructures go into one report. Runs of the same infrastructure on the same machine under \
            the same kind of load count as repetitions of each other.

            As html it is one file that needs nothing else: the charts are in it, it opens offline and holds no script. \
            Without --output-dir the report goes to standard output, as md without charts.

            Examples:
              scalebench report                        the latest run, as Markdown
              scalebench report --run 3f2a… -o out     report.md and plots/ of a run
              scalebench report --all --format html -o out
              scalebench report --infra local-w2 --format html > w2.html
            """)

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @OptionGroup var selection: RunSelection

    @Option(help: ArgumentHelp("What to write: md or html.", valueName: "form"))
    var format = ReportForm.md

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write the report and plots/ there.", valueName: "dir"), completion: .directory
    )
    var outputDir: String?

    @Option(help: ArgumentHelp("Where charts go; default: plots/ in the output directory.", valueName: "dir"), completion: .directory)
    var plotsDir: String?

    func run() async throws {
        if plotsDir != nil && outputDir == nil {
            throw ScaleError.usage("--plots-dir is for the charts of --output-dir", hint: "give both")
        }
        try selection.check()
        let reader = try RunReader(path: db)
        let snapshots = try selection.snapshots(from: reader)
        guard let outputDir else {
            // The console ends the last line by itself.
            return Console.out(String(try await text(snapshots, reader).dropLast()))
        }
        let artifacts = try Artifacts(directory: outputDir, plots: plotsDir)
        if let problem = try await artifacts.writeReport(of: snapshots, from: reader, forms: [format]) {
            Console.error("warning: " + problem)
        }
        Console.out(artifacts.file(format).relativePath)
    }

    private func text(_ snapshots: [RunSnapshot], _ reader: RunReader) async throws -> String {
        let report = try ReportReading.report(on: snapshots, from: reader)
        if format == .md { return report.markdown() }
        // The pictures come from files that gnuplot writes.
        let place = FileManager.default.temporaryDirectory.appendingPathComponent("scalebench-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: place) }
        try Artifacts.check(place, flag: "TMPDIR", typed: place.deletingLastPathComponent().path)
        let folder = ChartFolder(url: place)
        let (drawn, problem) = try await folder.write(try ChartFolder.charts(of: snapshots, from: reader))
        if let problem { Console.error("warning: " + problem) }
        return report.html(charts: try folder.drawings(of: drawn))
    }
}
