import ScaleAnalysis
import ScaleCore

/// Where a session's time goes beyond what was asked for: the medians of its phases, stacked over the batch size, with
/// the generator's own floor.
enum PhaseChart {
    private enum Part: CaseIterable {
        case queue, connect, reset, steps

        var metric: Metric {
            switch self {
            case .queue: .queue
            case .connect: .connect
            case .reset: .reset
            case .steps: .step
            }
        }
    }

    static func draws(_ series: ReportSubject.Series) -> Bool {
        series.records.contains { $0.valid && $0.latencies[.step] != nil }
    }

    /// Nil where no session succeeded.
    static func make(_ subject: ReportSubject) -> ChartFile? {
        let series = subject.series.filter { draws($0) }
        if series.isEmpty { return nil }
        let cells = series.flatMap(\.records)
        let used = Part.allCases.filter { part in cells.contains { $0.latencies[part.metric] != nil } }
        let spans = series.flatMap { each in each.batches.flatMap { bar(each, $0, used).values } }
        let unit: TimeUnit = (spans.max() ?? .zero) < .seconds(1) ? .milliseconds : .seconds
        let hasFloor = cells.contains { $0.floor != nil }
        var chart = StackChart(
            panels: series.map { each in
                StackChart.Panel(
                    title: each.title, bars: each.batches.map { bar(each, $0, used).bar(unit, hasFloor: hasFloor) })
            },
            parts: used.map { part in
                StackChart.Part(
                    title: part == .steps ? stepsTitle(series) : "\(part) P50", column: "\(part)_p50_\(unit.rawValue)", colour: colour(part)
                )
            },
            marks: [(.point(title: "overhead P99"), "overhead_p99_\(unit.rawValue)")],
            axis: "time beyond the waits (\(unit.rawValue))")
        if hasFloor {
            chart.marks.append((.line(title: "generator's floor, P50 of a session"), "floor_total_p50_\(unit.rawValue)"))
        }
        return chart.chart(
            name: subject.fileName("latency-phases"), title: "Time per phase by batch size",
            subtitle: subject.subtitle(bars: "the middle one"), section: .grid)
    }

    private static func stepsTitle(_ series: [ReportSubject.Series]) -> String {
        if series.allSatisfy(\.countsSteps) { return "steps less waits P50" }
        let some = series.contains(where: \.countsSteps)
        return some ? "steps less waits P50 (held or recorded: one)" : "one step less its wait P50"
    }

    private static func colour(_ part: Part) -> String {
        switch part {
        case .queue: "#CC79A7"
        case .connect: "#0072B2"
        case .reset: "#E69F00"
        case .steps: "#009E73"
        }
    }

    private struct Spans {
        var batch: Int
        var parts: [Nanoseconds]
        var overhead: Nanoseconds?
        var floor: Nanoseconds?
        var absence = ""

        var values: [Nanoseconds] {
            [parts.reduce(.zero, +)] + [overhead, floor].compactMap { $0 }
        }

        func bar(_ unit: TimeUnit, hasFloor: Bool) -> StackChart.Bar {
            func show(_ span: Nanoseconds) -> Double { Double(span.rawValue) / unit.nanoseconds }
            return StackChart.Bar(
                batch: batch, parts: parts.map(show), marks: [overhead.map(show)] + (hasFloor ? [floor.map(show)] : []),
                absence: absence)
        }
    }

    /// Of the repetition whose overhead is the middle one (of two, the greater): parts of several would be of no session.
    private static func bar(_ series: ReportSubject.Series, _ batch: Int, _ used: [Part]) -> Spans {
        func overhead(_ cell: CellRecord) -> Nanoseconds { cell.latencies[.overhead]?.p50 ?? .zero }
        let cells = series.valid(at: batch).filter { $0.latencies[.step] != nil }.sorted { overhead($0) < overhead($1) }
        if cells.isEmpty {
            return Spans(batch: batch, parts: [], absence: series.valid(at: batch).isEmpty ? series.absence(at: batch) : "no success")
        }
        let cell = cells[cells.count / 2]
        let parts = used.map { part -> Nanoseconds in
            guard let median = cell.latencies[part.metric]?.p50 else { return .zero }
            if part != .steps { return median }
            return max(.zero, median - series.wait) * (series.countsSteps ? series.steps : 1)
        }
        return Spans(
            batch: batch, parts: parts,
            // Of a session whose steps are not all in the bar, it would be of something else.
            overhead: series.countsSteps ? cell.latencies[.overhead]?.p99 : nil, floor: cell.floor?.totalP50)
    }
}
