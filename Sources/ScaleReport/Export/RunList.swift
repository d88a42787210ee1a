import ScaleAnalysis
import ScaleCore

/// The stored runs as `scalebench runs` shows them.
public struct RunList {
    public struct Entry: Sendable {
        public var snapshot: RunSnapshot
        /// Rows in the store.
        public var sessions: Int
        /// Of the file, 0 to 1; nil where that is not known.
        public var share: Double?
        /// Whether a process writes it at the moment.
        public var isWritten: Bool

        public init(snapshot: RunSnapshot, sessions: Int, share: Double?, isWritten: Bool) {
            self.snapshot = snapshot
            self.sessions = sessions
            self.share = share
            self.isWritten = isWritten
        }

        /// A run whose process is gone without an end was killed.
        var status: String { snapshot.run.status == .running && !isWritten ? "killed" : snapshot.run.status.rawValue }

        /// Nil where the cells decide how many follow.
        var planned: Int? { ReportMethod(0, of: ReportSubject([snapshot])).planned.map { max($0, snapshot.finishedCells) } }

        /// Of a run that only launches there are none.
        var cells: String { snapshot.run.plan.hasNoCells ? Figure.absent : counted }
        private var counted: String { planned.map { "\(snapshot.finishedCells)/\($0)" } ?? "\(snapshot.finishedCells)" }

        var infra: [String] { snapshot.deploymentOrder.map { snapshot.name(of: $0) } }
    }

    private let entries: [Entry]

    /// - Parameter entries: in the order they are shown.
    public init(_ entries: [Entry]) { self.entries = entries }

    /// One line per run below the names of the columns.
    public var text: String {
        let header = [
            "run", "started", "status", "source", "experiment", "infrastructure", "cells", "sessions", "share", "plan", "max batch",
        ]
        let rows = entries.map { entry in
            let run = entry.snapshot.run
            return [
                String(run.uuid.prefix(8)), String(run.startedAt.inWords.dropLast(4)), entry.status, run.source.rawValue,
                run.experiment ?? Figure.absent, entry.infra.isEmpty ? Figure.absent : entry.infra.joined(separator: ", "),
                entry.cells, Figure.count(entry.sessions), entry.share.map { Figure.percent($0) } ?? Figure.absent,
                String(run.planHash.prefix(8)), Self.headline(entry.snapshot),
            ].map { Markdown.oneLine($0) }
        }
        return Columns(header, rows, right: ["cells", "sessions", "share"]).text
    }

    /// One JSON object per run.
    public var lines: [String] { entries.map { JSONText.object(Self.members($0)).line } }

    /// The series that holds most, and how many others there are.
    static func headline(_ snapshot: RunSnapshot) -> String {
        let subject = ReportSubject([snapshot])
        if snapshot.run.plan.hasNoCells {
            let ready = ReportLifecycle(subject: subject).launched.first?.untilSession
            return ready.map { "ready in \($0.median.inWords) (median of \(Figure.count($0.count)))" } ?? Figure.absent
        }
        let all = subject.series.compactMap { series in series.capacity.map { (series, $0) } }
        guard let best = all.max(by: { ($0.1.batch.lastPass ?? -1) < ($1.1.batch.lastPass ?? -1) }) else { return Figure.absent }
        let (series, capacity) = best
        var text: String
        switch (capacity.batch.lastPass, capacity.batch.firstFail) {
        case (let pass?, _) where capacity.batch.atLeastTop: text = "≥ " + Figure.count(pass)
        case (let pass?, let fail?) where fail > pass: text = "[\(Figure.count(pass)), \(Figure.count(fail)))"
        case (let pass?, _): text = Figure.count(pass)
        case (nil, let fail?): text = "< " + Figure.count(fail)
        case (nil, nil): text = "undecided"
        }
        text += " (\(series.mode.rawValue), \(series.load)"
        if subject.namesSteps { text += ", " + RunSnapshot.steps(series.steps) }
        return text + ")" + (all.count > 1 ? " +\(all.count - 1)" : "")
    }

    private static func members(_ entry: Entry) -> [(String, JSONText)] {
        let run = entry.snapshot.run
        let batches = ReportSubject([entry.snapshot]).series.compactMap { series in
            series.capacity.map { capacity in
                JSONText.object([
                    ("infra", .string(series.cells.first.map { entry.snapshot.name(of: $0.deployment) } ?? "")),
                    ("mode", .string(series.mode.rawValue)), ("wait_seconds", .double(series.wait.seconds)),
                    ("steps", .int(series.steps)), ("last_pass", .optional(capacity.batch.lastPass)),
                    ("first_fail", .optional(capacity.batch.firstFail)),
                ])
            }
        }
        return [
            ("type", .string("stored_run")), ("run_id", .string(run.uuid)), ("started_at", .string(run.startedAt.iso8601)),
            ("finished_at", run.finishedAt.map { .string($0.iso8601) } ?? .null), ("status", .string(entry.status)),
            ("source", .string(run.source.rawValue)), ("experiment", run.experiment.map(JSONText.string) ?? .null),
            ("infra", .array(entry.infra.map { .string($0) })), ("hardware", .string(run.hardware)),
            ("cells", .int(entry.snapshot.finishedCells)), ("planned_cells", .optional(entry.planned)),
            ("sessions", .int(entry.sessions)), ("size_share", .optional(entry.share)), ("plan_hash", .string(run.planHash)),
            ("command", .string(run.command)), ("max_batch", .array(batches)),
        ]
    }
}

extension RunSnapshot {
    /// Deployments in the order their cells were measured, then those without a cell.
    var deploymentOrder: [Int64] {
        var order: [Int64] = []
        for id in cells.map(\.deployment) + deployments.keys.sorted() where !order.contains(id) { order.append(id) }
        return order
    }
}

/// Text in columns, each as wide as its widest entry.
struct Columns {
    private let header: [String]
    private let rows: [[String]]
    private let right: Set<String>

    /// - Parameter right: the columns whose entries end at one place, as numbers do.
    init(_ header: [String], _ rows: [[String]], right: Set<String> = []) {
        self.header = header
        self.rows = rows
        self.right = right
    }

    var text: String {
        let widths = header.indices.map { index in ([header] + rows).map { $0[index].count }.max() ?? 0 }
        return ([header] + rows).map { row in
            let cells = row.indices.map { index in
                let space = String(repeating: " ", count: widths[index] - row[index].count)
                return right.contains(header[index]) ? space + row[index] : row[index] + space
            }
            let line = cells.joined(separator: "  ")
            return String(line[..<(line.lastIndex { $0 != " " }.map { line.index(after: $0) } ?? line.startIndex)])
        }.joined(separator: "\n")
    }
}
