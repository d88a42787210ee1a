import ScaleAnalysis
import ScaleCore

/// What charts are made of: the cells of one run or of several, as series that differ in N and repetition only.
///
/// Runs are put together where the infrastructure is equal but for its endpoints, the machine is the same and the plans
/// ask for the same kind of load; everything else stays apart and is named by its run.
struct ChartSubject: Sendable {
    /// A deployment, or the same one in several runs.
    struct Infra: Sendable {
        var name: String
        var record: DeploymentRecord?
        /// Of a plan, what is not in a cell's key.
        var load: Plan
        /// Of its first cell.
        var run: String
        var host: HostFacts?
        var hardware: String
    }

    struct Series: Sendable {
        /// Position in ``infras``.
        var infra: Int
        var mode: Mode
        var wait: Nanoseconds
        var steps: Int
        var title: String
        var cells: [RunSnapshot.Cell]
        var think: Nanoseconds
        /// Whether every session takes ``steps`` steps: neither held sessions nor recorded episodes do.
        var countsSteps: Bool
        var capacity: Capacity?

        var records: [CellRecord] { cells.map(\.record) }
        var batches: [Int] { Set(cells.map(\.record.key.sessions)).sorted() }
        var latencyLimit: Nanoseconds? { Capacity.latencyLimit(wait: wait, steps: steps, think: think) }
        func valid(at sessions: Int) -> [CellRecord] { records.filter { $0.key.sessions == sessions && $0.valid } }
    }

    private(set) var infras: [Infra] = []
    var series: [Series] = []
    /// Which of several pictures this is of.
    var page: Page?
    private(set) var snapshots: [RunSnapshot]

    init(_ snapshots: [RunSnapshot]) {
        self.snapshots = snapshots
        let namesSteps = Set(snapshots.flatMap { $0.cells.map(\.record.key.steps) }).subtracting([1]).isEmpty == false
        for snapshot in snapshots {
            var load = snapshot.run.plan
            (load.modes, load.sessions, load.waits, load.reps, load.seed, load.steps) = ([], [], [], 1, 0, 1)
            var known: [Int64: Int] = [:]
            for cell in snapshot.cells {
                let infra = known[cell.deployment] ?? place(cell.deployment, of: snapshot, load, taken: known)
                known[cell.deployment] = infra
                add(cell, infra, snapshot.run.plan)
            }
        }
        for index in series.indices {
            series[index].capacity = Capacity.all(of: series[index].records, think: series[index].think).first
            var title =
                "\(infras[series[index].infra].name), \(series[index].mode.rawValue), wait \(series[index].wait.asSetting) s"
            if namesSteps { title += series[index].steps == 0 ? ", held" : ", " + RunSnapshot.steps(series[index].steps) }
            series[index].title = title
        }
    }

    private mutating func place(
        _ deployment: Int64, of snapshot: RunSnapshot, _ load: Plan, taken: [Int64: Int]
    ) -> Int {
        let record = snapshot.deployments[deployment]
        let same = infras.indices.first { index in
            // Two deployments of one run are not repetitions of each other, nor are runs of two machines.
            guard !taken.values.contains(index), infras[index].load == load, let other = infras[index].record, let record,
                infras[index].host == snapshot.run.host, infras[index].hardware == snapshot.run.hardware
            else { return false }
            // Given endpoints are what such a deployment is.
            return record.provider == "url" ? record == other : record.isSame(as: other)
        }
        if let same { return same }
        var name = Markdown.oneLine(snapshot.name(of: deployment))
        if infras.contains(where: { $0.name == name }) { name += " (run \(snapshot.run.uuid.prefix(8)))" }
        infras.append(
            Infra(
                name: name, record: record, load: load, run: snapshot.run.uuid, host: snapshot.run.host,
                hardware: snapshot.run.hardware))
        return infras.count - 1
    }

    private mutating func add(_ cell: RunSnapshot.Cell, _ infra: Int, _ plan: Plan) {
        let key = cell.record.key
        let found = series.firstIndex {
            $0.infra == infra && $0.mode == key.mode && $0.wait == key.wait && $0.steps == key.steps
        }
        if let found {
            series[found].cells.append(cell)
            return
        }
        series.append(
            Series(
                infra: infra, mode: key.mode, wait: key.wait, steps: key.steps, title: "", cells: [cell],
                think: plan.think?.mean ?? .zero, countsSteps: key.steps > 0 && plan.trace == nil))
    }

    /// A line under the title: what the runs have in common.
    /// - Parameter bars: what bars show where cells were repeated.
    func subtitle(bars: String? = nil) -> String {
        guard let plan = snapshots.first?.run.plan else { return "" }
        let plans = snapshots.map(\.run.plan)
        func shared<Value: Equatable>(_ path: KeyPath<Plan, Value>) -> Bool {
            plans.allSatisfy { $0[keyPath: path] == plan[keyPath: path] }
        }
        var parts: [String] = []
        if shared(\.steps), shared(\.trace), shared(\.pacing) {
            parts = [plan.trace == nil ? RunSnapshot.steps(plan.steps) + " per session" : "recorded episodes"]
            if let duration = plan.pacing.holds { parts = ["sessions held for \(duration.asSetting) s"] }
            if plan.pacing == .lockstep { parts.append("in lock-step") }
        }
        if shared(\.reps), shared(\.mostReps) {
            let most = plan.mostReps ?? plan.reps
            let note = bars.map { most == 1 ? "" : " (\($0))" } ?? ""
            let count = most > plan.reps ? "\(plan.reps) to \(most) repetitions" : "\(most) repetition\(most == 1 ? "" : "s")"
            parts.append(count + note)
        }
        let hardware = Set(snapshots.map(\.run.hardware))
        if hardware.count == 1, let label = hardware.first, !label.isEmpty { parts.append("on " + Markdown.oneLine(label)) }
        parts.append(snapshots.count == 1 ? "run \(snapshots[0].run.uuid.prefix(8))" : "\(snapshots.count) runs")
        return ([page?.note].compactMap { $0 } + parts).joined(separator: " · ")
    }
}
