import ScaleAnalysis
import ScaleCore

/// What every infrastructure holds, by mode and wait, as the max batch table says it.
enum CapacityCharts {
    /// The max batch with its bracket; nil where the evidence decides nothing.
    static func maxBatch(_ subject: ReportSubject) -> ChartFile? {
        let groups = groups(subject) { series, capacity in
            var row = row(series, capacity)
            row.words = words(capacity)
            return row
        }
        let rows = groups.flatMap(\.rows)
        if !rows.contains(where: { $0.value != nil || $0.upper != nil }) { return nil }
        var legend = [ChartLegend.Entry(title: "largest batch that passes", style: pointStyle, joined: false)]
        if rows.contains(where: { $0.upper != nil }) {
            legend.append(ChartLegend.Entry(title: "smallest that fails", style: crossStyle, joined: false))
        }
        if rows.contains(where: \.isOpen) {
            legend.append(ChartLegend.Entry(title: "→ no larger valid cell", style: invisible, joined: false))
        }
        return RowChart(
            groups: groups, look: .brackets, axis: "max batch (sessions at ≥ 95 % success)", legend: legend,
            columns: ("last_pass", "first_fail")
        ).chart(
            name: "max-batch", title: "Max batch by infrastructure and wait",
            subtitle: subject.subtitle(), section: .capacity)
    }

    /// Max batch per core; nil where no series has both a max batch and known cores.
    static func perCore(_ subject: ReportSubject) -> ChartFile? {
        let groups = groups(subject) { series, capacity -> RowChart.Row? in
            guard let record = subject.infras[series.infra].record, let cores = record.cores, cores > 0 else { return nil }
            var row = row(series, capacity)
            row.upper = nil
            row.value = capacity.batch.lastPass.map { Double($0) / cores }
            let count = "\(Figure.plain(cores)) core\(cores == 1 ? "" : "s")"
            let slots = ReportCapacity.slots(record)
            row.words = known(row.value, row) + " on " + count + (slots == Figure.absent ? "" : ", " + slots)
            return row
        }
        if !groups.flatMap(\.rows).contains(where: { $0.value != nil }) { return nil }
        return RowChart(
            groups: groups, look: .bars, axis: "max batch per core (sessions/core)", columns: ("batch_per_core", "upper")
        ).chart(
            name: "batch-per-core", title: "Max batch per core the servers may use",
            subtitle: "right: cores, workers × session cap · " + subject.subtitle(), section: .capacity)
    }

    /// The same load on one replica and on several; nil unless both kinds were measured at one mode and wait.
    static func nodes(_ subject: ReportSubject) -> ChartFile? {
        struct Load: Hashable {
            var mode: Mode
            var wait: Nanoseconds
            var steps: Int
            var name: String
        }
        var order: [Load] = []
        var members: [Load: [ReportSubject.Series]] = [:]
        for series in subject.series where series.capacity?.points.isEmpty == false {
            let load = Load(mode: series.mode, wait: series.wait, steps: series.steps, name: series.load)
            if members[load] == nil { order.append(load) }
            members[load, default: []].append(series)
        }
        var groups: [RowChart.Group] = []
        for load in order {
            let found = members[load] ?? []
            let counts = found.map { replicas($0, subject) }
            guard counts.contains(1), counts.contains(where: { $0 > 1 }) else { continue }
            let rows = zip(found, counts).sorted { $0.1 < $1.1 }.compactMap { series, count -> RowChart.Row? in
                guard let capacity = series.capacity else { return nil }
                var row = row(series, capacity)
                row.upper = nil
                row.name = subject.infras[series.infra].name
                row.colour = count > 1 ? 1 : 0
                let (all, each) = (known(row.value, row), known(row.value.map { $0 / Double(count) }, row))
                row.words = "\(all) on \(count)" + (count == 1 ? "" : ", \(each) each")
                return row
            }
            let steps = load.steps == 1 ? "" : ", " + RunSnapshot.steps(load.steps)
            groups.append(
                RowChart.Group(name: "\(load.mode.rawValue), \(load.name)" + steps, rows: rows))
        }
        if groups.isEmpty { return nil }
        return RowChart(
            groups: groups, look: .bars, axis: "max batch (sessions at ≥ 95 % success)",
            legend: [
                ChartLegend.Entry(title: "one replica", style: .area(SeriesStyle.colours[0]), joined: false),
                ChartLegend.Entry(title: "several replicas", style: .area(SeriesStyle.colours[1]), joined: false),
            ]
        ).chart(
            name: "nodes", title: "Max batch on several replicas and on one",
            subtitle: "right: on how many replicas · " + subject.subtitle(), section: .capacity)
    }

    /// Of those that were launched, or hosts that answered where those are more.
    private static func replicas(_ series: ReportSubject.Series, _ subject: ReportSubject) -> Int {
        max(1, subject.infras[series.infra].record?.replicas ?? 1, series.records.map(\.uniqueHosts).max() ?? 1)
    }

    private static let pointStyle = SeriesStyle(colour: "#333333", point: 7, size: "0.9", dash: 1)
    private static let crossStyle = SeriesStyle(colour: "#333333", point: 2, size: "0.8", dash: 1)
    private static let invisible = SeriesStyle(colour: "#ffffff", point: 7, size: "0.1", dash: 1)

    private static func groups(
        _ subject: ReportSubject, _ make: (ReportSubject.Series, Capacity) -> RowChart.Row?
    ) -> [RowChart.Group] {
        subject.infras.indices.compactMap { infra in
            let rows = subject.series.filter { $0.infra == infra }.compactMap { series -> RowChart.Row? in
                guard let capacity = series.capacity, !capacity.points.isEmpty else { return nil }
                return make(series, capacity)
            }
            return rows.isEmpty ? nil : RowChart.Group(name: subject.infras[infra].name, rows: colours(rows, subject))
        }
    }

    /// `≥ 512`, `128`, or that it is not known.
    private static func known(_ value: Double?, _ row: RowChart.Row) -> String {
        value.map { (row.isOpen ? "≥ " : "") + Figure.ratio($0) } ?? Figure.absent
    }

    private static func row(_ series: ReportSubject.Series, _ capacity: Capacity) -> RowChart.Row {
        let batch = capacity.batch
        // A first failure below the last pass is no bracket.
        let upper = batch.nothingLarger ? nil : batch.firstFail
        return RowChart.Row(
            name: name(series), colour: 0, value: batch.lastPass.map(Double.init),
            upper: upper.map(Double.init), isOpen: batch.nothingLarger, words: "")
    }

    /// As in the table, but for the list of larger sizes that are invalid.
    private static func words(_ capacity: Capacity) -> String {
        guard let best = capacity.batch.lastPass, capacity.batch.nothingLarger, !capacity.batch.atLeastTop else {
            return ReportCapacity.bracket(capacity.batch, of: capacity).plain
        }
        return "≥ \(Figure.count(best)), larger: invalid"
    }

    /// A series within its infrastructure.
    private static func name(_ series: ReportSubject.Series) -> String {
        let name = "\(series.mode.rawValue), \(series.load)"
        if series.steps == 1 { return name }
        return name + (series.steps == 0 ? ", held" : ", " + RunSnapshot.steps(series.steps))
    }

    /// One colour per load, the same for every infrastructure.
    private static func colours(_ rows: [RowChart.Row], _ subject: ReportSubject) -> [RowChart.Row] {
        var names: [String] = []
        for series in subject.series {
            let name = name(series)
            if !names.contains(name) { names.append(name) }
        }
        return rows.map { row in
            var row = row
            row.colour = names.firstIndex(of: row.name) ?? 0
            return row
        }
    }
}
