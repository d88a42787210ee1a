import Foundation
import ScaleAnalysis
import ScaleControl
import ScaleCore
import ScaleProviders
import ScaleStore
import Synchronization

@testable import ScaleRun

/// A deployment at a given port, which counts how often it was stopped and dies when it is told to.
final class FakeDeployment: Deployment {
    let endpoints: [Endpoint]
    private let state = Mutex((stops: 0, ended: false))

    private let failsToStop: Bool

    init(port: UInt16, failsToStop: Bool = false) {
        endpoints = [Endpoint(secure: false, host: "127.0.0.1", port: port)]
        self.failsToStop = failsToStop
    }

    var stops: Int { state.withLock { $0.stops } }
    func die() { state.withLock { $0.ended = true } }

    var facts: DeploymentRecord {
        DeploymentRecord(
            provider: "fake", infra: "fake-1", cores: 1, replicas: 1, workers: 1, sessionCap: nil,
            endpoints: endpoints.map(\.redacted))
    }
    var processes: [Int32] { [] }
    var lifecycle: [LifecycleRecord] {
        [LifecycleRecord(replica: 0, stage: .started, start: .zero, duration: .zero, outcome: "ok")]
    }
    func health() async -> DeploymentHealth {
        state.withLock { $0.ended } ? .ended(.init(state: "exit status 9", lastLines: ["out of luck"])) : .alive
    }
    func logs(last count: Int) async -> [String] { [] }
    func stop() async throws(ScaleError) {
        state.withLock { $0.stops += 1 }
        if failsToStop { throw ScaleError(.infrastructure, "it would not stop") }
    }
}

struct FakeProvider: Provider {
    static let name = "fake"
    static let summary = "a stand-in"
    static let options: [OptionDescription] = []
    /// What a launch gives; nil where it fails.
    var deployment: FakeDeployment?

    init(_ deployment: FakeDeployment?) { self.deployment = deployment }
    init(spec: ProviderSpec) throws(ScaleError) {}

    func launch(_ request: LaunchRequest) async throws(ScaleError) -> any Deployment {
        guard let deployment else { throw ScaleError(.infrastructure, "nothing could be launched") }
        return deployment
    }
}

/// The events of a run as words, in their order.
final class EventLog: Sendable {
    private let words = Mutex<[String]>([])

    /// Ticks of progress are left out: how many come depends on the clock.
    var all: [String] { words.withLock { $0 } }

    func add(_ event: RunEvent) {
        let word: String? =
            switch event {
            case .calibrating(let mode, let sessions): "calibrating \(mode) n=\(sessions)"
            case .calibrated: "calibrated"
            case .launching: "launching"
            case .launchProgress(let what): what
            case .launched: "launched"
            case .ready: nil
            case .preflight(let mode): "preflight \(mode)"
            case .gridStarted(let cells, _): "grid of \(cells.map { "\($0)" } ?? "?")"
            case .blockStarted(let name, let repetition): "block \(name) \(repetition)"
            case .blockFailed(let name, _, let again): "failed \(name)\(again ? ", again" : "")"
            case .cellGivenUp(let name, let key, _): "given up \(name) n=\(key.sessions)"
            case .draining: "draining"
            case .cellChosen(_, let why): "\(why)"
            case .cellStarted(let number, let count, let key): "cell \(number)/\(count.map { "\($0)" } ?? "?") n=\(key.sessions)"
            case .cellProgress: nil
            case .cellFinished(let record, _, _): "ok \(record.succeeded) of \(record.key.sessions)"
            case .searched(_, let conclusion): "\(conclusion)"
            case .budgetSpent(let shortage): "\(shortage)"
            case .loadFound(let sessions, _): "load n=\(sessions)"
            case .pairFinished(let pair): "pair \(pair.number), \(pair.first) first"
            case .roundFinished(let round): "round \(round.number): \(round.verdict)"
            case .launchesStarted(let count, _): "launches \(count)"
            case .launchFinished(let number, let count, let launch): "launch \(number)/\(count) \(launch.failure ?? "ok")"
            case .stopping: "stopping"
            case .notice(let text): "notice: \(text)"
            case .warning(let text): "warning: \(text)"
            }
        if let word { words.withLock { $0.append(word) } }
    }
}

/// A results file in a folder of its own, removed with it.
final class TemporaryStore {
    let folder: String
    let store: Store

    init() throws {
        folder =
            FileManager.default.temporaryDirectory.appendingPathComponent("scalebench-run-\(UUID().uuidString)").path
        store = try Store(path: folder + "/runs.sqlite")
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func runs() throws -> [RunSummary] { try store.reader.runs() }
}

let host = HostFacts(
    cpuModel: "test", cores: 2, memoryBytes: 1, kernel: "test", system: "test", descriptorLimit: 1024,
    descriptorHardLimit: 1024, portRange: [], acceptQueueLimit: 128)

func plan(sessions: [Int] = [2, 4], wait: Nanoseconds = .zero, action: String? = nil) -> Plan {
    Plan(modes: [.ws], sessions: sessions, waits: [wait], timeouts: .all(.seconds(60)), action: action)
}

/// - Parameter startup: only met by a defect, or where nobody listens on purpose.
func request(
    _ plan: Plan, _ deployment: FakeDeployment?, resume: Bool = false, startup: Nanoseconds = .seconds(60)
) -> RunRequest {
    var launch = LaunchRequest(
        program: "/proc/self/exe", arguments: [], hostCores: 2, client: ControlClient(version: "test"), run: UUID().uuidString.lowercased())
    launch.startupDeadline = startup
    return RunRequest(
        plan: plan, provider: FakeProvider(deployment), launch: launch, calibrates: false, resume: resume, command: "scalebench run",
        hardware: "", host: host)
}
