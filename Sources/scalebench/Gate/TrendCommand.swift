import ArgumentParser
import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleStore

struct TrendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trend",
        abstract: "The history of a metric over stored runs, with the points at which it changed.",
        discussion: """
            Of every finished run that was measured the median over its repetitions is one value. Runs from hosts of one kind \
            (processor, cores, memory), on one infrastructure and with one load make a history. A change point is where the mean \
            before and after differs by 5 % or more with p < 0.001, and at least two runs follow. It informs: the exit status is 0 \
            whatever it finds.

            Examples:
              scalebench trend
              scalebench trend --metric p99 --infra local-w2
              scalebench trend --json --db nightly.sqlite
              scalebench trend --metric step_p95 -o plots
            """)

    @Option(
        help: ArgumentHelp(
            "steps_per_second, rps, success, or a percentile: p50, p90, p95, p99, max, or of one latency, as step_p95.",
            valueName: "name"))
    var metric = CellMetric.stepsPerSecond.name

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    @Option(help: ArgumentHelp("Only this infrastructure; may be repeated.", valueName: "name"))
    var infra: [String] = []

    @Flag(help: "Print one JSON object per history.")
    var json = false

    @Option(name: [.customShort("o"), .long], help: ArgumentHelp("Draw the histories there.", valueName: "dir"), completion: .directory)
    var outputDir: String?

    func run() async throws {
        guard let metric = CellMetric(name: metric) else {
            throw ScaleError.usage(
                "--metric '\(metric)' is no metric of a cell",
                hint: "use steps_per_second, rps, success, a percentile such as p99, or of one latency, such as step_p95")
        }
        let reader = try RunReader(path: db)
        let stored = try reader.runs()
        for name in infra where !stored.contains(where: { $0.infra.contains(name) }) {
            throw ScaleError.usage("--infra '\(name)' is no infrastructure in '\(db)'")
        }
        let snapshots = try stored.filter { $0.status == .finished && !$0.isDuel }.map { try reader.snapshot(.id($0.id)) }
        let series = TrendSeries.all(of: snapshots, metric: metric, infras: infra)
        if series.isEmpty {
            return Console.error("no finished run in '\(db)' was measured with \(metric.name): there is no history yet")
        }
        if json { series.forEach { Console.out(TrendJSON.line($0)) } } else { Console.out(TrendText(series).text) }
        if let outputDir { try await draw(series, into: outputDir) }
    }

    private func draw(_ series: [TrendSeries], into typed: String) async throws {
        let charts = TrendChart.all(series)
        if charts.isEmpty { return Console.error("no history has two runs: there is nothing to draw") }
        let folder = URL(fileURLWithPath: typed, isDirectory: true)
        try Artifacts.check(folder, flag: "--output-dir", typed: typed)
        let (drawn, problem) = try await ChartFolder(url: folder).write(charts)
        if let problem { Console.error("warning: " + problem) }
        for chart in charts {
            let name = drawn.contains(chart) ? chart.pngName : chart.scriptName
            Console.error("drawn: " + folder.appendingPathComponent(name).relativePath)
        }
    }
}
