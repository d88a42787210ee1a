import GRDB
import ScaleCore

/// What became of the wish to write a run.
public enum RunClaim: Hashable, Sendable {
    /// A new one; its row id.
    case begun(Int64)
    /// An earlier one, which is now the caller's.
    case taken(id: Int64, uuid: String)
    /// Another process still writes one of the same plan.
    case held(owner: String, uuid: String)
    /// The latest one of the same plan is whole already.
    case finished(uuid: String)
}

/// Which earlier run of the same plan is gone on with.
public enum Resumption: Hashable, Sendable {
    /// None: the run is a new one.
    case none
    /// The latest of those that are not finished.
    case unfinished
    /// The latest, unless it is finished.
    case latest
    /// The latest, finished or not: what a host allows, or a budget, may have changed.
    case any
}

/// Runs that a new one may go on with: measured by the same plan on the same machine. What another machine measured
/// is no part of this one's run.
enum EarlierRuns {
    /// The latest first.
    static func rows(_ db: Database, planHash: String, host: HostFacts?) throws -> [Row] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT id, uuid, status, owner FROM runs
                WHERE plan_hash = ? AND source = 'measured' AND host_cpu_model = ? AND host_cores = ? AND host_memory_bytes = ?
                ORDER BY started_at_us DESC, id DESC
                """,
            arguments: [planHash, host?.cpuModel, host?.cores, host?.memoryBytes])
    }
}

extension RunReader {
    /// The run that ``Store/claim(_:resuming:isHeld:)`` would look at first; nil where there is none.
    public func latestRun(planHash: String, host: HostFacts) throws(ScaleError) -> RunSummary? {
        let id: Int64? = try read { db in try EarlierRuns.rows(db, planHash: planHash, host: host).first?.value("id") }
        return try id.flatMap { id throws(ScaleError) in try runs().first { $0.id == id } }
    }
}

extension Store {
    /// Takes over an earlier run of the same plan, or begins the given one, in one transaction: two processes that start
    /// at the same moment never write the same run.
    /// - Parameters:
    ///   - run: with the owner that it is to have.
    ///   - isHeld: whether the process that a stored owner names still measures. It must not use the store.
    public func claim(
        _ run: RunRecord, resuming resumption: Resumption, isHeld: (String) -> Bool
    ) throws(ScaleError) -> RunClaim {
        try write { db in
            let rows = try EarlierRuns.rows(db, planHash: run.planHash, host: run.host)
            let running = RunStatus.running.rawValue
            for row in rows where row["status"] == running {
                if let owner: String = row["owner"], isHeld(owner) { return .held(owner: owner, uuid: try row.value("uuid")) }
            }
            let finished = RunStatus.finished.rawValue
            let earlier: Row? =
                switch resumption {
                case .none: nil
                case .unfinished: rows.first { $0["status"] != finished }
                case .latest, .any: rows.first
                }
            guard let earlier else { return .begun(try Self.fields(of: run).insert(into: "runs", db)) }
            let uuid: String = try earlier.value("uuid")
            if resumption == .latest, earlier["status"] == finished { return .finished(uuid: uuid) }
            let id: Int64 = try earlier.value("id")
            try db.execute(
                sql: "UPDATE runs SET owner = ?, status = ?, finished_at_us = NULL WHERE id = ?", arguments: [run.owner, running, id])
            return .taken(id: id, uuid: uuid)
        }
    }
}
