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
    public var cellsOfTotals: [Int64] { percentilePages.flatMap { PercentileChart.chosen($0) }.flatMap { $0.cells.map(\.id) } }

    /// Row ids of the cells whose time line is drawn.
    public var cellsOfSamples: [Int64] { TimelineChart.chosen(subject).map(\.cell.id) }

    /// In the order of a report. A chart whose numbers are missing is left out.
    public func charts(totals: [Int64: LatencyHistogram] = [:], samples: [Int64: [CellSample]] = [:]) -> [ChartFile] {
        let capacity = [CapacityCharts.maxBatch(subject), CapacityCharts.perCore(subject), CapacityCharts.nodes(subject)]
        let phases = subject.pages { PhaseChart.draws($0) }
        let failures = subject.pages { FailureChart.draws($0) }
        return subject.pages().compactMap { ScalingChart.make($0) } + capacity.compactMap { $0 } + ScalabilityChart.make(subject)
            + [HeatChart.make(subject)].compactMap { $0 } + phases.compactMap { PhaseChart.make($0) }
            + percentilePages.compactMap { PercentileChart.make($0, totals: totals) }
            + TimelineChart.make(subject, samples: samples) + failures.compactMap { FailureChart.make($0) }
            + [LaunchChart.make(subject)].compactMap { $0 }
    }

    private var percentilePages: [ReportSubject] { subject.pages { !$0.heaviest.isEmpty } }
}
