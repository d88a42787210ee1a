import ScaleControl
import ScaleCore

/// The wait until every task of a service runs.
struct TaskWait: Sendable {
    let service: SwarmService
    /// When the service was asked for, or for so many tasks.
    let since: MonotonicTime
    let deadline: MonotonicTime

    /// How long a lone node may be no place for a task: right after the begin of a swarm it is none yet.
    private static let patience = Nanoseconds.seconds(5)

    private var request: LaunchRequest { service.request }
    private var replicas: Int { service.body.mode.replicated.replicas }

    /// Between two looks: stages are timed no finer than this.
    private static let interval = Nanoseconds.milliseconds(25)

    /// - Returns: the stages of each replica.
    /// - Throws: infrastructure, as soon as one of them cannot come to run, and at the deadline; interrupted.
    func wait() async throws(ScaleError) -> [LifecycleRecord] {
        var scheduled: [Int: MonotonicTime] = [:]
        var started: [Int: MonotonicTime] = [:]
        while true {
            let tasks = try await tasks()
            let now = request.clock.now
            for (slot, task) in tasks {
                switch task.stage {
                case .waiting: continue
                case .ended: throw await service.failure(of: task, slot: slot)
                case .scheduled: note(.scheduled, slot, now, &scheduled)
                case .running:
                    note(.scheduled, slot, now, &scheduled)
                    if service.isReachable(task) { note(.started, slot, now, &started) }
                }
            }
            if started.count == replicas { return records(scheduled, started) }
            try check(tasks, started, now)
            do { try await request.clock.sleep(Self.interval) } catch {
                throw ScaleError(.interrupted, "the launch of the service was stopped")
            }
        }
    }

    private func tasks() async throws(ScaleError) -> [Int: TaskState] {
        do throws(EngineFault) {
            return TaskState.current(try await service.engine.tasks(of: service.body.name), replicas: replicas)
        } catch {
            throw error.error("the tasks of the service \(service.body.name) cannot be listed")
        }
    }

    private func note(_ stage: LifecycleRecord.Stage, _ slot: Int, _ now: MonotonicTime, _ seen: inout [Int: MonotonicTime]) {
        if seen[slot] != nil { return }
        seen[slot] = now
        request.reached(stage, "\(service.body.name).\(slot)", replica: slot - 1)
    }

    private func records(_ scheduled: [Int: MonotonicTime], _ started: [Int: MonotonicTime]) -> [LifecycleRecord] {
        (1...replicas).flatMap { slot -> [LifecycleRecord] in
            let (placed, runs) = (scheduled[slot] ?? since, started[slot] ?? since)
            return [
                LifecycleRecord(
                    replica: slot - 1, stage: .scheduled, start: since - service.begun, duration: placed - since, outcome: "ok"),
                LifecycleRecord(replica: slot - 1, stage: .started, start: placed - service.begun, duration: runs - placed, outcome: "ok"),
            ]
        }
    }

    /// Gives up what cannot come any more.
    private func check(_ tasks: [Int: TaskState], _ started: [Int: MonotonicTime], _ now: MonotonicTime) throws(ScaleError) {
        let missing = tasks.filter { started[$0.key] == nil }.sorted { $0.key < $1.key }
        let reasons = missing.compactMap { _, task in if case .waiting(let reason?) = task.stage { reason } else { nil } }
        // Nobody will come to help a swarm of one node.
        let isHopeless = service.node.nodes ?? 1 == 1 && !reasons.isEmpty && now - since >= Self.patience
        guard isHopeless || now >= deadline else { return }
        let states = missing.map { "\(service.body.name).\($0): \($1.status.state)" + ($1.status.err.map { ", " + $0 } ?? "") }
        let name = service.body.name
        if let reason = reasons.first {
            throw ScaleError(
                .infrastructure, "no node of the swarm takes a task of the service \(name): \(reason)",
                hint: "check constraint= against the nodes: docker node ls")
        }
        throw ScaleError(
            .infrastructure,
            "\(started.count) of \(replicas) tasks of the service \(name) ran within \((deadline - since).seconds.plainText) s",
            cause: states.isEmpty ? nil : states.joined(separator: "\n"), hint: "--startup-timeout gives them more time")
    }
}
