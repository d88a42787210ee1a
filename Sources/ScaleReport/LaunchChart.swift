import ScaleAnalysis
import ScaleCore

/// How long launches took, stage by stage: every launch and replica as a dot, with the median.
enum LaunchChart {
    /// Nil where nothing was launched more than once, unless launches are all that was measured.
    static func make(_ subject: ReportSubject) -> ChartFile? {
        let lifecycle = ReportLifecycle(subject: subject)
        let launched = lifecycle.launched.filter { lifecycle.isAll || $0.launches.count > 1 }
        let groups = launched.map { RowChart.Group(name: $0.name, rows: rows($0)) }.filter { !$0.rows.isEmpty }
        guard groups.contains(where: { $0.rows.contains { !$0.dots.isEmpty } }) else { return nil }
        let count = launched.reduce(0) { $0 + $1.launches.count }
        let runs = subject.snapshots.count == 1 ? "run \(subject.run(0))" : "\(subject.snapshots.count) runs"
        let launches = count == 1 ? "one launch" : "\(Figure.count(count)) launches"
        return RowChart(groups: groups, look: .dots, axis: "time (s)", decades: "time", columns: ("median_s", "seconds")).chart(
            name: "lifecycle", title: "Time that each stage of a launch takes",
            subtitle: "a dot for each launch and replica, a bar at the median · \(launches) · \(runs)", section: .lifecycle)
    }

    private static func rows(_ launched: ReportLifecycle.Launched) -> [RowChart.Row] {
        var rows: [RowChart.Row] = []
        for (colour, stage) in LifecycleRecord.Stage.allCases.enumerated() {
            if stage == .stop, let row = row(ReportLifecycle.untilSession, 6, launched.launches.compactMap(\.firstObservation), failed: 0) {
                rows.append(row)
            }
            let records = launched.stages(stage)
            if records.isEmpty { continue }
            let failed = records.count { !$0.isOk }
            let times = records.filter(\.isOk).map(\.duration)
            rows.append(
                row(stage.words, colour, times, failed: failed)
                    ?? RowChart.Row(name: stage.words, colour: colour, value: nil, words: "\(Figure.count(failed)) failed"))
        }
        return rows
    }

    private static func row(_ name: String, _ colour: Int, _ times: [Nanoseconds], failed: Int) -> RowChart.Row? {
        SpanStatistics(times).map { statistics in
            RowChart.Row(
                name: name, colour: colour, value: statistics.median.seconds, dots: times.map(\.seconds),
                words: statistics.median.inWords + (failed > 0 ? ", \(Figure.count(failed)) failed" : ""))
        }
    }
}
