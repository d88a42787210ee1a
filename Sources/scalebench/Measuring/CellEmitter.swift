import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore
import Synchronization

/// What leaves the program per finished cell: a JSON line, and rows in the output directory; per launch, where launches are
/// all that is measured, a JSON line. All are read back from
/// the store, so that nothing is shown that is not stored.
final class CellEmitter: Sendable {
    private struct State {
        var run: String?
        var problem: ScaleError?
    }

    private let store: Store
    private let json: Bool
    private let artifacts: Artifacts?
    private let tables: Tables
    private let state = Mutex(State())

    /// What becomes of the rows that stand in the output directory.
    enum Tables {
        /// They are another run's, and go.
        case fresh
        /// They are this run's, and stay.
        case kept
        /// They are written again from what is stored of this run.
        case rebuilt
    }

    init(store: Store, json: Bool, artifacts: Artifacts?, tables: Tables) {
        self.tables = tables
        self.store = store
        self.json = json
        self.artifacts = artifacts
    }

    /// The first thing that could not be written.
    var problem: ScaleError? { state.withLock { $0.problem } }

    func handle(_ event: RunEvent) {
        switch event {
        case .gridStarted(_, let run):
            state.withLock { begin(run, &$0) }
        case .cellFinished(_, let row, _):
            state.withLock { emit(row, &$0) }
        case .launchesStarted(_, let run):
            state.withLock { $0.run = run }
        case .launchFinished(let number, _, _):
            state.withLock { emitLaunch(number, &$0) }
        default: break
        }
    }

    /// Writes the tables again from what is stored of a run, of which nothing is left to measure.
    func rebuild(_ run: String) { state.withLock { begin(run, &$0) } }

    private func begin(_ run: String, _ state: inout State) {
        state.run = run
        guard let artifacts, tables != .kept else { return }
        do {
            try artifacts.startTables()
            guard tables == .rebuilt else { return }
            let snapshot = try store.reader.snapshot(.uuid(run))
            for cell in snapshot.cells { try artifacts.append(cell, of: snapshot.labelled(cell), from: store.reader) }
        } catch {
            state.problem = error
        }
    }

    private func emitLaunch(_ number: Int, _ state: inout State) {
        guard let run = state.run, state.problem == nil, json else { return }
        do {
            if let line = LaunchJSON.lastLine(try store.reader.snapshot(.uuid(run)), number: number) { Console.out(line) }
        } catch {
            state.problem = error
        }
    }

    private func emit(_ row: Int64, _ state: inout State) {
        guard state.problem == nil, json || artifacts != nil else { return }
        do {
            var snapshot = try store.reader.snapshot(cell: row)
            guard let cell = snapshot.cells.last else { return }
            if tables == .rebuilt { snapshot = snapshot.labelled(cell) }
            if json {
                Console.out(CellJSON.line(cell.record, run: snapshot.run, deployment: snapshot.deployments[cell.deployment]))
            }
            try artifacts?.append(cell, of: snapshot, from: store.reader)
        } catch {
            state.problem = error
        }
    }
}

extension RunSnapshot {
    /// The readers of older tables know no infrastructure: its name stands in the column of the hardware, where none is
    /// named.
    fileprivate func labelled(_ cell: Cell) -> RunSnapshot {
        var labelled = self
        if run.hardware.isEmpty { labelled.run.hardware = deployments[cell.deployment]?.infra ?? "" }
        return labelled
    }
}
