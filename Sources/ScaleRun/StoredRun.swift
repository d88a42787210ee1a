import Foundation
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

/// A run's rows in the store, from its beginning to its end.
struct StoredRun: Sendable {
    let store: Store
    let id: Int64
    let uuid: String
    /// What was stored of it before: nothing for a new one.
    let earlier: RunSnapshot?
    private var rows: [Int64: DeploymentRecord]

    /// Begins a run, or takes up an earlier one of the same plan.
    /// - Throws: `usage` where another process still measures it.
    static func claim(_ request: RunRequest, hash: String, store: Store) throws(ScaleError) -> Claim {
        let record = RunRecord(
            uuid: request.launch.mark.run, startedAt: HostClock.wallTime(), command: request.command,
            plan: request.plan, planHash: hash, hardware: request.hardware, version: Version.current,
            git: GitCheckout.commit(of: FileManager.default.currentDirectoryPath),
            owner: ProcessIdentity.ownProcess?.description, experiment: request.experiment?.name, host: request.host)
        if request.experiment == nil && !request.resume {
            return .run(StoredRun(store: store, id: try store.begin(record), uuid: record.uuid, earlier: nil, rows: [:]))
        }
        // Two processes that write one run would measure the same cells against each other.
        let claim = try store.claim(record, resuming: request.resumption) { owner in
            guard let owner = ProcessIdentity(owner) else { return false }
            return owner.isAlive && owner != ProcessIdentity.ownProcess
        }
        switch claim {
        case .begun(let id): return .run(StoredRun(store: store, id: id, uuid: record.uuid, earlier: nil, rows: [:]))
        case .taken(let id, let uuid):
            let snapshot = try store.reader.snapshot(.id(id))
            return .run(StoredRun(store: store, id: id, uuid: uuid, earlier: snapshot, rows: snapshot.deployments))
        case .finished(let uuid): return .whole(try store.reader.snapshot(.uuid(uuid)))
        case .held(let owner, let uuid):
            let pid = ProcessIdentity(owner).map { "process \($0.pid)" } ?? "another process"
            throw .usage(
                "\(request.experiment == nil ? "--resume: " : "")\(pid) of this host still measures the run \(uuid)",
                hint: "wait until it has ended, or stop it first")
        }
    }

    enum Claim {
        case run(StoredRun)
        /// Nothing is left to do.
        case whole(RunSnapshot)
    }

    /// The row of what was launched. Launched again it is the same deployment, on another port perhaps.
    mutating func row(of deployment: DeploymentRecord) throws(ScaleError) -> Int64 {
        if let known = rows.filter({ $0.value.isSame(as: deployment) }).keys.min() { return known }
        let row = try store.addDeployment(deployment, run: id)
        rows[row] = deployment
        return row
    }

    /// Stores stages of a launch.
    mutating func add(_ lifecycle: [LifecycleRecord], of deployment: DeploymentRecord) throws(ScaleError) {
        try store.addLifecycle(lifecycle, deployment: try row(of: deployment))
    }

    /// Cells measured before, when the run goes on after an interruption.
    /// - Parameter infra: those on the infrastructure of this name alone; nil for all.
    func finished(on infra: String?) -> [CellRecord] { earlier?.cells(on: infra) ?? [] }

    func finish(_ status: RunStatus) throws(ScaleError) {
        try store.finish(run: id, status: status, at: HostClock.wallTime())
    }

    /// Equal for runs that measure the same thing on the same kind of deployment. The endpoint counts only where it
    /// was given: the port of a launched one differs from run to run.
    /// - Parameter launched: everything that is measured, with what was asked for.
    static func planHash(_ plan: Plan, _ launched: [(DeploymentRecord, LaunchSpecification)]) -> String {
        var print = fingerprint(of: plan)
        for (deployment, specification) in launched {
            print.add(deployment.provider)
            print.add(deployment.infra)
            if specification != .none { print.add(specification.identity) }
            if deployment.provider == "url" { for endpoint in deployment.endpoints { print.add(endpoint) } }
        }
        return print.description
    }

    private static func fingerprint(of plan: Plan) -> Fingerprint {
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
        if plan.addresses != .all { print.add("addresses " + plan.addresses.rawValue) }
        if plan.pacing != .free { print.add(plan.pacing.description) }
        if let trace = plan.trace { print.add(trace.identity) }
        if let most = plan.mostReps { print.add("at most \(most)") }
        if let search = plan.search {
            print.add(search.identity)
            // It says which cells follow which.
            print.add("\(plan.seed)")
        }
        return print
    }
}

extension StoredRun {
    /// Equal for experiments that measure the same things on the same infrastructures, in whatever order they are named.
    static func planHash(_ plan: Plan, _ settings: ExperimentSettings, _ infrastructures: [Infrastructure]) -> String {
        var print = fingerprint(of: plan)
        print.add("experiment " + settings.name)
        print.add("\(settings.coolDown.rawValue)")
        for each in infrastructures.sorted(by: { ($0.name ?? "") < ($1.name ?? "") }) {
            print.add(each.name ?? "")
            print.add(each.specification.identity)
        }
        return print.description
    }
}

extension RunRequest {
    var resumption: Resumption {
        // A search that ended goes on all the same: it may have spent its budget, or the host may allow more by now.
        let finishes = plan.search == nil
        if let experiment { return experiment.isFresh ? .none : finishes ? .latest : .any }
        return resume ? (finishes ? .unfinished : .any) : .none
    }
}

extension RunSnapshot {
    /// Finished cells on the infrastructure of this name; of all for nil. Those in which the servers were ended are none: they
    /// are measured again.
    func cells(on infra: String?) -> [CellRecord] {
        cells.filter { infra == nil || deployments[$0.deployment]?.infra == infra }.map(\.record).filter { !$0.isTerminated }
    }
}
