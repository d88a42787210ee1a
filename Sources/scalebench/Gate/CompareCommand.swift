import ArgumentParser
import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport

struct CompareCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Hold stored runs and infrastructures against each other.",
        discussion: """
            Each is a run's id or the beginning of it, `latest`, the name of an infrastructure (of the latest run that has it), \
            RUN/INFRA, or a database: FILE, FILE#RUN, FILE/INFRA or FILE#RUN/INFRA. The others are compared with the first, at \
            every load that both have: medians, the ratio with its interval, and whether that is better or worse.

            Runs of different hosts or plans, or whose generator was calibrated differently, are not comparable, and the command \
            ends with 4 then; --force compares them all the same.

            Examples:
              scalebench compare 3f2a latest
              scalebench compare local-w1 local-w2 --metric steps_per_second --metric p95
              scalebench compare main.sqlite results/scalebench.sqlite -o out
              scalebench compare main.sqlite#3f2a/local-w2 latest/local-w2 --json
            """)

    @Argument(help: ArgumentHelp("What is compared; the first is what the others are held against.", valueName: "run"))
    var runs: [String]

    @Option(help: ArgumentHelp("What to compare, like steps_per_second, success, p99 or step_p95; may be repeated.", valueName: "name"))
    var metric: [String] = []

    @Option(help: ArgumentHelp("Where runs are looked for that name no file.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Flag(help: "Compare different hosts, plans and calibrations all the same.")
    var force = false

    @Flag(help: "Print one JSON object.")
    var json = false

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write compare.md, compare.json and plots/ there.", valueName: "dir"),
        completion: .directory)
    var outputDir: String?

    func run() async throws {
        let metrics = try chosenMetrics()
        if runs.count < 2 { throw ScaleError.usage("compare has one run and nothing to hold it against", hint: "name two or more") }
        let artifacts = try outputDir.map { try Artifacts(directory: $0, plots: nil) }
        var sides: [RunComparison.Side] = []
        for text in runs { sides.append(try ComparedRun(text: text, database: db).side()) }
        let comparison = RunComparison(sides, metrics: metrics, forces: force)
        if comparison.rows.isEmpty {
            let loads = sides.prefix(2).map { side in
                "\(side.name) has " + side.infra.loads.prefix(4).map(\.load.words).joined(separator: "; ")
            }
            throw ScaleError.usage("the runs have no load in common", hint: loads.joined(separator: ", and "))
        }
        let report = ComparisonReport(comparison)
        Console.out(json ? report.json : String(report.markdown().dropLast()))
        if let artifacts { try await write(report, to: artifacts) }
        if let error = Console.outputError { throw error }
        if let refused = comparison.refusals.first {
            throw ScaleError(
                .invalidMeasurement, "'\(refused.side.name)' cannot be compared with '\(sides[0].name)': \(refused.reason)",
                hint: "--force compares them all the same")
        }
    }

    private func chosenMetrics() throws(ScaleError) -> [CellMetric] {
        var metrics: [CellMetric] = []
        for name in metric {
            guard let metric = CellMetric(name: name) else {
                throw .usage(
                    "--metric '\(name)' is no metric",
                    hint: "use steps_per_second, rps, success, p50, p90, p95, p99, max, or a percentile of a latency, like step_p95")
            }
            if !metrics.contains(metric) { metrics.append(metric) }
        }
        return metrics.isEmpty ? RunComparison.usualMetrics : metrics
    }

    private func write(_ report: ComparisonReport, to artifacts: Artifacts) async throws(ScaleError) {
        let (drawn, problem) = try await ChartFolder(url: artifacts.plots).write(report.charts)
        if let problem { Console.error("warning: " + problem) }
        let pictures = drawn.map { (path: "plots/" + $0.svgName, title: $0.title) }
        try Artifacts.write(report.markdown(pictures: pictures), to: artifacts.directory.appendingPathComponent("compare.md"))
        try Artifacts.write(report.json + "\n", to: artifacts.directory.appendingPathComponent("compare.json"))
    }
}
