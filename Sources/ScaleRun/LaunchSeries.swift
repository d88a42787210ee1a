import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

/// A run of launches alone: each is made ready for sessions, tried by one on every replica, and stopped, as before a grid. Every
/// one is stored as soon as it is over. What can be launched at all is refused at once where it is used wrongly; a launch
/// that fails is counted, and the others go on.
public struct LaunchSeries: Sendable {
    let request: RunRequest
    let count: Int
    let store: Store
    let control: StopControl
    let observe: @Sendable (RunEvent) -> Void

    /// - Parameters:
    ///   - request: with one infrastructure, and a plan without cells.
    ///   - count: how many launches, from 1.
    public init(
        _ request: RunRequest, count: Int, store: Store, control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.request = request
        self.count = count
        self.store = store
        self.control = control
        self.observe = observe
    }

    /// The plan of such a run: no N.
    public static func plan(mode: Mode, count: Int, timeout: Nanoseconds, action: String?) -> Plan {
        Plan(modes: [mode], sessions: [], waits: [.zero], reps: count, timeouts: .all(timeout), action: action)
    }

    private struct Progress {
        var stored: StoredRun?
        /// What was launched last, as it is stored.
        var facts: DeploymentRecord?
        /// Of launches that failed before anything was known of what they launch.
        var waiting: [LifecycleRecord] = []
        var failures: [ScaleError] = []
        /// The first stop that may have left something behind.
        var notStopped: ScaleError?
        var made = 0
    }

    /// Makes all launches. Never throws: an early end is an outcome, with what had been stored by then.
    public func run() async -> Experiment.Outcome {
        var progress = Progress()
        var failure: ScaleError?
        do {
            for number in 1...max(1, count) {
                try control.check()
                try await launch(number, &progress)
            }
            failure = summary(progress) ?? progress.notStopped
        } catch {
            failure = error
        }
        return end(progress, failure)
    }

    private func launch(_ number: Int, _ progress: inout Progress) async throws(ScaleError) {
        let infrastructure = request.infrastructures[0]
        let stages: [LifecycleRecord]
        do throws(LaunchFailure) {
            let live = try await LiveDeployment.launch(infrastructure, request, run: request.launch.mark.run, control, observe: observe)
            let (stopped, problem) = await live.stop()
            if let problem {
                observe(.warning(problem.notStopped))
                progress.notStopped = progress.notStopped ?? problem
            }
            progress.facts = live.facts
            stages = live.lifecycle + [stopped]
        } catch {
            if error.reason.code == .interrupted { throw error.reason }
            // What is asked for wrongly will be refused every time.
            if progress.stored == nil, error.reason.code != .infrastructure { throw error.reason }
            progress.failures.append(error.reason)
            progress.facts = progress.facts ?? error.facts
            stages = error.lifecycle
        }
        try keep(stages, &progress)
        progress.made = number
        guard let launch = Launch.all(of: stages).first else { return }
        observe(.launchFinished(number: number, of: count, launch))
    }

    /// Under one deployment: what fails before it is known is put down with what is launched later.
    private func keep(_ stages: [LifecycleRecord], _ progress: inout Progress) throws(ScaleError) {
        if progress.stored == nil {
            let hash = StoredRun.planHash(
                request.plan, [(request.infrastructures[0].bareRecord, request.infrastructures[0].specification)])
            guard case .run(let stored) = try StoredRun.claim(request, hash: hash, store: store) else {
                throw ScaleError(.defect, "a run of launches is whole before it began")
            }
            progress.stored = stored
            observe(.launchesStarted(count: count, run: stored.uuid))
        }
        progress.waiting += stages
        if let facts = progress.facts { try flush(facts, &progress) }
    }

    private func flush(_ facts: DeploymentRecord, _ progress: inout Progress) throws(ScaleError) {
        if progress.waiting.isEmpty { return }
        try progress.stored?.add(progress.waiting, of: facts)
        progress.waiting = []
    }

    private func summary(_ progress: Progress) -> ScaleError? {
        guard let first = progress.failures.first else { return nil }
        let failed = progress.failures.count
        return ScaleError(
            .infrastructure, "\(failed) of \(count) launches failed: \(first.message)", cause: first.cause,
            hint: failed == count ? first.hint : "the others are stored")
    }

    private func end(_ progress: Progress, _ failure: ScaleError?) -> Experiment.Outcome {
        var progress = progress
        var outcome = Experiment.Outcome(run: progress.stored?.uuid, error: failure, measured: progress.made)
        outcome.missing = count - progress.made
        guard let stored = progress.stored else { return outcome }
        do {
            try flush(request.infrastructures[0].bareRecord, &progress)
            // Launches that failed are results.
            let isWhole = progress.made == count
            try stored.finish(isWhole ? .finished : failure?.code == .interrupted ? .interrupted : .failed)
        } catch {
            if failure == nil { outcome.error = error }
            observe(.warning("the end of the run could not be stored: \(error)"))
        }
        return outcome
    }
}
