import ArgumentParser
import Foundation
import ScaleCore
import ScaleReport
import ScaleStore

struct PlotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Draw the charts of stored runs, from the database alone.",
        discussion: """
            Every chart comes with its table and its script, so that anyone can redraw it with `gnuplot NAME.gp`. \
            Several runs go into one set of charts, which compares their infrastructures.

            Examples:
              scalebench plot                              the latest run, into plots/
              scalebench plot --run 3f2a… --run 81c0…      two runs in the same charts
              scalebench plot --all -o out                 every run of the database
            """)

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Option(
        help: ArgumentHelp("A run's id, or its beginning; may be repeated. Default: the latest.", valueName: "uuid"))
    var run: [String] = []

    @Flag(help: "Every run of the database.")
    var all = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Write the charts there.", valueName: "dir"), completion: .directory)
    var outputDir = "plots"

    func run() async throws {
        if all && !run.isEmpty {
            throw ScaleError.usage("--all and --run are both given", hint: "use one of them")
        }
        let reader = try RunReader(path: db)
        var selectors: [RunSelector] = run.isEmpty ? [.latest] : run.map { .uuid($0) }
        if all { selectors = try reader.runs().reversed().map { .id($0.id) } }
        var snapshots: [RunSnapshot] = []
        for selector in selectors {
            let snapshot = try reader.snapshot(selector)
            // One run twice would count its cells twice.
            if !snapshots.contains(where: { $0.run.uuid == snapshot.run.uuid }) { snapshots.append(snapshot) }
        }
        let charts = try ChartFolder.charts(of: snapshots, from: reader)
        if charts.isEmpty {
            throw ScaleError(
                .storage, "there is nothing to draw in '\(db)'", cause: "no cell of the chosen runs finished",
                hint: "name another run with --run")
        }
        let folder = URL(fileURLWithPath: outputDir, isDirectory: true)
        try Artifacts.check(folder, flag: "--output-dir", typed: outputDir)
        let (drawn, problem) = try await ChartFolder(url: folder).write(charts)
        if let problem { Console.error("warning: " + problem) }
        for chart in charts {
            let name = drawn.contains(chart) ? chart.pngName : chart.scriptName
            Console.out(folder.appendingPathComponent(name).relativePath)
        }
    }
}
