import ScaleAnalysis
import ScaleCore

/// Stored runs in Prometheus' text format (version 0.0.4), for a file that a node exporter picks up or a gateway takes.
/// Units are base units: seconds, bytes, ratios from 0 to 1. Absent values have no line.
public enum PrometheusText {
    /// All lines of a metric must stand together, so all runs are taken at once.
    public static func render(_ snapshots: [RunSnapshot]) -> String {
        var families = Families()
        for snapshot in snapshots { add(snapshot, to: &families) }
        return families.text
    }

    private static func add(_ snapshot: RunSnapshot, to families: inout Families) {
        let run = snapshot.run
        families.add(
            .info, 1,
            [
                ("run", run.uuid), ("source", run.source.rawValue), ("status", run.status.rawValue), ("version", run.version),
                ("hardware", run.hardware), ("started_at", run.startedAt.iso8601),
            ])
        for cell in snapshot.cells { add(cell.record, labels: labels(cell, snapshot), to: &families) }
        for series in ReportSubject([snapshot]).series {
            guard let capacity = series.capacity, let deployment = series.cells.first?.deployment else { continue }
            let labels = [
                ("run", run.uuid), ("source", run.source.rawValue), ("infra", snapshot.name(of: deployment)),
                ("mode", series.mode.rawValue), ("wait", Figure.plain(series.wait.seconds)),
                ("steps", String(series.steps)),
            ]
            families.add(.lastPass, capacity.batch.lastPass, labels)
            families.add(.firstFail, capacity.batch.firstFail, labels)
            families.add(.sloLastPass, capacity.sloBatch.lastPass, labels)
        }
    }

    private static func labels(_ cell: RunSnapshot.Cell, _ snapshot: RunSnapshot) -> [(String, String)] {
        let key = cell.record.key
        return [
            ("run", snapshot.run.uuid), ("source", snapshot.run.source.rawValue), ("infra", snapshot.name(of: cell.deployment)),
            ("mode", key.mode.rawValue), ("sessions", String(key.sessions)), ("wait", Figure.plain(key.wait.seconds)),
            ("steps", String(key.steps)), ("rep", String(key.rep)),
        ]
    }

    private static func add(_ cell: CellRecord, labels: [(String, String)], to families: inout Families) {
        families.add(.succeeded, cell.succeeded, labels)
        families.add(.failed, cell.failed, labels)
        families.add(.successRatio, cell.successRate, labels)
        for failure in cell.failures {
            let code = failure.code.map { String($0) } ?? ""
            families.add(
                .failures, failure.count,
                labels + [("kind", failure.kind.rawValue), ("phase", failure.phase.rawValue), ("code", code)])
        }
        for oddity in Oddity.allCases {
            families.add(.oddities, cell.oddities[oddity], labels + [("oddity", oddity.rawValue)])
        }
        for use in cell.addresses {
            families.add(.addressOffered, use.offered, labels + [("address", use.address)])
            families.add(.addressSucceeded, use.succeeded, labels + [("address", use.address)])
        }
        families.add(.wall, cell.wall.seconds, labels)
        families.add(.lastSuccess, cell.lastSuccess?.seconds, labels)
        families.add(.sessionRate, cell.sessionsPerSecond, labels)
        families.add(.stepRate, cell.stepsPerSecond, labels)
        families.add(.effectiveConcurrency, cell.effectiveConcurrency, labels)
        families.add(.peakOpen, cell.peakOpen, labels)
        families.add(.valid, cell.valid ? 1 : 0, labels + [("limiter", cell.verdict.limiter.rawValue)])
        families.add(.violations, cell.checks.count, labels)
        for metric in Metric.allCases {
            guard let summary = cell.latencies[metric] else { continue }
            families.add(summary, labels + [("metric", metric.rawValue)])
        }
        families.add(.generatorCPU, cell.generator?.cpu.seconds, labels)
        families.add(.generatorMemory, cell.generator?.peakRSSBytes, labels)
        families.add(.generatorLag, cell.generator?.loopLagP99?.seconds, labels)
        families.add(.generatorCeiling, cell.generator?.ceilingFraction, labels)
        families.add(.serverCPU, cell.server?.cpu.seconds, labels)
        families.add(.serverMemory, cell.server?.peakRSSBytes, labels)
    }
}

/// The metrics, in the order they are printed.
private enum Family: String, CaseIterable {
    case info = "scalebench_run_info"
    case succeeded = "scalebench_sessions_succeeded"
    case failed = "scalebench_sessions_failed"
    case successRatio = "scalebench_success_ratio"
    case failures = "scalebench_session_failures"
    case oddities = "scalebench_oddities"
    case addressOffered = "scalebench_address_sessions_offered"
    case addressSucceeded = "scalebench_address_sessions_succeeded"
    case wall = "scalebench_wall_seconds"
    case lastSuccess = "scalebench_last_success_seconds"
    case sessionRate = "scalebench_sessions_per_second"
    case stepRate = "scalebench_steps_per_second"
    case effectiveConcurrency = "scalebench_effective_concurrency"
    case peakOpen = "scalebench_peak_open_sessions"
    case valid = "scalebench_cell_valid"
    case violations = "scalebench_check_violations"
    case latency = "scalebench_latency_seconds"
    case generatorCPU = "scalebench_generator_cpu_seconds"
    case generatorMemory = "scalebench_generator_peak_resident_memory_bytes"
    case generatorLag = "scalebench_generator_loop_lag_p99_seconds"
    case generatorCeiling = "scalebench_generator_ceiling_ratio"
    case serverCPU = "scalebench_server_cpu_seconds"
    case serverMemory = "scalebench_server_peak_resident_memory_bytes"
    case lastPass = "scalebench_max_batch_last_pass_sessions"
    case firstFail = "scalebench_max_batch_first_fail_sessions"
    case sloLastPass = "scalebench_max_batch_slo_last_pass_sessions"

    var help: String {
        switch self {
        case .info: "A stored run; the value is always 1."
        case .succeeded: "Sessions of the cell that succeeded."
        case .failed: "Sessions of the cell that failed."
        case .successRatio: "Successful sessions by sessions offered."
        case .failures: "Failed sessions by kind, phase and code."
        case .oddities: "What servers did that is unusual and fails no session, by its name."
        case .addressOffered: "Sessions that were sent to the address, where there are several."
        case .addressSucceeded: "Sessions of the address that succeeded, where there are several."
        case .lastSuccess: "From the release of the cell to the end of its last successful session."
        case .wall: "From the release of the cell to the end of its last session."
        case .sessionRate: "Successful sessions by the time to the end of the last of them."
        case .stepRate: "Successful steps by the window in which they were answered."
        case .effectiveConcurrency: "In-step time of the successful steps by their window."
        case .peakOpen: "The most sessions that were open at one moment."
        case .valid:
            "1 where the cell counts for capacity, 0 where the generator or sessions of others limited it or the servers were ended; the limiter is a label."
        case .violations: "Consistency checks that the numbers of the cell break."
        case .latency: "Latencies of the successful sessions of a cell; quantile 0 is the least, 1 the greatest."
        case .generatorCPU: "Processor time of the generator during the cell."
        case .generatorMemory: "Peak resident memory of the generator during the cell."
        case .generatorLag: "How late the loops of the generator came to their beats, 99th percentile."
        case .generatorCeiling: "Share of the calibrated ceiling of this generator on its host."
        case .serverCPU: "Processor time of the servers during the cell."
        case .serverMemory: "Peak resident memory of the servers during the cell."
        case .lastPass: "The largest batch that passes with every smaller one passing."
        case .firstFail: "The smallest batch that fails."
        case .sloLastPass: "As last pass, with the latency limit kept as well."
        }
    }

    var type: String { self == .latency ? "summary" : "gauge" }
}

/// Lines by metric.
private struct Families {
    private var lines: [Family: String] = [:]

    var text: String {
        Family.allCases.compactMap { family in
            lines[family].map { "# HELP \(family.rawValue) \(family.help)\n# TYPE \(family.rawValue) \(family.type)\n" + $0 }
        }.joined()
    }

    mutating func add(_ family: Family, _ value: Int?, _ labels: [(String, String)]) {
        if let value { add(family, String(value), labels) }
    }

    mutating func add(_ family: Family, _ value: Double?, _ labels: [(String, String)]) {
        if let value, value.isFinite { add(family, value.description, labels) }
    }

    mutating func add(_ summary: LatencySummary, _ labels: [(String, String)]) {
        let quantiles: [(String, Nanoseconds?)] = [
            ("0", summary.min), ("0.5", summary.p50), ("0.9", summary.p90), ("0.95", summary.p95), ("0.99", summary.p99),
            ("1", summary.max),
        ]
        for (quantile, value) in quantiles {
            if let value { add(.latency, value.seconds.description, labels + [("quantile", quantile)]) }
        }
        if let mean = summary.mean {
            add(.latency, (mean.seconds * Double(summary.count)).description, labels, suffix: "_sum")
        }
        add(.latency, String(summary.count), labels, suffix: "_count")
    }

    private mutating func add(_ family: Family, _ value: String, _ labels: [(String, String)], suffix: String = "") {
        let text = labels.map { name, value in "\(name)=\"\(Self.escaped(value))\"" }.joined(separator: ",")
        lines[family, default: ""] += family.rawValue + suffix + "{" + text + "} " + value + "\n"
    }

    /// What the format asks of a label's value: backslash, quote and line feed are written with a backslash.
    static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
