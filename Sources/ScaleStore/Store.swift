import GRDB
import ScaleCore
import Synchronization

/// The results file, open for writing: an SQLite database with the schema of `docs/schema.md`.
///
/// Safe to share between threads: calls run one after another. Every call blocks until SQLite is done, so none belongs
/// into a measuring loop. Each call is one transaction: after a kill the file holds all that was finished before.
///
/// A file that is missing is made by the first call that writes, so that what is refused before leaves none behind. Any
/// number of processes may make, migrate and write one file at once; none of them ever removes it.
public final class Store: Sendable {
    public let path: String
    private let busyTimeout: Double
    private let place: Mutex<Place>

    private enum Place {
        /// There is no file yet; an empty database in memory is read instead.
        case draft(DatabaseQueue)
        case file(DatabaseQueue)
    }

    /// How long to wait for other processes that are writing the same file, in seconds. What is to be stored took longer to
    /// measure, so patience costs less than a refusal.
    static let busyTimeout = 60.0

    /// Opens the file and brings its schema up to date. Of a missing one the last folder of its path is made, where that is
    /// missing too.
    /// - Throws: ``ScaleError`` of code `storage` when `path` is not a file of ours, or not to be written; of code `usage`
    ///   when it leads through folders that are not there.
    public convenience init(path: String) throws(ScaleError) {
        try self.init(path: path, busyTimeout: Store.busyTimeout)
    }

    init(path: String, busyTimeout: Double) throws(ScaleError) {
        try StorePath.requireFile(path, mustExist: false)
        self.path = path
        self.busyTimeout = busyTimeout
        if StorePath.look(at: path) == .nothing {
            try StorePath.prepare(path)
            place = Mutex(
                .draft(
                    try storage(path) {
                        let queue = try DatabaseQueue()
                        try queue.write { try Schema.migrate($0, path: path) }
                        return queue
                    }))
        } else {
            place = Mutex(.file(try storage(path) { try Self.open(path, busyTimeout) }))
        }
    }

    /// Opens a file, an empty one included, makes it ours where it is nobody's, and brings it up to date.
    private static func open(_ path: String, _ busyTimeout: Double) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "scalebench.store"
        configuration.busyMode = .timeout(busyTimeout)
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // Nothing is changed in a file before it is known to be ours.
        let state = try queue.read { try Schema.inspect($0, path: path) }
        try JournalMode.makeWAL(queue, timeout: busyTimeout)
        if state != .current { try queue.write { try Schema.migrate($0, path: path) } }
        return queue
    }

    /// What is read: the file, or nothing yet.
    var queue: DatabaseQueue {
        place.withLock { place in
            switch place {
            case .draft(let queue), .file(let queue): queue
            }
        }
    }

    /// The file, made now where it is missing.
    private func file() throws -> DatabaseQueue {
        try place.withLock { place in
            if case .file(let queue) = place { return queue }
            let queue = try Self.open(path, busyTimeout)
            place = .file(queue)
            return queue
        }
    }

    /// Reads what is there at the moment of this call, and what the same file holds later; not what is in a file that is
    /// made later.
    public var reader: RunReader { RunReader(path: path, queue: queue) }

    /// Closes the file; later calls fail. Without it the file is closed when the store goes away.
    public func close() throws(ScaleError) {
        try storage(path) { try queue.close() }
    }

    func write<Value>(_ work: (Database) throws -> Value) throws(ScaleError) -> Value {
        try storage(path) { try file().write(work) }
    }

    /// Stores a run that begins.
    /// - Returns: its row id.
    public func begin(_ run: RunRecord) throws(ScaleError) -> Int64 {
        let fields = Self.fields(of: run)
        return try write { try fields.insert(into: "runs", $0) }
    }

    static func fields(of run: RunRecord) -> Fields {
        var fields = Fields()
        fields.set("uuid", run.uuid)
        fields.set("started_at_us", run.startedAt)
        fields.set("finished_at_us", run.finishedAt)
        fields.set("status", run.status.rawValue)
        fields.set("command", run.command)
        fields.set("plan", StoredPlan(run.plan))
        fields.set("plan_hash", run.planHash)
        fields.set("seed", String(run.plan.seed))
        fields.set("hardware", run.hardware)
        fields.set("version", run.version)
        fields.set("git", run.git)
        fields.set("owner", run.owner)
        fields.set("source", run.source.rawValue)
        fields.set("experiment", run.experiment)
        fields.set("host_cpu_model", run.host?.cpuModel)
        fields.set("host_cores", run.host?.cores)
        fields.set("host_memory_bytes", run.host?.memoryBytes)
        fields.set("host_kernel", run.host?.kernel)
        fields.set("host_system", run.host?.system)
        fields.set("host_descriptor_limit", run.host?.descriptorLimit)
        fields.set("host_descriptor_hard_limit", run.host?.descriptorHardLimit)
        fields.set("host_port_first", run.host?.portRange.first)
        fields.set("host_port_last", run.host?.portRange.last)
        fields.set("host_accept_queue_limit", run.host?.acceptQueueLimit)
        return fields
    }

    /// Stores what a provider launched for a run.
    /// - Returns: its row id.
    public func addDeployment(_ deployment: DeploymentRecord, run: Int64) throws(ScaleError) -> Int64 {
        var fields = Fields()
        fields.set("run_id", run)
        fields.set("provider", deployment.provider)
        fields.set("infra", deployment.infra)
        fields.set("cores", deployment.cores)
        fields.set("replicas", deployment.replicas)
        fields.set("workers", deployment.workers)
        fields.set("session_cap", deployment.sessionCap)
        fields.set("endpoints", StoredTexts(deployment.endpoints))
        fields.set("balancer", deployment.balancer)
        fields.set("specification", deployment.specification)
        return try write { try fields.insert(into: "deployments", $0) }
    }

    /// Stores stages of a deployment's life, all of them or none.
    public func addLifecycle(_ records: [LifecycleRecord], deployment: Int64) throws(ScaleError) {
        try write { db in
            for record in records {
                var fields = Fields()
                fields.set("deployment_id", deployment)
                fields.set("replica", record.replica)
                fields.set("stage", record.stage.rawValue)
                fields.set("start_ns", record.start)
                fields.set("duration_ns", record.duration)
                fields.set("outcome", record.outcome)
                fields.set("launch", record.launch)
                try fields.insert(into: "lifecycle", db)
            }
        }
    }

    /// Stores a finished cell in one transaction: its aggregates, failures, sessions, distributions and samples.
    /// - Returns: its row id.
    /// - Throws: ``ScaleError`` of code `storage`, also when the run holds this cell already; then nothing is stored.
    public func finish(cell: FinishedCell, run: Int64, deployment: Int64) throws(ScaleError) -> Int64 {
        try write { try CellWriter(db: $0).write(cell, run: run, deployment: deployment) }
    }

    /// Ends a run. One that was killed before stays `running` and is as readable as any other.
    /// - Parameter status: how it ended; not `running`.
    public func finish(run: Int64, status: RunStatus, at time: WallTime) throws(ScaleError) {
        try write { db in
            try db.execute(
                sql: "UPDATE runs SET status = ?, finished_at_us = ? WHERE id = ?",
                arguments: [status.rawValue, time.microseconds, run])
            if db.changesCount == 0 { throw ScaleError(.defect, "there is no run \(run) to finish in '\(path)'") }
        }
    }
}
