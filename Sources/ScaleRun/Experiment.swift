import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

/// A run from its first launch to its last stop: it composes the modules, emits events and renders nothing. Whatever was
/// launched is stopped, however the run ends, and every finished cell is stored before the next one starts.
///
/// Which infrastructures are alive when, and what is measured on which, a ``Course`` says. A plain run has a single
/// infrastructure and block, and a duel has two that are alive together: both end at the first thing that goes wrong. An
/// experiment goes on with what is left.
public struct Experiment: Sendable {
    let request: RunRequest
    let store: Store
    let control: StopControl
    let observe: @Sendable (RunEvent) -> Void

    public init(
        _ request: RunRequest, store: Store, control: StopControl, observe: @escaping @Sendable (RunEvent) -> Void
    ) {
        self.request = request
        self.store = store
        self.control = control
        self.observe = observe
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// Nil when nothing was stored.
        public var run: String?
        /// Why it ended early; nil when the whole grid was measured.
        public var error: ScaleError?
        /// Cells that this process measured.
        public var measured = 0
        /// Cells that the plan names and that are not stored; nil where that depends on what they show.
        public var missing: Int?
        /// Of a duel, as it is stored.
        public var duel: DuelRecord?
        /// Nothing was left to do: it was whole before.
        public var wasWhole = false

        init(run: String? = nil, error: ScaleError? = nil, measured: Int = 0, missing: Int? = nil, wasWhole: Bool = false) {
            self.run = run
            self.error = error
            self.measured = measured
            self.missing = missing
            self.wasWhole = wasWhole
        }

        /// Of what ended before anything was stored.
        public init(refused error: ScaleError) { self.init(error: error) }
    }

    /// Runs the whole grid, or a search to its end. Never throws: an early end is an outcome, with what had been finished by then.
    public func run() async -> Outcome {
        var progress = Progress(start: MonotonicClock.now())
        var failure: ScaleError?
        do {
            try request.checkProcesses()
            try request.checkDescriptors()
            if let settings = request.experiment {
                let hash = StoredRun.planHash(request.plan, settings, request.infrastructures)
                switch try StoredRun.claim(request, hash: hash, store: store) {
                case .whole(let snapshot): return Outcome(run: snapshot.run.uuid, missing: 0, wasWhole: true)
                case .run(let stored): try await begin(stored, &progress)
                }
            }
            try await blocks(&progress)
            failure = GivenUp.error(progress.givenUp) ?? progress.notStopped
        } catch {
            failure = error
        }
        return end(progress, failure)
    }

    /// A cell, and where it is measured.
    struct Turn: Hashable {
        var key: CellKey
        var infrastructure: Int
    }

    /// What is alive in a block.
    struct Member {
        /// Its place in the list of infrastructures.
        var infrastructure: Int
        var live: LiveDeployment
        /// The row of its deployment; nil until it is stored.
        var row: Int64?
    }

    /// What changes from cell to cell.
    struct Progress {
        let start: MonotonicTime
        var stored: StoredRun?
        var course: (any Course)?
        var ceilings: Ceilings?
        /// Finished cells of each infrastructure.
        var finished: [[CellRecord]] = []
        var planned: Int?
        var started = 0
        var measured = 0
        /// What is being measured in a block; nil while it is launched, and after its last cell.
        var current: Turn?
        var givenUp: [GivenUp] = []
        /// The cell in which the servers were ended, and the row of their deployment.
        var terminated: (FinishedCell, deployment: Int64)?
        /// The servers were ended in mid-grid.
        var hasLostServers = false
        /// The first stop that may have left something behind.
        var notStopped: ScaleError?
        /// Nil where the run is no duel.
        var duel: DuelCourse? { course as? DuelCourse }
        /// Warnings so far.
        var said: Set<String> = []

        /// Stores how far a launch came, where a run has begun and something was launched.
        /// - Returns: why it came to nothing.
        mutating func keep(_ failure: LaunchFailure) throws(ScaleError) -> ScaleError {
            guard let facts = failure.facts, failure.reason.code == .infrastructure else { return failure.reason }
            try stored?.add(failure.lifecycle, of: facts)
            return failure.reason
        }
    }

    func begin(_ stored: StoredRun, _ progress: inout Progress) async throws(ScaleError) {
        progress.stored = stored
        if progress.ceilings == nil {
            progress.ceilings = try await Ceilings.known(to: request, store: store, control, observe: observe)
        }
        progress.finished = request.infrastructures.map { stored.finished(on: $0.name) }
        let course: any Course =
            request.duel?.course(of: request.plan)
            ?? BlockCourse(
                request.plan, names: request.infrastructures.map(\.title), top: request.top, finished: progress.finished,
                interleaves: request.experiment != nil)
        progress.course = course
        progress.planned = course.planned
        observe(.gridStarted(cells: course.planned, run: stored.uuid))
    }

    private func blocks(_ progress: inout Progress) async throws(ScaleError) {
        // A plain run knows what it goes on with when it has launched.
        while let block = progress.stored == nil ? request.firstBlock : progress.course?.nextBlock() {
            try await attempt(block, &progress)
            if request.isOneBlock { return }
        }
    }

    /// A block, launched again as often as is allowed where something went wrong that may go right the next time. A cell of
    /// an experiment in which it goes wrong again is passed over: it may be what ends the server, and it must not cost
    /// those behind it. A plain run ends there, and where it cannot be launched.
    private func attempt(_ block: CourseBlock, _ progress: inout Progress) async throws(ScaleError) {
        let title = request.title(of: block)
        let isPlain = request.experiment == nil
        if !isPlain { observe(.blockStarted(infrastructure: title, repetition: block.round)) }
        var launches = 0
        var failures: [Turn: Int] = [:]
        while true {
            do {
                progress.current = nil
                progress.terminated = nil
                progress.hasLostServers = false
                return try await measure(block, &progress)
            } catch {
                guard error.isOfInfrastructure, !isPlain || progress.hasLostServers else { throw error }
                try control.check()
                var mayRecur = error.code == .infrastructure
                if let turn = progress.current, error.code != .usage {
                    launches = 0
                    failures[turn, default: 0] += 1
                    mayRecur = mayRecur && failures[turn, default: 0] <= request.mostRelaunches
                    if !mayRecur {
                        try keepTerminated(progress)
                        if isPlain { throw error }
                        giveUp(turn, error, &progress)
                        guard case .measure? = progress.course?.next(in: block, elapsed: .zero) else { return }
                        continue
                    }
                } else {
                    launches += 1
                    mayRecur = mayRecur && launches <= request.mostRelaunches
                }
                if isPlain && !mayRecur { throw error }
                observe(.blockFailed(infrastructure: title, error, isRelaunched: mayRecur))
                if mayRecur { continue }
                progress.course?.abandon(block, wholly: error.code == .usage)
                let sentence = "\(title), repetition \(block.round): \(error.message)"
                progress.givenUp.append(GivenUp(isCell: false, sentence: sentence))
                return
            }
        }
    }

    /// Stores the cell in which the servers were ended for the last time: it says what happened, and nothing about how many
    /// sessions they hold.
    private func keepTerminated(_ progress: Progress) throws(ScaleError) {
        guard let (cell, deployment) = progress.terminated, let run = progress.stored else { return }
        let row = try store.finish(cell: cell, run: run.id, deployment: deployment)
        observe(.cellFinished(cell.record, row: row, stored: .zero))
    }

    private func giveUp(_ turn: Turn, _ error: ScaleError, _ progress: inout Progress) {
        let title = request.infrastructures[turn.infrastructure].title
        let key = turn.key
        observe(.cellGivenUp(infrastructure: title, key, error))
        progress.course?.skip(key, on: turn.infrastructure)
        let cell = "\(key.mode.rawValue) N=\(key.sessions), wait \(key.wait.seconds) s"
        progress.givenUp.append(
            GivenUp(isCell: true, sentence: "\(title), \(cell), repetition \(key.rep): \(error.message)"))
    }
}

// MARK: - The end

extension Experiment {
    private func end(_ progress: Progress, _ failure: ScaleError?) -> Outcome {
        var outcome = Outcome(run: progress.stored?.uuid, error: failure, measured: progress.measured)
        outcome.missing = progress.planned.map { $0 - progress.measured }
        guard let stored = progress.stored else { return outcome }
        do {
            if let settings = request.duel, let course = progress.duel {
                let record = try settings.record(of: course, endedBy: failure)
                outcome.duel = record
                try store.add(record, run: stored.id)
            }
        } catch {
            note(error, failure, &outcome)
        }
        do { try stored.finish(failure?.status ?? .finished) } catch { note(error, failure, &outcome) }
        return outcome
    }

    private func note(_ error: ScaleError, _ failure: ScaleError?, _ outcome: inout Outcome) {
        if failure == nil { outcome.error = outcome.error ?? error }
        observe(.warning("the end of the run could not be stored: \(error)"))
    }
}

extension ScaleError {
    /// Whether another infrastructure may do better.
    fileprivate var isOfInfrastructure: Bool {
        switch code {
        case .infrastructure, .usage, .invalidMeasurement: true
        case .storage, .regression, .inconclusive, .interrupted, .defect: false
        }
    }

    fileprivate var status: RunStatus {
        switch code {
        case .interrupted, .inconclusive: .interrupted
        default: .failed
        }
    }
}
