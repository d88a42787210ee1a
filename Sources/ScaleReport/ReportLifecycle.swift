import ScaleAnalysis
import ScaleCore

/// How long each infrastructure took from the launch to its end, over all launches and replicas.
struct ReportLifecycle {
    /// A deployment with all its launches, in one run or in several.
    struct Launched {
        /// Of no other one.
        var name: String
        var launches: [Launch]
        /// What tells it from one of the same name.
        fileprivate var place: Place

        /// Until the first observation of the last replica.
        var untilSession: SpanStatistics? { SpanStatistics(launches.compactMap(\.firstObservation)) }
        var failures: [String] { launches.compactMap(\.failure) }

        func stages(_ stage: LifecycleRecord.Stage) -> [LifecycleRecord] { launches.flatMap(\.stages).filter { $0.stage == stage } }
    }

    fileprivate struct Place: Equatable {
        var name: String
        var host: HostFacts?
        var hardware: String
        var version: String
    }

    let launched: [Launched]
    /// Whether launches are all that was measured.
    let isAll: Bool

    init(subject: ReportSubject) {
        var found: [Launched] = []
        for (run, snapshot) in subject.snapshots.enumerated() {
            for deployment in snapshot.lifecycle.keys.sorted() {
                let name = subject.name(of: deployment, run: run)
                let place = Place(
                    name: name, host: snapshot.run.host, hardware: snapshot.run.hardware, version: snapshot.run.version)
                let launches = Launch.all(of: snapshot.lifecycle[deployment] ?? [])
                if let known = found.firstIndex(where: { $0.place == place }) {
                    found[known].launches += launches
                } else {
                    let isTaken = found.contains { $0.name == name }
                    found.append(
                        Launched(name: isTaken ? "\(name) (run \(subject.run(run)))" : name, launches: launches, place: place))
                }
            }
        }
        launched = found
        isAll = !subject.snapshots.isEmpty && subject.snapshots.allSatisfy(\.run.plan.hasNoCells)
    }

    /// One for each infrastructure that was launched several times, or for each where nothing else was measured.
    var sentences: [Prose] { launched.filter { isAll || $0.launches.count > 1 }.map { sentence($0) } }

    private func sentence(_ launched: Launched) -> Prose {
        let count = launched.launches.count
        let failures = launched.failures
        let name = Prose(strong: Prose(launched.name))
        guard let times = launched.untilSession else {
            if let first = failures.first { return "\(name) was launched \(Self.times(count)), and \(Self.failed(failures)): \(first)." }
            return "\(name) was launched \(Self.times(count)), and asked for no session."
        }
        var text: Prose = "\(name) is ready for its first session \(strong: Prose(times.median.inWords)) after it is asked for "
        text +=
            times.count == 1 ? "(one launch)" as Prose : "(median of \(Figure.count(times.count)) launches, longest \(times.max.inWords))"
        if let first = failures.first { text += "; \(Figure.count(failures.count)) of \(Figure.count(count)) launches failed: \(first)" }
        return text + "."
    }

    private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(Figure.count(count)) times" }
    private static func failed(_ failures: [String]) -> String { failures.count == 1 ? "that failed" : "all of them failed" }

    /// What the table shows.
    var words: Prose {
        let stages: Prose = "Each stage by itself, over all launches and replicas; what failed is counted and not timed."
        if launched.allSatisfy({ $0.untilSession == nil }) { return stages }
        return stages + " \(strong: "Until the first session") runs from the moment a launch is asked for to the first observation of "
            + "its last replica."
    }

    var table: Table {
        let columns: [Table.Column] = [
            .text("infrastructure"), .text("stage"), .number("count"), .number("failed"), .number("least"), .number("median"),
            .number("P90"), .number("longest"), .text("outcome"),
        ]
        return Table(columns, rows: launched.flatMap { rows($0) })
    }

    private func rows(_ launched: Launched) -> [Table.Row] {
        var rows: [Table.Row] = []
        for stage in LifecycleRecord.Stage.allCases {
            if stage == .stop, let times = launched.untilSession {
                let failures = launched.failures
                rows.append(Self.row(launched.name, Self.untilSession, times, failures))
            }
            let records = launched.stages(stage)
            if records.isEmpty { continue }
            let times = SpanStatistics(records.filter(\.isOk).map(\.duration))
            rows.append(Self.row(launched.name, stage.words, times, records.filter { !$0.isOk }.map(\.outcome)))
        }
        return rows
    }

    static let untilSession = "until the first session"

    private static func row(_ name: String, _ stage: String, _ times: SpanStatistics?, _ failures: [String]) -> Table.Row {
        let spans = [times?.min, times?.median, times?.p90, times?.max].map { $0?.inWords ?? Figure.absent }
        let numbers = [name, stage, Figure.count(times?.count ?? 0), Figure.count(failures.count)] + spans
        return Table.Row(numbers.map { Prose($0) } + [failures.first.map { Prose($0) } ?? "ok"])
    }
}

extension Plan {
    /// Whether launches are all that it asks for.
    var hasNoCells: Bool { sessions.isEmpty && search == nil }
}

extension LifecycleRecord.Stage {
    var words: String { self == .firstReset ? "first reset" : rawValue }
}

/// The stages of stored launches for a terminal.
public enum LaunchText {
    /// A table, line by line.
    public static func table(_ snapshot: RunSnapshot) -> [String] {
        let table = ReportLifecycle(subject: ReportSubject([snapshot])).table
        let rows = table.rows.map { row in row.cells.map(\.plain).map { Markdown.oneLine($0) } }
        let right = Set(table.columns.filter { $0.side == .right }.map(\.title))
        return Columns(table.columns.map(\.title), rows, right: right).text.split(separator: "\n").map(String.init)
    }

    /// `ready for a session after 1.2 s`, or why not.
    public static func line(_ launch: Launch) -> String {
        if let failure = launch.failure { return "failed: " + failure }
        let stop = launch.stages.last { $0.stage == .stop }
        let ready = launch.firstObservation.map { "ready for a session after \($0.inWords)" } ?? "launched"
        return ready + (stop.map { ", stopped in \($0.duration.inWords)" } ?? "")
    }
}
