import ScaleAnalysis
import ScaleCore

/// Every chart for which there is data, made from stored runs.
///
/// What is large is not part of a snapshot: ask ``cellsOfTotals`` and ``cellsOfSamples`` what the charts need, read that,
/// and hand it to ``charts(totals:samples:)``. Pure, and the same bytes for the same records.
public struct ChartSet: Sendable {
    private let subject: ReportSubject

    /// - Parameter snapshots: of one database, so that the row ids of their cells differ.
    public init(_ snapshots: [RunSnapshot]) { subject = ReportSubject(snapshots) }

    /// Row ids of the cells whose distribution of ``Metric/total`` is drawn.
    public var cellsOfTotals: [Int64] { PercentileChart.chosen(subject).flatMap { $0.cells.map(\.id) } }

    /// Row ids of the cells whose time line is drawn.
    public var cellsOfSamples: [Int64] { TimelineChart.chosen(subject).map(\.cell.id) }

    /// In the order of a report. A chart whose numbers are missing is left out.
    public func charts(totals: [Int64: LatencyHistogram] = [:], samples: [Int64: [CellSample]] = [:]) -> [ChartFile] {
        let capacity = [
            ScalingChart.make(subject), CapacityCharts.maxBatch(subject), CapacityCharts.perCore(subject),
            CapacityCharts.nodes(subject),
        ]
        let latency = [HeatChart.make(subject), PhaseChart.make(subject), PercentileChart.make(subject, totals: totals)]
        // The chart of a fitted scalability law belongs between these two groups.
        return (capacity + latency).compactMap { $0 } + TimelineChart.make(subject, samples: samples)
            + [FailureChart.make(subject)].compactMap { $0 }
    }
}
