import Foundation
import ScaleCore
import ScaleReactor
import ScaleStore

/// A run's rows in the store, from its beginning to its end.
struct StoredRun: Sendable {
    let store: Store
    let id: Int64
    let uuid: String
    let deployment: Int64
    /// Cells measured before, when the run goes on after an interruption.
    let finished: Set<CellKey>

    static func begin(
        _ request: RunRequest, deployment: DeploymentRecord, store: Store
    ) throws(ScaleError) -> StoredRun {
        let hash = planHash(request.plan, deployment)
        if request.resume, let earlier = try unfinished(hash, in: store) {
            let snapshot = try store.reader.snapshot(.uuid(earlier.uuid))
            // Launched again it is the same deployment, on another port perhaps.
            var row = snapshot.deployments.first { $0.value.isSame(as: deployment) }?.key
            if row == nil { row = try store.addDeployment(deployment, run: earlier.id) }
            return StoredRun(
                store: store, id: earlier.id, uuid: earlier.uuid, deployment: row ?? 0,
                finished: Set(snapshot.cells.map(\.record.key)))
        }
        let record = RunRecord(
            uuid: UUID().uuidString.lowercased(), startedAt: HostClock.wallTime(), command: request.command,
            plan: request.plan, planHash: hash, hardware: request.hardware, version: Version.current,
            git: GitCheckout.commit(of: FileManager.default.currentDirectoryPath), host: request.host)
        let id = try store.begin(record)
        return StoredRun(
            store: store, id: id, uuid: record.uuid, deployment: try store.addDeployment(deployment, run: id), finished: [])
    }

    private static func unfinished(_ hash: String, in store: Store) throws(ScaleError) -> RunSummary? {
        try store.reader.runs().filter { $0.planHash == hash && $0.status != .finished }.max { $0.startedAt < $1.startedAt }
    }

    func finish(_ status: RunStatus) throws(ScaleError) {
        try store.finish(run: id, status: status, at: HostClock.wallTime())
    }

    /// Equal for runs that measure the same thing on the same kind of deployment. The endpoint counts only where it
    /// was given: the port of a launched one differs from run to run.
    static func planHash(_ plan: Plan, _ deployment: DeploymentRecord) -> String {
        var print = Fingerprint()
        // Each list with its length, so that no number of one can stand for one of the next.
        print.add("\(plan.modes.count) \(plan.sessions.count) \(plan.waits.count)")
        for mode in plan.modes { print.add(mode.rawValue) }
        for count in plan.sessions { print.add("\(count)") }
        for wait in plan.waits { print.add("\(wait.rawValue)") }
        for number in [plan.steps, plan.reps] { print.add("\(number)") }
        for limit in [plan.timeouts.connect, plan.timeouts.reset, plan.timeouts.step, plan.timeouts.close] {
            print.add("\(limit.rawValue)")
        }
        print.add(plan.httpConnections.description)
        print.add(plan.action ?? "")
        print.add(plan.shape.description)
        print.add(plan.think?.description ?? "")
        print.add(plan.waitSpread?.description ?? "")
        print.add(plan.ignoresDone ? "ignore done" : "")
        // Plans of before these came keep their hash.
        if plan.pacing != .free { print.add(plan.pacing.description) }
        if let trace = plan.trace { print.add(trace.identity) }
        print.add(deployment.provider)
        print.add(deployment.infra)
        if deployment.provider == "url" { for endpoint in deployment.endpoints { print.add(endpoint) } }
        return print.description
    }
}
