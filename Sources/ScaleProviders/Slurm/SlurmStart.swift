import ScaleControl
import ScaleCore

/// The wait from a job's submission until each of its tasks has said where it listens.
struct SlurmStart {
    let provider: SlurmProvider
    let servers: SlurmServers
    let commands: SlurmCommands
    let request: LaunchRequest
    /// When the launch was asked for.
    let start: MonotonicTime

    /// Between two looks at what the tasks write, and at the job.
    private static let interval = Nanoseconds.milliseconds(50)
    private static let jobInterval = Nanoseconds.milliseconds(500)
    /// The same in the first moments, in which a free cluster starts it: how long that took is told no finer than this.
    private static let firstJobInterval = Nanoseconds.milliseconds(100)
    private static let firstMoments = Nanoseconds.seconds(2)
    /// For so long it may say that it waits for nothing of what is only being looked at.
    private static let patience = Nanoseconds.milliseconds(500)

    private var deadline: Nanoseconds { request.startupDeadline ?? .seconds(300) }

    private struct Progress {
        var job: SlurmJob?
        var nextLook: MonotonicTime
        var hasRun = false
        /// Since when it is found waiting for nothing; nil where it is not.
        var vainSince: MonotonicTime?
        var tasks: [Int: (SlurmTask, Endpoint)] = [:]
        var lifecycle: [LifecycleRecord] = []
    }

    /// - Throws: infrastructure, where the job will not serve or has taken too long; interrupted.
    func wait() async throws(ScaleError) -> SlurmServers {
        var progress = Progress(nextLook: start)
        for replica in 0..<provider.nodes { note(.create, replica, &progress) }
        while true {
            if Task.isCancelled { throw interrupted }
            if request.clock.now >= progress.nextLook { try await look(&progress) }
            if progress.hasRun { try await readTasks(&progress) }
            if progress.tasks.count == provider.nodes { break }
            if request.clock.now >= start + deadline { throw tooLate(progress) }
            do { try await request.clock.sleep(Self.interval) } catch { throw interrupted }
        }
        let found = progress.tasks.sorted { $0.key < $1.key }.map(\.value)
        let tasks = found.map(\.0)
        servers.started(
            tasks: tasks, endpoints: found.map(\.1), lifecycle: progress.lifecycle,
            facts: DeploymentRecord(
                provider: SlurmProvider.name, infra: provider.infra,
                cores: (SlurmTask.cores(of: tasks) ?? progress.job?.processors).map(Double.init), replicas: provider.nodes,
                workers: provider.workers ?? (provider.command == nil ? 1 : nil), sessionCap: provider.maxConcurrentEnvs,
                endpoints: found.map { $0.1.redacted }))
        return servers
    }

    private var interrupted: ScaleError { ScaleError(.interrupted, "the launch of \(servers.title) was stopped") }

    private func note(_ stage: LifecycleRecord.Stage, _ replica: Int, _ progress: inout Progress) {
        // Each stage begins where the one before it ended.
        let before = progress.lifecycle.last { $0.replica == replica }.map { $0.start + $0.duration } ?? .zero
        progress.lifecycle.append(
            LifecycleRecord(
                replica: replica, stage: stage, start: before, duration: request.clock.now - start - before, outcome: "ok"))
    }

    private func look(_ progress: inout Progress) async throws(ScaleError) {
        let now = request.clock.now
        progress.nextLook = now + (now - start < Self.firstMoments ? Self.firstJobInterval : Self.jobInterval)
        guard let job = try await commands.job(servers.id) else {
            throw ScaleError(.infrastructure, "Slurm knows nothing of \(servers.title) any more")
        }
        let isNews = job.reason != progress.job?.reason || job.state != progress.job?.state
        progress.job = job
        switch job.standing {
        case .runs:
            if !progress.hasRun {
                progress.hasRun = true
                request.reached(.scheduled, servers.title)
                for replica in 0..<provider.nodes { note(.scheduled, replica, &progress) }
            }
        case .waits, .unknown:
            progress.vainSince = nil
            if isNews { request.progress("\(servers.title) is \(job.state): \(job.reason)") }
        case .waitsInVain:
            let since = progress.vainSince ?? now
            progress.vainSince = since
            if now - since >= Self.patience {
                throw ScaleError(
                    .infrastructure, "\(servers.title) will not start: \(job.reason)",
                    hint: "ask for what the partition has: scontrol show partition")
            }
        case .isOver:
            let settled = await commands.settled(job, request.clock)
            let lines = await servers.terminal(settled).lastLines
            throw Readiness(resource: servers.title, deadline: deadline).ended(.init(state: settled.ending, lastLines: lines))
        }
    }

    private func readTasks(_ progress: inout Progress) async throws(ScaleError) {
        for number in 0..<provider.nodes where progress.tasks[number] == nil {
            guard let (task, port) = servers.announced(number) else { continue }
            let endpoint = Endpoint(secure: false, host: try await address(of: task), port: port)
            progress.tasks[number] = (task, endpoint)
            request.reached(.started, endpoint.redacted, replica: number)
            note(.started, number, &progress)
        }
    }

    /// Where a task is reached. A node on this host is reached without leaving it.
    private func address(of task: SlurmTask) async throws(ScaleError) -> String {
        if provider.host != "0.0.0.0", provider.host != "::" { return provider.host }
        if task.hostname == HostName.own { return provider.host == "::" ? "::1" : "127.0.0.1" }
        return try await commands.node(task.node).address
    }

    private func tooLate(_ progress: Progress) -> ScaleError {
        let time = "within \(Int(deadline.seconds.rounded())) s"
        guard progress.hasRun else {
            return ScaleError(
                .infrastructure,
                "\(servers.title) did not start \(time): it is \(progress.job?.state ?? "unknown"), \(progress.job?.reason ?? "")",
                hint: "--startup-timeout gives it longer; squeue says what is before it")
        }
        let silent = (0..<provider.nodes).first { progress.tasks[$0] == nil } ?? 0
        let lines = servers.lines(ofTask: silent, last: 8)
        return ScaleError(
            .infrastructure, "task \(silent) of \(servers.title) did not say \(time) where it listens",
            cause: lines.isEmpty ? nil : lines.joined(separator: "\n"),
            hint: lines.isEmpty ? "the nodes must share \(servers.folder.path) with this host: folder=PATH names another" : nil)
    }
}
