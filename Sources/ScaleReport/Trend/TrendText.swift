import ScaleAnalysis
import ScaleCore

/// Histories as tables for people.
public struct TrendText {
    private let series: [TrendSeries]

    public init(_ series: [TrendSeries]) { self.series = series }

    /// A table for each that has two runs; the others are counted.
    public var text: String {
        let histories = series.filter { $0.points.count > 1 }
        let once = series.count - histories.count
        let rest =
            once == 0
            ? [] : [once == 1 ? "1 load was measured in one run only" : "\(Figure.count(once)) loads were measured in one run only"]
        return (histories.map(Self.text) + rest).joined(separator: "\n\n")
    }

    private static func text(_ series: TrendSeries) -> String {
        let rows = series.points.enumerated().map { index, point in
            let change = series.changes.first { $0.index == index }
            return [
                String(point.run.prefix(8)), String(point.startedAt.inWords.dropLast(4)),
                point.git.map { String($0.prefix(8)) } ?? Figure.absent,
                Figure.count(point.cells), series.metric.shown(point.value), change.map { "<- " + series.words($0) } ?? "",
            ]
        }
        let columns = Columns(
            ["run", "started", "commit", "cells", series.metric.name, "change"], rows, right: ["cells", series.metric.name])
        return series.title + "\n" + columns.text + "\n" + series.summary
    }
}

/// Histories as JSON, one object each.
public enum TrendJSON {
    public static func line(_ series: TrendSeries) -> String {
        JSONText.object([
            ("type", .string("trend")), ("metric", .string(series.metric.name)), ("infra", .string(series.infra)),
            (
                "host",
                .object([
                    ("cpu_model", .string(series.host.cpuModel)), ("cores", .int(series.host.cores)),
                    ("memory_gib", .int(series.host.memoryGibibytes)),
                ])
            ),
            ("mode", .string(series.load.mode.rawValue)), ("num_requests", .int(series.load.sessions)),
            ("wait_seconds", .double(series.load.wait.seconds)), ("steps", .int(series.load.steps)),
            ("points", .array(series.points.map(point))), ("change_points", .array(series.changes.map { change($0, of: series) })),
        ]).line
    }

    private static func point(_ point: TrendSeries.Point) -> JSONText {
        .object([
            ("run_id", .string(point.run)), ("started_at", .string(point.startedAt.iso8601)), ("version", .string(point.version)),
            ("git", point.git.map(JSONText.string) ?? .null), ("value", .double(point.value)), ("cells", .int(point.cells)),
        ])
    }

    private static func change(_ change: ChangePoint, of series: TrendSeries) -> JSONText {
        .object([
            ("index", .int(change.index)), ("run_id", .string(series.points[change.index].run)), ("before", .double(change.before)),
            ("after", .double(change.after)), ("ratio", .double(change.after / change.before)), ("p_value", .double(change.pValue)),
            ("worse", .bool(series.isWorse(change))),
        ])
    }
}

extension TrendSeries {
    /// `steps_per_second, local-w2, ws, N = 64, wait 1 s, 1 step, on 2 cores of Xeon, 8 GiB`.
    var title: String { [metric.name, place].joined(separator: ", ") + ", on " + host.words }

    var place: String {
        var parts = [
            infra, load.mode.rawValue, "N = \(Figure.count(load.sessions))", "wait \(load.wait.asSetting) s", RunSnapshot.steps(load.steps),
        ]
        if let settingsOfRun { parts.append("set as run \(settingsOfRun.prefix(8))") }
        return parts.joined(separator: ", ")
    }

    /// `10.8 % lower from here on: worse (p = 0.00012)`.
    func words(_ change: ChangePoint) -> String {
        let share = change.before > 0 ? Figure.percent((change.after / change.before - 1).magnitude) + " " : ""
        let chance = change.pValue < 1e-6 ? "p < 0.000001" : "p = " + Figure.significant(change.pValue)
        return share + (change.after < change.before ? "lower" : "higher") + " from here on: " + (isWorse(change) ? "worse" : "better")
            + " (\(chance))"
    }

    var summary: String {
        let runs = "\(Figure.count(points.count)) runs"
        if points.count < 4 { return runs + ": a change takes two before it and two after it to be seen" }
        return runs + ", " + (changes.isEmpty ? "no change" : changes.count == 1 ? "1 change" : "\(changes.count) changes")
    }
}

extension TrendSeries.Host {
    var words: String { "\(cores == 1 ? "1 core" : "\(cores) cores") of \(cpuModel), \(memoryGibibytes) GiB" }
}

extension CellMetric {
    /// With its unit, where it is a time or a share.
    func shown(_ value: Double) -> String {
        switch quantity {
        case .stepsPerSecond, .sessionsPerSecond: Figure.significant(value)
        case .successRate: Figure.percent(value)
        case .latency: Nanoseconds.seconds(value).inWords
        }
    }

    /// Of an axis.
    var axis: String {
        switch quantity {
        case .stepsPerSecond: "steps/s"
        case .sessionsPerSecond: "sessions/s"
        case .successRate: "success (%)"
        case .latency: name + " (s)"
        }
    }
}
