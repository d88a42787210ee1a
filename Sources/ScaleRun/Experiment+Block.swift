import ScaleAnalysis
import ScaleCore
import ScaleProviders
import ScaleReactor
import ScaleStore

// MARK: - A block

extension Experiment {
    /// Launches, measures what is left of a block, and stops.
    func measure(_ block: CourseBlock, _ progress: inout Progress) async throws(ScaleError) {
        var members: [Member] = []
        do throws(ScaleError) {
            for infrastructure in block.infrastructures {
                members.append(Member(infrastructure: infrastructure, live: try await launch(infrastructure, of: block, &progress)))
            }
            if progress.stored == nil {
                let stored = try await plainRun(members.map(\.live.facts), &progress)
                try await begin(stored, &progress)
            }
            for index in members.indices { try store(&members[index], &progress) }
            try await cells(block, members, &progress)
            progress.course?.end(block)
            if let round = progress.duel?.rounds.last { observe(.roundFinished(round)) }
        } catch {
            // What the run ends with says more than what may go wrong here.
            for member in members.reversed() { _ = try? await stop(member, &progress) }
            throw error
        }
        var failure: ScaleError?
        for member in members.reversed() {
            do { try await stop(member, &progress) } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func launch(
        _ infrastructure: Int, of block: CourseBlock, _ progress: inout Progress
    ) async throws(ScaleError) -> LiveDeployment {
        do throws(LaunchFailure) {
            return try await LiveDeployment.launch(
                request.infrastructures[infrastructure], request, run: progress.stored?.uuid ?? request.launch.mark.run, control,
                observe: observe)
        } catch {
            var reason = try progress.keep(error)
            // Of several that are alive together it has to be said which.
            if block.infrastructures.count > 1, reason.code != .usage {
                reason.message = "\(request.infrastructures[infrastructure].title): \(reason.message)"
            }
            throw reason
        }
    }

    private func store(_ member: inout Member, _ progress: inout Progress) throws(ScaleError) {
        guard var stored = progress.stored else { throw ScaleError(.defect, "a block has no run") }
        let row = try stored.row(of: member.live.facts)
        member.row = row
        progress.stored = stored
        try store.addLifecycle(member.live.lifecycle, deployment: row)
    }

    private func stop(_ member: Member, _ progress: inout Progress) async throws(ScaleError) {
        let stopped = await stop(member.live, &progress)
        if let row = member.row { try store.addLifecycle([stopped], deployment: row) }
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
    private func plainRun(_ facts: [DeploymentRecord], _ progress: inout Progress) async throws(ScaleError) -> StoredRun {
        progress.ceilings = try await Ceilings.known(to: request, store: store, control, observe: observe)
        let hash = StoredRun.planHash(request.plan, Array(zip(facts, request.infrastructures.map(\.specification))))
        guard case .run(let stored) = try StoredRun.claim(request, hash: hash, store: store) else {
            throw ScaleError(.defect, "a plain run is whole before it began")
        }
        return stored
    }
}

// MARK: - The cells of a block

extension Experiment {
    private func cells(
        _ block: CourseBlock, _ members: [Member], _ progress: inout Progress
    ) async throws(ScaleError) {
        for member in members { warn(member.live, &progress) }
        while case .measure(let key, let place, let why)? = progress.course?.next(
            in: block, elapsed: MonotonicClock.now() - progress.start)
        {
            guard let member = members.first(where: { $0.infrastructure == place }), let deployment = member.row else {
                throw ScaleError(.defect, "a cell is to be measured on what is not alive")
            }
            let live = member.live
            progress.current = Turn(key: key, infrastructure: place)
            let isCalibrated = live.infrastructure.isCalibrated
            if isCalibrated {
                try await progress.ceilings?.complete([Calibrator.point(for: key)], request, store, control, observe: observe)
            }
            if progress.started > 0 { try await rest(live, before: key) }
            try control.check()
            try checkBudget(key, place, progress)
            if let why { observe(.cellChosen(key, why: why)) }
            progress.started += 1
            observe(.cellStarted(number: progress.measured + 1, of: progress.planned, key: key))
            let measured = try await live.measure(
                key, earlier: progress.finished[place],
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
            let row = try store.finish(cell: finished, run: run.id, deployment: deployment)
            progress.finished[place].append(finished.record)
            take(finished.record, on: place, &progress)
            progress.measured += 1
            progress.current = nil
            observe(.cellFinished(finished.record, row: row, stored: MonotonicClock.now() - begun))
            if let ending = measured.ending { throw ending }
        }
        guard let course = progress.course else { return }
        for (load, conclusion) in course.conclusions(in: block) { observe(.searched(load, conclusion)) }
        if case .done(let short?) = course.next(in: block, elapsed: MonotonicClock.now() - progress.start) { observe(.budgetSpent(short)) }
    }

    private func take(_ cell: CellRecord, on infrastructure: Int, _ progress: inout Progress) {
        let before = progress.duel?.pairs.count
        progress.course?.finish(cell, on: infrastructure)
        if let duel = progress.duel, duel.pairs.count != before, let pair = duel.pairs.last { observe(.pairFinished(pair)) }
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

    private func checkBudget(_ key: CellKey, _ infrastructure: Int, _ progress: Progress) throws(ScaleError) {
        guard let budget = request.experiment?.budget else { return }
        let next = CellEstimate(request.plan).duration(of: key, measured: progress.finished[infrastructure])
        if MonotonicClock.now() - progress.start + next <= budget { return }
        throw ScaleError(
            .inconclusive,
            "the budget of \(budget.seconds) s does not suffice for the next cell, \(key.mode.rawValue) N=\(key.sessions) of \(next.seconds) s",
            hint: "finished cells are kept; the same command goes on with the others")
    }
}
