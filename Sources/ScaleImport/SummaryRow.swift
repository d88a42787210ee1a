import ScaleCore

/// One row of `summary.csv`: the aggregates of one cell as their author computed them.
struct SummaryRow: Sendable {
    /// Three percentiles of one latency.
    struct Percentiles: Hashable, Sendable {
        var p50: Nanoseconds
        var p95: Nanoseconds
        var p99: Nanoseconds
    }

    var line: Int
    var key: BatchKey
    var url: String
    /// As the file numbers it.
    var repetition: Int?
    var timestamp: WallTime?
    var succeeded: Int
    var failed: Int
    var wall: Nanoseconds
    var connect: Percentiles?
    var reset: Percentiles?
    var step: Percentiles?
    var total: LatencySummary?
    var uniquePids: Int
    var uniqueSessions: Int
    var uniqueHosts: Int
}

/// The rows of a `summary.csv`, read by the names in its first line; columns of other names are passed over.
struct SummaryTable {
    private(set) var rows: [SummaryRow] = []
    private(set) var problems: Problems
    private var columns: [String: Int] = [:]
    private var width = 0
    private static let required = ["mode", "wait_seconds", "successful", "failed", "total_wall_time"]

    /// - Throws: a usage error where the first line is not that of such a table.
    init(_ text: UnsafeRawBufferPointer, file: String) throws(ScaleError) {
        problems = Problems(file: file)
        var records = CSVRecords(text)
        guard let header = records.next() else { throw Self.foreign(file, "is empty") }
        for (index, field) in header.fields.enumerated() { columns[field.text] = index }
        width = header.fields.count
        for name in Self.required where columns[name] == nil {
            throw Self.foreign(file, "has no column \"\(name)\"")
        }
        if columns["num_requests"] == nil && columns["batch_size"] == nil {
            throw Self.foreign(file, "has no column \"num_requests\"")
        }
        while let record = records.next() {
            do {
                rows.append(try row(record))
            } catch {
                problems.add(error, line: record.line)
            }
        }
    }

    private static func foreign(_ file: String, _ what: String) -> ScaleError {
        .usage("\(file) \(what), so it is no summary.csv", hint: "give the file that `--output-dir` of the harness wrote")
    }

    private func row(_ record: CSVRecords.Record) throws(LineProblem) -> SummaryRow {
        guard record.isClosed else { throw LineProblem("has a quote that is never closed", column: record.fields.last?.column ?? 1) }
        guard record.fields.count == width else {
            throw LineProblem("has \(record.fields.count) fields, and the first line has \(width)")
        }
        let fields = Fields(record: record, columns: columns)
        let mode: Mode = try fields.mode()
        let sessions = try fields.count(columns["num_requests"] == nil ? "batch_size" : "num_requests", from: 1)
        let succeeded = try fields.count("successful")
        let failed = try fields.count("failed")
        guard succeeded + failed == sessions else {
            throw LineProblem(
                "has \(succeeded) successful and \(failed) failed sessions in a batch of \(sessions)",
                column: fields.column("successful"))
        }
        let total = try fields.percentiles("total")
        var whole: LatencySummary?
        if let total, succeeded > 0 {
            whole = LatencySummary(
                count: succeeded, min: try fields.span("total_min"), mean: try fields.span("total_avg"), p50: total.p50,
                p90: try fields.span("total_p90"), p95: total.p95, p99: total.p99, max: try fields.span("total_max"))
        }
        return SummaryRow(
            line: record.line,
            key: BatchKey(
                mode: mode, sessions: sessions, wait: try fields.span("wait_seconds") ?? .zero, hardware: fields.text("hardware")),
            url: fields.text("url"), repetition: columns["repetition"] == nil ? nil : try fields.count("repetition"),
            timestamp: try fields.time("timestamp"), succeeded: succeeded, failed: failed,
            wall: try fields.span("total_wall_time") ?? .zero, connect: try fields.percentiles("connect"),
            reset: try fields.percentiles("reset"), step: try fields.percentiles("step"), total: whole,
            uniquePids: try fields.count("unique_pids"), uniqueSessions: try fields.count("unique_sessions"),
            uniqueHosts: try fields.count("unique_hosts"))
    }

    /// The fields of one row by the names of their columns.
    private struct Fields {
        var record: CSVRecords.Record
        var columns: [String: Int]

        func text(_ name: String) -> String { columns[name].map { record.fields[$0].text } ?? "" }

        func column(_ name: String) -> Int { columns[name].map { record.fields[$0].column } ?? 1 }

        private func bad(_ name: String, _ what: String) -> LineProblem {
            LineProblem("has a \"\(name)\" that is " + what, column: column(name))
        }

        func mode() throws(LineProblem) -> Mode {
            guard let mode = Mode(rawValue: text("mode")) else { throw bad("mode", "neither ws nor http") }
            return mode
        }

        /// 0 where there is no such column.
        func count(_ name: String, from least: Int = 0) throws(LineProblem) -> Int {
            guard columns[name] != nil else { return 0 }
            guard let number = Int(text(name)), (least...RawLine.largestBatch).contains(number) else {
                throw bad(name, "no whole number from \(least)")
            }
            return number
        }

        /// Nil where there is no such column.
        func span(_ name: String) throws(LineProblem) -> Nanoseconds? {
            guard columns[name] != nil else { return nil }
            guard let seconds = Double(text(name)), seconds >= 0, seconds <= RawLine.longest else {
                throw bad(name, "no number of seconds from 0 to a year")
            }
            return .seconds(seconds)
        }

        /// Nil where a column is missing, and where all are 0, which stands for absent in these files.
        func percentiles(_ metric: String) throws(LineProblem) -> Percentiles? {
            guard let p50 = try span(metric + "_p50"), let p95 = try span(metric + "_p95"), let p99 = try span(metric + "_p99"),
                max(p50, p95, p99) > .zero
            else { return nil }
            return Percentiles(p50: p50, p95: p95, p99: p99)
        }

        func time(_ name: String) throws(LineProblem) -> WallTime? {
            var text = text(name)
            if text.isEmpty { return nil }
            guard let time = text.withUTF8({ Timestamp.read(UnsafeRawBufferPointer($0)) }) else {
                throw bad(name, "no time like 2026-01-09T12:00:00.5Z")
            }
            return time
        }

        typealias Percentiles = SummaryRow.Percentiles
    }
}
