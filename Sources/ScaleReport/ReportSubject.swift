import ScaleAnalysis
import ScaleCore

/// What a report and its charts are about: the cells of one run or of several, as series that differ in N and
/// repetition only.
///
/// Runs are put together where the infrastructure is equal but for its endpoints, the machine is the same and the plans
/// ask for the same kind of load; everything else stays apart and is named by its run.
struct ReportSubject: Sendable {
    /// A deployment, or the same one in several runs.
    struct Infra: Sendable {
        /// On one line, and of no other one.
        var name: String
        var record: DeploymentRecord?
        /// Of a plan, what is not in a cell's key.
        var load: Plan
        /// Of its first cell.
        var run: String
        /// The hash of that run's plan.
        var plan: String
        var host: HostFacts?
        var hardware: String
        /// Of scalebench, which is also the bundled environment's.
        var version: String
        /// Whether its numbers are another tool's.
        var isImported: Bool
    }

    /// What distinguishes one line of a chart and one row of the results: everything but N and the repetition.
    struct Series: Sendable {
        /// Position in ``infras``.
        var infra: Int
        var mode: Mode
        var wait: Nanoseconds
        var steps: Int
        /// In words: `local-2x40, ws, wait 1 s`.
        var title: String
        /// In words, what its steps wait: `wait 1 s`, or that they send an action of the user's.
        var load: String
        /// In the order they were measured, run by run.
        var cells: [RunSnapshot.Cell]
        /// The policy's mean time before each step; nil where sessions wait for each other or for recorded times.
        var think: Nanoseconds?
        /// Whether every session takes ``steps`` steps: neither held sessions nor recorded episodes do.
        var countsSteps: Bool
        var capacity: Capacity?

        var records: [CellRecord] { cells.map(\.record) }
        /// The values of N, ascending.
        var batches: [Int] { Set(cells.map(\.record.key.sessions)).sorted() }
        /// The largest N that passes with every smaller one.
        var best: Int? { capacity?.batch.lastPass }
        /// The P99 of `total` that the SLO max batch allows.
        var latencyLimit: Nanoseconds? { think.flatMap { Capacity.latencyLimit(wait: wait, steps: steps, think: $0) } }
        func valid(at sessions: Int) -> [CellRecord] { records.filter { $0.key.sessions == sessions && $0.valid } }

        /// Whether nothing counts of an N because the servers were ended in each of its cells.
        func isEnded(at sessions: Int) -> Bool { records.allSatisfy { $0.key.sessions != sessions || $0.isTerminated } }
        /// What stands in place of the numbers of an N without a valid cell.
        func absence(at sessions: Int) -> String { isEnded(at: sessions) ? "ended" : "invalid" }

        /// The valid repetitions with a success of the largest N that passes; where none does, of the largest N that has
        /// one.
        var heaviest: [RunSnapshot.Cell] {
            let valid = cells.filter { $0.record.valid && $0.record.succeeded > 0 }
            guard let batch = best ?? valid.map(\.record.key.sessions).max() else { return [] }
            return valid.filter { $0.record.key.sessions == batch }
        }

        fileprivate var order: (Int, Int, Nanoseconds, Int) {
            (infra, Mode.allCases.firstIndex(of: mode) ?? 0, wait, steps)
        }
    }

    /// A cell with what its row id alone does not say.
    struct Place: Sendable {
        /// Position in ``snapshots``.
        var run: Int
        /// Position in ``infras``.
        var infra: Int
        var cell: RunSnapshot.Cell

        fileprivate var order: [Int64] {
            let key = cell.record.key
            let mode = Mode.allCases.firstIndex(of: key.mode) ?? 0
            return [infra, mode, key.sessions].map(Int64.init) + [key.wait.rawValue] + [key.steps, run, key.rep].map(Int64.init)
        }
    }

    /// In the order of the runs, and within one of their launch.
    private(set) var infras: [Infra] = []
    /// By infrastructure, mode, wait and steps.
    var series: [Series] = []
    /// Which of several pictures this is of.
    var page: Page?
    let snapshots: [RunSnapshot]
    /// Every cell by infrastructure, mode, N, wait, steps, run and repetition: the order of the measurement may be by chance.
    private(set) var cells: [Place] = []
    /// Position in ``infras`` of every deployment with a cell, per run.
    private var known: [[Int64: Int]] = []

    /// Whether any cell asks for more than one step, so that the steps must be named.
    let namesSteps: Bool

    init(_ snapshots: [RunSnapshot]) {
        self.snapshots = snapshots
        namesSteps = snapshots.contains { $0.cells.contains { $0.record.key.steps != 1 } }
        for (run, snapshot) in snapshots.enumerated() {
            var load = snapshot.run.plan
            (load.modes, load.sessions, load.waits, load.reps, load.seed, load.steps) = ([], [], [], 1, 0, 1)
            (load.mostReps, load.search) = (nil, nil)
            var found: [Int64: Int] = [:]
            for deployment in Set(snapshot.cells.map(\.deployment)).sorted() {
                found[deployment] = place(deployment, of: snapshot, load, taken: found)
            }
            known.append(found)
            for cell in snapshot.cells {
                let infra = found[cell.deployment] ?? 0
                cells.append(Place(run: run, infra: infra, cell: cell))
                add(cell, infra, snapshot.run.plan)
            }
        }
        cells.sort { $0.order.lexicographicallyPrecedes($1.order) }
        series.sort { $0.order < $1.order }
        for index in series.indices {
            series[index].capacity = Capacity.all(of: series[index].records, think: series[index].think).first
            var title =
                "\(infras[series[index].infra].name), \(series[index].mode.rawValue), \(series[index].load)"
            if namesSteps { title += series[index].steps == 0 ? ", held" : ", " + RunSnapshot.steps(series[index].steps) }
            series[index].title = title
        }
    }

    /// Nil for a deployment without a cell.
    func infra(of deployment: Int64, run: Int) -> Int? { known[run][deployment] }

    /// What reports call a deployment, also one without a cell.
    func name(of deployment: Int64, run: Int) -> String {
        infra(of: deployment, run: run).map { infras[$0].name } ?? snapshots[run].name(of: deployment)
    }

    /// The beginning of a run's id, as a report's tables name it.
    func run(_ index: Int) -> String { String(snapshots[index].run.uuid.prefix(8)) }

    private mutating func place(
        _ deployment: Int64, of snapshot: RunSnapshot, _ load: Plan, taken: [Int64: Int]
    ) -> Int {
        let record = snapshot.deployments[deployment]
        let same = infras.indices.first { index in
            // Two deployments of one run are not repetitions of each other, nor are runs of two machines.
            guard !taken.values.contains(index), infras[index].load == load, let other = infras[index].record, let record,
                infras[index].host == snapshot.run.host, infras[index].hardware == snapshot.run.hardware,
                infras[index].version == snapshot.run.version,
                infras[index].isImported == (snapshot.run.source == .imported)
            else { return false }
            // Of variables only the plan's hash knows the values.
            if record.hidesVariables, infras[index].plan != snapshot.run.planHash { return false }
            // Given endpoints are what such a deployment is.
            return record.provider == "url" ? record == other : record.isSame(as: other)
        }
        if let same { return same }
        let isImported = snapshot.run.source == .imported
        var name = Markdown.oneLine(snapshot.name(of: deployment)) + (isImported ? " (imported)" : "")
        if infras.contains(where: { $0.name == name }) { name += " (run \(snapshot.run.uuid.prefix(8)))" }
        infras.append(
            Infra(
                name: name, record: record, load: load, run: snapshot.run.uuid, plan: snapshot.run.planHash, host: snapshot.run.host,
                hardware: snapshot.run.hardware, version: snapshot.run.version, isImported: isImported))
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
                infra: infra, mode: key.mode, wait: key.wait, steps: key.steps, title: "",
                load: plan.loadName(key.wait), cells: [cell],
                think: plan.latencyThink,
                countsSteps: key.steps > 0 && plan.trace == nil))
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

extension RunSnapshot {
    /// How many steps a session takes: 0 stands for as many as the time it is held allows.
    static func steps(_ count: Int) -> String {
        count == 0 ? "steps for as long as held" : "\(count) step\(count == 1 ? "" : "s")"
    }
}

extension Plan {
    /// `wait 1 s`; where no wait is asked for, whose the actions are: what they make the environment wait is not known.
    public func loadName(_ wait: Nanoseconds) -> String {
        if asksForWaits || wait > .zero { return "wait \(wait.asSetting) s" }
        return trace == nil ? "own action" : "recorded actions"
    }
}
