import Foundation
import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore

/// The files of `--output-dir`, all made from the stored record.
struct Artifacts {
    let directory: URL
    let plots: URL

    /// Makes the folders, and finds out now rather than after the grid whether they can be written.
    init(directory: String, plots: String?) throws(ScaleError) {
        self.directory = URL(fileURLWithPath: directory, isDirectory: true)
        self.plots = plots.map { URL(fileURLWithPath: $0, isDirectory: true) } ?? self.directory.appendingPathComponent("plots")
        try Self.check(self.directory, flag: "--output-dir", typed: directory)
        try Self.check(self.plots, flag: plots == nil ? "--output-dir" : "--plots-dir", typed: plots ?? directory)
    }

    static func check(_ folder: URL, flag: String, typed: String) throws(ScaleError) {
        let probe = folder.appendingPathComponent(".scalebench-probe-\(ProcessInfo.processInfo.processIdentifier)")
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data().write(to: probe)
            try FileManager.default.removeItem(at: probe)
        } catch {
            throw ScaleError(
                .storage, "\(flag) '\(typed)' cannot be written", cause: reason(error, at: folder),
                hint: "name a directory that you may write to")
        }
    }

    /// Foundation's errors on Linux seldom carry the system's, so the path itself is asked.
    private static func reason(_ error: any Error, at place: URL) -> String {
        var path = place.standardizedFileURL
        var isDirectory: ObjCBool = false
        while !FileManager.default.fileExists(atPath: path.path, isDirectory: &isDirectory), path.path != "/" {
            path.deleteLastPathComponent()
        }
        if path != place.standardizedFileURL && !isDirectory.boolValue { return "\(path.path): Not a directory" }
        if !FileManager.default.isWritableFile(atPath: path.path) { return "\(path.path): Permission denied" }
        return system(error) ?? "\(path.path) takes no files"
    }

    /// The words of the system's error, where one is behind Foundation's.
    private static func system(_ error: any Error) -> String? {
        var next: NSError? = error as NSError
        while let each = next {
            if each.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(each.code))) }
            next = each.userInfo[NSUnderlyingErrorKey] as? NSError
        }
        return nil
    }

    private static let tables = ["raw.jsonl", "summary.csv"]

    var lacksTables: Bool { Self.tables.contains { !isThere(directory.appendingPathComponent($0)) } }
    var lacksReport: Bool { ReportForm.allCases.contains { !isThere(file($0)) } }

    private func isThere(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    /// Takes away the tables of an earlier run, which no column would tell from this one's.
    func startTables() throws(ScaleError) {
        for name in Self.tables {
            let file = directory.appendingPathComponent(name)
            guard FileManager.default.fileExists(atPath: file.path) else { continue }
            do {
                try FileManager.default.removeItem(at: file)
            } catch {
                throw ScaleError(.storage, "\(file.path) cannot be replaced", cause: Self.reason(error, at: file))
            }
        }
    }

    /// Adds one finished cell to raw.jsonl and summary.csv.
    func append(_ cell: RunSnapshot.Cell, of snapshot: RunSnapshot, from reader: RunReader) throws(ScaleError) {
        let (sessions, hosts) = try reader.sessions(of: cell.id)
        var lines = ""
        for session in sessions {
            lines += RawJSONL.line(session, of: cell.record, hosts: hosts, hardware: snapshot.run.hardware) + "\n"
        }
        try append(lines, to: "raw.jsonl", header: nil)
        let row = SummaryCSV.row(
            cell.record, hardware: snapshot.run.hardware, endpoints: snapshot.deployments[cell.deployment]?.endpoints ?? [])
        try append(row + "\n", to: "summary.csv", header: SummaryCSV.header + "\n")
    }

    private func append(_ text: String, to name: String, header: String?) throws(ScaleError) {
        let file = directory.appendingPathComponent(name)
        do {
            if !FileManager.default.fileExists(atPath: file.path) { try Data((header ?? "").utf8).write(to: file) }
            let handle = try FileHandle(forWritingTo: file)
            try handle.seekToEnd()
            try handle.write(contentsOf: Data(text.utf8))
            try handle.close()
        } catch {
            throw ScaleError(.storage, "\(file.path) cannot be written", cause: Self.reason(error, at: file))
        }
    }

    /// Writes a run's report in every form, and its charts.
    /// - Returns: what could not be drawn, for a warning; nil when all was.
    func writeReport(_ snapshot: RunSnapshot, from reader: RunReader) async throws(ScaleError) -> String? {
        try await writeReport(of: [snapshot], from: reader, forms: ReportForm.allCases)
    }

    /// Writes one report on all of the runs, and their charts.
    /// - Returns: as above.
    func writeReport(
        of snapshots: [RunSnapshot], from reader: RunReader, forms: [ReportForm]
    ) async throws(ScaleError) -> String? {
        let report = try ReportReading.report(on: snapshots, from: reader)
        let folder = ChartFolder(url: plots)
        let (drawn, problem) = try await folder.write(try ChartFolder.charts(of: snapshots, from: reader))
        for form in forms {
            let text =
                switch form {
                case .md:
                    report.markdown(charts: drawn, chartFolder: Self.path(from: directory, to: plots), definitions: definitions)
                case .html: report.html(charts: try folder.drawings(of: drawn))
                }
            try Self.write(text, to: file(form))
        }
        return problem
    }

    func file(_ form: ReportForm) -> URL { directory.appendingPathComponent("report." + form.rawValue) }

    /// The project's page of terms where the report stands in its checkout.
    private var definitions: String? {
        let page = URL(fileURLWithPath: "docs/definitions.md")
        return FileManager.default.fileExists(atPath: page.path) ? Self.path(from: directory, to: page) : nil
    }

    private static func path(from folder: URL, to target: URL) -> String {
        let here = folder.standardizedFileURL.pathComponents
        let there = target.standardizedFileURL.pathComponents
        let shared = zip(here, there).prefix { $0 == $1 }.count
        return (Array(repeating: "..", count: here.count - shared) + there[shared...]).joined(separator: "/")
    }

    /// Replaces the file in one step, so that a reader never sees half of it. A link, a device or a pipe that stands there
    /// stays.
    static func write(_ text: String, to file: URL) throws(ScaleError) {
        do {
            switch OutputPlace(file) {
            case .file(let place): try Data(text.utf8).write(to: place, options: .atomic)
            case .stream(let place):
                let handle = try FileHandle(forWritingTo: place)
                try handle.write(contentsOf: Data(text.utf8))
                try handle.close()
            }
        } catch {
            throw ScaleError(.storage, "\(file.path) cannot be written", cause: reason(error, at: file))
        }
    }
}
