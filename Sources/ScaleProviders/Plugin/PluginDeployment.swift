import ScaleControl
import ScaleCore

/// Servers that a plug-in launched, while it lives.
struct PluginDeployment: ResourceReading {
    let process: PluginProcess
    let endpoints: [Endpoint]
    let facts: DeploymentRecord
    let lifecycle: [LifecycleRecord]
    private let ready: PluginMessage.Ready
    private let request: LaunchRequest

    /// How long it may take to answer what the servers said last.
    private static let logLimit = Nanoseconds.seconds(5)

    init(process: PluginProcess, ready: PluginMessage.Ready, wish: Plugin.Wish, request: LaunchRequest) {
        self.process = process
        self.ready = ready
        self.request = request
        endpoints = ready.endpoints
        let provider = process.plugin.provider
        let name = process.plugin.label ?? process.conversation.hello?.name ?? ""
        let (workers, sessionCap) = (ready.workers ?? wish.workers, ready.sessionCap ?? wish.sessionCap)
        facts = DeploymentRecord(
            provider: provider,
            infra: "\(provider)-\(name)" + (ready.replicas > 1 ? "-x\(ready.replicas)" : "")
                + (workers.map { "-w\($0)" } ?? "") + (sessionCap.map { "-c\($0)" } ?? ""),
            cores: ready.cores, replicas: ready.replicas, workers: workers, sessionCap: sessionCap,
            endpoints: endpoints.map(\.redacted), balancer: ready.balancer)
        var stages = process.stages
        for replica in 0..<ready.replicas where !stages.contains(where: { $0.replica == replica && $0.stage == .started }) {
            stages.append(.init(stage: .started, replica: replica, at: process.readyAt))
            request.reached(.started, request.mark.name, replica: replica)
        }
        lifecycle = Self.records(stages)
    }

    /// Each stage lasts since the one before it.
    static func records(_ stages: [PluginProcess.Stage]) -> [LifecycleRecord] {
        var reached: [Int: Nanoseconds] = [:]
        let order = LifecycleRecord.Stage.allCases
        func place(_ stage: PluginProcess.Stage) -> (Int, Nanoseconds, Int) {
            (stage.replica, stage.at, order.firstIndex(of: stage.stage) ?? 0)
        }
        return stages.sorted { place($0) < place($1) }.map { stage in
            let start = reached[stage.replica] ?? .zero
            reached[stage.replica] = stage.at
            return LifecycleRecord(replica: stage.replica, stage: stage.stage, start: start, duration: stage.at - start, outcome: "ok")
        }
    }

    private var isOver: Bool { process.conversation.exit != nil }
    var processes: [Int32] { isOver ? [] : ready.processes }
    var balancerProcesses: [Int32] { isOver ? [] : ready.balancerProcesses }

    func health() async -> DeploymentHealth {
        let conversation = process.conversation
        if let ended = conversation.ended {
            let replica = ended.replica.map { "replica \($0): " } ?? ""
            return .ended(.init(state: process.scrub(replica + ended.state), lastLines: ended.lines.map(process.scrub)))
        }
        if let problem = conversation.problem {
            return .ended(.init(state: process.scrub("\(process.plugin.title) \(problem.sentence)"), lastLines: process.errorLines))
        }
        return .alive
    }

    func logs(last count: Int) async -> [String] {
        process.say { $0.askLogs(last: count) }
        let conversation = process.conversation
        guard conversation.phase == .running, conversation.hasLogs else {
            return process.errorLines.suffix(max(0, count))
        }
        let lines = await process.wait(within: Self.logLimit) { $0.logs ?? ($0.isMute ? [] : nil) }
        return (lines?.isEmpty == false ? lines ?? [] : process.errorLines).suffix(max(0, count)).map(process.scrub)
    }

    func stop() async throws(ScaleError) { try await process.plugin.stop(process, request) }
}
