import GRDB
import ScaleCore

/// Which run is meant.
public enum RunSelector: Hashable, Sendable {
    /// The one that began last, imports that did not come to their end left out.
    case latest
    /// The same without duels, whose cells are of two servers in turns.
    case latestGrid
    case id(Int64)
    /// A UUID, or the beginning of one that no other run shares.
    case uuid(String)
}

/// One line of a list of runs.
public struct RunSummary: Hashable, Sendable {
    /// Row id in the store.
    public var id: Int64
    public var uuid: String
    public var startedAt: WallTime
    public var finishedAt: WallTime?
    /// `running` also for a run that was killed.
    public var status: RunStatus
    public var command: String
    public var planHash: String
    public var hardware: String
    public var version: String
    /// What was under test, in the order of launch.
    public var infra: [String]
    /// Finished cells.
    public var cells: Int
    /// Two servers in turns.
    public var isDuel: Bool
}

/// The results file, open for reading alone. Safe to share between threads. A run that another process is writing at
/// the moment can be read: every call sees the file as of one moment.
public struct RunReader: Sendable {
    public let path: String
    let queue: DatabaseQueue

    init(path: String, queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// Opens an existing file. One that an older version wrote is brought up to date first.
    /// - Parameter flag: what the user named it by; errors name it.
    /// - Throws: ``ScaleError`` of code `usage` when there is none, of code `storage` when it is not one of ours.
    public init(path: String, flag: String = "--db") throws(ScaleError) {
        try StorePath.requireFile(path, mustExist: true, flag: flag)
        func open() throws -> (DatabaseQueue, Schema.State) {
            var configuration = Configuration()
            configuration.label = "scalebench.reader"
            configuration.readonly = true
            configuration.busyMode = .timeout(Store.busyTimeout)
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            return (queue, try queue.read { try Schema.inspect($0, path: path) })
        }
        var opened = try storage(path, open)
        if opened.1 == .older {
            try Store(path: path).close()
            opened = try storage(path, open)
        }
        guard opened.1 == .current else {
            throw ScaleError(.storage, "'\(path)' is an empty database", hint: "name another with --db")
        }
        self.init(path: path, queue: opened.0)
    }

    func read<Value>(_ work: (Database) throws -> Value) throws(ScaleError) -> Value {
        try storage(path) { try queue.read(work) }
    }

    /// All runs, the latest first.
    public func runs() throws(ScaleError) -> [RunSummary] {
        try read { db in
            let rows = try Row.fetchCursor(
                db,
                sql: """
                    SELECT runs.*, (SELECT count(*) FROM cells WHERE run_id = runs.id) AS cell_count,
                        EXISTS (SELECT 1 FROM duels WHERE run_id = runs.id) AS is_duel
                    FROM runs ORDER BY started_at_us DESC, id DESC
                    """)
            var found: [RunSummary] = []
            while let row = try rows.next() {
                let id: Int64 = try row.value("id")
                found.append(
                    RunSummary(
                        id: id, uuid: try row.value("uuid"), startedAt: try row.wallTime("started_at_us"),
                        finishedAt: try row.optional("finished_at_us").map(WallTime.init(microseconds:)),
                        status: try row.member("status"), command: try row.value("command"),
                        planHash: try row.value("plan_hash"), hardware: try row.value("hardware"),
                        version: try row.value("version"),
                        infra: try String.fetchAll(
                            db, sql: "SELECT infra FROM deployments WHERE run_id = ? ORDER BY id", arguments: [id]),
                        cells: try row.value("cell_count"), isDuel: try row.value("is_duel")))
            }
            return found
        }
    }

    /// A run with all its cells, as reports are made from.
    /// - Throws: ``ScaleError`` of code `usage` when no run, or more than one, is the one that is meant; of code
    ///   `storage` when there is no run at all.
    public func snapshot(_ selector: RunSelector) throws(ScaleError) -> RunSnapshot {
        try read { db in
            let id = try find(selector, db)
            guard var snapshot = try Self.head(ofRun: id, db) else { throw try missing("run \(id)", db) }
            let stages = try Row.fetchCursor(
                db,
                sql: """
                    SELECT lifecycle.* FROM lifecycle JOIN deployments ON deployments.id = deployment_id
                    WHERE run_id = ? ORDER BY lifecycle.id
                    """, arguments: [id])
            while let row = try stages.next() {
                snapshot.lifecycle[try row.value("deployment_id"), default: []].append(try Self.stage(row))
            }
            snapshot.cells = try CellReader(db: db).cells(.run(id))
            return snapshot
        }
    }

    /// A run with one of its cells and no launch: the work does not depend on what else the run holds.
    /// - Parameter cell: its row id.
    public func snapshot(cell: Int64) throws(ScaleError) -> RunSnapshot {
        try read { db in
            guard let run = try Int64.fetchOne(db, sql: "SELECT run_id FROM cells WHERE id = ?", arguments: [cell]),
                var snapshot = try Self.head(ofRun: run, db)
            else { throw ScaleError(.storage, "there is no cell \(cell) in '\(path)'") }
            snapshot.cells = try CellReader(db: db).cells(.cell(cell))
            return snapshot
        }
    }

    /// A run with its deployments; nil where it is not there.
    private static func head(ofRun id: Int64, _ db: Database) throws -> RunSnapshot? {
        guard let row = try Row.fetchOne(db, sql: "SELECT * FROM runs WHERE id = ?", arguments: [id]) else { return nil }
        var snapshot = RunSnapshot(run: try run(row), deployments: [:], lifecycle: [:], cells: [])
        let deployments = try Row.fetchCursor(db, sql: "SELECT * FROM deployments WHERE run_id = ?", arguments: [id])
        while let row = try deployments.next() { snapshot.deployments[try row.value("id")] = try deployment(row) }
        return snapshot
    }

    /// The user named a run that is not there; where no run is there, the file is what is wrong.
    private func missing(_ what: String, _ db: Database) throws -> ScaleError {
        guard try Int64.fetchOne(db, sql: "SELECT id FROM runs LIMIT 1") != nil else {
            return ScaleError(.storage, "there is no run in '\(path)'", hint: "name another with --db")
        }
        return .usage("there is no \(what) in '\(path)'", hint: "leave --run out for the latest run")
    }

    func find(_ selector: RunSelector, _ db: Database) throws -> Int64 {
        switch selector {
        case .id(let id): return id
        case .latest, .latestGrid:
            // Half of a file would be read as the whole of it.
            let sql = """
                SELECT id FROM runs WHERE (source <> 'imported' OR status = 'finished')
                    \(selector == .latestGrid ? "AND id NOT IN (SELECT run_id FROM duels)" : "")
                ORDER BY started_at_us DESC, id DESC LIMIT 1
                """
            if let id = try Int64.fetchOne(db, sql: sql) { return id }
            if try Int64.fetchOne(db, sql: "SELECT id FROM runs LIMIT 1") == nil { throw try missing("run", db) }
            if selector == .latestGrid, try Int64.fetchOne(db, sql: "SELECT run_id FROM duels LIMIT 1") != nil {
                throw ScaleError(
                    .storage, "'\(path)' holds nothing but duels, whose cells are of two servers", hint: "measure with scalebench run first"
                )
            }
            throw ScaleError(.storage, "'\(path)' holds nothing but an import that did not end", hint: "wait for it, or import again")
        case .uuid(let beginning):
            let text = beginning.lowercased()
            let ids = try Int64.fetchAll(
                db, sql: "SELECT id FROM runs WHERE substr(uuid, 1, length(?1)) = ?1 LIMIT 2", arguments: [text])
            if ids.count > 1 {
                throw ScaleError(.usage, "several runs begin with '\(beginning)'", hint: "give more of the UUID")
            }
            guard let id = ids.first, !text.isEmpty else { throw try missing("run '\(beginning)'", db) }
            return id
        }
    }

    private static func run(_ row: Row) throws -> RunRecord {
        RunRecord(
            uuid: try row.value("uuid"), startedAt: try row.wallTime("started_at_us"),
            finishedAt: try row.optional("finished_at_us").map(WallTime.init(microseconds:)),
            status: try row.member("status"), command: try row.value("command"),
            plan: try row.decode(StoredPlan.self, forColumn: "plan").plan(), planHash: try row.value("plan_hash"),
            hardware: try row.value("hardware"), version: try row.value("version"), git: try row.optional("git"),
            owner: try row.optional("owner"), source: try row.member("source"), experiment: try row.optional("experiment"),
            host: try host(row))
    }

    private static func host(_ row: Row) throws -> HostFacts? {
        guard let cpuModel: String = try row.optional("host_cpu_model") else { return nil }
        let ports: [Int?] = [try row.optional("host_port_first"), try row.optional("host_port_last")]
        return HostFacts(
            cpuModel: cpuModel, cores: try row.value("host_cores"), memoryBytes: try row.value("host_memory_bytes"),
            kernel: try row.value("host_kernel"), system: try row.value("host_system"),
            descriptorLimit: try row.value("host_descriptor_limit"),
            descriptorHardLimit: try row.value("host_descriptor_hard_limit"), portRange: ports.compactMap(\.self),
            acceptQueueLimit: try row.value("host_accept_queue_limit"))
    }

    private static func deployment(_ row: Row) throws -> DeploymentRecord {
        DeploymentRecord(
            provider: try row.value("provider"), infra: try row.value("infra"), cores: try row.optional("cores"),
            replicas: try row.value("replicas"), workers: try row.optional("workers"),
            sessionCap: try row.optional("session_cap"),
            endpoints: try row.decode(StoredTexts.self, forColumn: "endpoints").texts,
            balancer: try row.optional("balancer"), specification: try row.value("specification"))
    }

    private static func stage(_ row: Row) throws -> LifecycleRecord {
        LifecycleRecord(
            replica: try row.value("replica"), stage: try row.member("stage"), start: try row.nanoseconds("start_ns"),
            duration: try row.nanoseconds("duration_ns"), outcome: try row.value("outcome"), launch: try row.optional("launch"))
    }
}
