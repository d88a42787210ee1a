import ArgumentParser
import Foundation
import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore
import Synchronization

/// A run from its request to its last line: stored, shown while it goes on, and reported.
struct RecordedRun {
    /// What is measured.
    enum Work {
        case grid
        /// Launches alone, so many.
        case launches(Int)
        /// Pairs of cells; whoever asked for them says what came of it.
        case duel(DuelMeasurement)
    }

    var request: RunRequest
    var output: RunOutput
    var artifacts: Artifacts?
    /// Where an experiment is logged; nil for a plain run.
    var log: ExperimentLog?
    var work = Work.grid

    func run() async throws {
        let store = try Store(path: output.db)
        await LeftoverWarning.show()
        try await measure(store)
    }

    private func measure(_ store: Store) async throws {
        try log?.check()
        let progress = ConsoleProgress(isVerbose: output.isVerbose, showsPairs: isDuel)
        let control = StopControl()
        let emitter = CellEmitter(
            store: store, json: output.json && !isDuel, artifacts: artifacts,
            tables: request.experiment != nil ? .rebuilt : request.resume ? .kept : .fresh)
        let observe: @Sendable (RunEvent) -> Void = { event in
            progress.show(event)
            emitter.handle(event)
        }
        let outcome = try await Self.run(control) { [request, work] in
            switch work {
            case .grid: await Experiment(request, store: store, control: control, observe: observe).run()
            case .launches(let count):
                await LaunchSeries(request, count: count, store: store, control: control, observe: observe).run()
            case .duel(let measurement): await measurement.run(request, store, control, observe)
            }
        }
        let problems = await outputs(of: outcome, store.reader, emitter, control)
        // Why a run ended early says more than what could not be written about it, and that more than what its cells are worth.
        let error: (any Error)? = outcome.error ?? problems.first
        for problem in problems.dropFirst(outcome.error == nil ? 1 : 0) { Console.error("warning: \(problem)") }
        if let error {
            // What a duel found before it could not go on is told, and the status is that of what went wrong.
            if case .duel(let measurement) = work, let uuid = outcome.run, outcome.duel?.verdict != nil {
                do { try await measurement.conclude(uuid, store) } catch is ExitCode {}
            }
            throw error
        }
        guard let uuid = outcome.run else { return }
        if case .duel(let measurement) = work {
            try await measurement.conclude(uuid, store)
        } else {
            try checkValid(try store.reader.snapshot(.uuid(uuid)))
        }
    }

    private var isDuel: Bool { if case .duel = work { true } else { false } }

    /// Signals are heard from before the first launch on.
    private static func run(
        _ control: StopControl, _ work: @escaping @Sendable () async -> Experiment.Outcome
    ) async throws(ScaleError) -> Experiment.Outcome {
        let running = Mutex<Task<Experiment.Outcome, Never>?>(nil)
        try SignalWatch.start { count in
            Console.error(count == 1 ? "stopping: what is finished is kept (again to skip the report)" : "stopping without the report")
            control.requestStop()
            running.withLock { $0?.cancel() }
        }
        let task = Task { await work() }
        running.withLock { $0 = task }
        if control.isStopRequested { task.cancel() }
        return await task.value
    }

    /// Writes all that is said of a run. What cannot be written keeps nothing else from being written.
    /// - Returns: what went wrong.
    private func outputs(
        of outcome: Experiment.Outcome, _ reader: RunReader, _ emitter: CellEmitter, _ control: StopControl
    ) async -> [any Error] {
        var problems: [any Error] = []
        do {
            if let uuid = outcome.run {
                let snapshot = try reader.snapshot(.uuid(uuid))
                if outcome.wasWhole, artifacts?.lacksTables == true { emitter.rebuild(uuid) }
                // First, because what follows takes longer.
                if !outcome.wasWhole { do { try log?.append(outcome, snapshot) } catch { problems.append(error) } }
                do { try await report(on: snapshot, outcome, reader, control) } catch { problems.append(error) }
                try conclude(snapshot, outcome, reader)
            }
        } catch {
            problems.append(error)
        }
        return problems + [emitter.problem, Console.outputError].compactMap(\.self)
    }

    private func report(
        on snapshot: RunSnapshot, _ outcome: Experiment.Outcome, _ reader: RunReader, _ control: StopControl
    ) async throws {
        guard let artifacts, !control.isHurried, !outcome.wasWhole || artifacts.lacksReport else { return }
        if let problem = try await artifacts.writeReport(snapshot, from: reader) { Console.error("warning: " + problem) }
    }

    private func conclude(_ snapshot: RunSnapshot, _ outcome: Experiment.Outcome, _ reader: RunReader) throws {
        if isDuel { return Console.error(Console.dim("stored as run \(snapshot.run.uuid) in \(output.db)")) }
        if outcome.wasWhole {
            Console.error("all \(snapshot.cells.count) cells are stored as run \(snapshot.run.uuid); --fresh measures again")
            if output.json { Console.out(RunJSON.line(snapshot, db: output.db)) }
        } else if output.json {
            Console.out(RunJSON.line(snapshot, db: output.db))
        } else {
            if case .launches = work { LaunchText.table(snapshot).forEach(Console.out) }
            try ReportReading.report(on: [snapshot], from: reader).headlines.forEach(Console.out)
            Console.out("stored as run \(snapshot.run.uuid) in \(output.db)")
            if let artifacts { Console.out("report: \(artifacts.file(.html).relativePath)") }
        }
    }

    private func checkValid(_ snapshot: RunSnapshot) throws(ScaleError) {
        if !snapshot.cells.isEmpty && !snapshot.cells.contains(where: \.record.valid) {
            let ended = snapshot.cells.count - snapshot.finishedCells
            if ended == snapshot.cells.count {
                throw ScaleError(
                    .invalidMeasurement, "no cell is valid: the servers were ended in all of them",
                    hint: "look into their log, and use --resume")
            }
            let others = ended > 0 ? "the others, and the servers were ended in \(ended)" : "all of them"
            if snapshot.cells.allSatisfy({ $0.record.isTerminated || $0.record.verdict.limiter == .sessionLeak }) {
                throw ScaleError(
                    .invalidMeasurement, "no cell is valid: sessions of others held places of the servers in \(others)",
                    hint: "end what holds them, or start the servers again")
            }
            throw ScaleError(
                .invalidMeasurement, "no cell is valid: the generator's own limits stopped \(others)",
                hint: "use fewer sessions, more threads or a larger host")
        }
    }
}

/// Where a run is stored, and how much of it is shown.
struct RunOutput {
    var db: String
    /// One object per cell on standard output.
    var json = false
    var isVerbose = false
}

extension OutputOptions {
    var run: RunOutput { RunOutput(db: db, json: json, isVerbose: verbose) }
}
