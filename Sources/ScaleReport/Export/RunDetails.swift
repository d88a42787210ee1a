import ScaleAnalysis
import ScaleCore

/// One stored run as `scalebench runs show` shows it: what was asked, where, and each cell in a line.
public struct RunDetails {
    private let entry: RunList.Entry

    public init(_ entry: RunList.Entry) { self.entry = entry }

    private var run: RunRecord { entry.snapshot.run }

    public var text: String {
        var lines = Columns(facts[0], Array(facts.dropFirst())).text.split(separator: "\n").map(String.init)
        lines.append("")
        if run.plan.hasNoCells {
            lines += LaunchText.table(entry.snapshot)
        } else {
            lines.append(entry.snapshot.cells.isEmpty ? "no cell has finished" : cells)
        }
        return lines.joined(separator: "\n")
    }

    private var facts: [[String]] {
        var rows = [["run", run.uuid], ["source", source], ["status", entry.status], ["started", run.startedAt.inWords]]
        if let end = run.finishedAt { rows.append(["ended", end.inWords]) }
        if let experiment = run.experiment { rows.append(["experiment", experiment]) }
        rows.append(["command", run.command])
        rows.append(["scalebench", run.version + (run.git.map { ", in a checkout at " + $0.prefix(12) } ?? "")])
        if !run.hardware.isEmpty { rows.append(["hardware", run.hardware]) }
        rows += entry.snapshot.deploymentOrder.map { id in ["server", server(id)] }
        rows.append(["plan", "\(run.planHash): \(plan)"])
        if let host = run.host {
            rows.append([
                "generator",
                "\(host.cpuModel), \(host.cores) cores, \(Figure.bytes(host.memoryBytes)), \(host.system), kernel \(host.kernel)",
            ])
        }
        rows.append(["cells", entry.cells])
        rows.append(["sessions", Figure.count(entry.sessions) + (entry.share.map { ", \(Figure.percent($0)) of the file" } ?? "")])
        rows.append(["max batch", RunList.headline(entry.snapshot)])
        return rows.map { row in row.map { Markdown.oneLine($0) } }
    }

    private var plan: String {
        let plan = run.plan
        let modes = plan.modes.map(\.rawValue).joined(separator: ", ")
        if plan.hasNoCells { return "\(modes), \(Figure.count(plan.reps)) launch\(plan.reps == 1 ? "" : "es")" }
        return [
            modes, "N " + plan.sessions.map { Figure.count($0) }.joined(separator: " · "),
            plan.waits.count == 1 ? plan.loadName(plan.waits[0]) : "wait \(plan.waits.map(\.asSetting).joined(separator: " · ")) s",
            RunSnapshot.steps(plan.steps),
            plan.mostReps.map { "\(plan.reps) to \($0) repetitions" } ?? "\(plan.reps) repetition\(plan.reps == 1 ? "" : "s")",
        ].joined(separator: ", ")
    }

    private var source: String {
        run.source == .imported ? "imported from published files: nothing is known of the generator, and no gate rests on it" : "measured"
    }

    private func server(_ id: Int64) -> String {
        guard let record = entry.snapshot.deployments[id] else { return Figure.absent }
        var parts = [entry.snapshot.name(of: id), record.provider]
        if let cores = record.cores { parts.append("\(Figure.plain(cores)) cores") }
        if record.replicas != 1 { parts.append("\(record.replicas) replicas") }
        if let workers = record.workers { parts.append("\(workers) workers") }
        if let cap = record.sessionCap { parts.append("\(Figure.count(cap)) sessions per worker") }
        return (parts + record.endpoints).joined(separator: ", ")
    }

    private var cells: String {
        let header = [
            "cell", "server", "mode", "N", "wait s", "steps", "rep", "succeeded", "rate", "P50 total", "P99 total", "limiter",
            "broken checks",
        ]
        let rows = entry.snapshot.cells.map { cell in
            let record = cell.record
            let total = record.latencies[.total]
            return [
                String(cell.id), Markdown.oneLine(entry.snapshot.name(of: cell.deployment)), record.key.mode.rawValue,
                Figure.count(record.key.sessions), record.key.wait.asSetting, Figure.steps(record.key.steps), String(record.key.rep),
                Figure.count(record.succeeded), Figure.percent(record.successRate), total?.p50.inWords ?? Figure.absent,
                total?.p99.inWords ?? Figure.absent,
                record.verdict.limiter.rawValue + (record.valid ? "" : record.isTerminated ? " (servers ended)" : " (invalid)"),
                record.checks.isEmpty ? Figure.absent : record.checks.map(\.check.rawValue).joined(separator: ", "),
            ]
        }
        return Columns(
            header, rows, right: ["cell", "N", "wait s", "steps", "rep", "succeeded", "rate", "P50 total", "P99 total"]
        ).text
    }
}
