import ScaleCore
import ScaleReport
import ScaleRun
import ScaleStore
import Synchronization

/// What leaves the program per finished cell: a JSON line, and rows in the output directory. Both are read back from
/// the store, so that nothing is shown that is not stored.
final class CellEmitter: Sendable {
    private struct State {
        var run: String?
        var problem: ScaleError?
    }

    private let store: Store
    private let json: Bool
    private let artifacts: Artifacts?
    private let goesOn: Bool
    private let state = Mutex(State())

    /// - Parameter goesOn: with an earlier run, whose rows stay.
    init(store: Store, json: Bool, artifacts: Artifacts?, goesOn: Bool) {
        self.goesOn = goesOn
        self.store = store
        self.json = json
        self.artifacts = artifacts
    }

    /// The first thing that could not be written.
    var problem: ScaleError? { state.withLock { $0.problem } }

    func handle(_ event: RunEvent) {
        switch event {
        case .gridStarted(_, let run):
            state.withLock {
                $0.run = run
                if goesOn { return }
                do throws(ScaleError) { try artifacts?.startTables() } catch { $0.problem = error }
            }
        case .cellFinished:
            state.withLock { emit(&$0) }
        default: break
        }
    }

    private func emit(_ state: inout State) {
        guard let run = state.run, state.problem == nil, json || artifacts != nil else { return }
        do {
            let snapshot = try store.reader.snapshot(.uuid(run))
            guard let cell = snapshot.cells.last else { return }
            if json {
                Console.out(CellJSON.line(cell.record, run: snapshot.run, deployment: snapshot.deployments[cell.deployment]))
            }
            try artifacts?.append(cell, of: snapshot, from: store.reader)
        } catch {
            state.problem = error
        }
    }
}
