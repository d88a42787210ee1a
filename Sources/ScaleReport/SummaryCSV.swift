import ScaleCore

/// One row per cell with the columns that readers of older summaries know. Times are seconds, rates per second; a
/// value that is absent is `0.0`, because those readers expect a number everywhere.
///
/// `requests_per_second` is successful sessions ÷ wall, however long failed ones took. `effective_concurrency` is in-step time ÷ window, not N × wait ÷ wall. `num_requests` and `batch_size` are both N.
public enum SummaryCSV {
    /// The label of the hardware where the user gave none, as those readers know it.
    static let unnamedHardware = "cpu-basic"

    /// What stands in a field.
    enum Value {
        case text(String)
        case count(Int)
        case number(Double?)
    }

    /// Without a line end.
    public static let header = columns.joined(separator: ",")

    static let columns = [
        "mode", "url", "num_requests", "batch_size", "wait_seconds", "repetition", "timestamp", "hardware", "successful",
        "failed", "error_rate", "total_wall_time", "connect_p50", "connect_p95", "connect_p99", "reset_p50", "reset_p95",
        "reset_p99", "step_p50", "step_p95", "step_p99", "total_min", "total_max", "total_avg", "total_p50", "total_p90",
        "total_p95", "total_p99", "requests_per_second", "effective_concurrency", "unique_pids", "unique_sessions",
        "unique_hosts",
    ]

    /// - Parameters:
    ///   - hardware: the user's label; empty where there is none, which reads `cpu-basic`.
    ///   - endpoints: redacted; several are parted by spaces.
    /// - Returns: one record, without a line end; fields are quoted as RFC 4180 asks.
    public static func row(_ cell: CellRecord, hardware: String, endpoints: [String]) -> String {
        values(cell, hardware: hardware, endpoints: endpoints).map { value in
            switch value {
            case .text(let text): quoted(text)
            case .count(let count): String(count)
            case .number(let number): (number ?? 0).description
            }
        }.joined(separator: ",")
    }

    /// In the order of ``columns``; the JSON of a cell carries the same.
    static func values(_ cell: CellRecord, hardware: String, endpoints: [String]) -> [Value] {
        func seconds(_ metric: Metric, _ part: KeyPath<LatencySummary, Nanoseconds>) -> Value {
            .number(cell.latencies[metric]?[keyPath: part].seconds)
        }
        func extreme(_ part: KeyPath<LatencySummary, Nanoseconds?>) -> Value {
            .number(cell.latencies[.total]?[keyPath: part]?.seconds)
        }
        func percentiles(_ metric: Metric) -> [Value] {
            [seconds(metric, \.p50), seconds(metric, \.p95), seconds(metric, \.p99)]
        }
        let key = cell.key
        let rate = key.sessions > 0 ? Double(cell.failed) / Double(key.sessions) : nil
        var values: [Value] = [
            .text(key.mode.rawValue), .text(endpoints.joined(separator: " ")), .count(key.sessions), .count(key.sessions),
            .number(key.wait.seconds), .count(key.rep), .text(cell.startedAt.iso8601),
            .text(hardware.isEmpty ? unnamedHardware : hardware), .count(cell.succeeded), .count(cell.failed), .number(rate),
            .number(cell.wall.seconds),
        ]
        values += percentiles(.connect) + percentiles(.reset) + percentiles(.step)
        values += [
            extreme(\.min), extreme(\.max), extreme(\.mean), seconds(.total, \.p50), extreme(\.p90), seconds(.total, \.p95),
            seconds(.total, \.p99), .number(requestsPerSecond(cell)),
            .number(cell.effectiveConcurrency), .count(cell.uniquePids), .count(cell.uniqueSessions), .count(cell.uniqueHosts),
        ]
        return values
    }

    /// Successful sessions ÷ wall, as those readers know it; ``CellRecord/sessionsPerSecond`` ends with the last success.
    private static func requestsPerSecond(_ cell: CellRecord) -> Double? {
        guard cell.lastSuccess != nil, cell.wall > .zero else { return cell.sessionsPerSecond }
        return Double(cell.succeeded) / cell.wall.seconds
    }

    /// RFC 4180 section 2: a field with a comma, a quote or a line break stands in quotes, and its quotes are doubled.
    static func quoted(_ field: String) -> String {
        let special = field.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r" }
        if !special { return field }
        return "\"" + field.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
