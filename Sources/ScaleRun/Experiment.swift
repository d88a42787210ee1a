import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

/// A run from its first launch to its last stop: it composes the modules, emits events and renders nothing. Whatever was
/// launched is stopped, however the run ends, and every finished cell is stored before the next one starts.
///
/// The infrastructures take turns as ``BlockCourse`` says. A plain run is one with a single infrastructure and block, which
/// ends at the first thing that goes wrong; an experiment goes on with what is left.
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
        /// Nothing was left to do: it was whole before.
        public var wasWhole = false
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

    /// What changes from cell to cell.
    private struct Progress {
        let start: MonotonicTime
        var stored: StoredRun?
        var course: BlockCourse?
        var ceilings: Ceilings?
        /// Finished cells of each infrastructure.
        var finished: [[CellRecord]] = []
        var planned: Int?
        var started = 0
        var measured = 0
        /// What is being measured in a block; nil while it is launched, and after its last cell.
        var current: CellKey?
        var givenUp: [GivenUp] = []
        /// The cell in which the servers were ended, and the row of their deployment.
        var terminated: (FinishedCell, deployment: Int64)?
        /// The servers were ended in mid-grid.
        var hasLostServers = false
        /// The first stop that may have left something behind.
        var notStopped: ScaleError?
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

    private func begin(_ stored: StoredRun, _ progress: inout Progress) async throws(ScaleError) {
        progress.stored = stored
        if progress.ceilings == nil {
            progress.ceilings = try await Ceilings.known(to: request, store: store, control, observe: observe)
        }
        progress.finished = request.infrastructures.map { stored.finished(on: $0.name) }
        let course = BlockCourse(
            request.plan, names: request.infrastructures.map(\.title), top: request.top, finished: progress.finished,
            interleaves: request.experiment != nil)
        progress.course = course
        progress.planned = course.planned
        observe(.gridStarted(cells: course.planned, run: stored.uuid))
    }

    private func blocks(_ progress: inout Progress) async throws(ScaleError) {
        // A plain run knows what it goes on with when it has launched.
        while let block = progress.stored == nil ? .init(infrastructure: 0, round: 1) : progress.course?.nextBlock() {
            try await attempt(block, &progress)
            if request.experiment == nil { return }
        }
    }

    /// A block, launched again as often as is allowed where something went wrong that may go right the next time. A cell of
    /// an experiment in which it goes wrong again is passed over: it may be what ends the server, and it must not cost
    /// those behind it. A plain run ends there, and where it cannot be launched.
    private func attempt(_ block: BlockCourse.Block, _ progress: inout Progress) async throws(ScaleError) {
        let title = request.infrastructures[block.infrastructure].title
        let isPlain = request.experiment == nil
        if !isPlain { observe(.blockStarted(infrastructure: title, repetition: block.round)) }
        var launches = 0
        var failures: [CellKey: Int] = [:]
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
                if let key = progress.current, error.code != .usage {
                    launches = 0
                    failures[key, default: 0] += 1
                    mayRecur = mayRecur && failures[key, default: 0] <= request.mostRelaunches
                    if !mayRecur {
                        try keepTerminated(progress)
                        if isPlain { throw error }
                        giveUp(key, block, error, &progress)
                        guard case .measure? = progress.course?.next(in: block) else { return }
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
        _ = try store.finish(cell: cell, run: run.id, deployment: deployment)
        observe(.cellFinished(cell.record, stored: .zero))
    }

    private func giveUp(_ key: CellKey, _ block: BlockCourse.Block, _ error: ScaleError, _ progress: inout Progress) {
        let title = request.infrastructures[block.infrastructure].title
        observe(.cellGivenUp(infrastructure: title, key, error))
        progress.course?.skip(key, in: block)
        let cell = "\(key.mode.rawValue) N=\(key.sessions), wait \(key.wait.seconds) s"
        progress.givenUp.append(
            GivenUp(isCell: true, sentence: "\(title), \(cell), repetition \(key.rep): \(error.message)"))
    }

    /// Launches, measures what is left of a block, and stops.
    private func measure(_ block: BlockCourse.Block, _ progress: inout Progress) async throws(ScaleError) {
        let live: LiveDeployment
        do throws(LaunchFailure) {
            live = try await LiveDeployment.launch(
                request.infrastructures[block.infrastructure], request, run: progress.stored?.uuid ?? request.launch.mark.run, control,
                observe: observe)
        } catch {
            throw try progress.keep(error)
        }
        var row: Int64?
        do throws(ScaleError) {
            if progress.stored == nil {
                let stored = try await plainRun(live.facts, &progress)
                try await begin(stored, &progress)
            }
            guard var stored = progress.stored else { throw ScaleError(.defect, "a block has no run") }
            let place = try stored.row(of: live.facts)
            row = place
            progress.stored = stored
            try store.addLifecycle(live.lifecycle, deployment: place)
            try await cells(block, live, place, &progress)
        } catch {
            // What the run ends with says more than what may go wrong here.
            let stopped = await stop(live, &progress)
            if let row { _ = try? store.addLifecycle([stopped], deployment: row) }
            throw error
        }
        let stopped = await stop(live, &progress)
        if let row { try store.addLifecycle([stopped], deployment: row) }
    }

    private func stop(_ live: LiveDeployment, _ progress: inout Progress) async -> LifecycleRecord {
        let (stage, failure) = await live.stop()
        if let failure {
            observe(.warning(failure.notStopped))
            progress.notStopped = progress.notStopped ?? failure
        }
        return stage
    }

    /// Of a plain run the hash has in it what was launched; what was refused until here has stored nothing.
    private func plainRun(_ facts: DeploymentRecord, _ progress: inout Progress) async throws(ScaleError) -> StoredRun {
        progress.ceilings = try await Ceilings.known(to: request, store: store, control, observe: observe)
        let hash = StoredRun.planHash(request.plan, facts, request.infrastructures[0].specification)
        guard case .run(let stored) = try StoredRun.claim(request, hash: hash, store: store) else {
            throw ScaleError(.defect, "a plain run is whole before it began")
        }
        return stored
    }
}

// MARK: - The cells of a block

extension Experiment {
    private func cells(
        _ block: BlockCourse.Block, _ live: LiveDeployment, _ deployment: Int64, _ progress: inout Progress
    ) async throws(ScaleError) {
        warn(live, &progress)
        while case .measure(let key, let why)? = progress.course?.next(in: block, elapsed: MonotonicClock.now() - progress.start) {
            progress.current = key
            let isCalibrated = live.infrastructure.isCalibrated
            if isCalibrated {
                try await progress.ceilings?.complete([Calibrator.point(for: key)], request, store, control, observe: observe)
            }
            if progress.started > 0 { try await rest(live, before: key) }
            try control.check()
            try checkBudget(key, block, progress)
            if let why { observe(.cellChosen(key, why: why)) }
            progress.started += 1
            observe(.cellStarted(number: progress.measured + 1, of: progress.planned, key: key))
            let measured = try await live.measure(
                key, earlier: progress.finished[block.infrastructure],
                calibration: isCalibrated ? progress.ceilings?.calibration(for: key, request) : nil)
            let finished = measured.finished
            progress.hasLostServers = measured.ending != nil
            // A server that ends behind the last session of a cell has served it whole.
            if let ending = measured.ending, finished.record.isTerminated {
                progress.terminated = (finished, deployment)
                throw ending
            }
            let begun = MonotonicClock.now()
            guard let run = progress.stored else { throw ScaleError(.defect, "a cell has no run") }
            _ = try store.finish(cell: finished, run: run.id, deployment: deployment)
            progress.finished[block.infrastructure].append(finished.record)
            progress.course?.finish(finished.record, in: block)
            progress.measured += 1
            progress.current = nil
            observe(.cellFinished(finished.record, stored: MonotonicClock.now() - begun))
            if let ending = measured.ending { throw ending }
        }
        guard let course = progress.course?.courses[block.infrastructure] else { return }
        for (load, conclusion) in course.conclusions { observe(.searched(load, conclusion)) }
        if case .done(let short?) = course.next(elapsed: MonotonicClock.now() - progress.start) { observe(.budgetSpent(short)) }
    }

    /// What everyone should know before the first cell, each once, though an infrastructure is launched again and again.
    private func warn(_ live: LiveDeployment, _ progress: inout Progress) {
        let most = progress.course?.largest.map(request.needed)
        let warnings = [
            HostLimits.resetPeakRSS()
                ? nil : "this kernel does not let the memory's high-water mark be reset: peaks have earlier cells in them",
            most.flatMap { live.drain.shortage(live.context.targets, before: $0) },
            most.flatMap { live.shortageOfFront(before: $0) }, request.descriptorWarning,
        ]
        for warning in warnings.compactMap(\.self) where progress.said.insert(warning).inserted { observe(.warning(warning)) }
    }

    private func rest(_ live: LiveDeployment, before key: CellKey) async throws(ScaleError) {
        try await live.settle(before: key.sessions)
        guard let coolDown = request.experiment?.coolDown, coolDown > .zero else { return }
        let end = MonotonicClock.now() + coolDown
        while MonotonicClock.now() < end {
            try control.check()
            try? await Task.sleep(for: .nanoseconds(min(end - MonotonicClock.now(), .milliseconds(100)).rawValue))
        }
    }

    private func checkBudget(_ key: CellKey, _ block: BlockCourse.Block, _ progress: Progress) throws(ScaleError) {
        guard let budget = request.experiment?.budget else { return }
        let next = CellEstimate(request.plan).duration(of: key, measured: progress.finished[block.infrastructure])
        if MonotonicClock.now() - progress.start + next <= budget { return }
        throw ScaleError(
            .inconclusive,
            "the budget of \(budget.seconds) s does not suffice for the next cell, \(key.mode.rawValue) N=\(key.sessions) of \(next.seconds) s",
            hint: "finished cells are kept; the same command goes on with the others")
    }
}

// MARK: - The end

extension Experiment {
    private func end(_ progress: Progress, _ failure: ScaleError?) -> Outcome {
        var outcome = Outcome(run: progress.stored?.uuid, error: failure, measured: progress.measured)
        outcome.missing = progress.planned.map { $0 - progress.measured }
        guard let stored = progress.stored else { return outcome }
        do {
            try stored.finish(failure?.status ?? .finished)
        } catch {
            if failure == nil { outcome.error = error }
            observe(.warning("the end of the run could not be stored: \(error)"))
        }
        return outcome
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
