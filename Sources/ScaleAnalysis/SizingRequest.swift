import ScaleCore

/// What is to be sized: so many sessions at one time, each taking so many steps.
public struct SizingRequest: Hashable, Sendable {
    /// Sessions that are open at once.
    public var target: Int
    public var mode: Mode
    public var wait: Nanoseconds
    /// Per session.
    public var steps: Int
    /// The share of what was measured that is kept free, from 0 to below 1.
    public var headroom: Double
    /// In any currency; nil where costs are not asked for.
    public var pricePerCoreHour: Double?

    public static let defaultHeadroom = 0.2

    public init(
        target: Int, mode: Mode = .ws, wait: Nanoseconds, steps: Int, headroom: Double = defaultHeadroom,
        pricePerCoreHour: Double? = nil
    ) {
        self.target = target
        self.mode = mode
        self.wait = wait
        self.steps = steps
        self.headroom = headroom
        self.pricePerCoreHour = pricePerCoreHour
    }
}

/// A stored cell as sizing needs it.
public struct SizingCell: Hashable, Sendable {
    /// Row id in the store.
    public var id: Int64
    public var deployment: DeploymentRecord
    /// Of the cell's run.
    public var plan: Plan
    public var record: CellRecord

    public init(id: Int64, deployment: DeploymentRecord, plan: Plan, record: CellRecord) {
        self.id = id
        self.deployment = deployment
        self.plan = plan
        self.record = record
    }

    /// All cells of a run.
    public static func all(of snapshot: RunSnapshot) -> [SizingCell] {
        snapshot.cells.compactMap { cell in
            snapshot.deployments[cell.deployment].map {
                SizingCell(id: cell.id, deployment: $0, plan: snapshot.run.plan, record: cell.record)
            }
        }
    }

    /// What decides whether two cells are points of one series: the deployment wherever it listens, and everything of
    /// the load but N and the repetition.
    struct Series: Hashable {
        var deployment: [String]
        var steps: Int
        var load: [String]
    }

    var series: Series {
        let facts: [String] = [
            deployment.infra, deployment.provider, deployment.cores.map { "\($0)" } ?? "", "\(deployment.replicas)",
            deployment.workers.map { "\($0)" } ?? "", deployment.sessionCap.map { "\($0)" } ?? "", deployment.balancer ?? "",
        ]
        let load = ["\(plan.pacing)", "\(plan.shape)", plan.think.map { "\($0)" } ?? "", "\(plan.httpConnections)"]
        return Series(deployment: facts, steps: record.key.steps, load: load)
    }
}
