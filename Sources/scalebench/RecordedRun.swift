import Foundation
import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore

/// A run from its request to its last line: stored, shown while it goes on, and reported.
struct RecordedRun {
    var request: RunRequest
    var output: OutputOptions
    var artifacts: Artifacts?
    /// Where an experiment is logged; nil for a plain run.
    var log: ExperimentLog?

    func run() async throws {
        let isNew = !FileManager.default.fileExists(atPath: output.db)
        let store = try Store(path: output.db)
        do {
            try await measure(store)
        } catch {
            // A run that was refused leaves nothing behind, not even an empty file.
            if isNew, try store.reader.runs().isEmpty {
                try store.close()
                for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: output.db + suffix) }
            }
            throw error
        }
    }

    private func measure(_ store: Store) async throws {
        let progress = ConsoleProgress(verbose: output.verbose)
        let control = StopControl()
        let emitter = CellEmitter(
            store: store, json: output.json, artifacts: artifacts,
            tables: request.experiment != nil ? .rebuilt : request.resume ? .kept : .fresh)
        let experiment = Experiment(request, store: store, control: control) { event in
            progress.show(event)
            emitter.handle(event)
        }
        let task = Task { await experiment.run() }
        try SignalWatch.start { count in
            Console.error(count == 1 ? "stopping: finished cells are kept (again to skip the report)" : "stopping without the report")
            control.requestStop()
            task.cancel()
        }
        let outcome = await task.value
        if let uuid = outcome.run {
            let snapshot = try store.reader.snapshot(.uuid(uuid))
            if outcome.wasWhole { return sayThatItIsWhole(snapshot) }
            // First, because what follows takes longer.
            try log?.append(outcome, snapshot)
            if let artifacts, !control.isHurried, let problem = try await artifacts.writeReport(snapshot, from: store.reader) {
                Console.error("warning: " + problem)
            }
            try conclude(snapshot, store.reader)
        }
        if let problem = emitter.problem ?? Console.outputError { throw problem }
        // Why a run ended early says more than what its finished cells are worth.
        if let error = outcome.error { throw error }
        if let uuid = outcome.run { try checkValid(try store.reader.snapshot(.uuid(uuid))) }
    }

    private func sayThatItIsWhole(_ snapshot: RunSnapshot) {
        Console.error("all \(snapshot.cells.count) cells are stored as run \(snapshot.run.uuid); --fresh measures again")
        if output.json { Console.out(RunJSON.line(snapshot, db: output.db)) }
    }

    private func conclude(_ snapshot: RunSnapshot, _ reader: RunReader) throws {
        if output.json {
            Console.out(RunJSON.line(snapshot, db: output.db))
        } else {
            try ReportReading.report(on: [snapshot], from: reader).headlines.forEach(Console.out)
            Console.out("stored as run \(snapshot.run.uuid) in \(output.db)")
            if let artifacts { Console.out("report: \(artifacts.file(.html).relativePath)") }
        }
    }

    private func checkValid(_ snapshot: RunSnapshot) throws(ScaleError) {
        if !snapshot.cells.isEmpty && !snapshot.cells.contains(where: \.record.valid) {
            throw ScaleError(
                .invalidMeasurement, "no cell is valid: the generator's own limits stopped all of them",
                hint: "use fewer sessions, more threads or a larger host")
        }
    }
}
