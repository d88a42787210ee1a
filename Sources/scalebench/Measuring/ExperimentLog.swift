import Foundation
import Glibc
import ScaleAnalysis
import ScaleConfig
import ScaleCore
import ScaleReactor
import ScaleReport
import ScaleRun

/// `EXPERIMENTS.md` beside the database: a row for every time that an experiment was run, however it ended.
struct ExperimentLog {
    var path: String
    /// The experiment's file, as it was named.
    var file: String
    var rule: ExperimentFile.Rule

    private static let header = """
        # Experiments

        One row for every `scalebench experiment run`, written when it ends. A run that went on after an interruption has
        several; what was killed at once has none.

        | Ended | File | Plan | Run | Version | Cells | Missing | Status | Max batch |
        |---|---|---|---|---|---|---|---|---|

        """

    /// Finds out now rather than after the run whether a row can be added, and makes nothing.
    func check() throws(ScaleError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        if descriptor >= 0 {
            close(descriptor)
            return
        }
        let code = errno
        let folder = (path as NSString).deletingLastPathComponent
        if code != ENOENT { throw failure(code) }
        if access(folder.isEmpty ? "." : folder, W_OK | X_OK) != 0 { throw failure(errno) }
    }

    /// Adds a row in one write, so that rows of processes that end at one moment do not mix.
    func append(_ outcome: Experiment.Outcome, _ snapshot: RunSnapshot) throws(ScaleError) {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(errno) }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { throw failure(errno) }
        let isNew = lseek(descriptor, 0, SEEK_END) == 0
        let bytes = Array(((isNew ? Self.header : "") + row(outcome, snapshot) + "\n").utf8)
        let written = write(descriptor, bytes, bytes.count)
        if written != bytes.count { throw failure(written < 0 ? errno : ENOSPC) }
    }

    private func failure(_ code: Int32) -> ScaleError {
        ScaleError(.storage, "'\(path)' cannot be written", cause: SystemFault.message(code), hint: "name another place with --db")
    }

    func row(_ outcome: Experiment.Outcome, _ snapshot: RunSnapshot) -> String {
        let run = snapshot.run
        let ended = (run.finishedAt ?? run.startedAt).iso8601.prefix(19) + "Z"
        let status = run.status.rawValue + (outcome.error.map { ": " + $0.message } ?? "")
        let version = run.version + (run.git.map { " " + $0.prefix(8) } ?? "")
        let cells = [
            String(ended), file, run.planHash, run.uuid, version, "\(snapshot.finishedCells)", outcome.missing.map { "\($0)" } ?? "–",
            status, answer(snapshot),
        ]
        return "| " + cells.map(LogText.tableCell).joined(separator: " | ") + " |"
    }

    /// The bracket of every infrastructure, mode and wait, by the experiment's rule.
    private func answer(_ snapshot: RunSnapshot) -> String {
        let rows = snapshot.deployments.sorted { $0.key < $1.key }
        var names: [String] = []
        for row in rows where !names.contains(row.value.infra) { names.append(row.value.infra) }
        if names.isEmpty { return "–" }
        return names.map { name in
            let cells = snapshot.cells.filter { snapshot.deployments[$0.deployment]?.infra == name }.map(\.record)
            let brackets = Capacity.all(of: cells).map { capacity in
                let load = "\(capacity.mode.rawValue) \(Figure.plain(capacity.wait.seconds)) s"
                return "\(load) \(LogText.bracket(rule == .bounds ? capacity.batch : capacity.pointBatch, of: capacity))"
            }
            return "\(name): " + (brackets.isEmpty ? "no cell" : brackets.joined(separator: ", "))
        }.joined(separator: "; ") + (rule == .point ? " (point rule)" : "")
    }
}
