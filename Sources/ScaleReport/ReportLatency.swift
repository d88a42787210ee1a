import ScaleAnalysis
import ScaleCore

/// Where the time goes at the largest load, and what the two modes held beside each other.
struct ReportLatency {
    let subject: ReportSubject
    let evidence: ReportEvidence

    /// What is pooled.
    static let metrics: [Metric] = [.connect, .reset, .step, .total, .overhead, .lag]

    private enum Part: String, CaseIterable {
        case connect = "connect P50"
        case reset = "reset P50"
        case step = "step P50"
        case total = "total P99"
        case overhead = "overhead P99"

        var isTail: Bool { self == .total || self == .overhead }

        var metric: Metric {
            switch self {
            case .connect: .connect
            case .reset: .reset
            case .step: .step
            case .total: .total
            case .overhead: .overhead
            }
        }

        func value(_ load: ReportLoad) -> Nanoseconds? { load.summary(metric).map { isTail ? $0.p99 : $0.p50 } }
    }

    /// One row per series, of the repetitions of its largest batch together.
    var breakdown: Table {
        let loads = subject.series.indices.map { ReportLoad($0, of: subject, evidence) }
        let shown = zip(subject.series, loads).filter { $0.1.summary(.total) != nil }
        let units = Part.allCases.map { part in TimeUnit.fitting(shown.compactMap { part.value($0.1) }) }
        let floors = shown.compactMap { $0.1.floor }
        let floorUnit = TimeUnit.fitting(floors)
        var columns = subject.keyColumns
        columns += [.number("N"), .number("repetitions"), .number("sessions")]
        columns += zip(Part.allCases, units).map { .number("\($0.rawValue) (\($1.rawValue))") }
        if !floors.isEmpty { columns.append(.number("floor P99 (\(floorUnit.rawValue))")) }
        return Table(
            columns,
            rows: shown.map { series, load in
                let total = load.summary(.total)
                let batch = load.cells.first?.key.sessions ?? 0
                var row = subject.key(series)
                row.append(batch == series.best ? Prose(Figure.count(batch)) : "\(Figure.count(batch)), no pass")
                row += [Prose(String(load.cells.count)), Prose(Figure.count(total?.count ?? 0))]
                row += zip(Part.allCases, units).map { part, unit -> Prose in
                    (part.isTail ? load.boundMark(part.metric) : Prose()) + Prose(unit.show(part.value(load)))
                }
                if !floors.isEmpty { row.append(Prose(floorUnit.show(load.floor))) }
                return Table.Row(row)
            })
    }

    /// Loads that were measured over WebSocket and over HTTP, side by side.
    var protocols: Table {
        let pairs = subject.modePairs
        let unit = TimeUnit.fitting(pairs.flatMap { [$0.ws, $0.http] }.flatMap { p99($0) })
        var columns: [Table.Column] = [.text("infrastructure"), .number("wait (s)")]
        if subject.namesSteps { columns.append(.number("steps")) }
        for title in ["max batch", "P99 (\(unit.rawValue))", "sessions/s"] {
            columns += [.number("ws: " + title), .number("http: " + title)]
        }
        return Table(
            columns,
            rows: pairs.map { pair in
                let series = subject.series[pair.ws]
                var row = [Prose(subject.infras[series.infra].name), Prose(series.wait.asSetting)]
                if subject.namesSteps { row.append(Prose(Figure.steps(series.steps))) }
                let sides = [pair.ws, pair.http]
                row += sides.map { index in
                    subject.series[index].capacity.map { ReportCapacity.bracket($0.batch, of: $0) } ?? .absent
                }
                row += sides.map { Prose(Span.column(p99($0), in: unit)) }
                row += sides.map { Prose(rates($0)) }
                return Table.Row(row)
            })
    }

    static let protocolCaveat: Prose = """
        HTTP in OpenEnv is stateless: every call builds an environment, uses it once and closes it. The two are different \
        experiments, so their figures stand beside each other and no ratio is taken. P99 and rate are at each one's max batch.
        """

    /// At the max batch; nothing where there is none.
    private func p99(_ index: Int) -> [Nanoseconds] {
        subject.series[index].best == nil ? [] : ReportLoad(index, of: subject, evidence).p99(.total)
    }

    private func rates(_ index: Int) -> String {
        if subject.series[index].best == nil { return Figure.absent }
        return Span.rates(ReportLoad(index, of: subject, evidence).cells.compactMap(\.sessionsPerSecond)) ?? Figure.absent
    }
}
