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
    let earlier: [CellRecord]

    static func begin(
        _ request: RunRequest, deployment: DeploymentRecord, store: Store
    ) throws(ScaleError) -> StoredRun {
        let hash = planHash(request.plan, deployment)
        if request.resume, let earlier = try unfinished(hash, request.plan, in: store) {
            let snapshot = try store.reader.snapshot(.uuid(earlier.uuid))
            try checkOwner(snapshot.run)
            if let own = ProcessIdentity.ownProcess { try store.own(run: earlier.id, by: own.description) }
            // Launched again it is the same deployment, on another port perhaps.
            var row = snapshot.deployments.first { $0.value.isSame(as: deployment) }?.key
            if row == nil { row = try store.addDeployment(deployment, run: earlier.id) }
            return StoredRun(
                store: store, id: earlier.id, uuid: earlier.uuid, deployment: row ?? 0,
                earlier: snapshot.cells.map(\.record))
        }
        let record = RunRecord(
            uuid: UUID().uuidString.lowercased(), startedAt: HostClock.wallTime(), command: request.command,
            plan: request.plan, planHash: hash, hardware: request.hardware, version: Version.current,
            git: GitCheckout.commit(of: FileManager.default.currentDirectoryPath),
            owner: ProcessIdentity.ownProcess?.description, host: request.host)
        let id = try store.begin(record)
        return StoredRun(
            store: store, id: id, uuid: record.uuid, deployment: try store.addDeployment(deployment, run: id), earlier: [])
    }

    /// Two processes that write one run would measure the same cells against each other.
    private static func checkOwner(_ run: RunRecord) throws(ScaleError) {
        guard run.status == .running, let owner = run.owner.flatMap(ProcessIdentity.init), owner.isAlive,
            owner != ProcessIdentity.ownProcess
        else { return }
        throw .usage(
            "--resume: process \(owner.pid) of this host still measures the run \(run.uuid)",
            hint: "wait until it has ended, or stop it first")
    }

    /// A search that ended goes on all the same: it may have spent its budget, or the host may allow more by now.
    private static func unfinished(_ hash: String, _ plan: Plan, in store: Store) throws(ScaleError) -> RunSummary? {
        try store.reader.runs().filter { $0.planHash == hash && ($0.status != .finished || plan.search != nil) }
            .max { $0.startedAt < $1.startedAt }
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
        if let most = plan.mostReps { print.add("at most \(most)") }
        if let search = plan.search {
            print.add(search.identity)
            // It says which cells follow which.
            print.add("\(plan.seed)")
        }
        print.add(deployment.provider)
        print.add(deployment.infra)
        if deployment.provider == "url" { for endpoint in deployment.endpoints { print.add(endpoint) } }
        return print.description
    }
}
