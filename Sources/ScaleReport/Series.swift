import ScaleAnalysis
import ScaleCore

/// What distinguishes one line of a chart and one row of the max batch table: everything but N and the repetition.
struct SeriesKey: Hashable {
    var deployment: Int64
    var mode: Mode
    var wait: Nanoseconds
    var steps: Int
}

/// The cells of a run that differ in N and repetition only, in the order they were measured.
struct CellSeries {
    var key: SeriesKey
    var cells: [CellRecord]
    /// The policy's mean time before each step; nil where sessions wait for each other or for recorded times.
    var think: Nanoseconds? = .zero

    /// All series of a run, by their first cell.
    static func all(of snapshot: RunSnapshot) -> [CellSeries] {
        var order: [SeriesKey] = []
        var members: [SeriesKey: [CellRecord]] = [:]
        for cell in snapshot.cells {
            let point = cell.record.key
            let key = SeriesKey(deployment: cell.deployment, mode: point.mode, wait: point.wait, steps: point.steps)
            if members[key] == nil { order.append(key) }
            members[key, default: []].append(cell.record)
        }
        let plan = snapshot.run.plan
        let think = plan.pacing == .free && plan.trace == nil ? plan.think?.mean ?? .zero : nil
        return order.map { CellSeries(key: $0, cells: members[$0] ?? [], think: think) }
    }

    /// The values of N, ascending.
    var batches: [Int] { Set(cells.map(\.key.sessions)).sorted() }

    /// Nil only for no cells.
    var capacity: Capacity? { Capacity.all(of: cells, think: think).first }

    /// The P99 of `total` that the SLO max batch allows.
    var latencyLimit: Nanoseconds? {
        think.flatMap { Capacity.latencyLimit(wait: key.wait, steps: key.steps, think: $0) }
    }

    func valid(at sessions: Int) -> [CellRecord] { cells.filter { $0.key.sessions == sessions && $0.valid } }
}

extension RunSnapshot {
    /// What reports call a deployment: its infra name, with the row id where two share one.
    func name(of deployment: Int64) -> String {
        guard let record = deployments[deployment] else { return "deployment \(deployment)" }
        let shared = deployments.values.filter { $0.infra == record.infra }.count > 1
        return shared ? "\(record.infra) (\(deployment))" : record.infra
    }

    /// Deployments in the order their cells were measured, then those without a cell.
    var deploymentOrder: [Int64] {
        var order: [Int64] = []
        for id in cells.map(\.deployment) + deployments.keys.sorted() where !order.contains(id) { order.append(id) }
        return order
    }

    /// Whether any cell asks for more than one step, so that the steps must be named.
    var namesSteps: Bool { cells.contains { $0.record.key.steps != 1 } }

    /// How many steps a session takes: 0 stands for as many as the time it is held allows.
    static func steps(_ count: Int) -> String {
        count == 0 ? "steps for as long as held" : "\(count) step\(count == 1 ? "" : "s")"
    }

    /// A series in words: `local-2x40, ws, wait 1 s`.
    func title(of key: SeriesKey) -> String {
        var title = "\(name(of: key.deployment)), \(key.mode.rawValue), wait \(key.wait.asSetting) s"
        if namesSteps { title += ", " + Self.steps(key.steps) }
        return title
    }
}
