import ScaleCore

/// What the two sides used, cell by cell.
struct ReportResources {
    let subject: ReportSubject

    var key: [Table.Column] {
        var columns: [Table.Column] = subject.infras.count > 1 ? [.text("infrastructure")] : []
        columns += [.text("mode"), .number("N"), .number("wait (s)")]
        if subject.namesSteps { columns.append(.number("steps")) }
        if subject.snapshots.count > 1 { columns.append(.text("run")) }
        return columns + [.number("rep")]
    }

    func point(_ place: ReportSubject.Place) -> [String] {
        let key = place.cell.record.key
        var row = subject.infras.count > 1 ? [subject.infras[place.infra].name] : []
        row += [key.mode.rawValue, Figure.count(key.sessions), key.wait.asSetting]
        if subject.namesSteps { row.append(Figure.steps(key.steps)) }
        if subject.snapshots.count > 1 { row.append(subject.run(place.run)) }
        return row + [String(key.rep)]
    }

    /// What the generator itself used, which is what tells its own limits from the server's.
    var generator: Table {
        let records = subject.cells.map(\.cell.record)
        let uses = records.compactMap(\.generator)
        let lag = TimeUnit.fitting(uses.flatMap { [$0.loopLagP99, $0.loopLagMax].compactMap { $0 } })
        let start = TimeUnit.fitting(records.compactMap { $0.latencies[.lag]?.p99 })
        var columns: [Table.Column] = [
            .number("CPU/session (µs)"), .number("threads"), .number("peak RSS"),
            .number("loop lag P99 (\(lag.rawValue))"), .number("max (\(lag.rawValue))"), .number("start lag P99 (\(start.rawValue))"),
        ]
        // In a burst the last session waits for all others, so that most of a large one start late.
        let paced = subject.snapshots.contains { $0.run.plan.shape != .burst }
        if paced { columns.append(.number("late starts")) }
        let timed = records.contains { $0.lateSteps != nil }
        if timed { columns.append(.number("late steps")) }
        let calibrated = uses.contains { $0.ceilingFraction != nil }
        if calibrated { columns.append(.number("of ceiling")) }
        let floors = records.compactMap { $0.floor?.totalP99 }
        let floor = TimeUnit.fitting(floors)
        if !floors.isEmpty { columns.append(.number("floor of total P99 (\(floor.rawValue))")) }
        let counts = Self.hostCounts.filter { count in records.compactMap(\.host).contains(where: count.isInteresting) }
        columns += counts.map { .number($0.name) }
        return Table(
            key + columns,
            rows: subject.cells.compactMap { place in
                let cell = place.cell
                guard let use = cell.record.generator else { return nil }
                let each = Double(use.cpu.rawValue) / 1000 / Double(max(1, cell.record.key.sessions))
                var row =
                    point(place) + [
                        Figure.significant(each), Self.threads(use), Figure.bytes(use.peakRSSBytes), lag.show(use.loopLagP99),
                        lag.show(use.loopLagMax), start.show(cell.record.latencies[.lag]?.p99),
                    ]
                if paced { row.append(Figure.count(cell.record.lateStarts)) }
                if timed { row.append(cell.record.lateSteps.map { Figure.count($0) } ?? Figure.absent) }
                if calibrated { row.append(use.ceilingFraction.map(Figure.percent) ?? Figure.absent) }
                if !floors.isEmpty { row.append(floor.show(cell.record.floor?.totalP99)) }
                row += counts.map { cell.record.host.flatMap($0.read) ?? Figure.absent }
                return Table.Row(row, struck: cell.record.valid ? 0 : point(place).count)
            })
    }

    private static func threads(_ use: GeneratorUse) -> String {
        use.processes == 1 ? String(use.threads) : "\(use.threads) in \(use.processes) processes"
    }

    /// A number of the host's, and from when on it says something.
    private struct HostCount: Sendable {
        var name: String
        var read: @Sendable (HostUse) -> String?
        var isInteresting: @Sendable (HostUse) -> Bool
    }

    private static let hostCounts = [
        HostCount(name: "descriptors") {
            $0.openDescriptors.map(Figure.count)
        } isInteresting: {
            $0.openDescriptors != nil
        },
        HostCount(name: "retransmits") {
            $0.retransmits.map(Figure.count)
        } isInteresting: {
            $0.retransmits ?? 0 > 0
        },
        HostCount(name: "listen drops") {
            $0.listenDrops.map(Figure.count)
        } isInteresting: {
            $0.listenDrops ?? 0 > 0
        },
        HostCount(name: "swapped pages") {
            $0.swappedPages.map(Figure.count)
        } isInteresting: {
            $0.swappedPages ?? 0 > 0
        },
        HostCount(name: "stolen") {
            $0.stealShare.map(Figure.percent)
        } isInteresting: {
            ($0.stealShare ?? 0) >= 0.001
        },
    ]

    /// Linux accounts processor time in clock ticks, most often of 10 ms: below one, nothing is known but that.
    static let leastCPU = Nanoseconds.milliseconds(10)

    /// Only the cells whose server could be read. The steps are all that succeeded, also in sessions that failed
    /// later: the server worked for them as well.
    var server: Table { used(by: \.server) }

    /// The same of a balancer in between.
    var balancer: Table { used(by: \.balancer) }

    private func used(by side: KeyPath<CellRecord, ServerUse?>) -> Table {
        let columns: [Table.Column] = [
            .number("CPU (s)"), .number("CPU per 1,000 steps (s)"), .number("cores used"), .number("peak RSS"),
        ]
        return Table(
            key + columns,
            rows: subject.cells.compactMap { place in
                let cell = place.cell
                guard let use = cell.record[keyPath: side] else { return nil }
                let rss = Figure.bytes(use.peakRSSBytes)
                let struck = cell.record.valid ? 0 : point(place).count
                if use.cpu < Self.leastCPU {
                    return Table.Row(point(place) + ["< 0.01", Figure.absent, Figure.absent, rss], struck: struck)
                }
                let steps = cell.record.latencies[.step]?.count ?? 0
                let wall = cell.record.wall.seconds
                let numbers = [
                    Figure.significant(use.cpu.seconds),
                    steps > 0 ? Figure.significant(use.cpu.seconds * 1000 / Double(steps)) : Figure.absent,
                    wall > 0 ? Figure.significant(use.cpu.seconds / wall) : Figure.absent, rss,
                ]
                return Table.Row(point(place) + numbers, struck: struck)
            })
    }
}
