import ArgumentParser
import Foundation
import ScaleAnalysis
import ScaleCore
import ScaleReport
import ScaleStore

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write stored runs for other programs: CSV, JSON lines, JSON, HdrHistogram, Prometheus.",
        discussion: """
            csv         one row per cell, the columns of the ancestor's summary.csv; seconds
            jsonl       one line per session, the keys of the ancestor's raw.jsonl; seconds
            json        one document with everything but sessions, of the schema scalebench/3
            hgrm        percentile distributions as HdrHistogram prints them; milliseconds
            prometheus  text exposition format; seconds, bytes, ratios

            hgrm writes a file per cell and metric into the directory of --output; with --cell one distribution.

            Examples:
              scalebench export --format csv
              scalebench export --format json --all -o runs.json
              scalebench export --format jsonl --run 3f2a --run 81c0 -o raw.jsonl
              scalebench export --format hgrm -o distributions
              scalebench export --format hgrm --cell 12 --metric total
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case csv, jsonl, json, hgrm, prometheus
    }

    @Option(help: ArgumentHelp("csv, jsonl, json, hgrm or prometheus.", valueName: "format"))
    var format: Format

    @Option(help: ArgumentHelp("A run's id, or its beginning; may be repeated. Default: the latest, or that of --cell.", valueName: "id"))
    var run: [String] = []

    @Flag(help: "Every run of the database.")
    var all = false

    @Option(
        parsing: .unconditional, help: ArgumentHelp("hgrm: this cell alone, by its number in `scalebench runs show`.", valueName: "number"))
    var cell: Int64?

    @Option(help: ArgumentHelp("hgrm: this latency alone, e.g. connect, reset, step or total.", valueName: "name"))
    var metric: String?

    @Option(
        name: [.customShort("o"), .long], help: ArgumentHelp("Write there; - is standard output.", valueName: "file"), completion: .file())
    var output = "-"

    @Option(help: ArgumentHelp("Where results are stored.", valueName: "file"), completion: .file())
    var db = "results/scalebench.sqlite"

    func run() async throws {
        if all && !run.isEmpty { throw ScaleError.usage("--all and --run are both given", hint: "use one of them") }
        if format != .hgrm, let flag = cell != nil ? "--cell" : metric != nil ? "--metric" : nil {
            throw ScaleError.usage("\(flag) is for --format hgrm", hint: "leave it out")
        }
        if output.isEmpty { throw ScaleError.usage("--output '' names nothing", hint: "give a path, or -") }
        let reader = try RunReader(path: db)
        let ids = try chosen(in: reader)
        if format == .hgrm { return try DistributionExport(reader: reader, ids: ids, cell: cell, metric: metric).write(to: output) }
        let file = try ExportFile(output)
        do {
            switch format {
            case .csv: try writeCSV(ids, reader, to: file)
            case .jsonl: try writeLines(ids, reader, to: file)
            case .json: try writeDocument(ids, reader, to: file)
            case .prometheus: try file.write(PrometheusText.render(try ids.map { try reader.snapshot(.id($0)) }))
            case .hgrm: break
            }
            try file.finish()
        } catch  where file.readerLeft {
            return
        }
    }

    /// In the order they were asked for; all of them in the order they began.
    private func chosen(in reader: RunReader) throws(ScaleError) -> [Int64] {
        if all { return try reader.runs().reversed().map(\.id) }
        if run.isEmpty, let cell, let its = try reader.run(ofCell: cell) { return [its] }
        if run.isEmpty { return [try reader.id(of: .latest)] }
        var ids: [Int64] = []
        for text in run {
            let id = try reader.id(of: .uuid(text))
            if !ids.contains(id) { ids.append(id) }
        }
        return ids
    }

    private func writeCSV(_ ids: [Int64], _ reader: RunReader, to file: ExportFile) throws {
        try file.write(SummaryCSV.header + "\n")
        for id in ids {
            let snapshot = try reader.snapshot(.id(id))
            for cell in snapshot.cells {
                let endpoints = snapshot.deployments[cell.deployment]?.endpoints ?? []
                try file.write(SummaryCSV.row(cell.record, hardware: snapshot.run.hardware, endpoints: endpoints) + "\n")
            }
        }
    }

    /// One session in memory at a time.
    private func writeLines(_ ids: [Int64], _ reader: RunReader, to file: ExportFile) throws {
        for id in ids {
            let snapshot = try reader.snapshot(.id(id))
            for cell in snapshot.cells {
                try reader.forEachSession(of: cell.id) { session, host in
                    var session = session
                    session.host = host == nil ? nil : 0
                    let line = RawJSONL.line(
                        session, of: cell.record, hosts: host.map { [$0] } ?? [], hardware: snapshot.run.hardware)
                    try file.write(line + "\n")
                }
            }
        }
    }

    private func writeDocument(_ ids: [Int64], _ reader: RunReader, to file: ExportFile) throws {
        try file.write(ExportDocument.opening(version: Version.current))
        for (index, id) in ids.enumerated() {
            if index > 0 { try file.write(ExportDocument.separator) }
            try file.write(ExportDocument.run(try reader.snapshot(.id(id))))
        }
        try file.write(ExportDocument.closing)
    }
}
