import Glibc
import ScaleControl
import ScaleCore
import Synchronization

/// The servers of one batch job.
final class SlurmServers: ResourceReading {
    private struct State {
        var id = 0
        var tasks: [SlurmTask] = []
        var endpoints: [Endpoint] = []
        var lifecycle: [LifecycleRecord] = []
        var facts: DeploymentRecord?
        var ended: Readiness.Terminal?
        var lastLook: MonotonicTime?
        var lastSize = 0
        /// Until when every question goes to the controller.
        var alertUntil: MonotonicTime?
    }

    let folder: LaunchFolder
    let resource: Resource
    private let commands: SlurmCommands
    private let request: LaunchRequest
    private let state = Mutex(State())

    init(_ commands: SlurmCommands, _ folder: LaunchFolder, _ request: LaunchRequest) {
        self.commands = commands
        self.folder = folder
        self.request = request
        resource = commands.resource(request.mark)
    }

    /// Zero before it was handed in.
    var id: Int { state.withLock { $0.id } }
    var title: String { "job \(id)" }

    func submitted(_ id: Int) { state.withLock { $0.id = id } }

    func started(tasks: [SlurmTask], endpoints: [Endpoint], lifecycle: [LifecycleRecord], facts: DeploymentRecord) {
        state.withLock {
            $0.tasks = tasks
            $0.endpoints = endpoints
            $0.lifecycle = lifecycle
            $0.facts = facts
        }
    }

    var endpoints: [Endpoint] { state.withLock { $0.endpoints } }
    var lifecycle: [LifecycleRecord] { state.withLock { $0.lifecycle } }
    var facts: DeploymentRecord {
        state.withLock { $0.facts }
            ?? DeploymentRecord(
                provider: SlurmProvider.name, infra: SlurmProvider.name, cores: nil, replicas: 1, workers: nil, sessionCap: nil,
                endpoints: [])
    }

    /// Those on this host: the servers, without what started them.
    var processes: [Int32] { MarkedProcesses.all(of: request.mark.name).filter { $0.name != "srun" }.map(\.pid) }

    // MARK: - What it says

    /// Who a task is and where it listens; nil as long as it has not said.
    func announced(_ number: Int) -> (SlurmTask, port: UInt16)? {
        var said = LogTail()
        let lines = said.append(folder.head(SlurmScript.log(ofTask: number)))
        guard let task = lines.lazy.compactMap({ SlurmTask(line: $0) }).first else { return nil }
        if task.port > 0 { return (task, task.port) }
        return lines.lazy.compactMap { LocalProvider.address(in: $0) }.first.map { (task, $0.port) }
    }

    func lines(ofTask number: Int, last count: Int) -> [String] {
        folder.lines(SlurmScript.log(ofTask: number), last: count).filter { !$0.isEmpty && SlurmTask(line: $0) == nil }
    }

    func logs(last count: Int) async -> [String] {
        let tasks = state.withLock { $0.tasks }
        if tasks.count < 2 { return lines(ofTask: 0, last: count) }
        let share = max(1, count / tasks.count)
        return tasks.flatMap { task in lines(ofTask: task.number, last: share).map { "\(task.node): \($0)" } }
    }

    /// With what the servers said last, and Slurm itself of the end.
    func terminal(_ job: SlurmJob) async -> Readiness.Terminal {
        Readiness.Terminal(state: "\(title) is \(job.ending)", lastLines: await logs(last: 8) + folder.lines(SlurmScript.log, last: 4))
    }

    // MARK: - Its life

    /// Between two questions to the controller while nothing points to an end. When a task ends, `srun` says so in the job's
    /// own output, so that a longer one is a reason to ask at once, and for a while: the end of the job comes later.
    private static let interval = Nanoseconds.seconds(2)
    private static let alert = Nanoseconds.seconds(5)

    func health() async -> DeploymentHealth {
        let size = folder.size(SlurmScript.log)
        let (ended, isDue) = state.withLock { state -> (Readiness.Terminal?, Bool) in
            let now = request.clock.now
            if size != state.lastSize { (state.lastSize, state.alertUntil) = (size, now + Self.alert) }
            let isAlert = state.alertUntil.map { now < $0 } ?? false
            let isDue = isAlert || state.lastLook.map { now >= $0 + Self.interval } ?? true
            if isDue { state.lastLook = now }
            return (state.ended, isDue)
        }
        if let ended { return .ended(ended) }
        guard isDue, let terminal = await look() else { return .alive }
        state.withLock { $0.ended = terminal }
        return .ended(terminal)
    }

    /// Nil while it lives, and where nobody can tell: a controller may be away for a while, and the job goes on.
    private func look() async -> Readiness.Terminal? {
        do throws(ScaleError) {
            guard let job = try await commands.job(id, within: .seconds(5)) else { return Readiness.Terminal(state: "\(title) is gone") }
            return job.standing == .isOver ? await terminal(commands.settled(job, request.clock)) : nil
        } catch {
            return nil
        }
    }

    func stop() async throws(ScaleError) {
        try await uncancelled { [self] () async throws(ScaleError) in
            try await JobSweeper().remove(resource, request)
            request.ledger.crossOff(resource)
            // Slurm ends what belongs to a job; what has left it, as daemons do, is still marked on this host.
            try await ProcessSweeper().remove(request.processes, request)
            request.ledger.crossOff(request.processes)
            folder.remove(request.ledger)
        }
    }
}
